"""I4: each customer owes the same in each currency in both books."""

from __future__ import annotations

from collections.abc import Iterable

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.total_cause import TotalCauses
from tieout.core.reconciliation.totals import Totals
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.money import total


class Balances:
    """What customers owe in each currency; several clients may be one customer."""

    def __init__(self, totals: Totals, causes: TotalCauses) -> None:
        self._totals, self._causes = totals, causes

    def add(self, traces: Traces) -> Iterable[Difference]:
        """Nothing: the totals of customers are added up for all that look at them."""
        del traces
        return ()

    def check(self) -> Check:
        theirs, ours = self._totals.owed, self._totals.balances
        differing = [
            place
            for place in sorted({*theirs, *ours})
            if theirs.get(place, ZERO) != ours.get(place, ZERO)
        ]
        return Check(
            invariant="I4",
            name="customer balances",
            compared=len(self._totals.clients),
            freshbooks=total(theirs.values()),
            nav=total(ours.values()),
            found=tuple(self._difference(place) for place in differing),
        )

    def _difference(self, place: Account) -> Difference:
        totals = self._totals
        theirs, ours = totals.owed.get(place, ZERO), totals.balances.get(place, ZERO)
        kind, text = Break.BALANCE, ""
        if totals.is_on_its_way(place, theirs - ours):
            kind = Break.IN_FLIGHT
        elif totals.strange.get(place, ZERO) == ours - theirs:
            kind = Break.NAV_ONLY
            text = (
                "the difference is what stands on this customer in NAV that is not from FreshBooks"
            )
        return Difference(
            invariant="I4",
            kind=kind,
            subject=totals.name(place),
            freshbooks=theirs,
            nav=ours,
            text=text,
            cause=self._causes.of_customer(place, ours - theirs),
        )
