"""Everything a decision may know; what is not here cannot influence it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tieout.core.decision.plan import StoredCommand, Verdict
from tieout.core.journal.setup import PostingSetup
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.payment import Payment

DocumentRecord = Invoice | CreditNote | Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One document: what FreshBooks shows of it now (None: FreshBooks does not know the id), and all commands it ever caused.

    With ``known`` it is only background for others: it was decided before and is not decided again.
    """

    ref: Ref
    record: DocumentRecord | None
    commands: tuple[StoredCommand, ...] = ()
    known: Verdict | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The cases of one round and what they need.

    ``setups`` holds every version that a posted command was made with. ``customer_nos`` maps a
    FreshBooks client id to its NAV number; ``customers`` are the clients of documents that may be
    posted; ``customer_commands`` are the earlier attempts to create them. ``taken`` are the
    (document type, number) pairs in use in NAV. ``items`` are NAV's customer ledger entries of the
    documents that are posted.
    """

    prefix: str
    setup: PostingSetup
    setups: Mapping[int, PostingSetup]
    cases: Mapping[Ref, Case]
    customer_nos: Mapping[str, str]
    customers: Mapping[str, Customer] = field(default_factory=dict)
    customer_commands: Mapping[str, tuple[StoredCommand, ...]] = field(default_factory=dict)
    taken: frozenset[tuple[str, str]] = frozenset()
    items: Mapping[tuple[str, str], CustomerEntry] = field(default_factory=dict)
