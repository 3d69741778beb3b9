"""A daily run: what has changed since the last tie-out is compared as in a full one, with all that belongs to it.

What has changed belongs to clients. All documents of these clients are looked at, so that every check of documents, open items and customers says the same
as it would in a full run. Accounts are rolled on from the balances that the last snapshot kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from tieout.core.reconciliation.agreement import Scope
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.roll_forward import POSTED_MEANWHILE
from tieout.core.reconciliation.snapshot import Daily
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.ledger import GLEntry
from tieout.core.records.money import total

# The checks that look at documents and customers one by one: of the clients that are read they say what a full run says.
ONE_BY_ONE = frozenset(
    ["I1", "I2", "I3", "I4", "I6", "I7", "I13", "I14", "I18", "I19", "I20", "I23", "I24", "I28"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What one of NAV's accounts came to when the last snapshot was taken, what has come to it since, and what NAV says now, before and after reading."""

    name: str
    kept: Decimal
    since: Decimal
    stands: tuple[Decimal, Decimal]

    @property
    def agrees(self) -> bool:
        return self.kept + self.since in self.stands

    def difference(self) -> Difference:
        moved = len(set(self.stands)) > 1
        text = f"NAV's balance is not {self.kept} as of the last snapshot and {self.since} since"
        return Difference(
            invariant="I21",
            kind=Break.IN_FLIGHT if moved else Break.ROLL_FORWARD,
            subject=self.name,
            freshbooks=self.kept + self.since,
            nav=self.stands[-1],
            text=f"{text}: {POSTED_MEANWHILE}" if moved else text,
        )


def balances(
    kept: Mapping[str, Decimal],
    entries: Iterable[GLEntry],
    before: Mapping[str, Decimal],
    after: Mapping[str, Decimal],
) -> Iterator[Balance]:
    """Every G/L account, those too that have been opened since."""
    came: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        came[account_name(entry.gl_account_no)] += entry.amount
    for name in sorted({*kept, *after, *came}):
        if name.startswith(account_name("")):
            stands = (before.get(name, ZERO), after.get(name, ZERO))
            yield Balance(name=name, kept=kept.get(name, ZERO), since=came[name], stands=stands)


def account_name(no: str) -> str:
    """How a G/L account is named in what a tie-out finds."""
    return f"account {no}"


def rolled_on(found: Iterable[Balance], *, not_compared: str = "") -> Check:
    """I21, from the last snapshot on; the figures are what has come since, as NAV's balances say and as its entries do."""
    rolls = () if not_compared else tuple(found)
    return Check(
        invariant="I21",
        name="accounts rolled on",
        compared=len(rolls),
        freshbooks=total(roll.since for roll in rolls if roll.since > 0),
        nav=total(roll.stands[-1] - roll.kept for roll in rolls if roll.since > 0),
        found=tuple(roll.difference() for roll in rolls if not roll.agrees),
        not_compared=not_compared,
    )


def controlled(receivables: Collection[str], stand: Mapping[str, Decimal]) -> Check:
    """I5 as far as NAV alone can tell: what it says that its receivables accounts come to, and all its customers together."""
    ledger = total(stand.get(account_name(no), ZERO) for no in receivables)
    customers = stand.get("customers", ZERO)
    difference = Difference(
        invariant="I5",
        kind=Break.CONTROL,
        subject="receivables",
        freshbooks=customers,
        nav=ledger,
        text="the receivables accounts differ from what NAV's customers owe",
    )
    return Check(
        invariant="I5",
        name="receivables control",
        compared=1,
        freshbooks=customers,
        nav=ledger,
        found=() if ledger == customers else (difference,),
    )


def of_a_day(result: Tieout, told: Daily, *totals: Check) -> Tieout:
    """What a tie-out of these clients' documents says, with the totals; checks that need everything are left to a full one."""
    checks = [check for check in result.checks if check.invariant in ONE_BY_ONE]
    return replace(result, checks=(*checks, *totals), daily=told)


def scope_of(subjects: Iterable[str]) -> Scope:
    """The differences that were open and that a daily run has looked at again."""
    return Scope(invariants=ONE_BY_ONE, subjects=frozenset(subjects))
