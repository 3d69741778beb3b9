"""I13: on the customers that FreshBooks manages, nothing stands in NAV but what comes from FreshBooks.

Most of what does is a mistake: a receipt or an invoice that somebody keyed in although Tieout has posted it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.document_cause import keyed
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import total

# Whoever keys a document in by hand dates it by his paper or by his bank's statement.
NEAR = timedelta(days=10)
Posted = tuple[Ref, str]


class Strangers:
    """What somebody, or another program, has posted on these customers. What was reversed in NAV has no effect and is let be.

    What Tieout has posted is compared with what stands there without a key; so the part that these entries are in is to be looked at first.
    """

    def __init__(self) -> None:
        self._compared, self._strange = 0, dict[int, tuple[CustomerEntry, str]]()
        self._looks: dict[Hashable, list[CustomerEntry]] = defaultdict(list)
        self._twins: dict[int, list[Posted]] = defaultdict(list)

    def add(self, traces: Traces) -> Iterable[Difference]:
        sides = traces.sides
        self._compared += sum(entry.customer_no in sides.managed for entry in sides.nav.entries)
        for entry in sides.strange:
            self._strange[entry.entry_no] = entry, keyed(traces, entry)
            self._looks[_looks(entry)].append(entry)
        if self._looks:
            self._compare(sides)
        return ()

    def _compare(self, sides: Sides) -> None:
        for ref, family in sides.nav.families.items():
            for entry in family:
                for strange in () if entry.reversed else self._looks.get(_looks(entry), ()):
                    if _near(entry, strange):
                        self._twins[strange.entry_no].append((ref, entry.document_no))

    def check(self) -> Check:
        strange = sorted(self._strange.values(), key=lambda pair: pair[0].entry_no)
        return Check(
            invariant="I13",
            name="no strangers",
            compared=self._compared,
            freshbooks=ZERO,
            nav=total(entry.amount for entry, _ in strange),
            found=tuple(
                _difference(entry, sorted(self._twins[entry.entry_no]), cause)
                for entry, cause in strange
            ),
        )


def _looks(entry: CustomerEntry) -> tuple[str, str, str, Decimal]:
    return entry.customer_no, entry.currency_code, entry.document_type, entry.amount


def _difference(entry: CustomerEntry, twins: Sequence[Posted], cause: str) -> Difference:
    what = f"{entry.document_type} {entry.document_no}".strip()
    text = f"{what} of {entry.posting_date.isoformat()} (entry {entry.entry_no})"
    if twins:
        ref, number = twins[0]
        text = f"{text} is the same as {ref} ({number}), which Tieout has posted"
    return Difference(
        invariant="I13",
        kind=Break.DUPLICATE if twins else Break.NAV_ONLY,
        subject=f"customer {entry.customer_no}",
        freshbooks=ZERO,
        nav=entry.amount,
        text=text if twins else f"{text} is not from FreshBooks",
        cause=cause,
    )


def _near(one: CustomerEntry, other: CustomerEntry) -> bool:
    return abs(one.posting_date - other.posting_date) <= NEAR
