"""Everything a decision may know; what is not here cannot influence it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

from tieout.core.decision.calendar import Calendar
from tieout.core.decision.plan import StoredCommand, Verdict
from tieout.core.decision.reach import Reach
from tieout.core.journal.setup import PostingSetup
from tieout.core.records.adoption import Adoption
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import BankEntry, CustomerEntry, NavCustomer
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
    documents that are posted. ``rates`` are NAV's exchange rates by currency, oldest first, as (from this day, units of it for one of the
    local currency).
    ``approvals`` are what persons agreed to, by rule; ``strangers`` the open receipts of these customers that are not ours, ``bank_strangers`` the
    bank lines that carry no key; ``reconciled`` are numbers of our documents whose bank line is reconciled in NAV; ``nav_customers`` are the
    customers of NAV that no client is linked to, read when one may have to be made; ``blocked`` says which customers NAV blocks, and for what.
    ``adoptions`` are documents that stand in NAV though we never posted them, ``adopted_items`` all that NAV shows under the numbers of their entries.
    ``zone`` is the business's; ``reach`` is what the way into NAV can carry.
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
    calendar: Calendar = field(default_factory=Calendar)
    rates: Mapping[str, Sequence[tuple[date, Decimal]]] = field(default_factory=dict)
    approvals: Mapping[Ref, Mapping[str, str]] = field(default_factory=dict)
    strangers: tuple[CustomerEntry, ...] = ()
    bank_strangers: tuple[BankEntry, ...] = ()
    reconciled: frozenset[str] = frozenset()
    nav_customers: tuple[NavCustomer, ...] = ()
    adoptions: Mapping[Ref, Adoption] = field(default_factory=dict)
    adopted_items: tuple[CustomerEntry, ...] = ()
    blocked: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC
    reach: Reach = field(default_factory=Reach)

    def approved(self, ref: Ref, rule: str) -> bool:
        """Whether a person agreed to a finding."""
        return rule in self.approvals.get(ref, {})

    def said(self, ref: Ref, rule: str) -> str:
        """The value that a person gave when agreeing; empty if none."""
        return self.approvals.get(ref, {}).get(rule, "")

    def factor(self, currency: str, day: date) -> Decimal | None:
        """NAV's Currency Factor on a day: the youngest rate that is not younger."""
        known = [factor for start, factor in self.rates.get(currency, ()) if start <= day]
        return known[-1] if known else None

    def local_day(self, stamp: datetime | None) -> date:
        """The day of a FreshBooks stamp where the business is; the first of all days if there is none."""
        return stamp.astimezone(self.zone).date() if stamp else date.min
