"""A tie-out with all that its report tells: the bridges, ageing, numbers and documents, since when each difference is open, and what would cure it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from tieout.core.decision.forecast import STOPPED, Foreseen
from tieout.core.reconciliation.ageing import Aged
from tieout.core.reconciliation.agreement import Subject, subject_of
from tieout.core.reconciliation.bridge import Bridge
from tieout.core.reconciliation.difference import Difference
from tieout.core.reconciliation.listing import Listed
from tieout.core.reconciliation.roll_forward import Roll
from tieout.core.reconciliation.sequence import Series
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.identity import Ref
from tieout.core.records.money import total

# What these invariants compare is local currency, whatever the documents are in; and these count things.
LOCAL = frozenset({"I2", "I5", "I6", "I18", "I19", "I20", "I21", "I28"})
COUNTS = frozenset({"I12"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many documents or entries of a kind were read, and what they come to by currency."""

    system: str
    what: str
    count: int
    sums: Mapping[str, Decimal]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """``freshbooks`` and ``nav`` are the names of business and company; ``clients`` those of clients by id; ``cures`` what a sync would do.

    ``as_of`` is none for the present; ``since`` is when each open difference was first found.
    """

    pair: str
    freshbooks: str
    nav: str
    lcy: str
    prefix: str
    as_of: date | None
    read_at: datetime
    setup_version: int
    result: Tieout
    tallies: Sequence[Tally]
    bridges: Sequence[Bridge]
    ageing: Sequence[Aged]
    series: Sequence[Series]
    documents: Sequence[Listed]
    accounts: Sequence[Roll]
    clients: Mapping[str, str]
    drafts: Mapping[str, tuple[str, date, str]]
    since: Mapping[Subject, datetime]
    cures: Mapping[Ref, Foreseen]

    @property
    def day(self) -> date:
        """The day as of which everything is told."""
        return self.as_of or self.read_at.date()

    @cached_property
    def by_subject(self) -> Mapping[str, Listed]:
        """The document of each subject; of one that stands in two currencies, the first."""
        return {row.subject: row for row in reversed(self.documents)}

    @cached_property
    def explained(self) -> Sequence[Difference]:
        """The explained items one by one; I26 adds them up by their class."""
        return [one for one in self.result.explained if one.invariant != "I26"]

    @cached_property
    def by_customer(self) -> Mapping[str, Sequence[Listed]]:
        """The documents of each customer in NAV."""
        found: dict[str, list[Listed]] = defaultdict(list)
        for row in self.documents:
            found[row.customer_no].append(row)
        return found

    def currency_of(self, one: Difference) -> str:
        """The currency of a difference's figures; empty where they are counts."""
        if one.invariant in COUNTS:
            return ""
        if one.invariant in LOCAL:
            return self.lcy
        listed, draft = self.by_subject.get(one.subject), self.drafts.get(one.subject)
        if listed or draft:
            return listed.currency if listed else draft[0] if draft else self.lcy
        _, said, code = one.subject.rpartition(" in ")
        return code if said else self.lcy

    def open_for(self, one: Difference) -> timedelta | None:
        """For how long a difference is open; none if it was never kept."""
        since = self.since.get(subject_of(one))
        return self.read_at - since if since else None

    def age_of(self, one: Difference) -> int | None:
        """How many days before the day of the statement the document of a difference is dated."""
        listed, draft = self.by_subject.get(one.subject), self.drafts.get(one.subject)
        day = listed.day if listed else draft[1] if draft else None
        return (self.day - day).days if day else None

    def gross(self, one: Difference) -> Decimal:
        """What is explained: what differs, what others posted, or all of a document, if it is the right amount in another place."""
        roll = next((roll for roll in self.accounts if roll.name == one.subject), None)
        if roll is not None:
            return total(map(abs, roll.others.values()))
        return at_risk(one) or abs(one.freshbooks)

    def cure_of(self, one: Difference) -> Foreseen | None:
        """What a sync would do about it, if it would do anything."""
        return self._cures.get(one.subject)

    @cached_property
    def _cures(self) -> Mapping[str, Foreseen]:
        return {str(ref): cure for ref, cure in self.cures.items()}


def at_risk(one: Difference) -> Decimal:
    """By how much both books differ, without sign."""
    return abs(one.freshbooks - one.nav)


def is_curable(cure: Foreseen) -> bool:
    """Whether a sync would get through with it."""
    return cure.mark != STOPPED
