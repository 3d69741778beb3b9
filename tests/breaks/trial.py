"""One way under one seed: is the break found, rightly named, and cured where a cure is offered?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from breaks import frozen, harmless, in_freshbooks, in_nav
from breaks.accountant import Accountant
from breaks.firm import Firm
from breaks.office import Office
from breaks.ways import WAYS, Hands, Planted, Way
from tieout.app.heal import curable, cures_of
from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.identity import DOCUMENTS, Ref
from tieout_sandboxes.people import Refused
from tieout_simulator.chance import seeded
from tieout_simulator.virtual_time import VirtualLoop, play

__all__ = ["WAYS", "Trial", "tried"]
MODULES = (in_freshbooks, in_nav, frozen, harmless)
# Seeds whose books agreed in this process before anybody broke them; they are the same each time.
AGREED: set[int] = set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of it. ``cured`` is none where no cure is offered; ``told`` is what the tie-out said, where something is not as it should be.

    ``refused``: FreshBooks or NAV did not let anybody do it, and ``told`` has their words; then nothing was broken, and nothing found.
    """

    way: str
    seed: int
    found: bool
    named: bool
    cured: bool | None
    told: str = ""
    refused: bool = False


def tried(way: Way, seed: int) -> Trial:
    """Keep books, break them, tie out, cure."""
    return play(lambda loop: _tried(way, seed, loop))


async def _tried(way: Way, seed: int, loop: VirtualLoop) -> Trial:
    office = Office(seed, loop)
    with seeded(seed, office.clock):
        await office.open()
        office.sign_in()
        firm = Firm(office, seed)
        await firm.play()
        await office.unheard()
        if seed not in AGREED:
            before = await office.tie_out()
            assert before.agrees, f"seed {seed}: {before.differences}"
            AGREED.add(seed)
        trial = await _broken(office, way, seed, Hands(office, firm, Accountant(office)))
        await office.close()
    return trial


async def _broken(office: Office, way: Way, seed: int, hands: Hands) -> Trial:
    try:
        planted = await way.plant(hands)
    except Refused as words:
        told = f"refused: {words}"
        return Trial(
            way=way.name, seed=seed, found=False, named=False, cured=None, told=told, refused=True
        )
    if not planted.at_once:
        await office.unheard()
    return await _judged(office, way, seed, planted)


async def _judged(office: Office, way: Way, seed: int, planted: Planted) -> Trial:
    result = await office.tie_out(planted.as_of)
    found = _found(way, result)
    cured, left = None, ""
    if planted.as_of is None:
        cures = await cures_of(office.installation, office.pair, result)
        plan = await office.planned(sorted(cures)) if cures else None
        if plan is not None and curable(plan):
            await office.healed(plan)
            after = await office.tie_out()
            cured, left = after.agrees, _told(after.differences)
    named = is_named(way, planted, found)
    bad = not named or cured is False
    said = _told(found or result.differences)
    return Trial(
        way=way.name,
        seed=seed,
        found=bool(found),
        named=named,
        cured=cured,
        told=f"{planted.subject}: {said}" + (f" -> {left}" if left else "") if bad else "",
    )


def _found(way: Way, result: Tieout) -> Sequence[Difference]:
    """What of the result is looked at: what does not go away by waiting, but for what waits; or what is explained, if nothing else is wrong."""
    if way.explained:
        return result.explained if result.agrees else ()
    return result.differences if way.kind is Break.IN_FLIGHT else result.breaks


def is_named(way: Way, planted: Planted, found: Sequence[Difference]) -> bool:
    """Whether its invariant says of the subject what it is, and nothing else, and no invariant breaks a document that has no part in it."""
    here = {d.kind for d in found if (d.invariant, d.subject) == (way.invariant, planted.subject)}
    strays = {ref for d in found if (ref := _document(d.subject)) and ref not in planted.related}
    return here == {way.kind} and (way.explained or not strays)


def _document(subject: str) -> Ref | None:
    kind, _, key = subject.partition("/")
    return Ref.parse(subject) if kind in map(str, DOCUMENTS) and key else None


def _told(found: Sequence[Difference]) -> str:
    return ", ".join(f"{d.invariant} {d.kind} {d.subject} {d.freshbooks}/{d.nav}" for d in found)
