"""Do both books agree? Each invariant from both systems' own figures, and a named difference for whatever breaks one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.reconciliation.adopted import say_left_out
from tieout.core.reconciliation.balances import Balances
from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.cash import cash
from tieout.core.reconciliation.cause import none_left_out
from tieout.core.reconciliation.control import Control
from tieout.core.reconciliation.cutoff import cutoff
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.documents import documents
from tieout.core.reconciliation.due_dates import due_dates
from tieout.core.reconciliation.earlier import Earlier
from tieout.core.reconciliation.evidence import NOTHING, Evidence
from tieout.core.reconciliation.expected import ZERO, expected_documents
from tieout.core.reconciliation.explained import ExplainedItems
from tieout.core.reconciliation.flight import Pending, flight_of
from tieout.core.reconciliation.frozen_past import FrozenPast
from tieout.core.reconciliation.invariant import Invariant, OneByOne
from tieout.core.reconciliation.line_attributes import line_attributes
from tieout.core.reconciliation.open_items import OpenItems
from tieout.core.reconciliation.population import Population
from tieout.core.reconciliation.provenance import provenance
from tieout.core.reconciliation.rates import Rates
from tieout.core.reconciliation.revenue import revenue
from tieout.core.reconciliation.roll_forward import RollForward
from tieout.core.reconciliation.sets import sets
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.snapshot import Daily, Snapshot, claim
from tieout.core.reconciliation.strangers import Strangers
from tieout.core.reconciliation.taxes import taxes
from tieout.core.reconciliation.timing import timing
from tieout.core.reconciliation.total_cause import TotalCauses
from tieout.core.reconciliation.totals import Totals
from tieout.core.reconciliation.traces import Traces
from tieout.core.reconciliation.trial_balance import TrialBalance
from tieout.core.reconciliation.unapplied import Unapplied
from tieout.core.reconciliation.vat_return import VatReturn
from tieout.core.records.adoption import AdoptedDocument
from tieout.core.records.identity import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Tieout:
    """The result: every check with what differs, and what is on its way; ``agrees`` only without any difference. ``snapshot`` is what was compared.

    ``earlier`` is what is known of the day as of which it was compared, ``daily`` what
    a daily run goes on from.
    """

    checks: tuple[Check, ...]
    in_flight: tuple[Pending, ...] = ()
    snapshot: Snapshot | None = None
    earlier: Earlier | None = None
    daily: Daily | None = None

    @property
    def claim(self) -> str:
        """What it says and no more; empty where it is not known what was read."""
        if self.snapshot is None:
            return ""
        told = claim(self.snapshot, len(self.differences), len(self.explained))
        more = [limit.told for limit in (self.earlier, self.daily) if limit]
        return "\n".join([told, *more])

    @property
    def differences(self) -> tuple[Difference, ...]:
        return tuple(difference for check in self.checks for difference in check.found)

    @property
    def explained(self) -> tuple[Difference, ...]:
        """What disagrees for a known reason, to the cent."""
        return tuple(difference for check in self.checks for difference in check.explained)

    @property
    def agrees(self) -> bool:
        return not self.differences

    @property
    def breaks(self) -> tuple[Difference, ...]:
        """The differences that do not go away by waiting."""
        return tuple(d for d in self.differences if d.kind is not Break.IN_FLIGHT)


def tie_out(
    freshbooks: FreshbooksBooks,
    nav: NavBooks,
    customer_nos: Mapping[str, str],
    lcy: str,
    in_flight: Collection[Ref] = (),
    max_rounding: Decimal = ZERO,
    evidence: Evidence = NOTHING,
) -> Tieout:
    """Compare the books; ``customer_nos`` maps FreshBooks client ids to NAV customer numbers.

    ``in_flight`` are documents that Tieout still has to carry over; ``max_rounding`` is how much of a document may stand on the rounding account;
    ``evidence`` is what else both books were read for: what is missing there is not compared.
    """
    return compare(sides_of(freshbooks, nav, customer_nos, lcy, in_flight, max_rounding, evidence))


def sides_of(
    freshbooks: FreshbooksBooks,
    nav: NavBooks,
    customer_nos: Mapping[str, str],
    lcy: str,
    in_flight: Collection[Ref] = (),
    max_rounding: Decimal = ZERO,
    evidence: Evidence = NOTHING,
) -> Sides:
    """Both books side by side, as all invariants look at them; the words are those of ``tie_out``."""
    expected = tuple(expected_documents(freshbooks, customer_nos, lcy))
    return Sides(
        freshbooks=freshbooks,
        nav=nav,
        customer_nos=customer_nos,
        lcy=lcy,
        flight=flight_of(in_flight, expected, freshbooks, nav),
        max_rounding=max_rounding,
        expected=expected,
        evidence=evidence,
    )


def compare(sides: Sides) -> Tieout:
    """Ask every invariant about both books as a whole."""
    comparison = Comparison()
    comparison.add(sides)
    return comparison.result()


class Comparison:
    """Both books, part by part: what belongs together is in one part. Part by part the same is found as of both as a whole."""

    def __init__(self) -> None:
        self._totals, self._causes = Totals(), TotalCauses()
        self._invariants = _invariants(self._totals, self._causes)
        self._explained = ExplainedItems()
        self._pending: list[Pending] = []
        self._adopted: list[AdoptedDocument] = []
        self._lcy = ""

    def add(self, sides: Sides) -> None:
        """A part. The one with what is not from FreshBooks on its customers comes first."""
        traces = Traces(sides=sides)
        self._totals.add(sides)
        self._causes.add(traces)
        self._explained.begin(traces)
        for invariant in self._invariants:
            self._explained.add(traces, invariant.add(traces))
        self._pending += sides.flight.pending
        self._adopted += sides.nav.adopted.among({each.ref for each in sides.expected})
        self._lcy = sides.lcy

    def result(self) -> Tieout:
        """What was found in all parts."""
        checks = [none_left_out(invariant.check()) for invariant in self._invariants]
        checks.append(none_left_out(self._explained.check(checks)))
        return Tieout(
            checks=say_left_out(checks, self._adopted, self._lcy),
            in_flight=tuple(sorted(self._pending, key=lambda each: each.ref)),
        )


def _invariants(totals: Totals, causes: TotalCauses) -> Sequence[Invariant]:
    """In the order in which an accountant reads them: from documents to totals. I26 follows, about what these explain."""
    return (
        OneByOne(documents),
        OneByOne(taxes),
        OpenItems(totals),
        Balances(totals, causes),
        Control(totals, causes),
        OneByOne(revenue),
        OneByOne(cash),
        OneByOne(sets),
        Strangers(),
        Unapplied(),
        TrialBalance(),
        VatReturn(),
        OneByOne(line_attributes),
        Rates(),
        RollForward(),
        Population(),
        OneByOne(due_dates),
        OneByOne(timing),
        FrozenPast(),
        OneByOne(cutoff),
        OneByOne(provenance),
    )
