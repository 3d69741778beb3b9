"""What was read of both systems for a tie-out, on disk until it is compared: memory holds one part at a time, however many documents there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Self

import msgspec

from tieout.core.failures import Unstorable
from tieout.core.reconciliation.adopted import Adopted
from tieout.core.reconciliation.belonging import (
    Document,
    Ties,
    entry_place,
    is_deleted,
    number_of,
    place_of,
    ties_of,
)
from tieout.core.reconciliation.books import ref_of_key
from tieout.core.reconciliation.frozen import Document as FrozenDocument
from tieout.core.reconciliation.recorded import KnownDocument, Sent
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.feed import FeedLine
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import BankEntry, CustomerEntry, DetailedEntry, GLEntry, VatEntry
from tieout.core.records.payment import Payment

# The first and the last row of a part in which there is none.
NOTHING = (1, 0)


@dataclass(frozen=True, slots=True)
class FrozenOne:
    """A document of the frozen past, as it stood."""

    ref: Ref
    document: FrozenDocument


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A document that waits to be looked at."""

    ref: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Records that belong together, in the order in which they were read; ``again`` are those that were read a second time."""

    invoices: list[Invoice] = field(default_factory=list)
    credit_notes: list[CreditNote] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    feed: list[FeedLine] = field(default_factory=list)
    general: list[GLEntry] = field(default_factory=list)
    customer: list[CustomerEntry] = field(default_factory=list)
    detailed: list[DetailedEntry] = field(default_factory=list)
    vat: list[VatEntry] = field(default_factory=list)
    bank: list[BankEntry] = field(default_factory=list)
    known: list[KnownDocument] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    frozen: list[FrozenOne] = field(default_factory=list)
    unsettled: list[Unsettled] = field(default_factory=list)
    again: list[Any] = field(default_factory=list)

    @property
    def populations(self) -> Iterator[Sequence[Any]]:
        """Each list of records by itself."""
        return (getattr(self, name) for name in TYPES.values())

    @property
    def listed(self) -> list[Document]:
        """The documents that FreshBooks' lists show; of payments, deleted ones are here too, which they do not."""
        every: list[Document] = [*self.invoices, *self.credit_notes, *self.payments]
        return [one for one in every if not is_deleted(one)]


# The type of the records of each list of a part.
TYPES: dict[type, str] = {
    Invoice: "invoices",
    CreditNote: "credit_notes",
    Payment: "payments",
    FeedLine: "feed",
    GLEntry: "general",
    CustomerEntry: "customer",
    DetailedEntry: "detailed",
    VatEntry: "vat",
    BankEntry: "bank",
    KnownDocument: "known",
    Sent: "sent",
    FrozenOne: "frozen",
    Unsettled: "unsettled",
}
# What is added to the number of a population where it was read a second time.
AGAIN = len(TYPES)
POPULATIONS = {kind: number for number, kind in enumerate(TYPES)}
_encode = msgspec.msgpack.Encoder().encode
_decoders = [msgspec.msgpack.Decoder(list[kind]) for kind in TYPES]  # type: ignore[valid-type]
NAMES = list(TYPES.values())

PRAGMAS = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "locking_mode = EXCLUSIVE",
    "temp_store = FILE",
    "cache_size = -8000",
)
_TABLES = """
CREATE TABLE record (place TEXT, population INTEGER, body BLOB);
CREATE TABLE payment (place TEXT, invoice TEXT);
CREATE TABLE number (place TEXT, document TEXT);
CREATE TABLE entry (place TEXT, number TEXT, customer TEXT);
CREATE TABLE home (place TEXT PRIMARY KEY, part INTEGER) WITHOUT ROWID;
"""
_PAYMENT = "INSERT INTO payment VALUES (?, ?)"
_NUMBER = "INSERT INTO number VALUES (?, ?)"
_ENTRY = "INSERT INTO entry VALUES (?, ?, ?)"
_SHARED = """
SELECT group_concat(DISTINCT coalesce(invoice, document)) FROM number LEFT JOIN payment ON payment.place = document
GROUP BY number.place HAVING count(DISTINCT document) > 1
"""
# Each step leans on those before it: payments are with their invoices, numbers with their documents, entries with their numbers. What is not from FreshBooks
# and stands on its customers is in part 0, which is looked at before all others.
_HOMES = (
    "INSERT OR IGNORE INTO home SELECT place, part(invoice) FROM payment",
    "INSERT OR IGNORE INTO home SELECT n.place, coalesce(h.part, part(n.document)) FROM number n LEFT JOIN home h ON h.place = n.document",
    "INSERT OR IGNORE INTO home SELECT number, 0 FROM entry WHERE customer IN (SELECT no FROM managed)",
    "INSERT OR IGNORE INTO home SELECT e.place, coalesce(h.part, part(e.number)) FROM entry e LEFT JOIN home h ON h.place = e.number",
)
_SHELF = """
CREATE TABLE shelf AS SELECT coalesce(h.part, part(r.place)) AS part, r.population, r.body
FROM record r LEFT JOIN home h ON h.place = r.place ORDER BY 1, r.rowid
"""


class Spill:
    """A file that is gone as soon as it is closed; ``prefix`` is that of the pair's keys.

    Raises Unstorable when no room is left for it.
    """

    def __init__(self, prefix: str, adopted: Adopted) -> None:
        self._prefix, self._parts = prefix, 1
        self._adopted, self._ties = adopted, Ties()
        self._links: dict[str, list[tuple[str, ...]]] = {s: [] for s in (_PAYMENT, _NUMBER, _ENTRY)}
        self._spans: dict[int, tuple[int, int]] = {}
        # An empty name is a file of its own that nobody else can open (SQLite: temporary databases).
        self._file = sqlite3.connect("", isolation_level=None)
        for pragma in PRAGMAS:
            self._file.execute(f"PRAGMA {pragma}")
        self._file.executescript(_TABLES)
        self._file.execute("BEGIN")
        self._file.create_function("part", 1, self._part, deterministic=True)
        for group in adopted.groups:
            self._ties.tie(*map(str, group))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def put(self, records: Sequence[Any], *, again: bool = False) -> None:
        """Keep records of one type. A document that was tied to others is found with them, whichever is put first."""
        if not records:
            return
        kind = type(records[0])
        places = [*map(self._placing(kind), records)]
        rows = (
            (place, POPULATIONS[kind] + AGAIN * again, _encode([record for _, record in some]))
            for place, some in groupby(zip(places, records, strict=True), itemgetter(0))
        )
        self._write("INSERT INTO record VALUES (?, ?, ?)", rows)
        for statement, links in self._links.items():
            self._write(statement, links)
            links.clear()

    def settle(self, parts: int, managed: Collection[str]) -> None:
        """All has been put: it is divided into so many parts; ``managed`` are the NAV customers that are FreshBooks clients."""
        self._parts = parts
        self._run("CREATE TABLE managed (no TEXT PRIMARY KEY)")
        self._write("INSERT INTO managed VALUES (?)", ((no,) for no in managed))
        for (shared,) in self._file.execute(_SHARED).fetchall():
            self._ties.tie(*shared.split(","))
        for step in (*_HOMES, _SHELF):
            self._run(step)
        spans = "SELECT part, min(rowid), max(rowid) FROM shelf GROUP BY part ORDER BY part"
        self._spans = {part: (first, last) for part, first, last in self._file.execute(spans)}

    def parts(self) -> Iterator[Part]:
        """Part by part; before all others what is not from FreshBooks and stands on its customers. Empty books have one empty part."""
        for first, last in self._spans.values() or [NOTHING]:
            yield self._read(first, last)

    def whole(self) -> Part:
        """All in one part."""
        return self._read(1, max([NOTHING, *self._spans.values()], key=itemgetter(1))[1])

    def _read(self, first: int, last: int) -> Part:
        part = Part()
        span = "SELECT population, body FROM shelf WHERE rowid BETWEEN ? AND ?"
        for number, body in self._file.execute(span, (first, last)):
            again, population = divmod(number, AGAIN)
            records = part.again if again else getattr(part, NAMES[population])
            records.extend(_decoders[population].decode(body))
        return part

    # ------------------------------------------------------------ where records belong

    def _part(self, place: str) -> int:
        return self._ties.part(place, self._parts)

    def _placing(self, kind: type) -> Callable[[Any], str]:
        if kind in (Invoice, CreditNote, Payment):
            return self._document
        placing: dict[type, Callable[[Any], str]] = {
            FeedLine: lambda line: str(line.document or f"feed|{line.entry}"),
            GLEntry: self._general,
            CustomerEntry: self._customer,
            DetailedEntry: lambda entry: entry_place(entry.customer_entry_no),
            VatEntry: number_of,
            BankEntry: number_of,
        }
        return placing.get(kind, lambda one: str(one.ref))

    def _document(self, document: Document) -> str:
        place, ties = place_of(document), ties_of(document)
        if ties:
            self._ties.tie(*ties)
        if isinstance(document, Payment):
            self._links[_PAYMENT].append((str(document.ref), place))
            if document.ref in self._adopted.refs:
                self._ties.tie(str(document.ref), place)
        return place

    def _general(self, entry: GLEntry) -> str:
        ref = ref_of_key(self._prefix, entry.external_document_no)
        if ref is None:
            return number_of(entry)
        link, known = (number_of(entry), str(ref)), self._links[_NUMBER]
        if not known or known[-1] != link:  # the rows of a document stand together
            known.append(link)
        return link[1]

    def _customer(self, entry: CustomerEntry) -> str:
        number = number_of(entry)
        adoption = self._adopted.by_entry.get(entry.entry_no)
        if adoption is not None:
            self._links[_NUMBER].append((number, str(adoption.refs[0])))
        self._links[_ENTRY].append((entry_place(entry.entry_no), number, entry.customer_no))
        return number

    def _run(self, statement: str) -> None:
        with _room():
            self._file.execute(statement)

    def _write(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        with _room():
            self._file.executemany(statement, rows)


@contextmanager
def _room() -> Iterator[None]:
    """Where SQLite finds none, what to say."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unstorable("disk", f"what is read for a tie-out finds no room: {error}") from error
