"""The VAT of each document by VAT group and month: as FreshBooks' lines and the posting setup give it, and as NAV's VAT entries declare it; for I18."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tieout.core.reconciliation.cells import Cell, Placed, summed
from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.moved import Entered, key_of, moved_out
from tieout.core.reconciliation.rules import Rules, Setup
from tieout.core.reconciliation.sales import GOODWILL, Sale, net
from tieout.core.reconciliation.sides import CENT, Sides
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.ledger import VatEntry
from tieout.core.records.money import total

# All jurisdictions together: which tax is whose is NAV's to say, and every jurisdiction has the whole base.
SALES_TAX = "sales tax"
OF_NO_RULE = "of no rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The bases and the taxes of one document by VAT group and month, as FreshBooks' lines give them and as NAV declares them."""

    base: Placed
    tax: Placed
    regrouped: bool = False

    @property
    def ref(self) -> Ref:
        return self.base.ref

    @property
    def agrees(self) -> bool:
        return self.base.agrees and self.tax.agrees

    @property
    def cells(self) -> frozenset[Cell]:
        return frozenset({*self.base.wanted, *self.base.found, *self.tax.wanted, *self.tax.found})

    def kind(self) -> Break:
        """Another month, another group, or another amount."""
        kinds = {part.kind() for part in (self.base, self.tax) if not part.agrees}
        if Break.PRIOR_PERIOD_CHANGE in kinds:
            return Break.PRIOR_PERIOD_CHANGE
        if kinds == {Break.DATE_PERIOD}:
            return Break.DATE_PERIOD
        return Break.TAX if Break.AMOUNT in kinds else Break.VAT_GROUP

    def told(self) -> str:
        """Each group and month that differs, in figures."""
        parts = (("base", self.base), ("tax", self.tax))
        return "; ".join(
            f"{what} of {group} in {month:%Y-%m}: {part.wanted.get(cell, ZERO)} by FreshBooks, {part.found.get(cell, ZERO)} in NAV"
            for what, part in parts
            if not part.agrees
            for cell in sorted({*part.wanted, *part.found})
            for group, month in (cell,)
            if part.wanted.get(cell, ZERO) != part.found.get(cell, ZERO)
        )

    def difference(self, kind: Break, text: str = "") -> Difference:
        both = (self.base, self.tax)
        told = self.told()
        return Difference(
            invariant="I18",
            kind=kind,
            subject=str(self.ref),
            freshbooks=total(a for part in both for a in part.wanted.values()),
            nav=total(a for part in both for a in part.found.values()),
            text=f"{text} ({told})" if text and told else text or told,
        )


def declared(sides: Sides, general: GeneralLedger, rules: Rules, sale: Sale) -> Iterator[Declared]:
    """Both sides of one document that stands in NAV; nothing where VAT waits until it is paid, or where its rate at home is unknown."""
    setup, now = rules.of(sale.ref), rules.vat_bus(sale.ref, sale.client)
    rows = general.vat_of.get(sale.ref, ())
    groups = [now, *sorted({row.vat_bus for row in rows} - {now})]
    if not sides.nav.under_key(sale.ref) or set(groups) & rules.cash_groups:
        return
    tried = [_placed(sides, setup, sale, rows, group) for group in groups if group is not None]
    fits = next((n for n, one in enumerate(tried) if one.agrees), 0)
    if tried:
        yield replace(tried[fits], regrouped=True) if fits else tried[0]


def _placed(
    sides: Sides, setup: Setup, sale: Sale, rows: Sequence[VatEntry], vat_bus: str
) -> Declared:
    bases, taxes = _by_group(setup, sale, vat_bus)
    since = sides.nav.families_since.get(sale.ref, ())
    later = len(since) > len(sides.nav.families.get(sale.ref, ()))
    cents, exact = _cents(sides, setup, sale, len(rows))
    base = Placed(
        ref=sale.ref,
        day=sale.day,
        wanted=_local(sides, sale, bases),
        found={} if setup.sales_tax else _found(rows, "base"),
        cents=ZERO if exact else cents,
        later=later,
    )
    tax = replace(
        base, wanted=_local(sides, sale, taxes), found=_found(rows, "amount"), cents=cents
    )
    if setup.sales_tax:
        return Declared(base=base, tax=replace(tax, found=_together(tax.found)))
    return Declared(base=base, tax=tax)


def _by_group(
    setup: Setup, sale: Sale, vat_bus: str
) -> tuple[Mapping[str, Decimal], Mapping[str, Decimal]]:
    """The net amounts and the taxes of a document by VAT group, in its own currency, positive for sales."""
    bases: dict[str, Decimal] = defaultdict(Decimal)
    taxes: dict[str, Decimal] = defaultdict(Decimal)
    if setup.sales_tax:
        taxes[SALES_TAX] = (sale.amount - sale.base + sale.discount) * sale.share * sale.sign
        return bases, taxes
    keeps = 1 - (sale.discount / sale.base if sale.base else ZERO)
    for line in sale.lines:
        prod = setup.vat_prod(line, vat_bus)
        group = f"{vat_bus} {prod or OF_NO_RULE}"
        amount = net(line, sale) * keeps * sale.share * sale.sign
        bases[group] += amount
        taxes[group] += amount * total(tax.percent for tax in line.taxes) / 100
    return bases, taxes


def _local(sides: Sides, sale: Sale, amounts: Mapping[str, Decimal]) -> Mapping[Cell, Decimal]:
    month = sale.day.replace(day=1)
    return summed(
        (group, month, sides.at_home(sale.ref, sale.currency, a)) for group, a in amounts.items()
    )


def _found(rows: Iterable[VatEntry], what: str) -> Mapping[Cell, Decimal]:
    return summed(
        (f"{row.vat_bus} {row.vat_prod}", row.posting_date.replace(day=1), -getattr(row, what))
        for row in rows
    )


def _together(cells: Mapping[Cell, Decimal]) -> Mapping[Cell, Decimal]:
    return summed((SALES_TAX, month, amount) for (_, month), amount in cells.items())


def _cents(sides: Sides, setup: Setup, sale: Sale, rows: int) -> tuple[Decimal, bool]:
    """How far a tax may be off, which FreshBooks rounds by line or by document; and whether bases are exact, since NAV posts them as it is told."""
    rounded = abs(sides.nav.rounded.get(sale.ref, ZERO))
    allowed = min(rounded, sides.max_rounding)
    vague = sale.tax_included or sale.share != 1 or rounded or sale.discount
    exact = (
        sale.currency == sides.lcy and not vague and bool(setup.content.get("vat_difference", True))
    )
    return CENT * max(1, rows, sale.rows) + allowed, exact


def undone(sides: Sides, general: GeneralLedger, live: Mapping[Ref, Sale]) -> Iterator[Declared]:
    """What FreshBooks does not have any more and no customer owes: no return may have anything of it."""
    books = sides.freshbooks
    receipts = {n.ref for n in books.credit_notes if n.credit_type != GOODWILL} | books.deferred
    for ref, rows in general.vat_of.items():
        if ref.kind is Kind.PAYMENT or ref in live or ref in receipts:
            continue
        if not total(entry.amount for entry in sides.nav.families.get(ref, ())):
            day = min(row.posting_date for row in rows)
            base = Placed(ref=ref, day=day, wanted={}, found=_found(rows, "base"))
            yield Declared(base=base, tax=replace(base, found=_found(rows, "amount")))


def moved_out_of_period(general: GeneralLedger, declared: Declared, first_open: date) -> bool:
    """Whether what is off was declared in a closed period and is taken back since, group by group."""
    return all(
        part.agrees or moved_out(part, _entered(general, part, what), first_open)
        for part, what in ((declared.base, "base"), (declared.tax, "amount"))
    )


def _entered(general: GeneralLedger, part: Placed, what: str) -> Iterator[Entered]:
    together = any(group == SALES_TAX for group, _ in (*part.wanted, *part.found))
    rows = general.by_document.get(part.ref, ())
    for row in general.vat_of.get(part.ref, ()):
        group = SALES_TAX if together else f"{row.vat_bus} {row.vat_prod}"
        yield Entered(
            key=key_of(row, rows),
            day=row.posting_date,
            cell=(group, row.posting_date.replace(day=1)),
            amount=-getattr(row, what),
        )
