"""What FreshBooks' own records say that each document and each client must come to.

Amounts are those of the document's currency, positive where the client owes more by them. Every document belongs to one *family*: the key that NAV's entries
for it carry. What was paid too much is one receipt with its payment, though FreshBooks keeps it as a credit note.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Family = tuple[str, int]
DELETED = 1
CENT = Decimal("0.01")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Wanted:
    """A document as it must stand in NAV; `open` is None where its credit may lie on any of several entries.

    ``vague`` is by how many cents tax and net may differ: FreshBooks does not show how much tax is in gross prices, nor where it would round it.
    """

    client: int
    currency: str
    total: Decimal
    net: Decimal = ZERO
    tax: Decimal = ZERO
    cash: Decimal = ZERO
    open: Decimal | None = None
    vague: int = 0


@dataclass
class FreshbooksSide:
    """Documents by family, and balances by client and currency."""

    documents: dict[Family, Wanted] = field(default_factory=dict)
    balances: dict[tuple[int, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @classmethod
    def of(
        cls, invoices: Iterable[Row], payments: Sequence[Row], credit_notes: Iterable[Row]
    ) -> FreshbooksSide:
        """Works everything out from the records as the API shows them, deleted ones among them."""
        side = cls()
        payments = _naming_notes(payments)
        money = [one for one in payments if one["vis_state"] != DELETED]
        live = {one["id"]: one for one in invoices if _stands(one)}
        notes = {one["id"]: one for one in credit_notes if one["vis_state"] != DELETED}
        side._add_invoices(live)
        side._add_payments(money, live, notes)
        side._add_what_outlives_its_payment(payments, notes)
        side._add_credit_notes(notes, [one for one in money if one["invoiceid"] in live], live)
        return side

    def _add_invoices(self, live: Mapping[int, Row]) -> None:
        for number, one in live.items():
            total, tax, owed = _amount(one["amount"]), _tax(one), _amount(one["outstanding"])
            client, currency = one["customerid"], one["currency_code"]
            self.documents["INV", number] = Wanted(
                client,
                currency,
                total,
                net=total - tax,
                tax=tax,
                open=max(owed, min(total, ZERO)),
                vague=len(one["lines"]) if _gross(one) else 0,
            )
            self.balances[client, currency] += owed

    def _add_payments(
        self, money: Iterable[Row], live: Mapping[int, Row], notes: Mapping[int, Row]
    ) -> None:
        """What pays an invoice is its client's, whatever FreshBooks' payment says of the client it had before."""
        for one in money:
            client, currency = one["clientid"], one["amount"]["code"]
            amount = _amount(one["amount"])
            from_credit = one["from_credit"] or one["type"] == "Credit"
            # The use of a credit that is itself deleted, for an invoice that is deleted, is worth nothing.
            worthless = from_credit and one["creditid"] not in notes
            if one["invoiceid"] not in live and not worthless:
                self.balances[client, currency] -= amount
            if from_credit:
                continue
            if one["invoiceid"] in live:
                client = live[one["invoiceid"]]["customerid"]
            excess = notes.get(one["overpaymentid"])
            cash = amount + (_amount(excess["amount"]) if excess else ZERO)
            self.documents["PMT", one["id"]] = Wanted(client, currency, -cash, cash=cash)

    def _add_what_outlives_its_payment(
        self, payments: Iterable[Row], notes: Mapping[int, Row]
    ) -> None:
        """A payment that was deleted leaves the credit of what was paid too much, if FreshBooks keeps that: so much of its receipt stands."""
        for one in payments:
            excess = notes.get(one["overpaymentid"])
            if one["vis_state"] == DELETED and excess is not None:
                rest = _amount(excess["amount"])
                where = ("PMT", one["id"])
                self.documents[where] = Wanted(
                    one["clientid"], one["amount"]["code"], -rest, cash=rest
                )

    def _add_credit_notes(
        self, notes: Mapping[int, Row], uses: Sequence[Row], live: Mapping[int, Row]
    ) -> None:
        """What is used of a credit is applied in NAV, unless the invoice was cut below what was paid: then there is not room for all of it."""
        used: dict[int, Decimal] = defaultdict(Decimal)
        without_room: set[int] = set()
        for one in uses:
            if one["creditid"] is not None:
                used[one["creditid"]] += _amount(one["amount"])
                if _amount(live[one["invoiceid"]]["outstanding"]) < 0:
                    without_room.add(one["creditid"])
        overdrawn = {
            number for number, one in notes.items() if used[number] > _amount(one["amount"])
        }
        self._leave_open({one["invoiceid"] for one in uses if one["creditid"] in overdrawn})
        for number, one in notes.items():
            total, currency, client = _amount(one["amount"]), one["currency_code"], one["clientid"]
            self.balances[client, currency] -= total - _amount(one["paid"])
            if one["credit_type"] == "overpayment":
                continue
            tax = _tax(one)
            goodwill = one["credit_type"] == "goodwill"
            self.documents["CRN", number] = Wanted(
                client,
                currency,
                -total,
                net=tax - total if goodwill else ZERO,
                tax=-tax if goodwill else ZERO,
                cash=ZERO if goodwill else total,
                open=None if number in without_room else min(used[number] - total, ZERO),
            )

    def _leave_open(self, invoices: Iterable[int]) -> None:
        """A credit note that was cut below what was used of it pays less of them than FreshBooks says; by how much of which is NAV's affair."""
        for number in invoices:
            self.documents["INV", number] = replace(self.documents["INV", number], open=None)


def _naming_notes(payments: Sequence[Row]) -> list[Row]:
    """Payments whose ``overpaymentid`` is that of a credit note.

    FreshBooks does not say what the field names. It may be a payment of no invoice, which only stands for the credit note: that is no money of its own.
    """
    stand_ins = {
        one["id"]: one["creditid"]
        for one in payments
        if one["invoiceid"] is None and one["creditid"] is not None and not one["from_credit"]
    }
    return [
        {**one, "overpaymentid": stand_ins.get(one["overpaymentid"], one["overpaymentid"])}
        for one in payments
        if one["id"] not in stand_ins
    ]


def _stands(invoice: Row) -> bool:
    """Whether an invoice is in FreshBooks' reports: not deleted, and no draft, unless that is paid: a paid draft counts (help article 360061299751)."""
    counts = invoice["display_status"] != "draft" or invoice["payment_status"] != "unpaid"
    return bool(invoice["vis_state"] != DELETED and counts)


def _gross(document: Row) -> bool:
    """Whether the prices have their tax in them."""
    return document.get("tax_included") == "inclusive"


def _tax(document: Row) -> Decimal:
    """What is left of a total when its lines and the discount are taken away; FreshBooks shows no amount of tax.

    In gross prices it is what each line's percentage makes of it, of that part of the total.
    """
    if _gross(document):
        return _contained(document)
    lines = sum((_amount(one["amount"]) for one in document["lines"]), ZERO)
    off = abs(_amount(document["discount_total"])) if "discount_total" in document else ZERO
    return _amount(document["amount"]) - (lines - off)


def _contained(document: Row) -> Decimal:
    lines = sum((_amount(one["amount"]) for one in document["lines"]), ZERO)
    left = _amount(document["amount"]) / lines if lines else ZERO
    tax = sum((_amount(one["amount"]) * left * _share(one) for one in document["lines"]), ZERO)
    return tax.quantize(CENT)


def _share(line: Row) -> Decimal:
    """The part of a gross price that is tax."""
    first, second = (Decimal(line[name] or 0) / 100 for name in ("taxAmount1", "taxAmount2"))
    rate = first + second + (first * second if line["compounded_tax"] else ZERO)
    return rate / (1 + rate)


def _amount(money: Mapping[str, str]) -> Decimal:
    return Decimal(money["amount"])
