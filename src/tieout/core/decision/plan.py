"""The words of a decision: commands with their keys, the receipts that answer them, the verdict on each document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tieout.core.records.finding import Finding
from tieout.core.records.identity import Ref


class Role(StrEnum):
    """What a command does in NAV. The order of the members is the order of work.

    ``set_due_date`` comes before what may close the entry: NAV keeps the date of a closed one.
    ``reverse`` posts the opposite document (a credit memo for an invoice); ``take_back`` is NAV's own Reverse Transaction, for money entered by mistake.
    """

    CREATE_CUSTOMER = "create_customer"
    UNAPPLY = "unapply"
    SET_DUE_DATE = "set_due_date"
    REVERSE = "reverse"
    TAKE_BACK = "take_back"
    POST = "post"
    APPLY = "apply"
    SET_ON_HOLD = "set_on_hold"


STAGES = tuple(Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One write to NAV with its idempotency key.

    ``payload`` is what NAV is told, in the words of docs/protocols/gateway.md in snake case; every value is text, a list or a mapping,
    so that it is stored and hashed exactly as it is sent. ``revision`` of the FreshBooks record, counted from 1.
    """

    key: str
    ref: Ref
    revision: int
    role: Role
    payload: Mapping[str, Any]
    depends_on: tuple[str, ...] = ()
    setup_version: int = 1

    @property
    def hash(self) -> str:
        """SHA-256 of the payload, 64 hexadecimal characters."""
        return payload_hash(self.payload)


def payload_hash(payload: Mapping[str, Any]) -> str:
    """The fingerprint of a payload, the same for equal contents in any order of names.

    >>> payload_hash({"a": "1", "b": "2"}) == payload_hash({"b": "2", "a": "1"})
    True
    """
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Status(StrEnum):
    """NAV's answer to one command: the gateway's (docs/protocols/gateway.md, Answers), or what the pages show of it."""

    POSTED = "posted"
    ALREADY = "already"
    REFUSED = "refused"
    CONFLICT = "conflict"
    SKIPPED = "skipped"
    NOT_TRIED = "not_tried"
    # Of the pages-only route: the lines wait in a journal for an accountant, or only some of them are there.
    AWAITING = "awaiting"
    INCOMPLETE = "incomplete"

    @property
    def done(self) -> bool:
        return self in (Status.POSTED, Status.ALREADY)

    @property
    def moved(self) -> bool:
        """Whether NAV is not as it was before."""
        return self.done or self is Status.AWAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What NAV held after a command, read back by the gateway itself.

    ``no`` is the document or customer number, ``amount`` that of the customer ledger entry in its currency, ``text`` NAV's words if it refused, or
    the payload hash when it answers a look-up.
    """

    key: str
    status: Status
    no: str = ""
    register_no: int = 0
    entry_no: int = 0
    amount: Decimal = Decimal(0)
    posted_at: str = ""
    text: str = ""


class State(StrEnum):
    """Where a document stands; each document ever seen is in exactly one."""

    PENDING = "pending"
    AGREED = "agreed"
    HELD = "held"
    DEAD = "dead"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCommand:
    """A command as stored before it was written, and how far it is.

    ``state`` is ``intended``, ``done``, ``refused``, ``unknown`` (no answer came) or ``abandoned`` (NAV does not have it and never will); of lines in
    a journal that only a person posts also ``awaiting``, ``withdrawn`` (we deleted them unposted) or ``removed`` (a person did).
    ``place`` grows in the order in which commands were carried out.
    """

    command: Command
    state: str
    receipt: Receipt | None
    place: int = 0

    @property
    def done(self) -> bool:
        return self.state == "done"

    @property
    def awaits(self) -> bool:
        """Whether its lines wait in a journal to be posted by a person."""
        return self.state == "awaiting"

    @property
    def stands(self) -> bool:
        """Whether it is in the books, or in a journal on the way there."""
        return self.done or self.awaits


AWAITING_POSTING = "awaiting_posting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The state that a decision gives a document, and why; ``after`` are the keys of the commands that must succeed first."""

    ref: Ref
    state: State
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    after: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        silent = self.state in (State.HELD, State.DEAD, State.EXCLUDED) and not self.reason
        assert not silent, f"{self.ref} is {self.state} without a reason"

    @property
    def awaits_posting(self) -> bool:
        """Whether nothing is left to do but for a person who posts NAV's journal."""
        return self.state is State.PENDING and self.reason == AWAITING_POSTING

    @property
    def settled(self) -> bool:
        """Whether looking again is of no use until something happens."""
        return self.state is not State.PENDING or self.awaits_posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do, in order, and where each document stands once that is done."""

    commands: tuple[Command, ...]
    verdicts: tuple[Verdict, ...]
