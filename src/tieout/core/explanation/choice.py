"""Which rules of a posting setup gave a document its accounts and taxes, each named by its place: ``lines[3]`` is the fourth rule of ``lines``.

The rules are asked again, as when the document was posted. Where the content is no longer kept, all rules are named that give what NAV was told: if that is
one, it was it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import AccountType, Journal, JournalLine, PostingGroups, SalesTax
from tieout.core.journal.parts import Target
from tieout.core.journal.rates import Rates
from tieout.core.journal.rules import (
    LineFacts,
    line_rule,
    payment_rule,
    sales_tax_rule,
    tax_rule,
)
from tieout.core.journal.setup import Aggregate, LineRule, PostingSetup, SalesTaxRule, TaxRule
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import Money, total
from tieout.core.records.payment import Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of an invoice or credit note, counted from 1, and the rules that fit it: the one of its tax, the one of its account.

    ``amount`` is before discount and tax, in the document's currency; ``taxes`` are FreshBooks' words for them. Lines of one ``sum`` become one in NAV.
    """

    place: int
    item: str
    amount: Money
    taxes: tuple[str, ...]
    rules: tuple[str, ...]
    target: Target
    sum: Hashable


def choices(
    record: Invoice | CreditNote, setup: PostingSetup, buyer: Buyer
) -> tuple[Choice, ...] | None:
    """What was chosen for each line that is not free; None if a line finds no rule in this setup."""
    kind = Kind.INVOICE if isinstance(record, Invoice) else Kind.CREDIT_NOTE
    sign = -1 if record.amount.amount < 0 else 1
    found: list[Choice] = []
    for place, line in enumerate(record.lines, start=1):
        if not line.amount:
            continue
        facts = LineFacts(kind=kind, line=line, buyer=buyer, lowers=line.amount.amount * sign < 0)
        chosen = _chosen(setup, facts)
        if chosen is None:
            return None
        rules, target = chosen
        taxes = tuple(f"{tax.name} {tax.percent.normalize():f} %".strip() for tax in line.taxes)
        found.append(
            Choice(
                place=place,
                item=line.name,
                amount=line.amount,
                taxes=taxes,
                rules=rules,
                target=target,
                sum=(target, Rates.of(line), _label(setup.aggregate, place, line.name)),
            )
        )
    return tuple(found)


def _label(aggregate: Aggregate, place: int, item: str) -> str:
    """What keeps lines of one target apart."""
    return {Aggregate.LINE: str(place), Aggregate.ITEM: item, Aggregate.ACCOUNT: ""}[aggregate]


def _chosen(setup: PostingSetup, facts: LineFacts) -> tuple[tuple[str, ...], Target] | None:
    vat_prod, sales_tax = "", None
    tax: TaxRule | SalesTaxRule | Finding
    if setup.sales_taxes:
        tax = sales_tax_rule(setup, facts)
        if isinstance(tax, SalesTaxRule) and tax.tax_area:
            sales_tax = SalesTax(area=tax.tax_area, group=tax.tax_group)
    else:
        tax = tax_rule(setup, facts.line, facts.buyer.vat_bus)
        vat_prod = tax.vat_prod if isinstance(tax, TaxRule) else ""
    account = line_rule(setup, facts, vat_prod)
    if isinstance(tax, Finding) or isinstance(account, Finding):
        return None
    target = Target(
        gl_account=account.gl_account,
        gen_prod=account.gen_prod,
        vat_prod=vat_prod,
        sales_tax=sales_tax,
        dimensions=account.dimensions,
    )
    taxes = "sales_taxes" if setup.sales_taxes else "taxes"
    return (place_of(setup, "lines", account), place_of(setup, taxes, tax)), target


def by_place(setup: PostingSetup, rules: str) -> Mapping[str, Any]:
    """The rules of a list of the setup, each by its name: ``payments[0]``, ``payments[1]``."""
    return {f"{rules}[{n}]": rule for n, rule in enumerate(getattr(setup, rules))}


def place_of(setup: PostingSetup, rules: str, rule: object) -> str:
    """The name of a rule that was found in a list of the setup."""
    return next(place for place, each in by_place(setup, rules).items() if each is rule)


def gives_money_to(line: JournalLine, payment: Payment, setup: PostingSetup) -> str:
    """The rule that says where the money of a payment arrives, if that is where this line is posted; else empty."""
    rule = payment_rule(setup, payment.method, payment.currency, payment.gateway)
    if isinstance(rule, Finding):
        return ""
    there = (rule.account_type, rule.account_no) == (line.account_type, line.account_no)
    return place_of(setup, "payments", rule) if there else ""


def customer_places(
    setup: PostingSetup, gen_bus: str, vat_bus: str, made_with: Mapping[str, Any] | None = None
) -> tuple[str, ...]:
    """The rules that give a customer these business groups; ``made_with`` is what NAV was told when the customer was made, if Tieout made it."""
    return tuple(
        f"customers[{n}]"
        for n, rule in enumerate(setup.customers)
        if (rule.gen_bus, rule.vat_bus) == (gen_bus, vat_bus)
        and (made_with is None or _made_by(rule, made_with))
    )


def _made_by(rule: Any, payload: Mapping[str, Any]) -> bool:
    country = payload["country_region_code"]
    return (
        (not rule.countries or country in rule.countries)
        and rule.customer_posting_group == payload["customer_posting_group"]
        and rule.payment_terms == payload["payment_terms_code"]
        and rule.tax_area == payload.get("tax_area_code", "")
    )


def added_up(found: Sequence[Choice]) -> list[tuple[Choice, ...]]:
    """The lines of the document that become one line in NAV, in the order of NAV's lines; those that come to nothing become none."""
    sums: dict[Hashable, list[Choice]] = {}
    for choice in found:
        sums.setdefault(choice.sum, []).append(choice)
    return [tuple(some) for some in sums.values() if total(c.amount.amount for c in some)]


def is_made_of(line: JournalLine, some: Sequence[Choice]) -> bool:
    """Whether a line of a journal goes where these lines of a document go."""
    target, groups = some[0].target, line.groups
    return groups is not None and (
        line.account_no,
        groups.gen_prod,
        groups.vat_prod,
        line.sales_tax,
        line.dimensions,
    ) == (
        target.gl_account,
        target.gen_prod,
        target.vat_prod,
        target.sales_tax,
        target.dimensions,
    )


def possible_places(line: JournalLine, journal: Journal, setup: PostingSetup) -> tuple[str, ...]:
    """All rules that give a line of a journal its account; none for the account of a customer, which no rule gives."""
    if line.account_type is AccountType.CUSTOMER:
        return ("prepayment.posting_group",) if line.posting_group else ()
    taxed = line.groups is not None
    rules = _lines_that_give(line, setup) if taxed else _payments_that_give(line, journal, setup)
    return (*rules, *_single_accounts(line, setup))


def possible_taxes(line: JournalLine, setup: PostingSetup) -> tuple[str, ...]:
    """All rules that give a line of a journal its tax."""
    groups, tax = line.groups, line.sales_tax
    if groups is None:
        return ()
    if setup.sales_taxes:
        mine = (tax.area, tax.group) if tax else ("", "")
        return tuple(
            f"sales_taxes[{n}]"
            for n, rule in enumerate(setup.sales_taxes)
            if ((rule.tax_area, rule.tax_group) if rule.tax_area else ("", "")) == mine
            and groups.gen_bus in (rule.gen_bus or (groups.gen_bus,))
        )
    return tuple(
        f"taxes[{n}]"
        for n, rule in enumerate(setup.taxes)
        if rule.vat_prod == groups.vat_prod and (not rule.vat_bus or groups.vat_bus in rule.vat_bus)
    )


def _lines_that_give(line: JournalLine, setup: PostingSetup) -> tuple[str, ...]:
    assert line.groups is not None
    return tuple(
        f"lines[{n}]"
        for n, rule in enumerate(setup.lines)
        if rule.gl_account == line.account_no and _may_give(rule, line.groups, line)
    )


def _may_give(rule: LineRule, groups: PostingGroups, line: JournalLine) -> bool:
    return (
        rule.gen_prod == groups.gen_prod
        and rule.dimensions == line.dimensions
        and rule.vat_prod in ("", groups.vat_prod)
        and (not rule.vat_bus or groups.vat_bus in rule.vat_bus)
    )


def _payments_that_give(
    line: JournalLine, journal: Journal, setup: PostingSetup
) -> tuple[str, ...]:
    currency = journal.currency_code or setup.lcy
    return tuple(
        f"payments[{n}]"
        for n, rule in enumerate(setup.payments)
        if (rule.account_type, rule.account_no) == (line.account_type, line.account_no)
        and rule.currency in ("", currency)
    )


def _single_accounts(line: JournalLine, setup: PostingSetup) -> tuple[str, ...]:
    """The accounts that the setup names one by one, for lines with a tax and for lines without."""
    off, early = setup.write_off, setup.prepayment
    with_tax = {
        "discount_account": setup.discount_account,
        "write_off.relief_account": off.relief_account if off else "",
        "write_off.repay_account": off.repay_account if off else "",
        "prepayment.vat_account": early.vat_account if early else "",
    }
    without = {
        "rounding_account": setup.rounding_account,
        "bank_charge_account": setup.bank_charge_account,
        "write_off.bad_debt_account": off.bad_debt_account if off else "",
        "prepayment.account_no": early.account_no if early else "",
        "prepayment.vat_account": early.vat_account if early else "",
    }
    return tuple(_named(line.account_no, with_tax if line.groups else without))


def _named(account: str, accounts: Mapping[str, str]) -> Iterable[str]:
    return (name for name, no in accounts.items() if no == account)
