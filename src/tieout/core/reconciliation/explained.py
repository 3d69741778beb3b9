"""I26: what is explained stays within bounds: every item is given by the rule of its class, counted gross, aged and limited; some expire.

Words explain nothing: an item whose class has no rule, or whose rule does not give it, is a difference again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.limits import Limit
from tieout.core.reconciliation.recomputed import Recomputed, recomputed
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.money import total

NO_RULE = "the rule of its class does not give it"


@dataclass(frozen=True, slots=True)
class Explained:
    """An item that another check lists as explained, what its own rule gives, and why that is too much, if it is."""

    item: Difference
    rule: Recomputed | None
    beyond: str

    @property
    def amount(self) -> Decimal:
        """Without sign: what the rule gives, else by how much both books differ, or all of it where they do not."""
        if self.rule:
            return self.rule.amount
        return abs(self.item.freshbooks - self.item.nav) or abs(self.item.nav)


def explained_items(sides: Sides, checks: Sequence[Check]) -> Check:
    """All that the other checks explain; the figures are the amounts of the items, gross, and of those that are within their limits."""
    traces = Traces(sides=sides)
    items = [_explained(traces, item) for check in checks for item in check.explained]
    classes: dict[Break, list[Explained]] = defaultdict(list)
    for one in items:
        classes[one.item.kind].append(one)
    return Check(
        invariant="I26",
        name="explained items",
        compared=len(items),
        freshbooks=total(one.amount for one in items),
        nav=total(one.amount for one in items if not one.beyond),
        found=(*(_broken(one) for one in items if one.beyond), *_too_much(sides, classes)),
        explained=tuple(_summed(sides, kind, some) for kind, some in classes.items()),
    )


def _explained(traces: Traces, item: Difference) -> Explained:
    rule = recomputed(traces, item)
    return Explained(item, rule, _beyond(traces.sides, item, rule) if rule else NO_RULE)


def _beyond(sides: Sides, item: Difference, rule: Recomputed) -> str:
    """Why an item is more than may be explained; empty if it is not."""
    limit = _limit(sides, item.kind)
    most = max(abs(item.freshbooks), abs(item.nav))
    if limit.share is not None and rule.amount > limit.share * most:
        return f"{rule.amount} is more than {limit.share:.0%} of {most}"
    age = _age(sides, rule.since)
    if limit.days is not None and age is not None and age > limit.days:
        return f"it is of {rule.since.isoformat()}, {age} days old, and may be {limit.days}"
    return ""


def _broken(one: Explained) -> Difference:
    item = one.item
    return Difference(
        invariant="I26",
        kind=Break.NOT_EXPLAINED,
        subject=item.subject,
        freshbooks=item.freshbooks,
        nav=item.nav,
        text=f"{item.invariant} lists it as {item.kind}: {one.beyond}",
    )


def _too_much(sides: Sides, classes: Mapping[Break, Sequence[Explained]]) -> Iterator[Difference]:
    for kind, items in classes.items():
        most, gross = _limit(sides, kind).total, total(one.amount for one in items)
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


def _summed(sides: Sides, kind: Break, items: Sequence[Explained]) -> Difference:
    """A class in one line: gross, and since when."""
    gross = total(one.amount for one in items)
    since = min((one.rule.since for one in items if one.rule), default=None)
    age = _age(sides, since) if since else None
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


def _limit(sides: Sides, kind: Break) -> Limit:
    return sides.evidence.limits.get(kind, Limit())


def _age(sides: Sides, since: date) -> int | None:
    """In days, at the day as of which is compared; unknown if nobody said what day it is."""
    day = sides.nav.as_of or sides.evidence.today
    return (day - since).days if day else None
