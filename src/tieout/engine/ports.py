"""What the engine asks of the outside: the contracts that the adapters fulfil.

The engine imports no adapter; ``app.installation`` fits them and the type checker proves the fit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Any, Protocol

from tieout.core.decision.calendar import Calendar
from tieout.core.decision.plan import Command, Receipt, State, StoredCommand, Verdict
from tieout.core.decision.reach import Reach
from tieout.core.records.adoption import AdoptedEntry, Adoption
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import BankEntry, CustomerEntry, NavCustomer
from tieout.core.records.payment import Payment

Record = Invoice | CreditNote | Payment | Customer
Rate = tuple[date, Decimal]
Keep = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A FreshBooks record as received: its bytes and their SHA-256.

    ``updated_at`` is when FreshBooks says that it last changed (None: it does not say), ``deleted`` whether it is deleted there.
    """

    ref: Ref
    content: bytes
    hash: str
    updated_at: datetime | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """One page of what a poll saw. ``cursor`` is what to store once the page is accepted: the next poll starts there.

    ``backfill``: it belongs to a first reading. ``counted``: so many records of a kind FreshBooks has in all, deleted ones too.
    """

    observations: tuple[Observation, ...]
    cursor: Mapping[str, Any]
    backfill: bool = False
    counted: tuple[Kind, int] | None = None


class Priority(IntEnum):
    """What is worked first."""

    LIVE = 0
    BACKFILL = 1


class Source(Protocol):
    """FreshBooks, reading."""

    def changes(self, cursor: Mapping[str, Any]) -> AsyncIterator[ChangePage]:
        """All invoices, credit notes and payments that may have changed since the cursor (an empty one: all there are), deleted ones included.

        A page may repeat what was seen before; the receiver compares hashes. Raises Unreachable, Throttled, Unauthorized, Unintelligible.
        """
        ...

    def everything(self, kind: Kind) -> AsyncIterator[tuple[Observation, ...]]:
        """All records of a kind that FreshBooks lists, deleted ones too, page by page. Raises as ``changes``."""
        ...

    async def observe(self, refs: Collection[Ref]) -> Mapping[Ref, Observation]:
        """The present content of these records (any kind), read in batches; one that a list leaves out is read by its id, since absence is not deletion.

        A ref that FreshBooks does not know is absent from the answer. Raises as ``changes``.
        """
        ...

    def normalize(self, ref: Ref, content: bytes) -> Record:
        """What the bytes say, as a record. Raises Unintelligible."""
        ...


class Target(Protocol):
    """NAV, through the gateway or through its pages.

    ``longest_request_s``: how long a request of an earlier worker may still be on its way after a claim; 0 if NAV itself refuses it then.
    """

    @property
    def longest_request_s(self) -> float: ...

    async def reach(self) -> Reach:
        """What this way into NAV can carry."""
        ...

    async def claim(self, epoch: int, keep: Keep | None = None) -> int:
        """Raise the epoch in NAV; the answer is the highest ever stored. After it no older worker can write, and no earlier call comes late.

        ``keep`` renews the lease, or raises Superseded: it is asked before each write where NAV keeps no epoch.
        """
        ...

    async def postings_ended(self) -> int | None:
        """Wait until what anybody was posting, applying or reversing in NAV when this was called is committed or rolled back.

        The number of the last entry that is committed then: whatever has no higher one is. None if NAV cannot say.

        All other reading shows rows that may still be rolled back. Raises Unreachable.
        """
        ...

    async def find(self, commands: Sequence[Command]) -> Mapping[str, Receipt]:
        """The receipts of those commands that NAV has committed, by key; ``text`` is the payload hash (another one: NAV has other contents).

        Of the pages-only route also what awaits posting, and what is there in part only. Raises Unreachable.
        """
        ...

    async def clear(self, commands: Sequence[Command]) -> None:
        """Remove what is left of commands that NAV has in part only; nothing of the kind exists where a document is one transaction."""
        ...

    async def execute(self, epoch: int, commands: Sequence[Command]) -> tuple[Receipt, ...]:
        """Carry out commands of one stage (all in one gateway function, in order); one receipt each.

        Each call has a higher epoch than the one before. Raises OutcomeUnknown when no answer came, Superseded when the epoch is too low,
        Refused when the whole request is refused, Unreachable only when nothing can have been sent.
        """
        ...

    async def taken(self, document_nos: Collection[str]) -> frozenset[tuple[str, str]]:
        """Which (document type, document number) pairs of these numbers are in use in the customer ledger."""
        ...

    async def items(self, document_nos: Collection[str]) -> tuple[CustomerEntry, ...]:
        """The customer ledger entries with these document numbers, as they stand."""
        ...

    async def calendar(self) -> Calendar:
        """The days on which NAV takes postings of the service user, and what is declared or closed."""
        ...

    async def rates(self, currencies: Collection[str]) -> Mapping[str, tuple[Rate, ...]]:
        """NAV's exchange rates of these currencies, oldest first: from which day, and how many units are worth one of the local currency."""
        ...

    async def open_receipts(self, customer_nos: Collection[str]) -> tuple[CustomerEntry, ...]:
        """The open payments of these customers, whoever posted them."""
        ...

    async def bank_lines(
        self, amounts: Collection[Decimal], first: date, last: date
    ) -> tuple[BankEntry, ...]:
        """The bank ledger entries of these amounts between two days, whoever posted them."""
        ...

    async def bank_lines_of(self, document_nos: Collection[str]) -> tuple[BankEntry, ...]:
        """The bank ledger entries with these document numbers."""
        ...

    async def nav_customers(self, nos: Collection[str] | None = None) -> tuple[NavCustomer, ...]:
        """The customers with these numbers, or all there are."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One FreshBooks business and the NAV company it is kept in agreement with. ``settings`` is what ``pair add`` was given besides the connections."""

    id: int
    name: str
    company_id: int
    prefix: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to write to one NAV company, won by a claim: this epoch and no other."""

    company_id: int
    epoch: int
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """One due inbox row as claimed: ``version`` is what record will settle. ``observation`` is set if the notification brought the content along.

    ``attempts`` counts looks that came to nothing, ``failures`` those that failed because of this document alone.
    """

    ref: Ref
    version: int
    attempts: int
    observation: Observation | None
    priority: Priority
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the store knows of one document."""

    ref: Ref
    state: State
    reason: str
    observation: Observation | None
    commands: tuple[StoredCommand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """How a document is found again: what the store keeps beside the raw content so that people and rounds can look for it.

    Of invoices also when they are due, what is owed (nothing for a draft or a deleted one), and whether they are paid.
    """

    ref: Ref
    number: str
    customer: str
    invoice: str
    currency: str
    amount: Decimal
    dated: date
    credit: str = ""
    overpayment: str = ""
    due_on: date | None = None
    outstanding: Decimal | None = None
    paid: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What was set out to be written in a time: documents of one currency (empty: LCY), and their amounts without signs."""

    currency: str
    documents: int
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What one round of settling found: everything that its one recording transaction writes.

    ``settled`` maps each claimed ref to the version that was looked at; ``retry`` maps a ref that must be looked at again to when and why (its attempts
    grow by one, and its failures too if it is in ``failed``); ``unknown`` are keys whose outcome is not known.
    """

    receipts: Sequence[Receipt] = ()
    verdicts: Sequence[Verdict] = ()
    observations: Sequence[Observation] = ()
    shelves: Sequence[Shelf] = ()
    settled: Mapping[Ref, int] = field(default_factory=dict)
    retry: Mapping[Ref, tuple[datetime, str]] = field(default_factory=dict)
    unknown: Sequence[str] = ()
    failed: Collection[Ref] = ()


class Shelves(Protocol):
    """What gathering asks of the store: what it knows of documents and customers. The one thing noted is a document that was never seen before."""

    async def accept(
        self,
        pair: Pair,
        *,
        now: datetime,
        observations: Sequence[Observation] = (),
        refs: Collection[Ref] = (),
        cursor: Mapping[str, Any] | None = None,
        cause: str = "poll",
        priority: Priority = Priority.LIVE,
    ) -> int:
        """Note that documents are to be looked at; the number of inbox rows that became due.

        An observation whose hash equals the stored one is dropped. One that differs is stored with the inbox version it raises. A ref without content
        (a webhook, a person) raises its version only. A new or changed document becomes ``pending``. The cursor is stored in the same transaction.

        Content that FreshBooks does not say is newer than what is stored is not stored: the document is read anew when it is settled.
        """
        ...

    async def claimed(self, pair: Pair, refs: Collection[Ref]) -> Sequence[Claimed]:
        """The inbox rows of these refs that are unsettled, due or not."""
        ...

    async def related(self, pair: Pair, refs: Collection[Ref]) -> frozenset[Ref]:
        """The payments that name these invoices, and the invoices that these payments name, as recorded on their shelves; without ``refs`` themselves."""
        ...

    async def seen(self, pair: Pair, refs: Collection[Ref]) -> frozenset[Ref]:
        """Which of these documents were ever noted."""
        ...

    async def documents(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Stored]:
        """What is stored of these documents: state, last observation, all their commands in the order intended."""
        ...

    async def customers(self, pair: Pair, keys: Collection[str]) -> Mapping[str, str]:
        """FreshBooks client id to NAV customer number, for those that are linked."""
        ...

    async def commands(
        self, pair: Pair, refs: Collection[Ref]
    ) -> Mapping[str, tuple[StoredCommand, ...]]:
        """The commands that these records (customers) ever caused, by FreshBooks id."""
        ...

    async def approvals(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Mapping[str, str]]:
        """What persons agreed to for these records, as far as it still holds: rule and value."""
        ...

    async def adoptions(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Adoption]:
        """What persons adopted of these documents: they stand in NAV though we never posted them."""
        ...

    async def adopted_entries(
        self, pair: Pair, document_nos: Collection[str]
    ) -> tuple[AdoptedEntry, ...]:
        """The adopted entries of the company with these document numbers, whichever pair they are of."""
        ...

    async def linked_customers(self, pair: Pair) -> frozenset[str]:
        """The NAV customers of the company that some client is linked to."""
        ...


class Store(Shelves, Protocol):
    """The database of one Tieout installation. Every method is one transaction; none spans a call to another system.

    Methods with a lease first check, in the same transaction, that its epoch is still the company's; if not they raise Superseded and change nothing.
    """

    async def companies_due(self, *, now: datetime) -> Sequence[int]:
        """NAV companies with documents that are due, of pairs whose line runs."""
        ...

    async def live_due(self, pairs: Collection[Pair], *, now: datetime) -> bool:
        """Whether something live is due for one of these pairs."""
        ...

    async def stop_line(self, pair: Pair, *, cause: str, reason: str, now: datetime) -> None:
        """Let nothing of this pair be worked until a person releases it; an earlier reason stays."""
        ...

    async def known(self, pair: Pair, kind: Kind) -> frozenset[Ref]:
        """All records of a kind that were ever read, deleted ones too, without those that a person has accepted as unlisted."""
        ...

    async def known_counts(self, pair: Pair) -> Mapping[Kind, int]:
        """How many there are of each kind of what ``known`` tells."""
        ...

    async def mark_unlisted(self, pair: Pair, refs: Collection[Ref], *, unlisted: bool) -> None:
        """Note that no list shows these records any more, or again."""
        ...

    async def intended_since(self, pair: Pair, since: datetime) -> Sequence[Volume]:
        """How many postings and reversals were intended since then, and their amounts, by currency."""
        ...

    async def pairs(self, company_id: int) -> Sequence[Pair]:
        """The pairs that feed one NAV company."""
        ...

    async def cursor(self, pair: Pair) -> Mapping[str, Any]:
        """Where the last accepted page of a poll ended; empty before the first."""
        ...

    async def claim(
        self, company_id: int, *, owner: str, now: datetime, lease_s: float, above: int = 0
    ) -> Lease | None:
        """Win the right to write: epoch + 1, and higher than ``above``. None while another owner's lease has not run out."""
        ...

    async def renew(self, lease: Lease, *, now: datetime, lease_s: float) -> None:
        """Keep the lease alive."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give the lease back, if it is still mine."""
        ...

    async def due(self, pair: Pair, *, now: datetime, limit: int) -> Sequence[Claimed]:
        """Inbox rows with version > settled_version and due_at <= now, live ones first and alone, the longest due first; payments last.

        Nothing while the line is stopped.
        """
        ...

    async def unfinished(self, pair: Pair) -> Sequence[StoredCommand]:
        """Commands that were intended and have no receipt, in the order intended."""
        ...

    async def awaiting(self, pair: Pair) -> Sequence[StoredCommand]:
        """Commands whose lines wait in NAV's journals for a person to post them, in the order intended."""
        ...

    async def intend(self, pair: Pair, lease: Lease, commands: Sequence[Command]) -> None:
        """Store commands before they are written; the key is unique in the NAV company."""
        ...

    async def abandon(self, pair: Pair, lease: Lease, keys: Sequence[str]) -> None:
        """Mark unfinished commands that NAV does not have, and after a raised epoch never will, as ``abandoned``; those that awaited posting as ``removed``."""
        ...

    async def record(self, pair: Pair, lease: Lease, settlement: Settlement) -> None:
        """Write the outcome of a round: receipts (a created customer becomes a link), states, observations, settled versions, retries."""
        ...
