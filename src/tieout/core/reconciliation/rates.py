"""I20: every foreign document stands in NAV at the rate of NAV's own table on its day.

What a foreign claim is worth at home exists in NAV only, and every gain or loss follows from it. The opposite of an entry has the rate of that entry, so that
nothing is left of both. A table that was changed since is told apart: rates that were posted stay as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from tieout.core.reconciliation.cause import caused
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.evidence import NOT_GIVEN
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.rate_table import RateTable
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.traces import Traces
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
    def place(self) -> tuple[str, Decimal | None]:
        """A rate of the table as it is now."""
        return self.entry.currency_code, self.factor

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


class Rates:
    """Every foreign entry of ours; the figures are what NAV's table makes of them, and what they were posted at."""

    def __init__(self) -> None:
        self._not_compared = ""
        self._compared, self._wanted, self._local = 0, ZERO, ZERO
        self._shown: dict[tuple[str, Decimal | None], int] = {}
        self._off: list[Off] = []

    def add(self, traces: Traces) -> Iterable[Difference]:
        table = traces.sides.evidence.rates
        if table is None:
            self._not_compared = NOT_GIVEN
            return ()
        compared = tuple(_rated(traces.sides, table))
        self._compared += len(compared)
        self._wanted += total(rated.wanted for rated in compared)
        self._local += total(rated.local for rated in compared)
        for rated in compared:
            if rated.is_at(rated.factor):
                first = self._shown.get(rated.place, rated.entry.entry_no)
                self._shown[rated.place] = min(rated.entry.entry_no, first)
        off = [_off(traces, table, rated) for rated in _differing(compared)]
        self._off += off
        return [one.changed for one in off if one.on_record]

    def check(self) -> Check:
        changed = [self._was_changed(off) for off in self._off]
        pairs = list(zip(self._off, changed, strict=True))
        return Check(
            invariant="I20",
            name="exchange rates",
            compared=self._compared,
            freshbooks=self._wanted,
            nav=self._local,
            found=tuple(off.wrong for off, was_changed in pairs if not was_changed),
            explained=tuple(off.changed for off, was_changed in pairs if was_changed),
            not_compared=self._not_compared,
        )

    def _was_changed(self, off: Off) -> bool:
        """Whether the table was another when it was posted; not where an earlier entry shows that it had the present rate already."""
        number = off.rated.entry.entry_no
        return off.on_record and self._shown.get(off.rated.place, number) >= number


@dataclass(frozen=True, slots=True)
class Off:
    """An entry at another rate than that of the table: whether it is on record as NAV's, and what it is if the table was changed, or else wrong."""

    rated: Rated
    on_record: bool
    changed: Difference
    wrong: Difference


def _off(traces: Traces, table: RateTable, rated: Rated) -> Off:
    wrong = rated.difference(Break.RATE, _told(rated))
    return Off(
        rated=rated,
        on_record=_is_on_record(traces.sides, table, rated),
        changed=rated.difference(Break.RATE, CHANGED),
        wrong=caused(wrong, traces),
    )


def _differing(compared: Sequence[Rated]) -> list[Rated]:
    families: dict[Ref, list[Rated]] = defaultdict(list)
    for rated in compared:
        families[rated.ref].append(rated)
    return [
        r for r in compared if not r.is_at(r.factor) and not any(map(r.undoes, families[r.ref]))
    ]


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
