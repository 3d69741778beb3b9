"""What NAV's general ledger, bank ledger and VAT ledger hold of each FreshBooks document, found by the keys that the general ledger carries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import TypeVar

from tieout.core.reconciliation.books import ref_of_key
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import BankEntry, GLEntry, VatEntry

Number = tuple[str, str]
# A VAT group: business and product.
Group = tuple[str, str]
# Of a ledger that shows no key.
Entry = TypeVar("Entry", BankEntry, VatEntry)


@dataclass(frozen=True, kw_only=True)
class GeneralLedger:
    """NAV's entries that carry keys of the pair, up to ``as_of``; bank and VAT entries of all documents of these numbers.

    ``settled_of_all`` is given where these entries are a part of the ledger.
    ``receivables``, ``taxes`` and ``rounding`` are G/L accounts, by NAV's set-up and the posting setup: what is on none of them is revenue or money.
    """

    entries: Sequence[GLEntry]
    prefix: str
    bank_entries: Sequence[BankEntry] = ()
    vat_entries: Sequence[VatEntry] = ()
    receivables: frozenset[str] = frozenset()
    taxes: frozenset[str] = frozenset()
    rounding: frozenset[str] = frozenset()
    as_of: date | None = None
    settled_of_all: Mapping[Group, date] | None = None

    @cached_property
    def by_document(self) -> Mapping[Ref, tuple[GLEntry, ...]]:
        """The entries that post a document or its opposite, all revisions together; not those that only settle."""
        found: dict[Ref, list[GLEntry]] = defaultdict(list)
        for entry in self.entries:
            ref = ref_of_key(self.prefix, entry.external_document_no)
            if (
                ref is not None
                and posts(entry.external_document_no)
                and self._in(entry.posting_date)
            ):
                found[ref].append(entry)
        return {ref: tuple(entries) for ref, entries in found.items()}

    @cached_property
    def settled(self) -> Mapping[Group, date]:
        """The youngest day that a settlement of VAT has taken, by VAT group, whosesoever the entries."""
        if self.settled_of_all is not None:
            return self.settled_of_all
        return settled(self.vat_entries)

    @cached_property
    def bank_of(self) -> Mapping[Ref, tuple[BankEntry, ...]]:
        """The bank entries of each document; the bank's ledger shows no key."""
        return self._by_number(self.bank_entries)

    @cached_property
    def vat_of(self) -> Mapping[Ref, tuple[VatEntry, ...]]:
        """The tax entries of each document; NAV's page of them shows no key."""
        return self._by_number(self.vat_entries)

    def _by_number(self, entries: Sequence[Entry]) -> Mapping[Ref, tuple[Entry, ...]]:
        found: dict[Ref, list[Entry]] = defaultdict(list)
        for entry in entries:
            ref = self._numbers.get((entry.document_type, entry.document_no))
            if ref is not None and self._in(entry.posting_date):
                found[ref].append(entry)
        return {ref: tuple(rows) for ref, rows in found.items()}

    @cached_property
    def _numbers(self) -> Mapping[Number, Ref]:
        """Which document a number of NAV's is of."""
        return {
            (entry.document_type, entry.document_no): ref
            for entry in self.entries
            if posts(entry.external_document_no)
            if (ref := ref_of_key(self.prefix, entry.external_document_no)) is not None
        }

    def _in(self, day: date) -> bool:
        return self.as_of is None or day <= self.as_of


def settled(entries: Iterable[VatEntry]) -> Mapping[Group, date]:
    """Up to which day VAT is settled, by VAT group."""
    days: dict[Group, date] = {}
    for row in entries:
        if row.closed:
            group = (row.vat_bus, row.vat_prod)
            days[group] = max(row.posting_date, days.get(group, date.min))
    return days


@lru_cache(maxsize=1024)
def posts(key: str) -> bool:
    """Whether what stands under a key posts a document or its opposite (X); others settle entries with each other, or declare VAT beside a receipt.

    >>> posts("FB-INV-34101-1X"), posts("FB-PMT-11002-1A")
    (True, False)
    """
    _, dash, suffix = key.rpartition("-")
    return bool(dash) and suffix.removesuffix("X").isdecimal()
