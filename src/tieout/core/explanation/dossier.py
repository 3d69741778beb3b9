"""All that is on record of one document: what FreshBooks said last, what was decided, what NAV was told and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tieout.core.decision.plan import StoredCommand
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The last content received, byte for byte; earlier ones are not kept.

    ``hash`` is the SHA-256 of what it says, whatever the order of its fields and without those that change by themselves. ``updated_at`` is FreshBooks'
    own stamp, none if it gives none; ``unlisted``: no list shows it any more, which a person has accepted.
    """

    content: bytes
    hash: str
    updated_at: datetime | None = None
    deleted: bool = False
    unlisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A command with the moment when it was stored, which is before NAV was told, and the fingerprint of its payload as stored then."""

    stored: StoredCommand
    intended_at: datetime
    hash: str

    @property
    def intact(self) -> bool:
        """Whether the payload still is what the fingerprint was made of."""
        return self.stored.command.hash == self.hash

    @property
    def state(self) -> str:
        """How far it is; one that has no answer is *unknown*, whether NAV was asked already or not."""
        return "unknown" if self.stored.state == "intended" else self.stored.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A person's yes to a finding; ``holds`` is false once the document has another content than he saw."""

    rule: str
    value: str
    by: str
    at: datetime
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What is on record of one document, or of a client.

    ``state`` is empty for a client, which is no document. ``waits``: it is to be looked at again, so the content may be newer than what was decided about.
    ``customer`` is the FreshBooks client, ``customer_no`` its NAV customer, ``making`` the commands that made it there. Amounts are in ``currency``,
    none where the document was never understood.
    """

    ref: Ref
    state: str = ""
    reason: str = ""
    findings: tuple[Finding, ...] = ()
    since: datetime | None = None
    verified_at: datetime | None = None
    waits: bool = False
    number: str = ""
    customer: str = ""
    customer_no: str = ""
    invoice: str = ""
    credit: str = ""
    currency: str = ""
    amount: Decimal | None = None
    dated: date | None = None
    due_on: date | None = None
    outstanding: Decimal | None = None
    content: Content | None = None
    agreements: tuple[Agreement, ...] = ()
    sent: tuple[Sent, ...] = ()
    making: tuple[Sent, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its commands, in the order in which they were carried out."""
        return tuple(each.stored.command.key for each in self.sent)
