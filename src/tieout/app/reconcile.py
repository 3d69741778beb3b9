"""Reading both books and tying them out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from tieout.app.evidence import read_evidence, read_recorded, read_rules
from tieout.app.installation import Installation
from tieout.app.ledgers import Ledgers, nav_books, read_ledgers
from tieout.app.lists import Lists, freshbooks_books, read_lists
from tieout.app.snapshots import changed_meanwhile, snapshot_of, standing
from tieout.app.together import together
from tieout.connectors.nav.setup import NavSetup
from tieout.core.decision.credit import GOODWILL
from tieout.core.decision.facts import DocumentRecord
from tieout.core.journal.policies import WriteOffRule
from tieout.core.reconciliation.books import NavBooks, ref_of_key
from tieout.core.reconciliation.condensed import condensed
from tieout.core.reconciliation.earlier import earlier, end_of
from tieout.core.reconciliation.limits import limits_of
from tieout.core.reconciliation.recorded import Recorded
from tieout.core.reconciliation.rules import Rules
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.snapshot import Snapshot
from tieout.core.reconciliation.tieout import Tieout, compare, sides_of
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Ref
from tieout.core.records.payment import Payment
from tieout.engine.ports import Pair, Source, Stored

# Longer than from one poll to the next: what is older and was not heard of was missed.
NOT_HEARD_OF_YET = timedelta(hours=1)
# So many documents are looked up together.
AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Read:
    """Both systems as they were read, NAV's set-up, the posting setup, and what is on record."""

    lists: Lists
    ledgers: Ledgers
    setup: NavSetup
    rules: Rules
    recorded: Recorded
    snapshot: Snapshot


async def reconcile(installation: Installation, pair: Pair, as_of: date | None) -> Tieout:
    """Compare both systems' own figures as they stand now, or as of the end of a day."""
    result, _ = await both_books(installation, pair, as_of)
    return result


async def both_books(
    installation: Installation, pair: Pair, as_of: date | None
) -> tuple[Tieout, Sides]:
    """The same, with what was compared."""
    read = await read_both(installation, pair, as_of)
    result, sides = await compared(installation, pair, read, as_of)
    if as_of is None:
        return result, sides
    made = await installation.store.tie_out_after(pair, end_of(as_of))
    lists, ledgers = read.lists, read.ledgers
    since = earlier(as_of, made, lists.documents, lists.deleted, ledgers.general, ledgers.detailed)
    return replace(result, earlier=since), sides


async def read_both(installation: Installation, pair: Pair, as_of: date | None) -> Read:
    """All of both systems up to now, FreshBooks' trial balance up to a day; asked before and after how far they have come."""
    source, target = await installation.source(pair), await installation.target(pair)
    setup, recorded, before = await together(
        target.setup(),
        read_recorded(installation, pair),
        standing(source, target, installation.host.now()),
    )
    rules = await read_rules(installation, pair, recorded)
    lists, ledgers = await together(
        read_lists(source, rules.items, as_of), read_ledgers(target, setup, rules, pair.prefix)
    )
    changed = await changed_meanwhile(source, lists, rules.items)
    after = await standing(source, target, installation.host.now())
    return Read(
        lists=lists,
        ledgers=ledgers,
        setup=setup,
        rules=replace(rules, clients=lists.clients),
        recorded=recorded,
        snapshot=snapshot_of(before, after, lists, ledgers, changed, max(rules.setups)),
    )


async def compared(
    installation: Installation, pair: Pair, read: Read, as_of: date | None
) -> tuple[Tieout, Sides]:
    """What was read, as it stands or as of the end of a day."""
    rules, lists, ledgers, setup = (
        await installation.setup(pair),
        read.lists,
        read.ledgers,
        read.setup,
    )
    adoptions = await installation.store.all_adoptions(pair)
    nav = nav_books(ledgers, setup, {rules.rounding_account}, pair.prefix, as_of, adoptions)
    later = rules.goodwill_recognition == "on_application"
    freshbooks = freshbooks_books(
        lists,
        as_of,
        deferred=_deferred(lists.documents, nav) if later else frozenset(),
        recovered=_recovered(ledgers, rules.write_off, nav),
    )
    customers = await installation.store.customers(pair, {r.customer.key for r in lists.documents})
    noted = await installation.store.unsettled(pair)
    most = rules.max_rounding
    target = await installation.target(pair)
    more = await read_evidence(
        target, setup, ledgers, read.recorded, read.rules, pair.prefix, as_of
    )
    limits = limits_of(pair.settings.get("explained_limits", {}))
    frozen = await installation.store.frozen(pair, until=as_of or date.max)
    more = replace(more, limits=limits, today=installation.host.now().date(), frozen=frozen)
    sides = sides_of(freshbooks, nav, customers, setup.lcy, noted, most, more)
    result = compare(sides)
    if not result.agrees:
        source = await installation.source(pair)
        unheard = await _unheard(installation, pair, source, lists.documents, read.rules.items)
        sides = sides_of(freshbooks, nav, customers, setup.lcy, noted | unheard, most, more)
        result = compare(sides)
    return replace(result, snapshot=read.snapshot), sides


def _recovered(ledgers: Ledgers, rule: WriteOffRule | None, nav: NavBooks) -> Mapping[Ref, Decimal]:
    """What came in for claims that were written off, by payment."""
    accounts = {rule.bad_debt_account, rule.repay_account} - {""} if rule else set()
    found: dict[Ref, Decimal] = defaultdict(Decimal)
    for entry in ledgers.on(accounts):
        ref = ref_of_key(nav.prefix, entry.external_document_no)
        if ref is not None and (nav.as_of is None or entry.posting_date <= nav.as_of):
            found[ref] -= entry.amount
    return found


def _deferred(records: Sequence[DocumentRecord], nav: NavBooks) -> frozenset[Ref]:
    """The goodwill credits that count when they are used: those that are not in NAV themselves, or that are deleted and whose uses are there."""
    notes = {r.ref for r in records if isinstance(r, CreditNote)}
    uses = (r for r in records if isinstance(r, Payment) and r.from_credit and r.credit)
    deleted = {u.credit for u in uses if u.credit not in notes and nav.families.get(u.ref)}
    waiting = {
        r.ref
        for r in records
        if isinstance(r, CreditNote) and r.credit_type == GOODWILL and r.amount.amount > 0
        if not nav.families.get(r.ref)
    }
    return frozenset(ref for ref in waiting | deleted if ref is not None)


async def _unheard(
    installation: Installation,
    pair: Pair,
    source: Source,
    records: Sequence[DocumentRecord],
    items: Collection[str],
) -> frozenset[Ref]:
    """The documents that changed so lately that Tieout need not have heard of it, and has not."""
    since = installation.host.now() - NOT_HEARD_OF_YET
    lately = [r for r in records if r.updated_on is not None and r.updated_on >= since]
    found: set[Ref] = set()
    for start in range(0, len(lately), AT_ONCE):
        some = lately[start : start + AT_ONCE]
        stored = await installation.store.documents(pair, {record.ref for record in some})
        found |= {r.ref for r in some if not _is_known(stored.get(r.ref), r, source, items)}
    return frozenset(found)


def _is_known(
    stored: Stored | None, record: DocumentRecord, source: Source, items: Collection[str]
) -> bool:
    """Whether the document was seen as it is now; the stamp of its last change alone says nothing."""
    if stored is None or stored.observation is None:
        return False
    seen = source.normalize(stored.ref, stored.observation.content)
    if isinstance(seen, Customer):
        return False
    return replace(condensed(seen, items), updated_on=record.updated_on) == record
