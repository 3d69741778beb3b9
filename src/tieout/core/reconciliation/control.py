"""I5: the receivables accounts of the general ledger equal the customer ledger, and both equal what FreshBooks says is owed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.total_cause import TotalCauses
from tieout.core.reconciliation.totals import Totals
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.money import total

TEXT = "the receivables accounts differ from what FreshBooks says is owed"


class Control:
    """The general ledger's receivables against the customer ledger (NAV's own house), and what of it is ours and in local currency against FreshBooks.

    Local amounts of foreign money exist in NAV only; that money is compared in its own currency, customer by customer.
    """

    def __init__(self, totals: Totals, causes: TotalCauses) -> None:
        self._totals, self._causes = totals, causes
        self._control = self._ledger = self._others = self._owed = ZERO

    def add(self, traces: Traces) -> Iterable[Difference]:
        sides = traces.sides
        nav, ours = sides.nav, sides.managed
        self._control += nav.control
        self._ledger += total(entry.amount_lcy for entry in nav.details)
        self._others += total(
            entry.amount_lcy
            for entry in nav.details
            if entry.customer_no not in ours or entry.currency_code
        )
        owed = (amount for (_, currency), amount in sides.owed.items() if currency == sides.lcy)
        self._owed += total(owed)
        return ()

    def check(self) -> Check:
        return Check(
            invariant="I5",
            name="receivables control",
            compared=2,
            freshbooks=self._owed,
            nav=self._control - self._others,
            found=tuple(self._found()),
        )

    def _found(self) -> Iterator[Difference]:
        owed, stands = self._owed, self._control - self._others
        if self._ledger != self._control:
            text = "the receivables accounts differ from the customer ledger"
            yield self._difference(Break.CONTROL, self._ledger, self._control, text)
        if owed != stands:
            yield self._difference(*self._kind(owed, stands))

    def _kind(self, owed: Decimal, stands: Decimal) -> tuple[Break, Decimal, Decimal, str]:
        if self._totals.are_on_their_way(owed - stands):
            return Break.IN_FLIGHT, owed, stands, TEXT
        if self._totals.strange_at_home == stands - owed:
            return Break.NAV_ONLY, owed, stands, f"{TEXT}, by what is not from FreshBooks"
        return Break.CONTROL, owed, stands, TEXT

    def _difference(self, kind: Break, freshbooks: Decimal, nav: Decimal, text: str) -> Difference:
        return Difference(
            invariant="I5",
            kind=kind,
            subject="receivables",
            freshbooks=freshbooks,
            nav=nav,
            text=text,
            cause=self._causes.of_receivables(nav - freshbooks),
        )
