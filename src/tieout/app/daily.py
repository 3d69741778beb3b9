"""Reading what has changed since the last tie-out, and all that belongs to it, for a daily run."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tieout.app.evidence import read_recorded, read_rules
from tieout.app.installation import Installation
from tieout.app.ledgers import Ledgers
from tieout.app.lists import Lists, deleted_payments
from tieout.app.reconcile import Read, compared
from tieout.app.snapshots import balances_of, snapshot_of, standing
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
from tieout.core.reconciliation.agreement import Scope
from tieout.core.reconciliation.books import ref_of_key
from tieout.core.reconciliation.condensed import condensed
from tieout.core.reconciliation.daily import balances, controlled, of_a_day, rolled_on, scope_of
from tieout.core.reconciliation.difference import Check
from tieout.core.reconciliation.recorded import DONE, POSTS, Recorded
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
from tieout.core.records.customer import Customer
from tieout.core.records.identity import DOCUMENTS, Kind, Ref
from tieout.core.records.ledger import GLEntry
from tieout.engine.ports import Pair

# So many entries before the last one are looked at again: NAV shows what is being posted, and may give its numbers out once more.
AGAIN = 100
CUSTOMER = re.compile(r"customer (\S+)")
MOVED = "NAV posted while the last snapshot was taken, so that its balances fit no entry"


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What has changed since a snapshot, and whose it is.

    ``recent`` is what FreshBooks listed, changed or not; ``clients`` all that are concerned, with their customers in NAV; ``again`` the differences that are
    open and are theirs.
    """

    documents: Sequence[Document]
    recent: Sequence[Document]
    deleted: Mapping[str, tuple[str, ...]]
    entries: Sequence[GLEntry]
    clients: Mapping[str, str]
    again: frozenset[str]


async def daily(installation: Installation, pair: Pair) -> tuple[Tieout, Scope] | None:
    """Compare what has changed since the last tie-out, with the differences that were looked at again; None if there is no snapshot to go on from."""
    store = installation.store
    last, whole = await store.last_tie_out(pair), await store.last_tie_out(pair, whole=True)
    if last is None or last.snapshot is None or whole is None:
        return None
    read, changed = await read_since(installation, pair, last.snapshot)
    result, _ = await compared(installation, pair, read, None)
    told = Daily(
        since=last.snapshot.begun,
        whole=whole.at,
        changed=len(changed.documents),
        entries=len(changed.entries),
        clients=len(changed.clients),
        documents=len(read.lists.documents),
    )
    totals = _totals(last.snapshot, changed, read)
    return of_a_day(result, told, *totals), scope_of(changed.again)


def _totals(kept: Snapshot, changed: Changed, read: Read) -> tuple[Check, Check]:
    """What NAV's accounts come to, from what the last snapshot kept of them on."""
    before, after = map(balances_of, read.ledgers.balances)
    moved = any(p.system == NAV and not p.stood_still for p in kept.populations)
    rolled = rolled_on(
        balances(kept.balances, changed.entries, before, after),
        not_compared=MOVED if moved else "",
    )
    return controlled(frozenset(read.setup.customer_groups.values()), after), rolled


async def read_since(
    installation: Installation, pair: Pair, kept: Snapshot
) -> tuple[Read, Changed]:
    """What has changed in both systems since a snapshot, and all of the clients that it belongs to."""
    source, target = await installation.source(pair), await installation.target(pair)
    recorded = await read_recorded(installation, pair)
    rules = await read_rules(installation, pair, recorded)
    before, stand = await asyncio.gather(
        standing(source, target, installation.host.now()), target.balances()
    )
    changed = await read_changed(installation, pair, kept, rules.items)
    (documents, clients), parts = await asyncio.gather(
        read_clients(source, changed.clients, rules.items, changed.recent),
        ledgers_of(target.odata, set(changed.clients.values()) - {""}),
    )
    lists = Lists(
        documents=documents,
        clients=clients,
        ledger=None,
        deleted=changed.deleted,
        gone=[p for p in await deleted_payments(source) if p.customer.key in changed.clients],
    )
    ours = _ours(recorded, pair.prefix, documents, parts)
    general = await _general(target, pair.prefix, ours, parts)
    ledgers = Ledgers(
        general=general,
        customer=parts.customer,
        detailed=parts.detailed,
        vat=parts.vat,
        bank=parts.bank,
        balances=(stand, await target.balances()),
    )
    after = await standing(source, target, installation.host.now())
    snapshot = snapshot_of(before, after, lists, ledgers, {}, max(rules.setups))
    fresh = {str(r.ref): fingerprint(r) for r in changed.recent if not is_long_ago(r, before.at)}
    read = Read(
        lists=lists,
        ledgers=ledgers,
        setup=await target.setup(),
        rules=replace(rules, clients=clients),
        recorded=ours,
        snapshot=replace(snapshot, fresh=fresh),
    )
    return read, changed


async def read_changed(
    installation: Installation, pair: Pair, kept: Snapshot, items: Collection[str]
) -> Changed:
    """What FreshBooks lists since the day of the snapshot and was not so then, what is deleted since, and what has come to NAV."""
    source, target = await installation.source(pair), await installation.target(pair)
    since = {name: max(0, kept.last(name) - AGAIN) for name in LEDGERS}
    (recent, deleted), entries, grown = await asyncio.gather(
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
        entries=[entry for entry in entries if entry.entry_no > kept.last("G/L entries")],
        clients=await _concerned(installation, pair, owners, nos),
        again=frozenset(places),
    )


async def listed_since(
    source: FreshbooksSource, kept: Snapshot, items: Collection[str]
) -> tuple[list[Document], Mapping[str, tuple[str, ...]]]:
    """All documents that changed on the day of a snapshot or later, as far as their lists can tell, and the ids of all that is deleted."""
    day = (kept.begun - CLOCKS).astimezone(EASTERN).date()
    documents = [
        condensed(record, items)
        for kind in DOCUMENTS
        async for record in source.changed_since(kind, day, items)
        if not isinstance(record, Customer)
    ]
    return documents, {str(kind): await source.deleted(kind) for kind in DOCUMENTS}


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


def _ours(
    recorded: Recorded, prefix: str, documents: Iterable[Document], parts: CustomerLedgers
) -> Recorded:
    """What is on record of the documents that are looked at, those too that only NAV has any more."""
    numbers = {(entry.document_type, entry.document_no) for entry in parts.customer}
    standing = {
        ref_of_key(prefix, entry.external_document_no)
        for entry in parts.general
        if (entry.document_type, entry.document_no) in numbers
    }
    refs = standing | {document.ref for document in documents}
    return replace(
        recorded,
        documents={ref: known for ref, known in recorded.documents.items() if ref in refs},
        commands=[sent for sent in recorded.commands if sent.ref in refs],
    )


async def _general(
    target: NavTarget, prefix: str, ours: Recorded, parts: CustomerLedgers
) -> list[GLEntry]:
    """The general ledger of these documents: what bears their numbers, less what only shares one, and what no customer's entry leads to."""
    refs = {sent.ref for sent in ours.commands} | set(ours.documents)
    read = [
        entry
        for entry in parts.general
        if (ref := ref_of_key(prefix, entry.external_document_no)) is None or ref in refs
    ]
    posted = {sent.key for sent in ours.commands if sent.state == DONE and sent.role in POSTS}
    missing = posted - {entry.external_document_no for entry in read}
    more = await under_keys(target.odata, missing)
    return sorted((*read, *more), key=lambda entry: entry.entry_no)
