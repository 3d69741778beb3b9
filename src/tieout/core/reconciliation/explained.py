"""I26: what is explained stays within bounds: every item is given by the rule of its class, counted gross, aged and limited; some expire.

Words explain nothing: an item whose class has no rule, or whose rule does not give it, is a difference again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.reconciliation.cause import caused
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.limits import LIMITS, Limit
from tieout.core.reconciliation.recomputed import Beside, Recomputed, recomputed
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.money import total

NO_RULE = "the rule of its class does not give it"


@dataclass(frozen=True, slots=True)
class Explained:
    """An item that another check lists as explained, what its own rule gives, and the difference that it is if that is too much."""

    item: Difference
    rule: Recomputed | None
    beyond: Difference | None

    @property
    def amount(self) -> Decimal:
        """Without sign: what the rule gives, else by how much both books differ, or all of it where they do not."""
        if self.rule:
            return self.rule.amount
        return abs(self.item.freshbooks - self.item.nav) or abs(self.item.nav)


class ExplainedItems:
    """All that the other checks explain; the figures are the amounts of the items, gross, and of those that are within their limits.

    ``limits`` is how much may be explained, by class; ages are of ``day``, and unknown if nobody said what day it is.
    """

    def __init__(self) -> None:
        self._limits: Mapping[Break, Limit] = LIMITS
        self._day: date | None = None
        self._beside = Beside()
        self._known: dict[Difference, Explained] = {}

    def begin(self, traces: Traces) -> None:
        """A part is looked at: what may be explained of whole accounts is added up."""
        evidence, nav = traces.sides.evidence, traces.sides.nav
        self._limits, self._day = evidence.limits, nav.as_of or evidence.today
        if evidence.accounts is not None:
            self._beside.add(evidence.accounts)

    def add(self, traces: Traces, items: Iterable[Difference]) -> None:
        """Recompute what may be explained of this part, while its documents and entries are at hand."""
        for item in items:
            one = self._explained(item, recomputed(traces, item))
            beyond = caused(one.beyond, traces) if one.beyond else None
            self._known[item] = Explained(item, one.rule, beyond)

    def check(self, checks: Iterable[Check]) -> Check:
        """What all checks explain in the end; of whole accounts it is recomputed only here."""
        listed = [item for check in checks for item in check.explained]
        items = [self._known.get(item) or self._of_account(item) for item in listed]
        classes: dict[Break, list[Explained]] = defaultdict(list)
        for one in items:
            classes[one.item.kind].append(one)
        return Check(
            invariant="I26",
            name="explained items",
            compared=len(items),
            freshbooks=total(one.amount for one in items),
            nav=total(one.amount for one in items if not one.beyond),
            found=(*(one.beyond for one in items if one.beyond), *self._too_much(classes)),
            explained=tuple(self._summed(kind, some) for kind, some in classes.items()),
        )

    def _of_account(self, item: Difference) -> Explained:
        return self._explained(item, self._beside.recomputed(item))

    def _explained(self, item: Difference, rule: Recomputed | None) -> Explained:
        why = self._beyond(item, rule) if rule else NO_RULE
        return Explained(item, rule, _broken(item, why) if why else None)

    def _beyond(self, item: Difference, rule: Recomputed) -> str:
        """Why an item is more than may be explained; empty if it is not."""
        limit = self._limit(item.kind)
        most = rule.whole or max(abs(item.freshbooks), abs(item.nav))
        if limit.share is not None and rule.amount > limit.share * most:
            return f"{rule.amount} is more than {limit.share:.0%} of {most}"
        age = self._age(rule.since)
        if limit.days is not None and age is not None and age > limit.days:
            return f"it is of {rule.since.isoformat()}, {age} days old, and may be {limit.days}"
        return ""

    def _too_much(self, classes: Mapping[Break, Sequence[Explained]]) -> Iterator[Difference]:
        for kind, items in classes.items():
            most, gross = self._limit(kind).total, total(one.amount for one in items)
            if most is not None and gross > most:
                largest = max(items, key=lambda one: one.amount)
                yield Difference(
                    invariant="I26",
                    kind=Break.NOT_EXPLAINED,
                    subject=f"all {kind}",
                    freshbooks=most,
                    nav=gross,
                    text=f"{len(items)} items come to {gross}, and may come to {most}",
                    cause=f"the largest: {largest.item.subject}, {largest.amount} ({largest.item.invariant})",
                )

    def _summed(self, kind: Break, items: Sequence[Explained]) -> Difference:
        """A class in one line: gross, and since when."""
        gross = total(one.amount for one in items)
        since = min((one.rule.since for one in items if one.rule), default=None)
        age = self._age(since) if since else None
        told = f", the oldest of {since.isoformat()}" if since else ""
        days = f" ({age} days)" if age is not None else ""
        return Difference(
            invariant="I26",
            kind=kind,
            subject=f"all {kind}",
            freshbooks=gross,
            nav=gross,
            text=f"gross, items: {len(items)}{told}{days}",
        )

    def _limit(self, kind: Break) -> Limit:
        return self._limits.get(kind, Limit())

    def _age(self, since: date) -> int | None:
        """In days, at the day as of which is compared."""
        return (self._day - since).days if self._day else None


def _broken(item: Difference, why: str) -> Difference:
    return Difference(
        invariant="I26",
        kind=Break.NOT_EXPLAINED,
        subject=item.subject,
        freshbooks=item.freshbooks,
        nav=item.nav,
        text=f"{item.invariant} lists it as {item.kind}: {why}",
    )
