"""A match that a person accepts becomes an adoption: what it names stands in NAV already, and is never posted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tieout.core.matching.documents import FreshbooksDocument, NavDocument
from tieout.core.matching.result import Customer, Match
from tieout.core.records.adoption import AdoptedDocument, AdoptedEntry, Adoption
from tieout.core.records.identity import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A match that is accepted, with what the person noted about it."""

    match: Match
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What becomes of the matches that a person accepts.

    ``adoptions`` are new, or take the place of one of the same documents. ``adopted`` are so already, just as they are. ``clashing`` share a document
    or an entry with another adoption, ``ours`` have a document that Tieout posted itself: neither is adopted. ``customers`` are to be linked:
    NAV's number by client.
    """

    adoptions: tuple[Adoption, ...]
    adopted: tuple[Match, ...]
    clashing: tuple[Match, ...]
    ours: tuple[Match, ...]
    customers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is on record before: adoptions that stand, documents that Tieout posted, clients that are linked, and all customers of NAV that are."""

    standing: Sequence[Adoption] = ()
    ours: Collection[Ref] = ()
    clients: Collection[str] = ()
    customers: Collection[str] = ()


def accept(
    chosen: Sequence[Chosen], customers: Iterable[Customer], known: Known, *, by: str, at: datetime
) -> Acceptance:
    """What accepting these matches comes to; nothing is changed by it."""
    made: list[Adoption] = []
    standing = _by_mark(known.standing)
    adopted, clashing, ours = list[Match](), list[Match](), list[Match]()
    for one in chosen:
        adoption = _adoption(one, by, at)
        before = [standing[mark] for mark in _marks(adoption) if mark in standing]
        if any(ref in known.ours for ref in adoption.refs):
            ours.append(one.match)
        elif any(set(each.refs) != set(adoption.refs) for each in before):
            clashing.append(one.match)
        elif before and _same(before[0], adoption):
            adopted.append(one.match)
        else:
            made.append(adoption)
    return Acceptance(
        adoptions=tuple(made),
        adopted=tuple(adopted),
        clashing=tuple(clashing),
        ours=tuple(ours),
        customers=_customers(chosen, customers, known),
    )


def _by_mark(adoptions: Sequence[Adoption]) -> Mapping[Ref | int, Adoption]:
    """By each document and each entry."""
    return {mark: each for each in adoptions for mark in _marks(each)}


def _marks(adoption: Adoption) -> Iterator[Ref | int]:
    yield from adoption.refs
    yield from adoption.entry_nos


def _same(one: Adoption, other: Adoption) -> bool:
    """Whether both say the same, whoever said it and why."""
    return _said(one) == _said(other)


def _said(one: Adoption) -> tuple[frozenset[AdoptedDocument], frozenset[AdoptedEntry]]:
    return frozenset(one.documents), frozenset(one.entries)


def _adoption(one: Chosen, by: str, at: datetime) -> Adoption:
    match = one.match
    return Adoption(
        documents=tuple(map(_document, match.freshbooks)),
        entries=tuple(map(_entry, match.nav)),
        tier=str(match.tier),
        score=match.score,
        reasons=match.reasons,
        by=by,
        at=at,
        note=one.note,
    )


def _document(f: FreshbooksDocument) -> AdoptedDocument:
    return AdoptedDocument(
        ref=Ref.parse(f.ref), substance=f.substance, amount=f.amount, currency=f.currency
    )


def _entry(n: NavDocument) -> AdoptedEntry:
    return AdoptedEntry(
        entry_no=n.entry_no,
        document_type=n.type,
        document_no=n.document_no,
        customer_no=n.customer_no,
        amount=n.amount,
        currency=n.currency,
        posting_date=n.posting_date,
    )


def _customers(
    chosen: Sequence[Chosen], customers: Iterable[Customer], known: Known
) -> Mapping[str, str]:
    """Which client is which customer, of those in these matches; a customer that several clients share is for a person to say."""
    named = {customer.client: customer.customer_no for customer in customers}
    shared = Counter(named.values())
    clients = {f.client for one in chosen for f in one.match.freshbooks} - set(known.clients)
    found = {client: named[client] for client in sorted(clients & named.keys())}
    return {
        client: no for client, no in found.items() if shared[no] == 1 and no not in known.customers
    }
