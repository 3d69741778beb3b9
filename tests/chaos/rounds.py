"""Rounds: people work in FreshBooks, something happens to a process at a random moment, and in the end the judge looks."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

from chaos.arena import Arena, Say, arena
from chaos.deeds import DEEDS
from chaos.judge import judge
from chaos.report import Report
from chaos.waiting import until

WEBHOOK_FAULTS = ("webhook_duplicate", "webhook_reorder", "webhook_lose")
ACTS, MOMENT_S = 4, 0.6
REST_S, PATIENCE_S = 3.0, 240.0
# What a worker may not log: a defect of ours.
DEFECT = "defect"


async def play(
    home: Path, names: Sequence[str], *, workers: int, rounds: int, seed: int, say: Say
) -> Report:
    """Play so many rounds of the named deeds and judge."""
    begun, dice = time.monotonic(), random.Random(seed)
    report = Report(workers, seed)
    async with arena(home, workers, dice, say) as place:
        if "disk" in names and place.database.no_disk:
            report.skipped["disk"] = place.database.no_disk
        if "cable" in names and place.no_hosts:
            report.skipped["cable"] = place.no_hosts
        possible = [name for name in names if name not in report.skipped]
        for name in schedule(dice, possible, rounds):
            await _round(place, name, dice, report)
        await _finish(place, report)
        report.problems += await judge(place)
        report.acts = sum(business.keeper.acts for business in place.businesses)
        _read_logs(place, report)
    report.seconds = time.monotonic() - begun
    return report


def schedule(dice: random.Random, names: Sequence[str], rounds: int) -> list[str]:
    """Each deed as often as any other, in a seeded order."""
    chosen = [names[number % len(names)] for number in range(rounds)] if names else []
    dice.shuffle(chosen)
    return chosen


async def _round(place: Arena, name: str, dice: random.Random, report: Report) -> None:
    begun = time.monotonic()
    await _mischief(place, dice)
    acting = asyncio.ensure_future(_act(place, dice))
    await asyncio.sleep(dice.random() * MOMENT_S)
    done = await dice.choice(DEEDS[name])(place, dice)
    await acting
    report.rounds += 1
    report.deeds[name] += 1
    report.takeovers += done.takeovers
    report.woken += done.woken
    report.problems += [f"round {report.rounds}: {text}" for text in done.problems]
    took = " ".join(f"{one.seconds:.1f}" for one in done.takeovers if one.seconds is not None)
    status = await place.status()
    place.say(
        f"{report.rounds:4} {time.monotonic() - begun:5.1f} s  {done.what:<58}"
        f" {f'taken over after {took} s' if took else '':<28}"
        f" {' '.join(f'{key} {value}' for key, value in status.items() if value)}"
        f"{'  PROBLEM' if done.problems else ''}"
    )


async def _act(place: Arena, dice: random.Random) -> None:
    """A few people do something, here and there."""
    for _ in range(ACTS):
        await dice.choice(place.businesses).keeper.act()
        await asyncio.sleep(dice.random() * MOMENT_S / ACTS)


async def _mischief(place: Arena, dice: random.Random) -> None:
    """Now and then webhooks come twice, in another order or not at all, or an answer of NAV is lost after the commit."""
    if dice.random() < 0.3:
        business = dice.choice(place.businesses)
        fault = {"kind": dice.choice(WEBHOOK_FAULTS), "times": dice.randint(1, 3)}
        await business.person.control("faults", fault)
    if dice.random() < 0.2:
        lost = {"kind": "drop_after", "path": "/Codeunit/TieoutGateway", "after": dice.randrange(3)}
        await dice.choice(place.companies).nav.control("faults", lost)


async def _finish(place: Arena, report: Report) -> None:
    """All is well again: wait until nothing is pending, and two polls later still nothing is."""
    place.network.heal()
    for business in place.businesses:
        await business.person.clear_faults()
    for company in place.companies:
        await company.nav.clear_faults()
    begun = time.monotonic()

    async def rested() -> bool:
        status = await place.status()
        return bool(status) and status["pending"] == 0

    # A poll that was under way when all was well again has looked before; the second begins after it.
    for _ in range(2):
        if not await place.polled(PATIENCE_S):
            report.problems.append(f"a pair was not polled in {PATIENCE_S:.0f} s")
        await until(rested, PATIENCE_S)
        report.settled_s = time.monotonic() - begun
        await asyncio.sleep(REST_S)
    report.status = await place.status()


def _read_logs(place: Arena, report: Report) -> None:
    """What the workers say of themselves: a defect is a problem, and so is a worker that ended for no reason."""
    for worker in place.workers:
        for end in worker.ended:
            text = f"{worker.name} ended with {end.code} after {end.lived_s:.0f} s"
            (report.ended if end.allowed else report.problems).append(text)
        for line in worker.log.read_text(encoding="utf-8").splitlines():
            try:
                said = json.loads(line)
            except ValueError:
                if line.startswith(("Traceback", "This is a defect")):
                    report.problems.append(f"{worker.name} broke down: {line}")
                continue
            report.refused += said.get("event") == "superseded"
            report.full += "No room is left on the disk" in line
            if said.get("event") == DEFECT:
                report.problems.append(f"{worker.name}: {line[:300]}")
