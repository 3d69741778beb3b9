"""What a case leaves open and we had to choose, each with its reason: who approves what, the rules of the company, by which rule a document is held.

The tables are keyed by case, or by variant where that differs from its case (``chosen``). What no table says: the overpayment of W13 is entered as the one
receipt of 200.00 that came in, since FreshBooks itself splits it and gives ``overpaymentid`` (10320 cannot be entered; the variants ``other_id`` play the
other reading of it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


def chosen(table: Mapping[str, T], id: str, otherwise: T) -> T:
    """What the table has for a variant, or else for its case."""
    return table.get(id, table.get(id.partition("-")[0], otherwise))


# The exchange rates of all cases: pounds for one euro, from a day. The second is stated by W11 alone; E20, E21 and E63 stand after W10 on the same day.
RATES = {"2026-03-10": "0.85", "2026-04-09": "0.87"}
# Clients and the NAV customer that each becomes. A customer is made when a document first needs it, with the next number of NAV's series, whose Last No. Used
# is set before.
CUSTOMERS = {
    "7001": "C00010",
    "7002": "C00010",
    "7003": "C00012",
    "7011": "C00011",
    "7020": "C00020",
}
HOME = {"GB": "United Kingdom", "CA": "Canada"}
# The foreign client has what a zero rate asks for.
ABROAD = {"p_country": "Germany", "vat_number": "DE811569869"}


@dataclass(frozen=True)
class Approval:
    """What a person agrees to. The document must be held by this rule before; one that was not asked for is told beforehand. ``on`` is what the event
    happened to, if not the document itself.
    """

    ref: str
    rule: str
    reason: str
    value: str = ""
    asked: bool = True
    on: str = ""


APPROVALS = {
    "W21": (Approval("payment/10370", "WRITE_OFF", "Held until a credit controller approves."),),
    "E58": (Approval("payment/11058", "RECOVERY", "Held and posted: a person says what it is."),),
    "E60": (
        Approval(
            "credit_note/30960",
            "PREPAYMENT_VAT",
            "The rate is from a rule or a person; here the person.",
            "VAT20",
        ),
    ),
    "E63": (
        Approval(
            "payment/11063",
            "BANK_CHARGE",
            "The bank's statement line is the evidence; nobody is asked for what nobody can know.",
            "15.00",
            asked=False,
        ),
    ),
    "E63-no_evidence": (),
    "E12-paid": (
        Approval(
            "payment/11012", "CUSTOMER_MOVED", "Only after a person confirms.", on="invoice/35001"
        ),
    ),
    "E29-other_money": (
        Approval("payment/11029", "DUPLICATE_SUSPECTED", "A person says that it is other money."),
    ),
    "E23-hold": (Approval("invoice/35001", "PERIOD_CLOSED", "Policy hold: wait for approval."),),
    "E52-accepted": (Approval("invoice/35052", "VAT_PERIOD_OPEN", "A person accepts March."),),
}  # fmt: skip


@dataclass(frozen=True)
class Rules:
    """What the posting setup of the case has besides that of its company; lists are put before the company's own."""

    reason: str
    fields: Mapping[str, Any]


CLEARING = {"account_type": "G/L Account", "account_no": "1210"}
EUR_TO_CLEARING = {"payments": [{"method": "Bank Transfer", "currency": "EUR", **CLEARING}]}
DOMESTIC = {"gen_bus": "DOMESTIC", "customer_posting_group": "DOMESTIC"}


def on_cash_basis(client: str) -> Mapping[str, Any]:
    """The rules of a client whose VAT counts when it is paid."""
    tax = {"name": "VAT", "percent": "20", "vat_prod": "VAT20", "vat_bus": ["CASHVAT"]}
    return {
        "customers": [{"clients": [client], "vat_bus": "CASHVAT", **DOMESTIC}],
        "taxes": [tax],
        "cash_accounting": ["CASHVAT"],
    }


RULES = {
    "W33": Rules("Customer C00011 has VAT Bus. Posting Group CASHVAT.", on_cash_basis("7011")),
    "E20": Rules("The bank account is in GBP, so EUR arrives in clearing.", EUR_TO_CLEARING),
    "E60": Rules(
        "Policy prepayment_vat at receipt, over the suspense account 2320.",
        {
            "prepayment": {
                **CLEARING,
                "gen_prod": "SERVICES",
                "vat_at_receipt": True,
                "vat_account": "2320",
            }
        },
    ),
    "E63-no_evidence": Rules(
        "Money whose bank charge nobody knows goes to clearing.", EUR_TO_CLEARING
    ),
    "E65-cash_accounting": Rules(
        "The business declares VAT when it is paid.", on_cash_basis("7001")
    ),
}


@dataclass(frozen=True)
class Held:
    """The one document that waits for a person in the end, and the rule that holds it."""

    ref: str
    rule: str
    reason: str = "the case names the rule"


OURS = "the case names no rule; this is ours for what it says"
HELD = {
    "E07": Held("payment/11004", "BANK_RECONCILED", OURS),
    "E27": Held("invoice/35050", "MATCH_AMBIGUOUS"),
    "E28": Held("invoice/35001", "CUSTOMER_BLOCKED"),
    "E29": Held("payment/11029", "DUPLICATE_SUSPECTED", OURS),
    "E52": Held("invoice/35052", "VAT_PERIOD_OPEN"),
    "E55": Held("invoice/35055", "TAX_TREATMENT_UNKNOWN"),
    "E67": Held("payment/11067", "DUPLICATE_SUSPECTED", OURS),
    "E13-untaxed": Held("invoice/35001", "TAX_TREATMENT_UNKNOWN"),
    "E65-cash_accounting": Held("payment/11065", "VAT_PERIOD_CLOSED", OURS),
    "E69-material": Held("invoice/33500", "PRIOR_PERIOD_MATERIAL", OURS),
}


Break = tuple[str, str, str]


@dataclass(frozen=True)
class Breaks:
    """The differences that the tie-out must show in the end: exactly these, as invariant, kind and subject. ``amount`` is what each of them is about."""

    differences: frozenset[Break]
    reason: str
    amount: str = ""


CONTROL = ("I5", "CONTROL", "receivables")
WAITS = "what is held is in one book only: the tie-out says so, whatever class the case gives it"


def waiting(ref: str, invoice: str, balance: str = "", kind: str = "MISSING_IN_NAV") -> Breaks:
    """What a held document leaves open: itself, its invoice, what the customer owes (if it stands nowhere else) and so the receivables."""
    owed = {("I4", "BALANCE", balance), CONTROL} if balance else set()
    taxes = {("I2", "TAX", ref), ("I6", "AMOUNT", ref), ("I18", "TAX", ref)}
    taxed = taxes if kind == "AMOUNT" else set()
    return Breaks(
        frozenset({("I1", kind, ref), *taxed, ("I3", "OPEN_AMOUNT", invoice), *owed}), WAITS
    )


@dataclass(frozen=True)
class Cutoff:
    """What the tie-out as of an earlier day must say of the document that came, or was changed, too late for it."""

    day: str
    ref: str
    kind: str


# The last day before the posting: both books agree today, and differ as of then.
CUTOFFS = {
    "E09": Cutoff("2026-03-31", "invoice/35001", "PRIOR_PERIOD_CHANGE"),
    "E23": Cutoff("2026-02-28", "invoice/35001", "DATE_PERIOD"),
    "E23-hold": Cutoff("2026-02-28", "invoice/35001", "DATE_PERIOD"),
    "E45": Cutoff("2026-03-31", "invoice/35001", "PRIOR_PERIOD_CHANGE"),
    "E52-accepted": Cutoff("2026-02-28", "invoice/35052", "DATE_PERIOD"),
    "E65": Cutoff("2026-02-28", "payment/11065", "DATE_PERIOD"),
    "E69": Cutoff("2025-12-31", "invoice/33500", "PRIOR_PERIOD_CHANGE"),
}
OWES = "client 7001 = customer C00010"
# A receipt that somebody keyed into NAV.
KEYED = ("I13", "NAV_ONLY", "customer C00010")
BREAKS = {
    "E07": waiting("payment/11004", "invoice/35001", OWES, "MISSING_IN_FB"),
    "E27": waiting("invoice/35050", "invoice/35050", "client 7050 = customer none"),
    "E28": waiting("invoice/35001", "invoice/35001", OWES),
    # The receipt that somebody keyed into NAV stands for it, so the customer owes the same in both books.
    "E29": Breaks(
        frozenset(
            {
                ("I1", "MISSING_IN_NAV", "payment/11029"),
                ("I3", "UNAPPLIED", "invoice/35001"),
                ("I14", "UNAPPLIED", "invoice/35001"),
                KEYED,
            }
        ),
        WAITS,
    ),
    "E29-other_money": Breaks(
        frozenset(
            {
                ("I4", "NAV_ONLY", OWES),
                ("I5", "NAV_ONLY", "receivables"),
                ("I13", "DUPLICATE", "customer C00010"),
            }
        ),
        "NAV_ONLY: what was keyed into NAV is no money of FreshBooks, and looks the same as a payment that was posted",
        "960.00",
    ),
    "E47": Breaks(
        frozenset({CONTROL}),
        "NAV_ONLY: the general ledger differs from the customer ledger by what was posted past it",
        "55.00",
    ),
    "E52": waiting("invoice/35052", "invoice/35052", OWES),
    "E55": waiting("invoice/35055", "invoice/35055", OWES),
    "E67": waiting("payment/11067", "invoice/35001", OWES),
    "E13-untaxed": Breaks(
        frozenset(
            {
                ("I1", "AMOUNT", "invoice/35001"),
                ("I1", "CURRENCY", "invoice/35001"),
                ("I2", "TAX", "invoice/35001"),
                ("I3", "OPEN_AMOUNT", "invoice/35001"),
                ("I4", "BALANCE", OWES),
                ("I4", "BALANCE", f"{OWES} in EUR"),
                CONTROL,
                ("I6", "AMOUNT", "invoice/35001"),
                ("I18", "TAX", "invoice/35001"),
            }
        ),
        WAITS,
    ),
    "E65-cash_accounting": waiting("payment/11065", "invoice/35001", OWES),
    "E69-material": waiting("invoice/33500", "invoice/33500", OWES, "AMOUNT"),
}
