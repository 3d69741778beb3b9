"""Laws of explanations: whatever can be posted, each of its lines in NAV names the rules it came of, and the lines of the document it is made of."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from tests.properties.documents import SALES_TAXES, VAT_TAXES, Document, documents
from tests.properties.test_journals import SETUPS, journal_of
from tests.unit.core.explanation.cases import step
from tests.unit.core.sales import CANADA, MONTREAL

from tieout.core.explanation.steps import Source, Step
from tieout.core.journal.setup import DiscountPolicy, PostingSetup
from tieout.core.records.money import total

MANY = settings(max_examples=800, deadline=None)


def told_once(found: Step) -> None:
    """Every line of the document is told of, each in one line of NAV's at most; of a sum that comes to nothing in none."""
    places = [place for origin in found.origins for place in origin.lines]
    assert len(places) == len(set(places))
    sums: dict[object, list[Decimal]] = {}
    for choice in found.choices:
        sums.setdefault(choice.sum, []).append(choice.amount.amount)
    whole = {choice.place for choice in found.choices if total(sums[choice.sum])}
    assert set(places) <= whole
    if all(origin.certain for origin in found.origins) and not any(
        "discount_account" in origin.account for origin in found.origins
    ):
        assert set(places) == whole


def named(found: Step, setup: PostingSetup) -> None:
    """Every line but the customer's names a rule, and the rules give what NAV was told."""
    for origin in found.origins:
        line = origin.line
        if line.groups is None:
            continue
        assert origin.account
        assert origin.tax
        for place in (*origin.account, *origin.tax):
            name, _, rest = place.partition("[")
            rule = getattr(setup, name)[int(rest[:-1])] if rest else getattr(setup, name)
            given_by = {
                "lines": lambda r: (r.gl_account, r.gen_prod),
                "taxes": lambda r: r.vat_prod,
                "sales_taxes": lambda r: (r.tax_area, r.tax_group),
                "discount_account": lambda r: r,
            }[name](rule)
            told = {
                "lines": (line.account_no, line.groups.gen_prod),
                "taxes": line.groups.vat_prod,
                "sales_taxes": (line.sales_tax.area, line.sales_tax.group)
                if line.sales_tax
                else ("", ""),
                "discount_account": line.account_no,
            }[name]
            assert given_by == told


@MANY
@given(documents(VAT_TAXES), SETUPS)
def test_every_line_with_vat_names_its_rules(made: Document, setup: PostingSetup) -> None:
    found = step(made.invoice, journal_of(made, setup), setup)
    assert found.source is Source.CONTENT
    named(found, setup)
    told_once(found)


@MANY
@given(documents(VAT_TAXES, percents=("0",)), SETUPS)
def test_without_a_discount_a_line_is_what_its_lines_come_to(
    made: Document, setup: PostingSetup
) -> None:
    found = step(made.invoice, journal_of(made, setup), setup)
    amounts = {choice.place: choice.amount.amount for choice in found.choices}
    for origin in found.origins:
        if origin.lines and origin.line.vat_amount is not None:
            net = origin.line.amount - origin.line.vat_amount
            assert abs(net) == abs(total(amounts[place] for place in origin.lines))


@MANY
@given(documents(SALES_TAXES, currency="CAD"))
def test_every_line_with_sales_tax_names_its_rules(made: Document) -> None:
    found = step(made.invoice, journal_of(made, CANADA, MONTREAL), CANADA)
    assert found.source is Source.CONTENT
    assert CANADA.discount is DiscountPolicy.SEPARATE
    named(found, CANADA)
    told_once(found)
