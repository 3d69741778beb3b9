"""Reading what has changed since the last tie-out, and all that belongs to it, for a daily run."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tieout.app.evidence import read_evidence, read_rules
from tieout.app.installation import Installation
from tieout.app.lists import Lists, deleted_payments
from tieout.app.overview import Overview
from tieout.app.reconcile import Read, compared, whole_of
from tieout.app.snapshots import Meanwhile, balances_of, standing
from tieout.app.whole import Whole
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.freshbooks.resources import EASTERN, RESOURCES
from tieout.connectors.nav.client import LEDGERS, NavTarget
from tieout.connectors.nav.parts import (
    CustomerLedgers,
    come_since,
    customers_since,
    ledgers_of,
    under_keys,
)
from tieout.core.reconciliation.adopted import Adopted
from tieout.core.reconciliation.agreement import Scope
from tieout.core.reconciliation.books import ref_of_key
from tieout.core.reconciliation.condensed import condensed
from tieout.core.reconciliation.daily import balances, controlled, of_a_day, rolled_on, scope_of
from tieout.core.reconciliation.difference import Check
from tieout.core.reconciliation.recorded import DONE, POSTS, KnownDocument, Sent
from tieout.core.reconciliation.snapshot import (
    CLOCKS,
    NAV,
    Daily,
    Document,
    Snapshot,
    fingerprint,
    is_long_ago,
)
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.reconciliation.traces import document_of
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.identity import DOCUMENTS, Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import GLEntry
from tieout.core.records.payment import Payment
from tieout.engine.ports import Pair
from tieout.store.spill import Part, Unsettled

# So many entries before the last one are looked at again: NAV shows what is being posted, and may give its numbers out once more.
AGAIN = 100
CUSTOMER = re.compile(r"customer (\S+)")
MOVED = "NAV posted while the last snapshot was taken, so that its balances fit no entry"


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What has changed since a snapshot, and whose it is.

    ``recent`` is what FreshBooks listed, changed or not; ``gone`` are all payments that are deleted by now; ``clients`` all that are concerned, with their
    customers in NAV; ``again`` the differences that are open and are theirs.
    """

    documents: Sequence[Document]
    recent: Sequence[Document]
    deleted: Mapping[str, tuple[str, ...]]
    gone: Sequence[Payment]
    entries: Sequence[GLEntry]
    clients: Mapping[str, str]
    again: frozenset[str]


async def daily(installation: Installation, pair: Pair) -> tuple[Tieout, Scope] | None:
    """Compare what has changed since the last tie-out, with the differences that were looked at again; None if there is no snapshot to go on from."""
    store = installation.store
    last, whole = await store.last_tie_out(pair), await store.last_tie_out(pair, whole=True)
    if last is None or last.snapshot is None or whole is None:
        return None
    part, read, changed = await read_since(installation, pair, last.snapshot)
    result = await compared(installation, pair, read, lambda: iter([part]))
    told = Daily(
        since=last.snapshot.begun,
        whole=whole.at,
        changed=len(changed.documents),
        entries=len(changed.entries),
        clients=len(changed.clients),
        documents=len(part.listed),
    )
    totals = _totals(last.snapshot, changed, read.whole)
    return of_a_day(result, told, *totals), scope_of(changed.again)


def _totals(kept: Snapshot, changed: Changed, whole: Whole) -> tuple[Check, Check]:
    """What NAV's accounts come to, from what the last snapshot kept of them on."""
    before, after = map(balances_of, whole.stood)
    moved = any(p.system == NAV and not p.stood_still for p in kept.populations)
    rolled = rolled_on(
        balances(kept.balances, changed.entries, before, after),
        not_compared=MOVED if moved else "",
    )
    return controlled(frozenset(whole.setup.customer_groups.values()), after), rolled


async def read_since(
    installation: Installation, pair: Pair, kept: Snapshot
) -> tuple[Part, Read, Changed]:
    """What has changed in both systems since a snapshot, and all of the clients that it belongs to, in one part."""
    source, target = await installation.source(pair), await installation.target(pair)
    store, now = installation.store, installation.host.now
    rules = await read_rules(installation, pair)
    before, stand = await asyncio.gather(standing(source, target, now()), target.balances())
    changed = await read_changed(installation, pair, kept, rules.items)
    (documents, clients), ledgers = await asyncio.gather(
        read_clients(source, changed.clients, rules.items, changed.recent),
        ledgers_of(target.odata, set(changed.clients.values()) - {""}),
    )
    documents += [p for p in changed.gone if p.customer.key in changed.clients]
    part = await _part(installation, pair, target, documents, ledgers)
    overview = Overview(before.at, pair.prefix)
    for records in part.populations:
        overview.note(records)
    overview.fresh = {
        str(r.ref): fingerprint(r) for r in changed.recent if not is_long_ago(r, before.at)
    }
    setup = await target.setup()
    evidence = await read_evidence(installation, pair, target, setup, overview.foreign, None)
    lists = Lists(clients=clients, deleted=changed.deleted)
    stood = stand, await target.balances()
    adopted = Adopted(adoptions=await store.all_adoptions(pair))
    whole = await whole_of(
        installation, pair, None, setup, rules, evidence, overview, lists, stood, adopted
    )
    after = await standing(source, target, now())
    read = Read(whole=whole, before=before, after=after, meanwhile=Meanwhile())
    return part, read, changed


async def read_changed(
    installation: Installation, pair: Pair, kept: Snapshot, items: Collection[str]
) -> Changed:
    """What FreshBooks lists since the day of the snapshot and was not so then, what is deleted since, and what has come to NAV."""
    source, target = await installation.source(pair), await installation.target(pair)
    since = {name: max(0, kept.last(name) - AGAIN) for name in LEDGERS}
    (recent, deleted, gone), entries, grown = await asyncio.gather(
        listed_since(source, kept, items),
        come_since(target.odata, since["G/L entries"]),
        customers_since(target.odata, since),
    )
    documents = [one for one in recent if not kept.has(one)]
    keyed = {ref_of_key(pair.prefix, entry.external_document_no) for entry in entries}
    places = await _open_places(installation, pair)
    refs = {*_vanished(kept, deleted), *keyed, *places.values(), *(d.ref for d in documents)}
    owners = await _owners(installation, pair, {ref for ref in refs if isinstance(ref, Ref)})
    owners |= {document.customer.key for document in documents}
    nos = grown | {no for no in places.values() if isinstance(no, str)}
    return Changed(
        documents=documents,
        recent=recent,
        deleted=deleted,
        gone=gone,
        entries=[entry for entry in entries if entry.entry_no > kept.last("G/L entries")],
        clients=await _concerned(installation, pair, owners, nos),
        again=frozenset(places),
    )


async def listed_since(
    source: FreshbooksSource, kept: Snapshot, items: Collection[str]
) -> tuple[list[Document], Mapping[str, tuple[str, ...]], list[Payment]]:
    """All that changed on the day of a snapshot or later, as far as the lists can tell, the ids of all that is deleted, and the deleted payments."""
    day = (kept.begun - CLOCKS).astimezone(EASTERN).date()
    documents = [
        condensed(record, items)
        for kind in DOCUMENTS
        async for record in source.changed_since(kind, day, items)
        if not isinstance(record, Customer)
    ]
    gone = [payment async for payment in deleted_payments(source)]
    kinds = [kind for kind in DOCUMENTS if kind is not Kind.PAYMENT]
    deleted = {str(kind): await source.deleted(kind) for kind in kinds}
    return documents, deleted | {str(Kind.PAYMENT): tuple(p.ref.key for p in gone)}, gone


def _vanished(kept: Snapshot, deleted: Mapping[str, tuple[str, ...]]) -> Iterator[Ref]:
    for kind, keys in deleted.items():
        for key in set(keys) - set(kept.deleted.get(kind, ())):
            yield Ref(Kind(kind), key)


async def _open_places(installation: Installation, pair: Pair) -> Mapping[str, Ref | str]:
    """The document or the customer of each difference that is open and can be looked at again, by its subject."""
    found: dict[str, Ref | str] = {}
    for one in await installation.store.open_differences(pair):
        subject = one.difference.subject
        customer = CUSTOMER.search(subject)
        place = document_of(subject) or ref_of_key(pair.prefix, subject)
        if place is None and customer is not None:
            found[subject] = customer[1]
        elif place is not None:
            found[subject] = place
    return found


async def _owners(installation: Installation, pair: Pair, refs: Collection[Ref]) -> set[str]:
    """Whose these documents were when Tieout last looked, and those that it never saw, whose they are."""
    source = await installation.source(pair)
    stored = await installation.store.documents(pair, refs)
    seen = {ref: one.observation for ref, one in stored.items() if one.observation}
    seen |= await source.observe(set(refs) - set(seen))
    records = [source.normalize(ref, observation.content) for ref, observation in seen.items()]
    return {record.customer.key for record in records if not isinstance(record, Customer)}


async def _concerned(
    installation: Installation, pair: Pair, clients: Collection[str], nos: Collection[str]
) -> Mapping[str, str]:
    """Clients and the customers that they are linked to, closed over clients that are one customer; one that is not linked has none."""
    linked = await installation.store.customers(pair, clients)
    every = await installation.store.clients_of(pair, {*nos, *linked.values()})
    return {**dict.fromkeys(clients, ""), **every}


async def read_clients(
    source: FreshbooksSource,
    clients: Collection[str],
    items: Collection[str],
    recent: Iterable[Document],
) -> tuple[list[Document], Mapping[str, Customer]]:
    """All documents of these clients, and the clients themselves. Of a list that cannot be asked for clients, ``recent`` is the whole."""
    read = [
        condensed(record, items)
        for kind in DOCUMENTS
        async for record in source.of_clients(kind, clients, items)
        if not isinstance(record, Customer)
    ]
    whole = [one for one in recent if not RESOURCES[one.ref.kind].clients_filter]
    seen = await source.observe({Ref(Kind.CUSTOMER, key) for key in clients})
    records = [source.normalize(ref, observation.content) for ref, observation in seen.items()]
    theirs = [document for document in (*whole, *read) if document.customer.key in clients]
    return theirs, {r.ref.key: r for r in records if isinstance(r, Customer)}


async def _part(
    installation: Installation,
    pair: Pair,
    target: NavTarget,
    documents: Sequence[Document],
    ledgers: CustomerLedgers,
) -> Part:
    """These documents with what is on record of them, and with what NAV has of them and of their customers."""
    refs = _looked_at(pair.prefix, documents, ledgers)
    known, sent = await _on_record(installation, pair, refs)
    ours = {*refs, *(one.ref for one in known)}
    return Part(
        invoices=[one for one in documents if isinstance(one, Invoice)],
        credit_notes=[one for one in documents if isinstance(one, CreditNote)],
        payments=[one for one in documents if isinstance(one, Payment)],
        general=await _general(target, pair.prefix, ours, sent, ledgers),
        customer=ledgers.customer,
        detailed=ledgers.detailed,
        vat=ledgers.vat,
        bank=ledgers.bank,
        known=known,
        sent=sent,
        unsettled=[Unsettled(ref) for ref in await installation.store.unsettled(pair)],
    )


def _looked_at(
    prefix: str, documents: Iterable[Document], ledgers: CustomerLedgers
) -> frozenset[Ref]:
    """The documents that are looked at, those too that only NAV has any more."""
    numbers = {(entry.document_type, entry.document_no) for entry in ledgers.customer}
    standing = {
        ref_of_key(prefix, entry.external_document_no)
        for entry in ledgers.general
        if (entry.document_type, entry.document_no) in numbers
    }
    return frozenset({ref for ref in standing if ref} | {document.ref for document in documents})


async def _on_record(
    installation: Installation, pair: Pair, refs: Collection[Ref]
) -> tuple[list[KnownDocument], list[Sent]]:
    """What is on record of these documents."""
    known, sent = list[KnownDocument](), list[Sent]()
    async for records in installation.store.on_record(pair):
        for one in records:
            if one.ref in refs and isinstance(one, KnownDocument):
                known.append(one)
            elif one.ref in refs and isinstance(one, Sent):
                sent.append(one)
    return known, sent


async def _general(
    target: NavTarget,
    prefix: str,
    refs: Collection[Ref],
    sent: Iterable[Sent],
    ledgers: CustomerLedgers,
) -> list[GLEntry]:
    """The general ledger of these documents: what bears their numbers, less what only shares one, and what no customer's entry leads to."""
    read = [
        entry
        for entry in ledgers.general
        if (ref := ref_of_key(prefix, entry.external_document_no)) is None or ref in refs
    ]
    posted = {one.key for one in sent if one.state == DONE and one.role in POSTS}
    missing = posted - {entry.external_document_no for entry in read}
    return [*read, *await under_keys(target.odata, missing)]
