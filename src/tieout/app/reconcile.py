"""Reading both books and tying them out, part by part."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from tieout.app.evidence import posting_user, read_evidence, read_rules
from tieout.app.installation import Installation
from tieout.app.ledgers import Stood, read_ledgers
from tieout.app.lists import Lists, read_lists
from tieout.app.overview import Overview
from tieout.app.snapshots import Meanwhile, SecondReading, Standing, snapshot_of, standing
from tieout.app.together import together
from tieout.app.whole import Whole
from tieout.connectors.nav.setup import NavSetup
from tieout.core.decision.facts import DocumentRecord
from tieout.core.reconciliation.adopted import Adopted
from tieout.core.reconciliation.condensed import condensed
from tieout.core.reconciliation.earlier import Past, end_of
from tieout.core.reconciliation.evidence import Evidence
from tieout.core.reconciliation.rules import Rules
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.snapshot import Snapshot
from tieout.core.reconciliation.tieout import Comparison, Tieout
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Ref
from tieout.engine.ports import Pair, Source, Stored
from tieout.store.spill import FrozenOne, Part, Spill, Unsettled

# Longer than from one poll to the next: what is older and was not heard of was missed.
NOT_HEARD_OF_YET = timedelta(hours=1)
# So many documents are looked up together.
AT_ONCE = 1000
# So many documents are in one part, on average.
PART = 1000


@dataclass(frozen=True, kw_only=True)
class Read:
    """Both systems as they were read: what all parts have in common, and how far both had come before and after."""

    whole: Whole
    before: Standing
    after: Standing
    meanwhile: Meanwhile
    twice: bool = False

    def snapshot(self) -> Snapshot:
        """What was read, once all parts were looked at."""
        return snapshot_of(self.before, self.after, self.whole, self.meanwhile, twice=self.twice)


async def reconcile(
    installation: Installation,
    pair: Pair,
    as_of: date | None,
    *,
    twice: bool = False,
    in_part: int = PART,
) -> Tieout:
    """Compare both systems' own figures as they stand now, or as of the end of a day. Memory holds one part of both books at a time.

    ``twice``: every list is read a second time, and what moved in between is named. ``in_part`` is how many documents a part has, on average.
    """
    async with read_both(installation, pair, as_of, twice=twice, in_part=in_part) as both:
        read, spill = both
        return await compared(installation, pair, read, spill.parts)


async def both_books(
    installation: Installation, pair: Pair, as_of: date | None
) -> tuple[Tieout, Sides]:
    """The same, every list read twice, with all that was compared in one part; for whoever lists every document."""
    async with read_both(installation, pair, as_of, twice=True) as (read, spill):
        part = spill.whole()
        result = await compared(installation, pair, read, lambda: iter([part]))
        return result, read.whole.sides(part, {each.ref for each in result.in_flight})


@asynccontextmanager
async def read_both(
    installation: Installation, pair: Pair, as_of: date | None, *, twice: bool, in_part: int = PART
) -> AsyncIterator[tuple[Read, Spill]]:
    """All of both systems up to now, FreshBooks' trial balance up to a day; asked before and after how far they have come."""
    store, now = installation.store, installation.host.now
    source, target = await installation.source(pair), await installation.target(pair)
    adopted = Adopted(adoptions=await store.all_adoptions(pair))
    rules = await read_rules(installation, pair)
    with Spill(pair.prefix, adopted) as spill:
        setup, before, _ = await together(
            target.setup(), standing(source, target, now()), _on_record(installation, pair, spill)
        )
        overview = Overview(before.at, pair.prefix)

        def keep(records: Sequence[object]) -> None:
            overview.note(records)
            spill.put(records)

        lists, stood = await together(
            read_lists(source, rules.items, as_of, overview, keep),
            read_ledgers(target, setup, rules, pair.prefix, keep),
        )
        second = SecondReading(
            source=source,
            target=target,
            first=before,
            latest=overview.latest,
            items=rules.items,
            keep=partial(spill.put, again=True),
            twice=twice,
        )
        frozen = await store.frozen(pair, until=as_of or date.max)
        meanwhile, after, evidence = await together(
            second.read(lists.clients),
            standing(source, target, now()),
            read_evidence(installation, pair, target, setup, overview.foreign, frozen),
        )
        whole = await whole_of(
            installation, pair, as_of, setup, rules, evidence, overview, lists, stood, adopted
        )
        spill.put([Unsettled(ref) for ref in await store.unsettled(pair)])
        spill.put([FrozenOne(*one) for one in frozen.documents.items()] if frozen else [])
        spill.settle(1 + before.documents // in_part, set(whole.customers.values()))
        read = Read(whole=whole, before=before, after=after, meanwhile=meanwhile, twice=twice)
        yield read, spill


async def whole_of(
    installation: Installation,
    pair: Pair,
    as_of: date | None,
    setup: NavSetup,
    rules: Rules,
    evidence: Evidence,
    overview: Overview,
    lists: Lists,
    stood: Stood,
    adopted: Adopted,
) -> Whole:
    """What all parts have in common: what was read of both systems, and what the store knows of the pair."""
    return Whole(
        prefix=pair.prefix,
        as_of=as_of,
        setup=setup,
        posting=await installation.setup(pair),
        rules=replace(rules, clients=lists.clients),
        evidence=evidence,
        user=await posting_user(installation, pair),
        overview=overview,
        lists=lists,
        stood=stood,
        adopted=adopted,
        customers=await installation.store.customers(pair, overview.owners),
    )


async def _on_record(installation: Installation, pair: Pair, spill: Spill) -> None:
    """What Tieout has on record, before anything is listed: what comes later is new to both."""
    async for records in installation.store.on_record(pair):
        spill.put(records)


Parts = Callable[[], Iterator[Part]]


async def compared(installation: Installation, pair: Pair, read: Read, parts: Parts) -> Tieout:
    """What was read, as it stands or as of the end of a day."""
    whole, comparison = read.whole, Comparison()
    past = await _past(installation, pair, whole.as_of)
    for part in parts():
        comparison.add(whole.sides(part))
        read.meanwhile.compare(part)
        if past is not None:
            past.add(part.listed, part.general, part.detailed)
        await asyncio.sleep(0)  # whoever waits for this process has his turn
    result = comparison.result()
    if not result.agrees:
        result = await _with_unheard(installation, pair, whole, parts)
    told = past.told(whole.lists.deleted) if past else None
    return replace(result, snapshot=read.snapshot(), earlier=told)


async def _past(installation: Installation, pair: Pair, as_of: date | None) -> Past | None:
    """What an earlier day is held against; nothing, where the books are compared as they stand."""
    if as_of is None:
        return None
    return Past(as_of, await installation.store.tie_out_after(pair, end_of(as_of)))


async def _with_unheard(
    installation: Installation, pair: Pair, whole: Whole, parts: Parts
) -> Tieout:
    """Once more, with the documents of which Tieout need not have heard yet."""
    comparison = Comparison()
    for part in parts():
        comparison.add(whole.sides(part, await unheard(installation, pair, whole, part)))
    return comparison.result()


async def unheard(
    installation: Installation, pair: Pair, whole: Whole, part: Part
) -> frozenset[Ref]:
    """The documents that changed so lately that Tieout need not have heard of it, and has not."""
    source = await installation.source(pair)
    since = installation.host.now() - NOT_HEARD_OF_YET
    lately = [r for r in part.listed if r.updated_on is not None and r.updated_on >= since]
    found: set[Ref] = set()
    for start in range(0, len(lately), AT_ONCE):
        some = lately[start : start + AT_ONCE]
        stored = await installation.store.documents(pair, {record.ref for record in some})
        items = whole.rules.items
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
