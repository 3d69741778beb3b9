"""Looking rules up in the posting setup: the first that fits, or a finding that says what is not mapped."""

from __future__ import annotations

from tieout.core.journal.setup import (
    CustomerRule,
    LineRule,
    PaymentRule,
    PostingSetup,
    TaxRule,
)
from tieout.core.records.document import Line
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind

MAP_IT = "Add a rule (tieout pair setup), then retry."


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
    tax = f"Tax {name} {percent} %" if name else "A line without tax"
    return Finding(
        rule="TAX_NOT_MAPPED",
        text=f"{tax} is not mapped for customers of VAT group {vat_bus} (line {line.name!r}).",
        remedy=MAP_IT,
    )


def line_rule(
    setup: PostingSetup, kind: Kind, line: Line, vat_bus: str, vat_prod: str
) -> LineRule | Finding:
    """The G/L account of a line."""
    sign = "negative" if line.amount.amount < 0 else "positive"
    for rule in setup.lines:
        if (
            rule.kind in ("", kind)
            and rule.sign in ("", sign)
            and rule.vat_prod in ("", vat_prod)
            and (not rule.vat_bus or vat_bus in rule.vat_bus)
            and (not rule.items or line.name in rule.items)
        ):
            return rule
    return Finding(
        rule="ACCOUNT_NOT_MAPPED",
        text=f"No rule gives a G/L account for line {line.name!r} of {kind}.",
        remedy=MAP_IT,
    )


def payment_rule(setup: PostingSetup, method: str, currency: str) -> PaymentRule | Finding:
    """Where money of this payment type and currency arrives."""
    for rule in setup.payments:
        if rule.method == method and rule.currency in ("", currency):
            return rule
    return Finding(
        rule="PAYMENT_TYPE_NOT_MAPPED",
        text=f"No rule says where payments of type {method!r} in {currency} arrive.",
        remedy=MAP_IT,
    )


def customer_rule(setup: PostingSetup, country_code: str) -> CustomerRule | Finding:
    """The groups of a customer of this country."""
    for rule in setup.customers:
        if not rule.countries or country_code in rule.countries:
            return rule
    return Finding(
        rule="CUSTOMER_NOT_MAPPED",
        text=f"No rule gives posting groups for customers of country {country_code!r}.",
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
