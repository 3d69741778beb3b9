"""I25: what both books held up to a frozen day is still there, and nothing was put before it since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from tieout.core.reconciliation.accounts import Accounts
from tieout.core.reconciliation.cause import with_causes
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.frozen import Frozen
from tieout.core.reconciliation.recorded import NOTHING_RECORDED, Recorded
from tieout.core.reconciliation.restated import Restated, documents_of
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.ledger import GLEntry
from tieout.core.records.money import total

NOTHING = "nothing"
SHOWN = 4
RATE = "exchange rate"
CORRECTED = "FreshBooks changed it after its day was frozen, and NAV was corrected for it"


def freeze(sides: Sides, day: date, at: datetime, by: str, last: int = 0) -> Frozen:
    """What both books hold up to a day, to be kept. ``last`` is NAV's last entry, which may be on an account that no tie-out looks at."""
    entries = sides.evidence.accounts.entries if sides.evidence.accounts else ()
    rows = [row for row in entries if row.posting_date <= day]
    return Frozen(
        day=day,
        at=at,
        by=by,
        entry_no=max([last, *(row.entry_no for row in entries)]),
        accounts=_balances(rows),
        debits=_debits(rows),
        documents={
            ref: one for ref, one in documents_of(sides.freshbooks).items() if one.day <= day
        },
        setup=_setup(sides, day),
    )


class FrozenPast:
    """The day that was frozen last; the figures are NAV's debits up to it, as they were kept and as they are."""

    def __init__(self) -> None:
        self._frozen: Frozen | None = None
        self._documents, self._debits = 0, ZERO
        self._stood: dict[str, Decimal] = defaultdict(Decimal)
        self._backdated: list[GLEntry] = []
        self._setup: Mapping[str, str] = {}
        self._recorded = NOTHING_RECORDED
        self._found: list[Difference] = []
        self._explained: list[Difference] = []

    def add(self, traces: Traces) -> Iterable[Difference]:
        evidence = traces.sides.evidence
        frozen, accounts = evidence.frozen, evidence.accounts
        if frozen is None or accounts is None:
            return ()
        self._frozen, self._recorded = frozen, replace(traces.recorded, documents={}, commands=())
        self._setup = self._setup or _setup(traces.sides, frozen.day)
        self._add_rows(frozen, [row for row in accounts.entries if _is_past(frozen, accounts, row)])
        return self._add_documents(traces, frozen)

    def _add_rows(self, frozen: Frozen, rows: Sequence[GLEntry]) -> None:
        self._debits += _debits(rows)
        for row in rows:
            if row.entry_no <= frozen.entry_no:
                self._stood[row.gl_account_no] += row.amount
            else:
                self._backdated.append(row)

    def _add_documents(self, traces: Traces, frozen: Frozen) -> Sequence[Difference]:
        sides, changed = traces.sides, traces.restated.values()
        self._documents += len(frozen.documents)
        found = [_told(sides, frozen, one) for one in changed if one.ref in traces.off]
        explained = [
            _told(sides, frozen, one, CORRECTED) for one in changed if one.ref not in traces.off
        ]
        self._found += with_causes(found, traces)
        self._explained += explained
        return explained

    def check(self) -> Check:
        frozen = self._frozen
        if frozen is None:
            return _check(0, ZERO, ZERO)
        return _check(
            len(frozen.accounts) + self._documents + len(frozen.setup),
            frozen.debits,
            self._debits,
            found=(
                *_backdated(self._recorded, frozen, self._backdated),
                *_rewritten(frozen, self._stood),
                *_set_up(frozen, self._setup),
                *self._found,
            ),
            explained=tuple(self._explained),
        )


def _is_past(frozen: Frozen, accounts: Accounts, row: GLEntry) -> bool:
    """Whether an entry is dated up to the day: one that was there then if its account was kept or it is of the pair, a later one wherever it is."""
    known = row.gl_account_no in frozen.accounts or accounts.is_ours(row)
    return (known or row.entry_no > frozen.entry_no) and row.posting_date <= frozen.day


# ---------------------------------------------------------------- NAV


def _backdated(recorded: Recorded, frozen: Frozen, rows: Iterable[GLEntry]) -> Iterator[Difference]:
    """What was posted after the day was frozen and dated up to it, document by document."""
    documents: dict[tuple[str, date], list[GLEntry]] = defaultdict(list)
    for row in rows:
        documents[row.document_no, row.posting_date].append(row)
    for (number, day), some in sorted(documents.items()):
        first = min(some, key=lambda row: row.entry_no)
        user = recorded.name_of(first.user)
        told = ", ".join(f"account {row.gl_account_no} {row.amount}" for row in some[:SHOWN])
        yield Difference(
            invariant="I25",
            kind=Break.BACKDATED,
            subject=f"{number or 'no number'} of {day.isoformat()}",
            freshbooks=ZERO,
            nav=max(_debits(some), -total(row.amount for row in some if row.amount < 0)),
            text=f"posted after {frozen.day.isoformat()} was frozen ({told})",
            cause=f"entry {first.entry_no} of {day.isoformat()} was posted by {user} after {frozen.day.isoformat()} was frozen by {frozen.by}"
            f" (up to entry {frozen.entry_no})",
        )


def _rewritten(frozen: Frozen, now: Mapping[str, Decimal]) -> Iterator[Difference]:
    """Accounts that come to something else by the entries that were there: one was removed or changed past NAV."""
    for no, was in sorted(frozen.accounts.items()):
        if now.get(no, ZERO) != was:
            yield Difference(
                invariant="I25",
                kind=Break.FROZEN_PAST,
                subject=f"account {no}",
                freshbooks=was,
                nav=now.get(no, ZERO),
                text=f"came to {was} by entries up to {frozen.entry_no} when {frozen.day.isoformat()} was frozen",
            )


def _set_up(frozen: Frozen, now: Mapping[str, str]) -> Iterator[Difference]:
    """Rows that were changed or taken away, and rates that were put in between; what else is new was in force for nothing."""
    currencies = {_rate(name) for name in frozen.setup} - {""}
    added = {name for name in now if _rate(name) in currencies}
    for name in sorted({*frozen.setup, *added}):
        was, words = frozen.setup.get(name, NOTHING), now.get(name, NOTHING)
        if was != words:
            yield Difference(
                invariant="I25",
                kind=Break.SETUP,
                subject=name,
                freshbooks=ZERO,
                nav=ZERO,
                text=f"was {was} when {frozen.day.isoformat()} was frozen, and is {words}",
                cause="changed in NAV, whose pages do not say by whom",
            )


def _setup(sides: Sides, day: date) -> Mapping[str, str]:
    """NAV's set-up as it was read, and the rates in force up to the day of all currencies that were asked for."""
    table = sides.evidence.rates
    rates = {
        f"{RATE} {code} of {since.isoformat()}": str(factor)
        for code, rows in (table.rates if table else {}).items()
        for since, factor in rows
        if since <= day
    }
    return {**sides.evidence.nav_setup, **rates}


def _rate(name: str) -> str:
    """The currency of a row of rates; empty for other set-up."""
    return name.removeprefix(f"{RATE} ")[:3] if name.startswith(f"{RATE} ") else ""


# ---------------------------------------------------------------- FreshBooks


def _told(sides: Sides, frozen: Frozen, one: Restated, why: str = "") -> Difference:
    """What customers owe by it may be right already, though its day is on its way: that is I6's."""
    moving = not why and sides.flight.explains(one.ref)
    then, now = one.then or NOTHING, one.now or NOTHING
    told = f"was {then} when {frozen.day.isoformat()} was frozen, and is {now}"
    return Difference(
        invariant="I25",
        kind=Break.IN_FLIGHT if moving else Break.PRIOR_PERIOD_CHANGE,
        subject=str(one.ref),
        freshbooks=one.now.amount if one.now else ZERO,
        nav=one.then.amount if one.then else ZERO,
        text=f"{why} ({told})" if why else told,
    )


# ---------------------------------------------------------------- sums


def _balances(rows: Iterable[GLEntry]) -> Mapping[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.gl_account_no] += row.amount
    return dict(sums)


def _debits(rows: Iterable[GLEntry]) -> Decimal:
    return total(row.amount for row in rows if row.amount > 0)


def _check(
    compared: int,
    kept: Decimal,
    stands: Decimal,
    found: tuple[Difference, ...] = (),
    explained: tuple[Difference, ...] = (),
) -> Check:
    return Check(
        invariant="I25",
        name="frozen past",
        compared=compared,
        freshbooks=kept,
        nav=stands,
        found=found,
        explained=explained,
    )
