"""What is remembered of both books as a whole while they are read: numbers, days and names, and no document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from tieout.connectors.nav.client import LEDGERS
from tieout.core.reconciliation.belonging import Document, is_deleted
from tieout.core.reconciliation.general import Group, settled
from tieout.core.reconciliation.snapshot import fingerprint, is_long_ago
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.feed import FeedLine
from tieout.core.records.identity import Kind
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import BankEntry, CustomerEntry, DetailedEntry, GLEntry, VatEntry
from tieout.core.records.payment import Payment

# NAV's ledgers by the type of their entries.
LEDGER_OF = dict(
    zip((GLEntry, CustomerEntry, DetailedEntry, VatEntry, BankEntry), LEDGERS, strict=True)
)
# The type of the records of each of FreshBooks' lists.
LIST_OF: Mapping[Kind, type] = {
    Kind.INVOICE: Invoice,
    Kind.CREDIT_NOTE: CreditNote,
    Kind.PAYMENT: Payment,
    Kind.CUSTOMER: Customer,
}


class Overview:
    """Both books at a glance. ``begun`` is when reading began, ``prefix`` that of the pair's keys.

    ``currencies`` and ``owners`` are those of FreshBooks' documents, ``latest`` is the last change of one, and ``fresh`` what those say in short that changed
    just then; ``foreign`` are NAV's currencies, ``first_day`` is the first day of anything that the pair has posted, ``settled`` up to which day VAT is.
    """

    def __init__(self, begun: datetime, prefix: str) -> None:
        self.begun, self._key = begun, f"{prefix}-"
        self.counts: Counter[type] = Counter()
        self.currencies: set[str] = set()
        self.owners: set[str] = set()
        self.latest: datetime | None = None
        self.fresh: dict[str, str] = {}
        self.foreign: set[str] = set()
        self.first_day: date | None = None
        self.settled: dict[Group, date] = {}

    def note(self, records: Sequence[Any]) -> None:
        """Records of one type."""
        kind = type(records[0]) if records else None
        if kind in (Invoice, CreditNote, Payment):
            self._documents([one for one in records if not is_deleted(one)])
            return
        if kind is not None:
            self.counts[kind] += len(records)
        if kind is GLEntry:
            ours = (e.posting_date for e in records if e.external_document_no.startswith(self._key))
            self.first_day = min(filter(None, (self.first_day, *ours)), default=None)
        elif kind is CustomerEntry:
            self.foreign |= {entry.currency_code for entry in records} - {""}
        elif kind is VatEntry:
            for group, day in settled(records).items():
                self.settled[group] = max(day, self.settled.get(group, date.min))

    def _documents(self, documents: Sequence[Document]) -> None:
        for one in documents:
            self.counts[type(one)] += 1
            self.currencies.add(one.currency)
            self.owners.add(one.customer.key)
            if one.updated_on is not None:
                self.latest = max(self.latest or one.updated_on, one.updated_on)
            if not is_long_ago(one, self.begun):
                self.fresh[str(one.ref)] = fingerprint(one)

    @property
    def entries(self) -> Mapping[str, int]:
        """How many entries were read of each of NAV's ledgers, by its name."""
        return {name: self.counts[kind] for kind, name in LEDGER_OF.items()}

    @property
    def listed(self) -> Mapping[Kind, int]:
        """How many documents were read of each kind."""
        return {kind: self.counts[made_of] for kind, made_of in LIST_OF.items()}

    @property
    def lines(self) -> int:
        """How many lines FreshBooks' own ledger has."""
        return self.counts[FeedLine]
