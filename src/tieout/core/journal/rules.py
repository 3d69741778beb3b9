"""Looking rules up in the posting setup: the first that fits, or a finding that says what is not mapped."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.setup import (
    CustomerRule,
    LineRule,
    PaymentRule,
    PostingSetup,
    SalesTaxRule,
    TaxRule,
)
from tieout.core.journal.terms import Terms
from tieout.core.records.customer import Customer
from tieout.core.records.document import Line, LineTax
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind

MAP_IT = "Add a rule (tieout pair setup), then retry."


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What rules may ask about a line: its document's kind, its customer, and whether it lowers the document."""

    kind: Kind
    line: Line
    buyer: Buyer
    lowers: bool


def tax_rule(setup: PostingSetup, line: Line, vat_bus: str) -> TaxRule | Finding:
    """The VAT product group of a line's tax; a line without tax is a case of its own."""
    if len(line.taxes) > 1:
        return Finding(
            rule="TWO_TAXES",
            text=f"Line {line.name!r} has two taxes, and a NAV VAT line can carry one.",
            remedy="Use one combined tax, or a company with sales tax.",
        )
    name, percent = (line.taxes[0].name, line.taxes[0].percent) if line.taxes else ("", 0)
    for rule in setup.taxes:
        same = rule.name == name and rule.percent == percent
        if same and (not rule.vat_bus or vat_bus in rule.vat_bus):
            return rule
    return _unknown_tax(line, f"customers of VAT group {vat_bus}")


def sales_tax_rule(setup: PostingSetup, facts: LineFacts) -> SalesTaxRule | Finding:
    """The tax area and group of a line's one or two taxes. Their order counts only where the second is charged on the first."""
    line, gen_bus = facts.line, facts.buyer.gen_bus
    compounded = line.compounded and len(line.taxes) > 1
    for rule in setup.sales_taxes:
        mine = _taxes_of(rule)
        same = mine == line.taxes or (not compounded and mine == line.taxes[::-1])
        if same and rule.compounded == compounded and gen_bus in (rule.gen_bus or (gen_bus,)):
            return rule
    return _unknown_tax(line, f"customers of business group {gen_bus}")


def _taxes_of(rule: SalesTaxRule) -> tuple[LineTax, ...]:
    pairs = ((rule.name1, rule.percent1), (rule.name2, rule.percent2))
    return tuple(LineTax(name=name, percent=percent) for name, percent in pairs if name)


def _unknown_tax(line: Line, whom: str) -> Finding:
    """Zero-rated, exempt, outside the scope and reverse charge are different things in a tax return: no tax is never taken for one of them."""
    if not line.taxes:
        return Finding(
            rule="TAX_TREATMENT_UNKNOWN",
            text=f"Line {line.name!r} has no tax, and why it has none is not set up for {whom}.",
            remedy="Give the line a tax of 0 % in FreshBooks that says why, or add a rule; then retry.",
        )
    names = " and ".join(f"{tax.name} {tax.percent:f} %" for tax in line.taxes)
    compound = ", the second on the first," if line.compounded and len(line.taxes) > 1 else ""
    return Finding(
        rule="TAX_NOT_MAPPED",
        text=f"Tax {names}{compound} is not mapped for {whom} (line {line.name!r}).",
        remedy=MAP_IT,
    )


def line_rule(setup: PostingSetup, facts: LineFacts, vat_prod: str) -> LineRule | Finding:
    """The G/L account of a line."""
    for rule in setup.lines:
        if _fits(rule, facts, vat_prod):
            return rule
    return Finding(
        rule="ACCOUNT_NOT_MAPPED",
        text=f"No rule gives a G/L account for line {facts.line.name!r} of {facts.kind}.",
        remedy=MAP_IT,
    )


def _fits(rule: LineRule, facts: LineFacts, vat_prod: str) -> bool:
    line, buyer = facts.line, facts.buyer
    return (
        rule.kind in ("", facts.kind)
        and rule.sign in ("", "negative" if facts.lowers else "positive")
        and rule.vat_prod in ("", vat_prod)
        and (not rule.vat_bus or buyer.vat_bus in rule.vat_bus)
        and (not rule.items or line.name in rule.items)
        and (not rule.taxes or any(tax.name in rule.taxes for tax in line.taxes))
        and (not rule.customers or buyer.customer_no in rule.customers)
    )


def payment_rule(
    setup: PostingSetup, method: str, currency: str, gateway: str = ""
) -> PaymentRule | Finding:
    """Where money of this payment type, currency and processor arrives."""
    for rule in setup.payments:
        if (
            rule.method == method
            and rule.currency in ("", currency)
            and (not rule.gateways or gateway in rule.gateways)
        ):
            return rule
    through = f" through {gateway}" if gateway else ""
    return Finding(
        rule="PAYMENT_TYPE_NOT_MAPPED",
        text=f"No rule says where payments of type {method!r} in {currency}{through} arrive.",
        remedy=MAP_IT,
    )


def customer_rule(
    setup: PostingSetup, customer: Customer, country_code: str
) -> CustomerRule | Finding:
    """The groups of a customer, by country, currency, kind of buyer or name of the client."""
    business = bool(customer.organization or customer.vat_number)
    for rule in setup.customers:
        if (
            (not rule.countries or country_code in rule.countries)
            and (not rule.currencies or customer.currency in rule.currencies)
            and (not rule.clients or customer.ref.key in rule.clients)
            and rule.buyer in ("", "business" if business else "private")
        ):
            return rule
    return Finding(
        rule="CUSTOMER_NOT_MAPPED",
        text=f"No rule gives posting groups for client {customer.ref.key} of country {country_code!r}.",
        remedy=MAP_IT,
    )


def currency_finding(setup: PostingSetup, currency: str) -> tuple[Finding, ...]:
    """A finding if documents in this currency are not set up."""
    if currency in setup.currencies:
        return ()
    return (
        Finding(
            rule="CURRENCY_NOT_MAPPED",
            text=f"Documents in {currency} are not set up (set up: {', '.join(setup.currencies)}).",
            remedy=MAP_IT,
        ),
    )


def rate_finding(setup: PostingSetup, currency: str, terms: Terms) -> tuple[Finding, ...]:
    """A finding if a foreign document has no rate: amounts are never posted at a rate that nobody set."""
    if currency == setup.lcy or terms.factor is not None:
        return ()
    return (
        Finding(
            rule="RATE_MISSING",
            text=f"NAV has no exchange rate of {currency} on {terms.posting_date}.",
            remedy="Enter it in NAV's Currency Exchange Rates, then retry.",
        ),
    )
