"""What a seed decides before its story begins: when and where it is, how the two systems and Tieout are set up, and what may go wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from tieout.engine.calls import COMMANDS_PER_CALL
from tieout_simulator.bookkeepers import HABITS
from tieout_simulator.faults import Swarm, swarm

DAY_S = 86_400.0
# How many have a Tieout that FreshBooks cannot reach, that looks seldom and never at everything: what a poll misses there stays missed.
FIREWALLED = 0.15
# A sweep after so many days never comes.
NEVER = 90
# The night of the change to and from summer time in New York, the leap day, the end of a year, and a time when nothing happens.
BEGINS = (
    datetime(2026, 3, 4, 9, tzinfo=UTC),
    datetime(2026, 10, 28, 9, tzinfo=UTC),
    datetime(2028, 2, 20, 9, tzinfo=UTC),
    datetime(2026, 12, 20, 9, tzinfo=UTC),
    datetime(2026, 5, 6, 9, tzinfo=UTC),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Times in seconds.

    ``past`` is how many deeds lie before Tieout is connected, over ``history_s``; with a ``calm_morning`` no fault meets the first reading of them.
    ``second`` says whether another business feeds a company of its own, the same one, or is not there; ``habit`` what people do oftener than others.
    """

    swarm: Swarm
    begins: datetime
    poll_s: float
    sweep_s: float
    page_size: int
    per_call: int
    pace_ms: int
    past: int
    history_s: float
    calm_morning: bool
    workers: int
    hooks: bool
    second: str
    route: str
    habit: Mapping[str, int]


def dice_of(what: str, seed: int) -> Random:
    """Dice of its own for each thing that is drawn, so that one thing more does not change all the others."""
    return Random(f"{what} {seed}")  # noqa: S311 - it shall be foreseen


def shape_of(seed: int, faults: Iterable[str] | None, route: str) -> Shape:
    """What the seed decides, but for what is given: the ``faults`` (None: a random part) and the ``route`` (empty: either)."""
    dice, firewall = dice_of("shape", seed), dice_of("firewall", seed)
    on = swarm(dice, faults)
    begins = dice.choice(BEGINS) + timedelta(hours=dice.randrange(24))
    poll_days = dice.choice((0.5, 1, 2, 2, 3, 4))
    # FreshBooks' pages have a hundred rows; small ones make a long list of a short one.
    page_size = dice.choice((100, 100, 9, 4, 4, 2))
    past = dice.choice((0, 20, 20, 40))
    history_s = dice_of("history", seed).choice((1.0, 10.0)) * DAY_S
    sweep_days = dice.choice((1, 3, NEVER))
    workers = dice.choice((1, 2, 2))
    hooks = dice.random() < 0.8
    if firewall.random() < FIREWALLED:
        hooks, page_size, sweep_days = False, 2, NEVER
        poll_days = dice_of("firewall poll", seed).choice((3, 4, 5))
    # Two workers then contend for both.
    second = dice.choices(("", "company of its own", "same company"), (80, 10, 10))[0]
    # Where no gateway is installed, a person posts what Tieout has drafted.
    route = route or dice_of("route", seed).choices(("gateway", "pages"), (70, 30))[0]
    shares, habits = zip(*HABITS[route], strict=True)
    habit: Mapping[str, int] = dice_of("habit", seed).choices(habits, shares)[0]
    return Shape(
        swarm=on,
        begins=begins - timedelta(seconds=history_s if past else 0),
        # Whatever is done again and again is looked at each time, and not once for many.
        poll_s=DAY_S * (1 if habit and hooks else poll_days),
        sweep_s=DAY_S * sweep_days,
        page_size=page_size,
        # NAV is thought to take hundreds of commands in a call; few make many calls of what people do here.
        per_call=dice_of("calls", seed).choice((1, 2, COMMANDS_PER_CALL)),
        # A real company posts half a document to three a second.
        pace_ms=dice_of("pace", seed).choice((0, 0, 500, 2_000)),
        past=past,
        history_s=history_s,
        # Else much of what stands there is read for the first time only when people rest.
        calm_morning=bool(past) and dice_of("morning", seed).random() < 0.5,
        workers=workers,
        hooks=hooks,
        second=second,
        route=route,
        habit=habit,
    )
