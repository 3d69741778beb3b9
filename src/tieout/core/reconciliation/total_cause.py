"""Why a total differs: the document, or the entry that is not from FreshBooks, that comes to the difference to the cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from tieout.core.reconciliation.balances import place_name
from tieout.core.reconciliation.control import RECEIVABLES
from tieout.core.reconciliation.difference import Difference
from tieout.core.reconciliation.document_cause import document_cause, keyed, past_the_ledger
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry, GLEntry
from tieout.core.records.money import total

What = Ref | CustomerEntry | GLEntry
SHOWN = 3
NOWHERE = ("", "")


@dataclass(frozen=True, slots=True)
class Part:
    """Something by which NAV has so much more than FreshBooks."""

    amount: Decimal
    what: What


@dataclass(frozen=True, kw_only=True)
class Parts:
    """All that may make totals differ, by customer and currency."""

    traces: Traces

    def cause(self, difference: Difference) -> str:
        """What comes to the difference: one part alone, else all parts together; empty if nothing does."""
        left = difference.nav - difference.freshbooks
        for some in self._sets(difference.subject):
            for part in some:
                if part.amount == left:
                    return self._told(part)
            if some and total(part.amount for part in some) == left:
                return self._all_told(some)
        return ""

    def _sets(self, subject: str) -> Sequence[Sequence[Part]]:
        """What may make a total differ: of a customer its own parts; of receivables those of all customers, what was posted past them, or both."""
        if subject != RECEIVABLES:
            place = self._places.get(subject, NOWHERE)
            return [some.get(place, ()) for some in (self._posted, self._open)]
        posted, left = (_at_home(some) for some in (self._posted, self._open))
        return (self._past, posted, [*self._past, *posted], left, [*self._past, *left])

    @cached_property
    def _posted(self) -> Mapping[Account, Sequence[Part]]:
        """By the amounts of documents and entries."""
        strange = [Part(entry.amount, entry) for entry in self.traces.sides.strange]
        return _by_customer(strange, self.traces.off)

    @cached_property
    def _open(self) -> Mapping[Account, Sequence[Part]]:
        """By what is open of them: a payment on another customer may be used up there."""
        nav = self.traces.sides.nav
        strange = [Part(nav.remaining(entry), entry) for entry in self.traces.sides.strange]
        return _by_customer([part for part in strange if part.amount], self.traces.off_open)

    @cached_property
    def _places(self) -> Mapping[str, Account]:
        both = {*self._posted, *self._open}
        return {place_name(self.traces.sides, place): place for place in both}

    @cached_property
    def _past(self) -> Sequence[Part]:
        return [Part(entry.amount, entry) for entry in self.traces.past_the_ledger]

    def _all_told(self, parts: Sequence[Part]) -> str:
        told = "; ".join(self._told(part) for part in parts[:SHOWN])
        more = f"; and {len(parts) - SHOWN} more" if len(parts) > SHOWN else ""
        return f"{len(parts)} together: {told}{more}"

    def _told(self, part: Part) -> str:
        if isinstance(part.what, Ref):
            return f"{part.what}: {document_cause(self.traces, part.what)}"
        if isinstance(part.what, CustomerEntry):
            return keyed(self.traces, part.what)
        return past_the_ledger(self.traces, part.what)


def _by_customer(
    strange: Sequence[Part], off: Mapping[Ref, Mapping[Account, Decimal]]
) -> Mapping[Account, Sequence[Part]]:
    found: dict[Account, list[Part]] = defaultdict(list)
    for part in strange:
        assert isinstance(part.what, CustomerEntry)
        found[part.what.customer_no, part.what.currency_code].append(part)
    for ref, places in sorted(off.items()):
        for place, amount in places.items():
            found[place].append(Part(amount, ref))
    return found


def _at_home(parts: Mapping[Account, Sequence[Part]]) -> Sequence[Part]:
    """Those in local currency."""
    return [part for (_, code), some in parts.items() if not code for part in some]
