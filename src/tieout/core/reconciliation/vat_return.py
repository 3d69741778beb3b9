"""I18: the VAT return can be built from FreshBooks' documents: by VAT group and month, bases at 0 % too, NAV's VAT entries declare what the documents say.

FreshBooks' side are the net lines of each document, less its discount, each in the group that the posting setup gives its tax; the tax is the percentage of it.
NAV's side are the VAT entries under the document's number. And nothing of ours is open in a period whose return is settled: no return would ever declare it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from tieout.core.reconciliation.cells import CLOSED
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.evidence import NOT_GIVEN
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.rules import Rules
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.vat_documents import Declared, declared, undone
from tieout.core.records.money import total

REGROUPED = "its client had another VAT group when it was posted"
Group = tuple[str, str]


def vat_return(sides: Sides) -> Check:
    """Group by group and month by month; the figures are bases and taxes together, in local currency."""
    general, rules = sides.evidence.general, sides.evidence.rules
    if general is None or rules is None:
        return _check((), not_compared=NOT_GIVEN)
    compared = [d for sale in sides.sales.values() for d in declared(sides, general, rules, sale)]
    looked_at = [*compared, *undone(sides, general, sides.sales)]
    late = {d.ref for d in looked_at if _had_to_wait(sides, d)}
    found = [d for d in looked_at if not d.agrees and d.ref not in late]
    return replace(
        _check(compared),
        found=(
            *(d.difference(_kind(sides, d)) for d in found),
            *_left_open(general, rules),
        ),
        explained=(
            *(d.difference(Break.DATE_PERIOD, CLOSED) for d in looked_at if d.ref in late),
            *(d.difference(Break.VAT_GROUP, REGROUPED) for d in compared if d.regrouped),
        ),
    )


def _kind(sides: Sides, declared: Declared) -> Break:
    return Break.IN_FLIGHT if sides.flight.explains(declared.ref) else declared.kind()


def _had_to_wait(sides: Sides, declared: Declared) -> bool:
    """Whether all is right but the month, and the document's own day is closed."""
    late = not declared.agrees and declared.kind() is Break.DATE_PERIOD
    closed = declared.base.day < sides.evidence.first_open_vat
    return late and closed and not sides.flight.explains(declared.ref)


def _left_open(general: GeneralLedger, rules: Rules) -> Iterator[Difference]:
    """Entries of ours that no settlement took, though one took later ones of their group; not where VAT waits until it is paid."""
    settled = _settled(general)
    for ref, rows in sorted(general.vat_of.items()):
        for row in rows:
            group = (row.vat_bus, row.vat_prod)
            waits = row.vat_bus in rules.cash_groups or not (row.base or row.amount)
            if not row.closed and not waits and row.posting_date <= settled.get(group, date.min):
                yield Difference(
                    invariant="I18",
                    kind=Break.VAT_PERIOD,
                    subject=str(ref),
                    freshbooks=ZERO,
                    nav=-row.amount,
                    text=f"VAT entry {row.entry_no} of {row.posting_date.isoformat()} ({' '.join(group)}, base {-row.base}) is open,"
                    f" though VAT is settled up to {settled[group].isoformat()}",
                )


def _settled(general: GeneralLedger) -> dict[Group, date]:
    """The youngest day that a settlement has taken, by VAT group, whosesoever the entries."""
    settled: dict[Group, date] = {}
    for row in general.vat_entries:
        if row.closed:
            group = (row.vat_bus, row.vat_prod)
            settled[group] = max(row.posting_date, settled.get(group, date.min))
    return settled


def _check(compared: Sequence[Declared], not_compared: str = "") -> Check:
    parts = [part for d in compared for part in (d.base, d.tax)]
    return Check(
        invariant="I18",
        name="VAT return",
        compared=len({cell for d in compared for cell in d.cells}),
        freshbooks=total(a for part in parts for a in part.wanted.values()),
        nav=total(a for part in parts for a in part.found.values()),
        not_compared=not_compared,
    )
