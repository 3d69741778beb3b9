"""The amounts of one document by account and day in both books, and what it means where they differ; for revenue (I6) and money (I7) alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.records.identity import Ref
from tieout.core.records.money import total

Cell = tuple[str, date]
# Why a document may stand on a later day.
CLOSED = "its own day is closed in NAV"
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What a document should have on each account on its ``day``, and what NAV has there.

    ``cents`` is how far an account may be off: NAV rounds each row of a foreign document by itself. ``later`` says that NAV has more of it after the day
    as of which is compared, ``elsewhere`` that its other side is right, so that what is missing here stands on an account that is not looked at.
    """

    ref: Ref
    day: date
    wanted: Mapping[Cell, Decimal]
    found: Mapping[Cell, Decimal]
    cents: Decimal = ZERO
    later: bool = False
    elsewhere: bool = False

    @property
    def agrees(self) -> bool:
        return self.fits(self.found)

    @property
    def same_accounts(self) -> bool:
        """Whether every account has its amount, on whatever day."""
        return self._near(by_account(self.wanted), by_account(self.found))

    @property
    def same_total(self) -> bool:
        return abs(self.left) <= self.cents * max(1, len(self.found))

    @property
    def left(self) -> Decimal:
        return total(self.wanted.values()) - total(self.found.values())

    def fits(self, cells: Mapping[Cell, Decimal]) -> bool:
        """Whether these amounts are what the document should have."""
        return self._near(self.wanted, cells)

    def kind(self) -> Break:
        """What kind of difference it is, if it is one."""
        if self.later:
            return Break.PRIOR_PERIOD_CHANGE if self.found else Break.DATE_PERIOD
        if self.same_accounts:
            return Break.DATE_PERIOD
        if self.same_total or self.elsewhere:
            return Break.ACCOUNT_MAPPING
        return Break.AMOUNT

    def told(self) -> str:
        """Each account and day that differs, in figures."""
        texts = [
            f"account {account} on {day.isoformat()}: {self.wanted.get((account, day), ZERO)}"
            f" by FreshBooks, {self.found.get((account, day), ZERO)} in NAV"
            for account, day in sorted({*self.wanted, *self.found})
            if self._differs(
                self.wanted.get((account, day), ZERO), self.found.get((account, day), ZERO)
            )
        ]
        return "; ".join(texts)

    def difference(self, invariant: str, kind: Break, text: str = "") -> Difference:
        """This one, as a tie-out lists it."""
        return Difference(
            invariant=invariant,
            kind=kind,
            subject=str(self.ref),
            freshbooks=total(self.wanted.values()),
            nav=total(self.found.values()),
            text=f"{text} ({self.told()})" if text else self.told(),
        )

    def _near(self, one: Mapping[K, Decimal], other: Mapping[K, Decimal]) -> bool:
        return one == other or not any(
            self._differs(one.get(place, ZERO), other.get(place, ZERO)) for place in {*one, *other}
        )

    def _differs(self, one: Decimal, other: Decimal) -> bool:
        return abs(one - other) > self.cents


def by_account(cells: Mapping[Cell, Decimal]) -> Mapping[str, Decimal]:
    """The same on whatever day."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for (account, _), amount in cells.items():
        sums[account] += amount
    return sums


def summed(amounts: Iterable[tuple[str, date, Decimal]]) -> Mapping[Cell, Decimal]:
    """Amounts by account and day, without those that come to nothing."""
    sums: dict[Cell, Decimal] = defaultdict(Decimal)
    for account, day, amount in amounts:
        sums[account, day] += amount
    return {cell: amount for cell, amount in sums.items() if amount}
