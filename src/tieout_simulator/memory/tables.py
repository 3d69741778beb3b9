"""What all parts of the store in memory share: plain dicts of frozen rows, and transactions that are whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec

from tieout.core.decision.breaker import Breaker
from tieout.core.decision.plan import Command, Receipt, State
from tieout.core.reconciliation.agreement import OpenDifference, Subject, TieoutMade
from tieout.core.reconciliation.frozen import Frozen
from tieout.core.records.adoption import Adoption
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Ref
from tieout.engine.ports import Observation, Pair, Priority, Shelf
from tieout.store.callbacks import Callback
from tieout.store.connections import NavConnection
from tieout.store.database import to_json
from tieout.store.line import Stop

Key = TypeVar("Key")
Value = TypeVar("Value")
_decoder = msgspec.json.Decoder(float_hook=Decimal)


def as_stored(value: object) -> Any:
    """A value after its way through JSON, as the database gives it back."""
    return _decoder.decode(to_json(value))


def by_ref(ref: Ref) -> tuple[str, int, str]:
    """References in the order of their kind and number."""
    return (str(ref.kind), len(ref.key), ref.key)


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One row of the inbox."""

    due_at: datetime
    version: int = 1
    settled: int = 0
    attempts: int = 0
    failures: int = 0
    reason: str = ""
    priority: Priority = Priority.LIVE

    @property
    def unsettled(self) -> bool:
        return self.version > self.settled


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """Where a document stands, and what is on its shelf."""

    state: State
    since: datetime
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    shelf: Shelf | None = None
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """Content, and the inbox version that it came with (0: with another document's round)."""

    observation: Observation
    version: int
    unlisted: bool = False


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command and what became of it."""

    command: Command
    pair: int
    state: str
    receipt: Receipt | None
    place: int
    intended_at: datetime


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A NAV company and who may write to it."""

    identity: str
    epoch: int = 0
    owner: str | None = None
    until: datetime = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FreshbooksRow:
    """A FreshBooks connection with its tokens, and who renews them."""

    url: str
    client_id: str
    account_id: str
    business_id: str
    client_secret: str = field(repr=False)
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime | None = None
    needs_consent: bool = False
    refresh_owner: str | None = None
    refresh_until: datetime = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PollRow:
    """When a pair is polled next, and when its lists were last read whole."""

    next_at: datetime
    swept_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """A derived event."""

    pair: int
    name: str
    key: str
    at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """A person's yes."""

    value: str
    hash: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AdoptionRow:
    """An adoption, and who took it back and when."""

    pair: int
    adoption: Adoption
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


class Rows(Generic[Key, Value], dict[Key, Value]):
    """One table. Changes go through ``put`` and ``drop``, so that a transaction can undo them."""

    def __init__(self, undo: list[Callable[[], None]]) -> None:
        super().__init__()
        self._undo = undo

    def put(self, key: Key, value: Value) -> None:
        """Insert or replace a row."""
        if key in self:
            old = self[key]
            self._undo.append(lambda: self.__setitem__(key, old))
        else:
            self._undo.append(lambda: self.__delitem__(key))
        self[key] = value

    def drop(self, key: Key) -> Value | None:
        """Remove a row, if it is there."""
        if key not in self:
            return None
        old = self.pop(key)
        self._undo.append(lambda: self.__setitem__(key, old))
        return old


PairRef = tuple[int, Ref]


class Memory:
    """The tables, the clock, and transactions.

    ``checkpoint`` is called around the commits of accept, claim, intend and record, as the PostgreSQL store does; what it raises before the commit undoes
    all of it. ``turn`` is awaited before every transaction, so that others have theirs.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime],
        checkpoint: Callable[[str], None] = lambda _: None,
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.clock, self._checkpoint = clock, checkpoint
        self._turn = turn or (lambda: asyncio.sleep(0))
        self._undo: list[Callable[[], None]] = []
        self.pairs_by_id: Rows[int, Pair] = Rows(self._undo)
        self.links_of_pairs: Rows[int, tuple[int, NavConnection]] = Rows(self._undo)
        self.setups: Rows[tuple[int, int], Any] = Rows(self._undo)
        self.companies: Rows[int, CompanyRow] = Rows(self._undo)
        self.consents: Rows[int, FreshbooksRow] = Rows(self._undo)
        self.callback_rows: Rows[tuple[int, str], Callback] = Rows(self._undo)
        self.inbox: Rows[PairRef, InboxRow] = Rows(self._undo)
        self.document_rows: Rows[PairRef, DocumentRow] = Rows(self._undo)
        self.observation_rows: Rows[PairRef, ObservationRow] = Rows(self._undo)
        self.command_rows: Rows[tuple[int, str], CommandRow] = Rows(self._undo)
        self.links: Rows[PairRef, str] = Rows(self._undo)
        self.cursors: Rows[int, Any] = Rows(self._undo)
        self.stops: Rows[int, Stop] = Rows(self._undo)
        self.tie_out_rows: Rows[tuple[int, int], TieoutMade] = Rows(self._undo)
        self.difference_rows: Rows[tuple[int, Subject], OpenDifference] = Rows(self._undo)
        self.frozen_rows: Rows[tuple[int, int], Frozen] = Rows(self._undo)
        self.tie_out_times: Rows[int, datetime] = Rows(self._undo)
        self.breakers: Rows[tuple[str, int], Breaker] = Rows(self._undo)
        self.poll_rows: Rows[int, PollRow] = Rows(self._undo)
        self.events: Rows[int, EventRow] = Rows(self._undo)
        self.approval_rows: Rows[tuple[int, Ref, str], ApprovalRow] = Rows(self._undo)
        self.adoption_rows: Rows[int, AdoptionRow] = Rows(self._undo)
        # How often inbox rows were raised, and the last place of a command.
        self.raised, self._places = 0, 0

    async def close(self) -> None:
        """There is nothing to give back."""

    @contextmanager
    def transaction(self, name: str = "") -> Iterator[None]:
        """All or nothing; no await inside, so that it is alone."""
        self._undo.clear()
        try:
            yield
            if name:
                self._checkpoint(f"{name}.before_commit")
        except BaseException:
            for back in reversed(self._undo):
                back()
            self._undo.clear()
            raise
        self._undo.clear()
        if name:
            self._checkpoint(f"{name}.after_commit")

    def next_place(self) -> int:
        """The next number in the order of all commands."""
        self._places += 1
        return self._places
