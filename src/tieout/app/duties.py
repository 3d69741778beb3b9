"""What a worker does for the pairs of an installation: poll, settle, look, and note which connection works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from tieout.app.host import Host
from tieout.app.running import described, report
from tieout.app.systems import Systems
from tieout.connectors.http import Http
from tieout.core.failures import Failure, Unreachable
from tieout.engine.absence import sweep
from tieout.engine.calls import Tempo
from tieout.engine.inbox import poll
from tieout.engine.look import look
from tieout.engine.ports import Pair
from tieout.engine.schedule import Pace, pause_after
from tieout.engine.settle import Drain, Ports
from tieout.store.line import System
from tieout.store.polls import DEFAULT_S
from tieout.store.store import PostgresStore

log = structlog.get_logger()

LINGER_S = 0.6
# A day between sweeps; a quarter of an hour at least when a list seems to lack something. What polls take of the rate limit leaves room for other calls.
SWEEP_S, SOON_S, POLL_SHARE = 86_400.0, 900.0, 0.15


class Duties(Systems):
    """The work itself. ``settle_job`` and ``poll_job`` are what a job of the queue does: a failure of the outside world ends a job, not the worker."""

    def __init__(self, store: PostgresStore, http: Http, host: Host) -> None:
        super().__init__(store, http, host)
        self.pace = Pace(host.now, host.dice)
        self._tempos: defaultdict[int, Tempo] = defaultdict(Tempo)

    async def poll(self, pair_id: int) -> None:
        """Look at FreshBooks once for a pair, and note whether it could be reached and when to look again."""
        for pair in await self.store.all_pairs():
            if pair.id == pair_id:
                reads = await self.reads_of(pair)
                before = reads.taken
                try:
                    await self._poll(pair)
                except Failure as failure:
                    await self._failed(pair, failure)
                    raise
                await self._works(pair, "freshbooks")
                await self._poll_again(pair, reads.taken - before, reads.per_second)
                await self._look(pair)

    async def _poll(self, pair: Pair) -> None:
        """A poll; and a sweep if its time has come, or if the poll found fewer records than are known."""
        world = await self.world(pair)
        first = not await self.store.cursor(pair)
        polled = await poll(world, self.store, self.host.now)
        whole = first
        if not first and not polled.stopped and await self._sweep_due(pair, soon=polled.short):
            whole = await sweep(world, self.store, self.host.now) is not None
        if whole:
            await self.store.swept(pair, now=self.host.now())

    async def _sweep_due(self, pair: Pair, *, soon: bool) -> bool:
        last = await self.store.swept_at(pair)
        interval = float(pair.settings.get("sweep_interval_s", SWEEP_S))
        wait = timedelta(seconds=min(interval, SOON_S) if soon else interval)
        return last is None or self.host.now() >= last + wait

    async def _poll_again(self, pair: Pair, calls: int, per_second: float) -> None:
        pause = pause_after(
            calls,
            per_second=per_second,
            share=float(pair.settings.get("poll_share", POLL_SHARE)),
            at_least_s=float(pair.settings.get("poll_interval_s", DEFAULT_S)),
        )
        await self.store.poll_at(pair, now=self.host.now() + timedelta(seconds=pause))

    async def derive_overdue(self) -> None:
        """Note which invoices have become overdue by the calendar of their business; nothing is asked of FreshBooks for it."""
        for pair in await self.store.all_pairs():
            try:
                zone = (await self.world(pair)).zone
            except Failure as failure:
                log.warning("calendar_unknown", pair=pair.name, reason=failure.text)
                continue
            now = self.host.now()
            today = now.astimezone(zone).date()
            if count := await self.store.derive_overdue(pair, today=today, now=now):
                log.info("overdue", pair=pair.name, invoices=count)

    async def _look(self, pair: Pair) -> None:
        """See what people posted of what waits in NAV's journals."""
        try:
            await look(await self.world(pair), self.store, self.host.now)
        except Failure as failure:
            await self._failed(pair, failure)
            raise

    async def settle(
        self, company_id: int, pairs: Sequence[Pair] | None = None, linger_s: float = 0.0
    ) -> bool:
        """Work what is due for a NAV company (of these pairs; None: all), and note whether it could be reached; False if another worker has it."""
        chosen = await self.store.pairs(company_id) if pairs is None else pairs
        worlds = [await self.world(pair) for pair in chosen]
        ports = Ports(
            store=self.store,
            now=self.host.now,
            dice=self.host.dice,
            owner=self.host.owner,
            linger_s=linger_s,
        )
        drain = Drain(ports, worlds, company_id, self._tempos[company_id])
        failures: dict[int, Failure] = {}
        try:
            done = await drain.run()
        except Failure as failure:
            failures = drain.failures or {pair.id: failure for pair in chosen[:1]}
            raise
        finally:
            await self._note(chosen, failures)
        return done

    async def _note(self, pairs: Sequence[Pair], failures: Mapping[int, Failure]) -> None:
        for pair in pairs:
            if pair.id in failures:
                await self._failed(pair, failures[pair.id])
        if pairs and not any(failure.system == "nav" for failure in failures.values()):
            await self._works(pairs[0], "nav")

    async def _failed(self, pair: Pair, failure: Failure) -> None:
        if failure.system not in ("freshbooks", "nav"):
            return
        system: System = "nav" if failure.system == "nav" else "freshbooks"
        connection = await self.connection(pair, system)
        breaker = await self.store.call_failed(
            system, connection, failure, now=self.host.now(), dice=self.host.dice()
        )
        if breaker.open_until is not None:
            log.error(
                "left_alone",
                system=system,
                pair=pair.name,
                failures=breaker.failures,
                until=breaker.open_until.isoformat(),
                reason=breaker.reason,
            )

    async def _works(self, pair: Pair, system: System) -> None:
        connection = await self.connection(pair, system)
        if await self.store.call_succeeded(system, connection):
            log.info("works_again", system=system, pair=pair.name)

    async def _with_freshbooks(self, company_id: int) -> list[Pair]:
        """The pairs of a company whose FreshBooks is not left alone now; the poll finds out when it works again."""
        found = []
        for pair in await self.store.pairs(company_id):
            connection = await self.connection(pair, "freshbooks")
            breaker = await self.store.breaker_of("freshbooks", connection)
            if breaker is None or breaker.open_until is None:
                found.append(pair)
        return found

    async def settle_job(self, company_id: int) -> None:
        """Settle a company, unless it is left alone."""
        if not self.pace.ready(company_id):
            return
        try:
            pairs = await self._with_freshbooks(company_id)
            if pairs and await self.store.may_call("nav", company_id, now=self.host.now()):
                await self.settle(company_id, pairs, LINGER_S)
            self.pace.succeeded(company_id)
        except Failure as failure:
            if failure.system == "database":
                self.pace.failed(company_id, failure)
            report(failure, "settle_failed", company=company_id)
        except Exception as error:  # noqa: BLE001 - a defect must not end the worker in silence
            self.pace.failed(company_id, Unreachable("tieout", "a defect"))
            log.error("defect", company=company_id, **described(error))  # noqa: TRY400 - the text may quote a value

    async def poll_job(self, pair_id: int) -> None:
        """Poll a pair, if it may be."""
        try:
            pair = next((p for p in await self.store.all_pairs() if p.id == pair_id), None)
            if pair is not None and await self._may_poll(pair):
                await self.poll(pair_id)
        except Failure as failure:
            report(failure, "poll_failed", pair=pair_id)
        except Exception as error:  # noqa: BLE001 - the queue keeps silent about it
            log.error("defect", pair=pair_id, **described(error))  # noqa: TRY400 - the text may quote a value

    async def _may_poll(self, pair: Pair) -> bool:
        """Not while its line stands still or FreshBooks is left alone."""
        if await self.store.stop_of(pair):
            return False
        connection = await self.connection(pair, "freshbooks")
        return await self.store.may_call("freshbooks", connection, now=self.host.now())
