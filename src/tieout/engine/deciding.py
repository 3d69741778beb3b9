"""Deciding a round: all of it at once or, around a defect, group by group; and never on rows of NAV that may still be rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from tieout.core.decision.decide import decide
from tieout.core.decision.facts import Facts
from tieout.core.decision.plan import Plan, State, Verdict
from tieout.core.decision.untouched import reaches_beyond, untouched
from tieout.core.failures import Unreachable
from tieout.core.records.identity import Ref
from tieout.engine.gather import Gatherer, Reading
from tieout.engine.ports import Claimed, Target

log = structlog.get_logger()

LOOKS = 4


async def decided(
    gatherer: Gatherer, target: Target, claimed: Sequence[Claimed]
) -> tuple[Plan, Reading]:
    """Gather and decide. A plan that rests on what others did in NAV must come out the same from a second look, after their postings have ended.

    NAV shows what is posted before it is committed, and it may be rolled back; what is younger than the last entry committed then is looked at once more.
    Raises Unreachable if no two looks in a row give the same.
    """
    facts, reading = await gatherer.gather(claimed)
    plan = decide_each(facts)
    for _ in range(LOOKS):
        if not _rests_on_others(facts, plan):
            return plan, reading
        last = await target.postings_ended()
        facts, before = await gatherer.look_again(facts), plan
        plan = decide_each(facts)
        if plan == before and (last is None or not reaches_beyond(facts, last)):
            return plan, reading
    raise Unreachable("nav", "what others post there is different with every look")


def _rests_on_others(facts: Facts, plan: Plan) -> bool:
    alone = untouched(facts)
    return alone != facts and decide_each(alone) != plan


def decide_each(facts: Facts) -> Plan:
    """Decide the whole round; if that shows a defect, decide group by group so that only the documents that have it are stopped."""
    try:
        return decide(facts)
    except AssertionError:
        plans = [_decide_group(facts, group) for group in _groups(facts)]
    return Plan(
        commands=tuple(c for plan in plans for c in plan.commands),
        verdicts=tuple(v for plan in plans for v in plan.verdicts),
    )


def _decide_group(facts: Facts, refs: set[Ref]) -> Plan:
    cases = {ref: case for ref, case in facts.cases.items() if ref in refs}
    try:
        return decide(replace(facts, cases=cases))
    except AssertionError as defect:
        log.exception("defect", documents=[str(ref) for ref in refs], reason=str(defect))
        verdicts = tuple(
            Verdict(ref=ref, state=State.DEAD, reason=f"DEFECT: {defect}")
            for ref, case in cases.items()
            if case.known is None
        )
        return Plan(commands=(), verdicts=verdicts)


def _groups(facts: Facts) -> list[set[Ref]]:
    """The documents of the same customer decide together."""
    groups: dict[str, set[Ref]] = {}
    for ref, case in facts.cases.items():
        key = case.record.customer.key if case.record else str(ref)
        groups.setdefault(key, set()).add(ref)
    background = {ref for ref, case in facts.cases.items() if case.known}
    return [group | background for group in groups.values()]
