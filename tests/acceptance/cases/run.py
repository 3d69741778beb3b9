"""Playing one case from beginning to end: the differences between what it expects and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from tests.acceptance.cases.choices import BREAKS, CUTOFFS, HELD
from tests.acceptance.cases.clerk import Clerk
from tests.acceptance.cases.events import Player, held_rules, keys
from tests.acceptance.cases.ledger import posting_differences, two_customers
from tests.acceptance.cases.library import Case
from tests.acceptance.cases.stage import set_the_stage
from tests.acceptance.world import World

from tieout.app.reconcile import reconcile

Open = Mapping[str, Decimal]


async def differences(world: World, case: Case) -> list[str]:
    """Play the case; empty if all came as it says."""
    player = await set_the_stage(world, case)
    before, stood = await keys(world), await world.nav.open_items()
    await _order_faults(world, case)
    first = len(player.seen)
    in_flight = await _in_flight(world, player, case)
    await player.play(case.events)
    await world.nav.clear_faults()
    await _accountant(world, case)
    await world.sync()
    player.seen.append((await keys(world), await world.nav.open_items()))
    new = player.seen[-1][0] - before
    return [
        *in_flight,
        *player.unasked,
        *_counted(case, new),
        *[text for posting in case.postings for text in await posting_differences(world, posting)],
        *_open_items(case, player.seen[first:], stood),
        *await _states(world, case),
        *await _books(world, case),
        *await _cutoff(world, case),
        *await two_customers(world),
        *await _again(world, player),
    ]


async def _order_faults(world: World, case: Case) -> None:
    """The answer to the posting call is lost after NAV has committed: the call after Claim and, for a new customer, CreateCustomers."""
    if not any(event.get("fault") == "nav_timeout_after_commit" for event in case.events):
        return
    calls = 1 if await world.nav.rows("Customer") else 2
    fault = {"kind": "drop_after", "path": "/Codeunit/TieoutGateway", "times": 1, "after": calls}
    await world.nav.control("faults", fault)


async def _in_flight(world: World, player: Player, case: Case) -> list[str]:
    """What FreshBooks has and nobody could have posted yet is shown as such by a snapshot, and is no break: before Tieout heard of it, and after."""
    if case.expected.get("break_class") != "IN_FLIGHT":
        return []
    found: list[str] = []
    for event in case.events:
        ref = await player.do(event)
        assert ref is not None
        unheard = await world.tie_out()
        await world.webhook(ref)
        for snapshot in (unheard, await world.tie_out()):
            kinds = {str(difference.kind) for difference in snapshot.differences}
            refs = {each.ref for each in snapshot.in_flight}
            if kinds != {"IN_FLIGHT"} or refs != {ref}:
                found.append(f"the snapshot shows {sorted(kinds)} of {sorted(map(str, refs))}")
    return found


async def _accountant(world: World, case: Case) -> None:
    """What the case says that somebody posts in NAV."""
    for posting in case.postings:
        if "NAV accountant" in posting.get("note", ""):
            await Clerk(world.nav).post(posting["header"], posting["lines"])


def _counted(case: Case, new: set[str]) -> list[str]:
    """Exactly the expected documents are new: neither one more nor one less."""
    heads = [p["header"] for p in case.postings if p["kind"] == "journal"]
    by_hand = {e["document_no"] for e in case.events if e.get("event") == "nav.gl_entry"}
    expected = by_hand | {h["external_document_no"] or h["document_no"] for h in heads}
    return [
        *[f"{key} is posted, and the case does not expect it" for key in sorted(new - expected)],
        *[f"{key} is expected, and not posted" for key in sorted(expected - new)],
    ]


def _open_items(case: Case, seen: Sequence[tuple[set[str], Open]], stood: Open) -> list[str]:
    """What is open once a posting is there; what stood before and did not change is not told in a case."""
    found = []
    for posting in case.postings:
        if "customer_open_items_after" not in posting:
            continue
        items = posting["customer_open_items_after"]
        expected = {
            i["document_no"]: Decimal(i.get("remaining_fcy") or i["remaining"]) for i in items
        }
        key = posting.get("header", {}).get("external_document_no", "")
        reached = next((open_ for posted, open_ in seen if key in posted), seen[-1][1])
        told = {no: left for no, left in reached.items() if stood.get(no) != left or no in expected}
        if told != expected:
            found.append(
                f"open after {key or posting['kind']}: expected {expected}, NAV has {told}"
            )
    return found


async def _states(world: World, case: Case) -> list[str]:
    """Exactly the expected document is held, by exactly the expected rule; or nothing is."""
    one = HELD.get(case.id)
    expected = {(one.ref, one.rule)} if one else set()
    found = await held_rules(world)
    return [] if found == expected else [f"held: {sorted(found)}, expected {sorted(expected)}"]


async def _books(world: World, case: Case) -> list[str]:
    """Both books agree, but for exactly the differences that this case must show."""
    result = await world.tie_out()
    expected = BREAKS[case.id].differences if case.id in BREAKS else frozenset()
    found = {(d.invariant, str(d.kind), d.subject) for d in result.differences}
    amounts = {abs(d.freshbooks - d.nav) for d in result.differences}
    about = BREAKS[case.id].amount if case.id in BREAKS else ""
    if found == expected and (not about or amounts == {Decimal(about)}):
        return []
    told = [
        f"{d.invariant} {d.kind} {d.subject}: {d.freshbooks} / {d.nav} {d.text}"
        for d in result.differences
    ]
    return [f"the tie-out shows {told}, expected {sorted(expected)}"]


async def _cutoff(world: World, case: Case) -> list[str]:
    """As of the last day before the posting, the document has the class that the case gives it."""
    wanted = CUTOFFS.get(case.id)
    if wanted is None:
        return []
    result = await reconcile(world.installation, world.pair, date.fromisoformat(wanted.day))
    found = {(d.subject, str(d.kind)) for d in result.differences if d.invariant == "I1"}
    expected = {(wanted.ref, wanted.kind)}
    if found == expected:
        return []
    return [f"as of {wanted.day} the tie-out shows {sorted(found)}, expected {sorted(expected)}"]


async def _again(world: World, player: Player) -> list[str]:
    """Looking again does nothing more."""
    await world.sync()
    more = await keys(world) - player.seen[-1][0]
    return [f"{key} is posted by looking again" for key in sorted(more)]
