"""Documents as FreshBooks makes them, and what NAV makes of a journal: both worked out here anew, by the systems' own rules, not by the product's code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import strategies as st
from tests.unit.core.books import invoice
from tests.unit.core.sales import sold

from tieout.core.journal.lines import Journal, JournalLine
from tieout.core.records.document import Line, LineTax
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import decimals, round_half_away, total

GST, QST = ("GST", "5"), ("QST", "9.975")
VAT_TAXES = [((("VAT", "20"),), False), ((("VAT", "5"),), False), ((("VAT", "0"),), False)]
SALES_TAXES = [
    ((GST, QST), False),
    ((GST, ("PST", "7")), False),
    ((GST,), False),
    ((("HST", "13"),), False),
    ((("TAXA", "5"), ("TAXB", "9.975")), True),
]
Taxes = tuple[tuple[tuple[str, str], ...], bool]


@dataclass(frozen=True)
class Document:
    """An invoice and the taxes, in money, that FreshBooks found."""

    invoice: Invoice
    taxes: dict[LineTax, Decimal]

    @property
    def tax(self) -> Decimal:
        return total(self.taxes.values())

    @property
    def pairs(self) -> int:
        return sum(len(line.taxes) for line in self.invoice.lines if line.amount)


@st.composite
def documents(
    draw: st.DrawFn,
    taxes: Sequence[Taxes],
    currency: str = "GBP",
    *,
    most: int = 12,
    percents: Sequence[str] = ("0", "0", "10", "33.3"),
) -> Document:
    """An invoice of lines with these taxes, some of them negative or free, some with a discount; taxed by document or by line."""
    places = decimals(currency)
    rows = draw(
        st.lists(
            st.tuples(st.integers(-300, 99_999), st.sampled_from(taxes)), min_size=1, max_size=most
        )
    )
    lines = [
        sold(
            "1",
            str(Decimal(units).scaleb(-places)),
            *named,
            compounded=compounded,
            currency=currency,
        )
        for units, (named, compounded) in rows
    ]
    return document(lines, draw(st.sampled_from(percents)), by_line=draw(st.booleans()))


def document(lines: Sequence[Line], percent: str, *, by_line: bool) -> Document:
    """What FreshBooks makes of lines: the discount comes off every line before tax; tax is rounded once per tax, or per line."""
    currency = lines[0].amount.currency
    places, left = decimals(currency), 1 - Decimal(percent) / 100
    net = total(line.amount.amount for line in lines)
    off = round_half_away(net * (1 - left), places)
    taxes = taxes_by_name(lines, left, places if by_line else None, places)
    made = invoice(
        str(net - off + total(taxes.values())), *lines, currency=currency, discount=str(abs(off))
    )
    return Document(replace(made, discount_percent=Decimal(percent)), taxes)


def taxes_by_name(
    lines: Sequence[Line], left: Decimal, line_places: int | None, places: int
) -> dict[LineTax, Decimal]:
    found: dict[LineTax, Decimal] = defaultdict(Decimal)
    for line in lines:
        base = line.amount.amount * left
        for tax in line.taxes:
            amount = base * tax.percent / 100
            amount = amount if line_places is None else round_half_away(amount, line_places)
            found[tax] += amount
            base += amount if line.compounded else 0
    return {tax: round_half_away(amount, places) for tax, amount in found.items()}


def sales_taxes(line: JournalLine, places: int) -> dict[LineTax, Decimal]:
    """What NAV finds in a gross line of a tax area, by jurisdiction: the net backwards, then each tax on it, the last takes the rest (codeunit 398)."""
    assert line.sales_tax is not None
    named, compounded = AREAS[line.sales_tax.area]
    rates = [LineTax(name=name, percent=Decimal(percent)) for name, percent in named]
    factor = Decimal(1)
    for rate in rates:
        factor += (factor if compounded else 1) * rate.percent / 100
    net = round_half_away(line.amount / factor, places)
    whole, base, found = line.amount - net, net, {}
    for rate in rates:
        found[rate] = round_half_away(base * rate.percent / 100, places)
        base += found[rate] if compounded else 0
    found[rates[-1]] += whole - total(found.values())
    return found


AREAS = {
    "QC": SALES_TAXES[0],
    "BC": SALES_TAXES[1],
    "AB": SALES_TAXES[2],
    "ON": SALES_TAXES[3],
    "FICT-COMP": SALES_TAXES[4],
}


def nav_vat(line: JournalLine, places: int) -> Decimal:
    """NAV's own VAT in a gross line (table 81)."""
    assert line.groups is not None
    percent = Decimal(line.groups.vat_prod.removeprefix("VAT"))
    return round_half_away(line.amount * percent / (100 + percent), places)


def entries_in_local(journal: Journal, places: int) -> list[Decimal]:
    """The G/L entries that NAV makes of a journal, in local currency (codeunit 12).

    Of a line with a VAT difference the base is converted and the VAT is the rest; of any other the VAT is found anew in the local amount.
    """
    entries: list[Decimal] = []
    for line in journal.lines:
        factor = journal.currency_factor or Decimal(1)
        local = round_half_away(line.amount / factor, places)
        if line.amount_lcy is not None:
            local, factor = line.amount_lcy, line.amount / line.amount_lcy
        base = local
        if line.groups:
            percent = Decimal(line.groups.vat_prod.removeprefix("VAT"))
            own = nav_vat(line, decimals(journal.currency_code or "GBP"))
            vat = own if line.vat_amount is None else line.vat_amount
            base = local - round_half_away(local * percent / (100 + percent), places)
            if vat != own:
                base = round_half_away((line.amount - vat) / factor, places)
        entries += [base, local - base]
    return entries
