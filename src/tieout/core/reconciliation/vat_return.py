"""I18: the VAT return can be built from FreshBooks' documents: by VAT group and month, bases at 0 % too, NAV's VAT entries declare what the documents say.

FreshBooks' side are the net lines of each document, less its discount, each in the group that the posting setup gives its tax; the tax is the percentage of it.
NAV's side are the VAT entries under the document's number. And nothing of ours is open in a period whose return is settled: no return would ever declare it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from tieout.core.reconciliation.cause import with_causes
from tieout.core.reconciliation.cells import CLOSED, Cell
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.evidence import NOT_GIVEN
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.moved import MOVED
from tieout.core.reconciliation.rules import Rules
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.traces import Traces
from tieout.core.reconciliation.vat_documents import Declared, declared, moved_out_of_period, undone
from tieout.core.records.money import total

REGROUPED = "its client had another VAT group when it was posted"


class VatReturn:
    """Group by group and month by month; the figures are bases and taxes together, in local currency."""

    def __init__(self) -> None:
        self._not_compared = ""
        self._cells: set[Cell] = set()
        self._freshbooks = self._nav = ZERO
        self._found: list[Difference] = []
        self._explained: list[Difference] = []

    def add(self, traces: Traces) -> Iterable[Difference]:
        sides = traces.sides
        general, rules = sides.evidence.general, sides.evidence.rules
        if general is None or rules is None:
            self._not_compared = NOT_GIVEN
            return ()
        compared = [d for s in sides.sales.values() for d in declared(sides, general, rules, s)]
        self._sum_up(compared)
        looked_at = [*compared, *undone(sides, general, sides.sales)]
        found, explained = _told(sides, general, looked_at, compared)
        self._found += with_causes([*found, *_left_open(general, rules)], traces)
        self._explained += explained
        return explained

    def _sum_up(self, compared: Sequence[Declared]) -> None:
        parts = [part for d in compared for part in (d.base, d.tax)]
        self._cells.update(cell for d in compared for cell in d.cells)
        self._freshbooks += total(a for part in parts for a in part.wanted.values())
        self._nav += total(a for part in parts for a in part.found.values())

    def check(self) -> Check:
        return Check(
            invariant="I18",
            name="VAT return",
            compared=len(self._cells),
            freshbooks=self._freshbooks,
            nav=self._nav,
            found=tuple(self._found),
            explained=tuple(self._explained),
            not_compared=self._not_compared,
        )


def _told(
    sides: Sides,
    general: GeneralLedger,
    looked_at: Sequence[Declared],
    compared: Sequence[Declared],
) -> tuple[Sequence[Difference], Sequence[Difference]]:
    """What differs, and what is explained."""
    late = {d.ref: why for d in looked_at if (why := _why_late(sides, general, d))}
    found = [d for d in looked_at if not d.agrees and d.ref not in late]
    return [d.difference(_kind(sides, d)) for d in found], [
        *(d.difference(Break.DATE_PERIOD, late[d.ref]) for d in looked_at if d.ref in late),
        *(d.difference(Break.VAT_GROUP, REGROUPED) for d in compared if d.regrouped),
    ]


def _kind(sides: Sides, declared: Declared) -> Break:
    return Break.IN_FLIGHT if sides.flight.explains(declared.ref) else declared.kind()


def _why_late(sides: Sides, general: GeneralLedger, declared: Declared) -> str:
    """What explains that all is right but the month; empty if nothing does."""
    late = not declared.agrees and declared.kind() is Break.DATE_PERIOD
    if not late or sides.flight.explains(declared.ref):
        return ""
    first = sides.evidence.first_open_vat
    if moved_out_of_period(general, declared, first):
        return MOVED
    return CLOSED if declared.base.day < first else ""


def _left_open(general: GeneralLedger, rules: Rules) -> Iterator[Difference]:
    """Entries of ours that no settlement took, though one took later ones of their group; not where VAT waits until it is paid."""
    settled = general.settled
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
