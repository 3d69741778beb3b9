"""For how much of the time both books were seen to agree, and since when each difference is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from tieout.core.reconciliation.difference import Difference
from tieout.core.reconciliation.snapshot import Snapshot

Subject = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TieoutMade:
    """One tie-out that was made: when, and whether it found nothing but what was on its way.

    ``snapshot`` is what it compared, none of those of former versions; ``daily`` says that it looked only at what had changed.
    """

    at: datetime
    agrees: bool
    snapshot: Snapshot | None = None
    daily: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which differences a tie-out looked at again: those of some invariants in some places. All others stay as they were found."""

    invariants: frozenset[str]
    subjects: frozenset[str]

    def covers(self, invariant: str, subject: str) -> bool:
        return invariant in self.invariants and subject in self.subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDifference:
    """A difference that is open, since when, and when it was last seen."""

    difference: Difference
    since: datetime
    seen: datetime

    @property
    def at_risk(self) -> Decimal:
        """By how much both books differ, without sign."""
        return abs(self.difference.freshbooks - self.difference.nav)


@dataclass(frozen=True, slots=True, kw_only=True)
class InAgreement:
    """For how long it is known how both books stood, and for how much of that they agreed."""

    known: timedelta
    agreed: timedelta

    @property
    def percent(self) -> Decimal | None:
        """To two decimals, rounded down; None if nothing is known."""
        if not self.known:
            return None
        hundredths = self.agreed * 10_000 // self.known
        return Decimal(hundredths) / 100


def subject_of(difference: Difference) -> Subject:
    """What makes two findings the same difference, whatever its figures are by now."""
    return (difference.invariant, str(difference.kind), difference.subject)


def time_in_agreement(
    looks: Sequence[TieoutMade], since: datetime, until: datetime, longest: timedelta
) -> InAgreement:
    """Of the time between two moments: what lies between two tie-outs counts as agreed only if both agreed.

    Nobody knows when it broke, or when it was cured. What lies between two that are ``longest`` apart or more is not known, and neither is what lies
    outside of all.

    >>> from datetime import UTC
    >>> day = [datetime(2026, 3, n, tzinfo=UTC) for n in (1, 2, 3, 4)]
    >>> looks = [TieoutMade(at=at, agrees=at != day[2]) for at in day]
    >>> time_in_agreement(looks, day[0], day[3], timedelta(days=2)).percent
    Decimal('33.33')
    """
    known = agreed = timedelta(0)
    for before, after in pairwise(sorted(looks, key=lambda look: look.at)):
        span = min(after.at, until) - max(before.at, since)
        if span <= timedelta(0) or after.at - before.at >= longest:
            continue
        known += span
        if before.agrees and after.agrees:
            agreed += span
    return InAgreement(known=known, agreed=agreed)
