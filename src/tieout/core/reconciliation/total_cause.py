"""Why a total differs: the document, or the entry that is not from FreshBooks, that comes to the difference to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.reconciliation.document_cause import document_cause, keyed, past_the_ledger
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import total

SHOWN = 3


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """Something by which NAV has so much more than FreshBooks, and what it is in words; entries before documents, each in their order."""

    order: tuple[int, str, str]
    amount: Decimal
    told: str


class TotalCauses:
    """All that may make totals differ, by customer and currency, part by part."""

    def __init__(self) -> None:
        self._posted: dict[Account, list[Share]] = defaultdict(list)
        self._open: dict[Account, list[Share]] = defaultdict(list)
        self._past: list[Share] = []

    def add(self, traces: Traces) -> None:
        """By amounts; by what is open (a payment on another customer may be used up there); and by what is past the ledger."""
        nav = traces.sides.nav
        for entry in traces.sides.strange:
            place = entry.customer_no, entry.currency_code
            self._posted[place].append(_keyed(traces, entry, entry.amount))
            if nav.remaining(entry):
                self._open[place].append(_keyed(traces, entry, nav.remaining(entry)))
        _add(traces, self._posted, traces.off)
        _add(traces, self._open, traces.off_open)
        for row in traces.past_the_ledger:
            told = past_the_ledger(traces, row)
            self._past.append(Share((row.entry_no, "", ""), row.amount, told))

    def of_customer(self, place: Account, left: Decimal) -> str:
        """Why a customer owes so much more in NAV: one share of it alone, else all shares together; empty if nothing comes to it."""
        return _cause([self._posted.get(place, ()), self._open.get(place, ())], left)

    def of_receivables(self, left: Decimal) -> str:
        """Why receivables are so much more: by shares of all customers, by what was posted past them, or by both."""
        posted, remaining = _at_home(self._posted), _at_home(self._open)
        past = self._past
        return _cause([past, posted, [*past, *posted], remaining, [*past, *remaining]], left)


def _keyed(traces: Traces, entry: CustomerEntry, amount: Decimal) -> Share:
    return Share((entry.entry_no, "", ""), amount, keyed(traces, entry))


def _add(
    traces: Traces,
    shares: dict[Account, list[Share]],
    off: Mapping[Ref, Mapping[Account, Decimal]],
) -> None:
    last = 1 << 62
    for ref, places in off.items():
        told = f"{ref}: {document_cause(traces, ref)}"
        for place, amount in places.items():
            shares[place].append(Share((last, ref.kind, ref.key), amount, told))


def _at_home(shares: Mapping[Account, Sequence[Share]]) -> Sequence[Share]:
    """Those in local currency."""
    return [share for (_, code), some in shares.items() if not code for share in some]


def _cause(sets: Iterable[Sequence[Share]], left: Decimal) -> str:
    for some in sets:
        for share in sorted(some):
            if share.amount == left:
                return share.told
        if some and total(share.amount for share in some) == left:
            return _all_told(sorted(some))
    return ""


def _all_told(shares: Sequence[Share]) -> str:
    told = "; ".join(share.told for share in shares[:SHOWN])
    more = f"; and {len(shares) - SHOWN} more" if len(shares) > SHOWN else ""
    return f"{len(shares)} together: {told}{more}"
