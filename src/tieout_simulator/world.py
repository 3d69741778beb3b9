"""One seed: a world with two systems, workers, people and faults, from its first day to the day on which everything has come to rest."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from unittest import mock

import httpx2
import structlog

from tieout.app.setups import default_setup
from tieout.core.failures import Unreachable
from tieout.engine import calls
from tieout.engine.ports import Pair
from tieout_sandboxes.freshbooks import paging
from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.people import FreshbooksPerson, NavReader
from tieout_simulator.bookkeepers import AS_MANY, LIST_CHANGES
from tieout_simulator.chance import seeded
from tieout_simulator.checkers import Evidence, Violation, listed, untrue_reasons, violations
from tieout_simulator.coverage import Coverage, documents_of, step_of
from tieout_simulator.daring import Daring
from tieout_simulator.faults import CALM, Swarm
from tieout_simulator.logs import Logs
from tieout_simulator.meddling import Meddler, OthersInFreshbooks, OthersInNav
from tieout_simulator.memory.queue import MemoryQueue
from tieout_simulator.mischief import Mischief
from tieout_simulator.network import Line, Network
from tieout_simulator.poster import Poster
from tieout_simulator.sandboxes import (
    FRESHBOOKS,
    NAV,
    FreshBooks,
    Nav,
    open_freshbooks,
    open_nav,
)
from tieout_simulator.shape import DAY_S, dice_of, shape_of
from tieout_simulator.sides import Side
from tieout_simulator.trace import Event, Trace
from tieout_simulator.virtual_time import VirtualClock, VirtualLoop, play
from tieout_simulator.watching import Watch, WatchedStore
from tieout_simulator.wire import Undisturbed, Wire
from tieout_simulator.worker import ADDRESS, AT_WORK, RHYTHM, Worker, killed

REST_DAYS, QUIET_DAYS = 3, 3
STATES = ("seen", "pending", "agreed", "held", "dead", "excluded")
# Between two deeds of somebody who is at work.
BURST_S, MORNING_S = 15.0, 3.0
# What the last poll has noted is settled when the workers look next.
LAST_LOOKS = 3
# How often as many come onto a list as go, of all times when somebody changes one that is read.
SWAPS = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a seed does not decide: how long, how many documents, which faults (None: a random part), which switches of the sandboxes differ.

    ``route``: how NAV is written to, if not the seed is to decide.
    """

    days: int = 30
    deeds: int = 40
    faults: tuple[str, ...] | None = None
    freshbooks_switches: Mapping[str, Any] = field(default_factory=dict)
    nav_switches: Mapping[str, Any] = field(default_factory=dict)
    keep: bool = False
    route: str = ""


@dataclass
class Outcome:
    """What came of a seed."""

    seed: int
    fingerprint: str
    violations: list[Violation]
    coverage: Coverage
    events: list[Event]
    states: dict[str, int]
    swarm: tuple[str, ...] = ()
    held: dict[str, str] = field(default_factory=dict)
    # The switches of the options that a sandbox asked for while it worked, as system and name.
    asked: frozenset[tuple[str, str]] = frozenset()

    @property
    def good(self) -> bool:
        return not self.violations


def simulate(seed: int, options: Options = Options()) -> Outcome:
    """Play a seed. The same seed with the same options is the same story, line by line."""
    return play(lambda loop: _Seed(seed, options, loop).run())


class WorkerEndedError(Exception):
    """A worker has ended by itself; the cause tells of the defect."""


class _Seed:
    def __init__(self, seed: int, options: Options, loop: VirtualLoop) -> None:
        self._seed, self._options = seed, options
        self._shape = shape_of(seed, options.faults, options.route)
        self._clock = VirtualClock(loop, self._shape.begins)
        self._trace = Trace(self._clock.now, options.keep)
        self._coverage = Coverage()
        self._wire = Wire()
        self._said: list[str] = []
        self._broken: list[Violation] = []  # laws that were broken on the way
        self._sides: list[Side] = []
        self._late_dice = self._dice("late")
        self._others: list[OthersInNav] = []

    def _dice(self, what: str) -> Random:
        return dice_of(what, self._seed)

    async def run(self) -> Outcome:
        with (
            seeded(self._seed, self._clock),
            self._listening(),
            mock.patch.object(paging, "LARGEST_SIZE", self._shape.page_size),
            mock.patch.object(calls, "COMMANDS_PER_CALL", self._shape.per_call),
            mock.patch.object(calls, "FIRST_CALL", min(calls.FIRST_CALL, self._shape.per_call)),
        ):
            await self._open()
            self._tell_assumptions()
            await self._history()
            work = [asyncio.ensure_future(w.run()) for w in self._workers]
            await self._busy()
            await self._rest()
            found = await self._judged()
            for task in work:
                task.cancel()
            for ended in await asyncio.gather(*work, return_exceptions=True):
                if not isinstance(ended, asyncio.CancelledError):
                    raise WorkerEndedError from ended
            for side in self._sides:
                side.freshbooks.webhooks._worker.cancel()  # type: ignore[union-attr]
        found_at = [await self._store.status(side.pair) for side in self._sides]
        held = [w for side in self._sides for w in await self._store.held(side.pair)]
        return Outcome(
            seed=self._seed,
            fingerprint=self._trace.fingerprint,
            violations=found,
            coverage=self._coverage,
            events=self._trace.events,
            states={name: sum(getattr(one, name) for one in found_at) for name in STATES},
            swarm=self._shape.swarm.names,
            held={str(w.ref): w.reason for w in held},
            asked=self._asked(),
        )

    # ------------------------------------------------------------ how it is put together

    def _listening(self) -> Any:
        """Every line that the product logs is part of the story."""

        def capture(_logger: object, level: str, event: dict[str, Any]) -> Any:
            text = json.dumps(event, default=str, sort_keys=True)
            self._said.append(text)
            worker = AT_WORK.get()
            self._trace.note(worker.name if worker else "tieout", f"says {level}: {text}")
            raise structlog.DropEvent

        return Logs(capture)

    async def _open(self) -> None:
        self._people = httpx2.AsyncClient(transport=Undisturbed(self._wire))
        excuses: dict[str, list[str]] = {}
        self._network = Network(
            self._wire,
            self._shape.swarm,
            self._dice("network"),
            self._coverage,
            self._trace,
            excuses,
        )
        self._hooks = httpx2.AsyncClient(transport=Line(self._network, "freshbooks"), timeout=5.0)
        self._store = WatchedStore(clock=self._clock.now, checkpoint=self._checkpoint)
        self._watch = Watch(self._store, self._books_of, self._nav_of, self._broken)
        self._sides = [await self._side("main", "FB", FRESHBOOKS, self._nav(NAV))]
        if self._shape.second:
            shared = self._shape.second == "same company"
            nav = self._sides[0].nav if shared else self._nav(f"other-{NAV}")
            other = await self._side("other", "FX", "freshbooks-other.sim", nav, in_nav=not shared)
            await other.number_apart()
            self._sides.append(other)
        excuses |= {_host(side.freshbooks.connection["url"]): side.excuses for side in self._sides}
        self._network.meanwhile = self._changed_meanwhile
        self._queue = MemoryQueue()
        self._workers = [self._worker(n) for n in range(self._shape.workers)]

    def _nav(self, host: str) -> Nav:
        nav = open_nav(self._wire, self._clock, dict(self._options.nav_switches), host)
        if "posting_ms" not in self._options.nav_switches:
            nav.state.switches.set("posting_ms", self._shape.pace_ms)
        others = OthersInNav(nav, self._dice(f"others {host}"), self._coverage, self._trace)
        self._others.append(others)
        self._network.meddlers[host] = others.meddlers()
        return nav

    async def _side(
        self, name: str, prefix: str, host: str, nav: Nav, *, in_nav: bool = True
    ) -> Side:
        """A business with its people and those who get in their way."""
        switches = dict(self._options.freshbooks_switches)
        freshbooks = open_freshbooks(self._wire, self._clock, self._hooks, switches, host)
        person, today = (
            FreshbooksPerson(freshbooks.connection, self._people),
            freshbooks.books.core.today,
        )
        clerk = Daring(person, self._dice(f"bookkeeper {name}"), today, self._coverage, self._trace)
        clerk.firm = "Firm" if name == "main" else "House"
        clerk.habit = self._shape.habit
        excuses: list[str] = []
        mischief = Mischief(
            freshbooks, nav, self._hooks, self._shape.swarm, self._dice(f"mischief {name}"),
            self._coverage, self._trace, excuses, pair=name, in_nav=in_nav,
        )  # fmt: skip
        pair = await self._add_pair(name, prefix, freshbooks, nav)
        side = Side(name, pair, freshbooks, nav, person, clerk, mischief, excuses)
        if self._shape.route == "pages":
            side.poster = Poster(nav, self._dice(f"poster {name}"), self._coverage, self._trace)
        self._network.meddlers[host] = self._readers_of(side)
        return side

    async def _changed_meanwhile(self, request: httpx2.Request) -> None:
        """People go on while a posting is on its way; perhaps with one of its documents."""
        if step_of(request)[0] != "gateway Post" or self._late_dice.random() < 0.3:
            return
        name, kind, number = self._late_dice.choice(documents_of(request))
        side = next(s for s in self._sides if s.pair.prefix == name)
        side.sign_in()
        await side.clerk.change(kind, number)

    def _readers_of(self, side: Side) -> list[Meddler]:
        """Somebody makes or deletes a document while a list is read."""
        dice, swaps = self._dice(f"others {side.name}"), self._dice(f"swaps {side.name}")

        async def meanwhile(kind: str) -> None:
            side.sign_in()
            if kind == "invoice" and swaps.random() < SWAPS:
                await side.clerk.act(AS_MANY)
                return
            for _ in range(dice.choice((1, 2, 3, 4))):
                await side.clerk.act(LIST_CHANGES[kind])

        return OthersInFreshbooks(meanwhile, dice, self._coverage, self._trace).meddlers()

    async def _add_pair(self, name: str, prefix: str, freshbooks: FreshBooks, nav: Nav) -> Pair:
        settings: dict[str, Any] = {
            "prefix": prefix,
            "route": self._shape.route,
            "poll_interval_s": self._shape.poll_s,
            "sweep_interval_s": self._shape.sweep_s,
            "timezone": "Europe/London",
        }
        if self._shape.hooks:
            settings["webhook_url"] = f"http://{ADDRESS}"
        return await self._store.add_pair(
            name, freshbooks.connection, nav.connection, settings, default_setup("GBP")
        )

    def _worker(self, number: int) -> Worker:
        return Worker(
            f"worker-{number}",
            store=self._store,
            queue=self._queue.face,
            network=self._network,
            wire=self._wire,
            now=self._clock.now,
            dice=self._dice(f"worker {number}"),
            coverage=self._coverage,
            trace=self._trace,
            swarm=self._shape.swarm,
            listens=number == 0,
            excuse=self._excuse,
            broken=self._broken,
            watch=self._watch,
        )

    def _excuse(self, fault: str) -> None:
        """A worker that dies while it renews tokens may lose them, whosever they are."""
        for side in self._sides:
            side.excuses.append(fault)

    def _books_of(self, pair: int) -> Books | None:
        """FreshBooks as it is believed to be shows in a poll all that has changed."""
        if self._options.freshbooks_switches:
            return None
        return next((s.freshbooks.books for s in self._sides if s.pair.id == pair), None)

    def _nav_of(self, pair: int) -> Nav:
        return next(s.nav for s in self._sides if s.pair.id == pair)

    def _checkpoint(self, where: str) -> None:
        if where == "record.after_commit":
            self._watch.recorded()
        worker = AT_WORK.get()
        fate = worker.at_commit(where) if worker else ""
        if not fate or worker is None or worker.life is None:
            return
        if fate.startswith("crash"):
            raise killed(worker.life)
        raise Unreachable("database", fate)

    # ------------------------------------------------------------ what happens

    def _tell_assumptions(self) -> None:
        for system in ("freshbooks", "nav"):
            for name, value in sorted(getattr(self._options, f"{system}_switches").items()):
                self._trace.note("world", f"assumes {system}.{name}={value}")

    async def _history(self) -> None:
        """What stands in FreshBooks before Tieout is connected."""
        for side in self._sides:
            side.sign_in()
            for _ in range(self._shape.past // len(self._sides)):
                await asyncio.sleep(self._shape.history_s / self._shape.past)
                await side.clerk.act()

    async def _busy(self) -> None:
        """People work, and whatever can go wrong does."""
        background = [asyncio.ensure_future(side.mischief.run()) for side in self._sides]
        background.append(asyncio.ensure_future(self._owner()))
        background += [asyncio.ensure_future(s.poster.run()) for s in self._sides if s.poster]
        dice, pause = self._dice("pauses"), self._options.days * DAY_S / self._options.deeds
        gaps = self._dice("gaps")
        # People are at work when a new Tieout reads what stands there.
        first = gaps.choice((6, 14)) if self._shape.past else 0
        self._under(CALM if self._shape.calm_morning else self._shape.swarm)
        for deed in range(self._options.deeds):
            if deed == first:
                self._under(self._shape.swarm)
            await asyncio.sleep(dice.random() * 2 * (pause if deed >= first else MORNING_S))
            side = dice.choice(self._sides)
            for _ in range(dice.choice((1, 1, 1, 2, 4))):
                side.sign_in()
                await side.clerk.act()
                await asyncio.sleep(gaps.random() * BURST_S)
        # A story may be shorter than its morning.
        self._under(self._shape.swarm)
        await self._quiet_days()
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)

    def _under(self, swarm: Swarm) -> None:
        """From now on these are the faults of the network and of the workers."""
        self._network.swarm = swarm
        for worker in self._workers:
            worker.swarm = swarm

    async def _quiet_days(self) -> None:
        """Nobody works in FreshBooks, somebody looks at what is held, and whatever can go wrong still does."""
        for _ in range(QUIET_DAYS):
            for side in self._sides:
                await self._look_at_held(side)
            await asyncio.sleep(DAY_S)

    async def _look_at_held(self, side: Side) -> None:
        """What a person does who has cleared up whatever was the matter."""
        await self._store.release_line(side.pair)
        await self._store.retry(side.pair, None, now=self._clock.now())
        if side.poster:
            await side.poster.post()

    async def _owner(self) -> None:
        """Gives the consent anew some hours after Tieout has asked for it."""
        while True:
            await asyncio.sleep(6 * 3_600.0)
            for side in self._sides:
                await self._consent(side)

    async def _consent(self, side: Side) -> None:
        connection = await self._store.freshbooks_connection(side.pair)
        if not connection.needs_consent:
            return
        tokens = side.freshbooks.books.grants.issue()
        self._trace.note("owner", "gives the consent anew")
        if not side.excuses:
            text = (
                f"a consent was asked for at {self._clock.now()} although none was lost or revoked"
            )
            self._broken.append(Violation("no token lost", text))
        side.excuses.clear()
        self._coverage.note("consent", "owner")
        given = side.freshbooks.connection | {
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
        }
        names = ("client_id", "client_secret", "access_token", "refresh_token")
        await self._store.renew_consent(
            side.pair,
            connection.id,
            {name: given[name] for name in names},
            expires_at=tokens.grant.expires_at,
            redirect_uri="",
            now=self._clock.now(),
        )

    async def _rest(self) -> None:
        """Faults stop and people rest; a person looks at what is held, as the texts say; then nothing may be left undone."""
        for side in self._sides:
            held = await self._store.held(side.pair)
            self._broken += untrue_reasons(held, side.nav, side.pair)
        self._trace.note("world", "rests")
        for side in self._sides:
            await side.mischief.rest()
        self._under(CALM)
        # What is drafted is posted by a person, and seen by the poll after that.
        polls = 3 if self._shape.route == "pages" else 2
        for day in range(REST_DAYS + polls * math.ceil(self._shape.poll_s / DAY_S)):
            for side in self._sides:
                await self._consent(side)
                await self._look_at_held(side)
            await asyncio.sleep(DAY_S)
            self._trace.note("world", f"has rested {day + 1} days")
        for _ in range(LAST_LOOKS):
            if any([await self._under_way(side) for side in self._sides]):
                await asyncio.sleep(RHYTHM.sweep_s)
        # Between FreshBooks' answer and its commit a new token is nowhere yet.
        while any(w.life is not None and w.life.renewing for w in self._workers):  # noqa: ASYNC110 - a life has no event for it
            await asyncio.sleep(1.0)

    async def _under_way(self, side: Side) -> bool:
        """Whether something is pending that no person is waited for: what is drafted stays so for ever, and waiting for it would only meet the next sweep."""
        status = await self._store.status(side.pair)
        return status.pending > status.awaiting_posting

    def _asked(self) -> frozenset[tuple[str, str]]:
        freshbooks = {("freshbooks", name) for s in self._sides for name in s.freshbooks.asked}
        return frozenset(freshbooks | {("nav", name) for s in self._sides for name in s.nav.asked})

    async def _unlisted(self, side: Side) -> frozenset[str]:
        """The documents that no list has shown; from now on whoever judges sees all, without limits."""
        side.nav.state.switches.set("public_odata_base_url", "")
        switches = side.freshbooks.books.core.switches
        switches.change({"limits": "off"})
        if not switches.lists_lack:
            return frozenset()
        shown = await listed(side.person)
        switches.change({"lists_lack": 0})
        return frozenset(await listed(side.person)) - shown

    async def _judged(self) -> list[Violation]:
        companies: dict[int, list[Evidence]] = {}
        for side in self._sides:
            side.sign_in()
            evidence = Evidence(
                person=side.person,
                reader=NavReader(side.nav.connection, self._people),
                freshbooks=side.freshbooks,
                nav=side.nav,
                store=self._store,
                pair=side.pair,
                said=self._said,
                touched=frozenset(side.mischief.touched),
                unlisted=await self._unlisted(side),
                unpostable=bool(side.poster and side.poster.stuck),
            )
            companies.setdefault(side.pair.company_id, []).append(evidence)
        self._broken += [broken for others in self._others for broken in others.broken]
        return self._broken + [v for each in companies.values() for v in await violations(each)]


def _host(url: str) -> str:
    return str(httpx2.URL(url).host)
