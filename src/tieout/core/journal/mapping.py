"""Every line of a document finds its tax and account, or a finding says what is not mapped."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import SalesTax
from tieout.core.journal.parts import Part, Target
from tieout.core.journal.rates import Rates
from tieout.core.journal.rules import LineFacts, line_rule, sales_tax_rule, tax_rule
from tieout.core.journal.setup import Aggregate, PostingSetup
from tieout.core.records.document import Line
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind
from tieout.core.records.money import Money, decimals, round_half_away


def parts_of(
    setup: PostingSetup, buyer: Buyer, kind: Kind, lines: Sequence[Line], amount: Money
) -> tuple[tuple[Part, ...], tuple[Finding, ...]]:
    """A part for each line that is not free, not yet added up; or what is not mapped.

    A line lowers the document if its sign is not that of the total, so in a negative invoice the negative lines are the ordinary ones.
    """
    parts: list[Part] = []
    findings: list[Finding] = []
    for place, line in enumerate(lines):
        if not line.amount:
            continue
        facts = LineFacts(
            kind=kind, line=line, buyer=buyer, lowers=line.amount.amount * _sign(amount) < 0
        )
        target = _target(setup, facts)
        if isinstance(target, Finding):
            findings.append(target)
        else:
            parts.append(_part(setup, target, line, place))
    return tuple(parts), tuple(dict.fromkeys(findings))


def _sign(amount: Money) -> int:
    return -1 if amount.amount < 0 else 1


def _target(setup: PostingSetup, facts: LineFacts) -> Target | Finding:
    vat_prod, sales_tax = "", None
    if setup.sales_taxes:
        found = sales_tax_rule(setup, facts)
        if isinstance(found, Finding):
            return found
        if found.tax_area:
            sales_tax = SalesTax(area=found.tax_area, group=found.tax_group)
    else:
        tax = tax_rule(setup, facts.line, facts.buyer.vat_bus)
        if isinstance(tax, Finding):
            return tax
        vat_prod = tax.vat_prod
    account = line_rule(setup, facts, vat_prod)
    if isinstance(account, Finding):
        return account
    return Target(
        gl_account=account.gl_account,
        gen_prod=account.gen_prod,
        vat_prod=vat_prod,
        sales_tax=sales_tax,
        dimensions=account.dimensions,
    )


def _part(setup: PostingSetup, target: Target, line: Line, place: int) -> Part:
    labels = {Aggregate.LINE: str(place), Aggregate.ITEM: line.name, Aggregate.ACCOUNT: ""}
    net = line.amount.amount
    return Part(
        target=target,
        rates=Rates.of(line),
        net=net,
        bases=(net,),
        label=labels[setup.aggregate],
        names=(line.name or line.description,),
        text=_text(line),
    )


def _text(line: Line) -> str:
    """``Consulting 10 x 80.00``."""
    price = round_half_away(line.unit_cost.amount, decimals(line.amount.currency))
    return f"{line.name or line.description} {line.quantity.normalize():f} x {price}".strip()
