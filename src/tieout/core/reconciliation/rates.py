"""I20: every foreign document stands in NAV at the rate of NAV's own table on its day.

What a foreign claim is worth at home exists in NAV only, and every gain or loss follows from it. The opposite of an entry has the rate of that entry, so that
nothing is left of both. A table that was changed since is told apart: rates that were posted stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.evidence import NOT_GIVEN
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.rate_table import RateTable
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import decimals, round_half_away, total

# A rate that the table has for another day so near, or as its youngest, is a wrong pick and not one that was changed.
NEAR = timedelta(days=7)
# Factors are read with 15 decimals; NAV may compute with more, which shows at an exact half of its smallest unit only.
SLACK = Decimal("1e-9")
CHANGED = "NAV's table has another rate for that day now than when it was posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A foreign entry of ours: its currency ``amount``, its value at home when it was posted, and NAV's factor of its day; none without a rate."""

    ref: Ref
    entry: CustomerEntry
    local: Decimal
    factor: Decimal | None
    places: int

    @property
    def wanted(self) -> Decimal:
        """What NAV's table makes of it."""
        return (
            round_half_away(self.entry.amount / self.factor, self.places) if self.factor else ZERO
        )

    def is_at(self, factor: Decimal | None) -> bool:
        """Whether it is worth what a factor makes of it, to the smallest unit of the local currency."""
        if not factor:
            return False
        half, exact = Decimal(1).scaleb(-self.places) / 2, self.entry.amount / factor
        return abs(self.local - exact) <= half + SLACK * abs(exact)

    def undoes(self, other: Rated) -> bool:
        """Whether it is the opposite of an earlier entry, in both currencies."""
        amounts = (-other.entry.amount, -other.local)
        return (
            other.entry.entry_no < self.entry.entry_no
            and (self.entry.amount, self.local) == amounts
        )

    def difference(self, kind: Break, text: str) -> Difference:
        entry = self.entry
        what = f"{entry.document_type} {entry.document_no}".strip()
        day = entry.posting_date.isoformat()
        return Difference(
            invariant="I20",
            kind=kind,
            subject=str(self.ref),
            freshbooks=self.wanted,
            nav=self.local,
            text=f"{what} of {day}, {entry.amount} {entry.currency_code}: {text}",
        )


def rates(sides: Sides) -> Check:
    """Every foreign entry of ours; the figures are what NAV's table makes of them, and what they were posted at."""
    table = sides.evidence.rates
    if table is None:
        return _check((), not_compared=NOT_GIVEN)
    compared = tuple(_rated(sides, table))
    families: dict[Ref, list[Rated]] = defaultdict(list)
    for rated in compared:
        families[rated.ref].append(rated)
    off = [r for r in compared if not r.is_at(r.factor) and not any(map(r.undoes, families[r.ref]))]
    changed = _changed(sides, table, compared, off)
    return replace(
        _check(compared),
        found=tuple(
            r.difference(Break.RATE, _told(r)) for r in off if r.entry.entry_no not in changed
        ),
        explained=tuple(
            r.difference(Break.RATE, CHANGED) for r in off if r.entry.entry_no in changed
        ),
    )


def _rated(sides: Sides, table: RateTable) -> Iterator[Rated]:
    for ref, family in sorted(sides.nav.families.items()):
        if not sides.nav.under_key(ref):
            continue
        for entry in family:
            local = sides.nav.local.get(entry.entry_no)
            if entry.currency_code and local is not None:
                yield Rated(
                    ref=ref,
                    entry=entry,
                    local=local,
                    factor=table.factor(entry.currency_code, entry.posting_date),
                    places=decimals(sides.lcy),
                )


def _changed(
    sides: Sides, table: RateTable, compared: Sequence[Rated], off: Sequence[Rated]
) -> frozenset[int]:
    """The entries at whose posting the table was another; not where an earlier entry shows that it had the present rate already."""
    shown: dict[tuple[str, Decimal | None], int] = {}
    for one in compared:
        place = (one.entry.currency_code, one.factor)
        if one.is_at(one.factor):
            shown[place] = min(one.entry.entry_no, shown.get(place, one.entry.entry_no))
    return frozenset(
        rated.entry.entry_no
        for rated in off
        if _is_on_record(sides, table, rated)
        if shown.get((rated.entry.currency_code, rated.factor), rated.entry.entry_no)
        >= rated.entry.entry_no
    )


def _is_on_record(sides: Sides, table: RateTable, rated: Rated) -> bool:
    """Whether it stands at the rate that is on record as NAV's, and which nobody takes by mistake."""
    recorded = sides.evidence.recorded
    mistaken = table.others(rated.entry.currency_code, rated.entry.posting_date, NEAR)
    factors = recorded.factors.get(rated.ref, ()) if recorded else ()
    return any(rated.is_at(factor) and factor not in mistaken for factor in factors)


def _told(rated: Rated) -> str:
    if rated.factor is None:
        return "NAV's table has no rate for that day"
    if not rated.local:
        return "it is worth nothing at home"
    was = rated.entry.amount / rated.local
    return f"posted at {was:.6f} for one of the local currency, NAV's table says {rated.factor:.6f}"


def _check(compared: Sequence[Rated], not_compared: str = "") -> Check:
    return Check(
        invariant="I20",
        name="exchange rates",
        compared=len(compared),
        freshbooks=total(rated.wanted for rated in compared),
        nav=total(rated.local for rated in compared),
        not_compared=not_compared,
    )
