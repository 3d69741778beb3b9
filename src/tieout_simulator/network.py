"""The network between the product and both systems: it loses, delays, repeats and cuts, as the seed's dice say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context
from random import Random
from typing import Any, ClassVar

import httpx2
from httpx2 import Request, Response

from tieout_simulator.coverage import Coverage, step_of
from tieout_simulator.faults import MOST, REQUEST, Swarm
from tieout_simulator.meddling import Meddler
from tieout_simulator.trace import Trace
from tieout_simulator.wire import HungUp, Wire

PROXY = (
    b"<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1><hr>proxy</body></html>"
)
LATE_S, SLOW_S = 40.0, 9.0
# What takes a while even when all is well.
TAKES_S = {"token": 5.0, "gateway": 4.0}
# NAV's words to a worker that has been succeeded.
FENCED = (b"TIEOUT-EPOCH", b"the epoch was lost")
# After these the server has done what was asked, and the caller has not learnt of it.
LOSES_ANSWER = frozenset({"late", "answer_lost", "cut", "proxy_page_after"})


class Network:
    """Carries requests over the wire. ``swarm`` may be changed while it runs (no faults while people rest).

    ``excuses``, by host, are why tokens of a FreshBooks may be lost.
    """

    def __init__(
        self,
        wire: Wire,
        swarm: Swarm,
        dice: Random,
        coverage: Coverage,
        trace: Trace,
        excuses: dict[str, list[str]],
    ) -> None:
        self.wire, self.swarm, self._dice, self._excuses = wire, swarm, dice, excuses
        self._coverage, self._trace = coverage, trace
        self._under_way: set[asyncio.Task[Response]] = set()
        # What others do at the far end while a request is under way, by host.
        self.meddlers: dict[str, list[Meddler]] = {}
        # What people do to the documents of a request that is late, before it arrives, or slow, before it is answered.
        self.meanwhile: Callable[[Request], Awaitable[None]] | None = None

    async def send(self, who: str, request: Request) -> Response:
        """The answer to a request, or the way in which it fails."""
        step, kind = step_of(request)
        self._coverage.occasion(step, kind)
        fault = self.swarm.of_request(
            f"{step} {kind}" if step == "nav write" else step,
            {name: self._dice.random() for name in REQUEST},
        )
        name = f"{request.method} {request.url.path}"
        if not fault and (meddler := self._meddler(request.url.host, step, kind)):
            response = await self._far(meddler.work(request, self._carry, (step, kind)), request)
            self._trace.note(who, f"{name} -> {response.status_code}")
            return response
        if fault:
            self._coverage.note(fault, step, kind)
            self._trace.note(who, f"{name} [{step} {kind}] -- {REQUEST[fault]}")
            if step == "token refresh" and fault in LOSES_ANSWER:
                self._excuses[request.url.host].append(fault)
        response = await self._FAULTS[fault](self, request)
        self._trace.note(who, f"{name} -> {response.status_code}")
        return response

    def _meddler(self, host: str, step: str, kind: str) -> Meddler | None:
        """Who meddles with this request, if anybody does."""
        for meddler in self.meddlers.get(host, ()):
            if not meddler.steps & {step, f"{step} {kind}"}:
                continue
            likely = self.swarm.likely.get(meddler.fault, 0.0) * meddler.weight
            if self._dice.random() < min(MOST, likely):
                return meddler
        return None

    async def _carry(self, request: Request) -> Response:
        """What the server answers; a worker that was succeeded meets NAV's refusal of its epoch, whether it learns of it or not."""
        response = await self.wire.carry(request)
        if any(words in response.content for words in FENCED):
            self._coverage.note("zombie_fenced", *step_of(request))
            self._trace.note("nav", "refuses an epoch that has passed")
        return response

    async def _served(self, request: Request) -> Response:
        response = await self._far(self._carry(request), request)
        # Meanwhile others find their token ended, and people go on with their work.
        takes_s = TAKES_S.get(step_of(request)[0].partition(" ")[0], 0.0)
        await asyncio.sleep(self._dice.random() * takes_s)
        return response

    async def _far(self, work: Coroutine[Any, Any, Response], request: Request) -> Response:
        """Let the server work; it goes on even if the caller is killed meanwhile."""
        task = self._apart(work)
        try:
            return await asyncio.shield(task)
        except HungUp:
            raise httpx2.ReadError("the server hung up", request=request) from None

    async def _waits_in_vain(self, request: Request) -> Response:
        timeout = request.extensions.get("timeout", {}).get("read") or 30.0
        await asyncio.sleep(timeout)
        raise httpx2.ReadTimeout("no answer came", request=request)

    async def _refused(self, request: Request) -> Response:
        raise httpx2.ConnectError("refused", request=request)

    async def _late(self, request: Request) -> Response:
        timeout = request.extensions.get("timeout", {}).get("read") or 30.0
        self._background(request, timeout + self._dice.random() * LATE_S)
        if self.meanwhile is not None:
            await self.meanwhile(request)
        return await self._waits_in_vain(request)

    async def _slow(self, request: Request) -> Response:
        response = await self._served(request)
        if self.meanwhile is not None:
            await self.meanwhile(request)
        await asyncio.sleep(self._dice.random() * SLOW_S)
        return response

    async def _twice(self, request: Request) -> Response:
        self._background(request, self._dice.random() * SLOW_S)
        return await self._served(request)

    async def _answer_lost(self, request: Request) -> Response:
        await self._served(request)
        raise httpx2.ReadError("the connection was reset", request=request)

    async def _cut(self, request: Request) -> Response:
        await self._served(request)
        raise httpx2.RemoteProtocolError("the answer ended in the middle", request=request)

    async def _throttled(self, request: Request) -> Response:
        wait = self._dice.randrange(1, 60)
        return Response(429, headers={"retry-after": str(wait)}, content=b"{}", request=request)

    async def _throttled_mute(self, request: Request) -> Response:
        return Response(429, content=b"", request=request)

    async def _unavailable(self, request: Request) -> Response:
        return Response(503, content=b'{"message": "not now"}', request=request)

    async def _proxy_page(self, request: Request) -> Response:
        # Some say 200 to whatever page of their own they show, some 500 as NAV does for its refusals.
        status = self._dice.choice((502, 500, 200))
        return Response(
            status, content=PROXY, headers={"content-type": "text/html"}, request=request
        )

    async def _proxy_page_after(self, request: Request) -> Response:
        await self._served(request)
        return await self._proxy_page(request)

    def _background(self, request: Request, after_s: float) -> None:
        async def later() -> Response:
            await asyncio.sleep(after_s)
            return await self._carry(request)

        self._apart(later())

    def _apart(self, work: Coroutine[Any, Any, Response]) -> asyncio.Task[Response]:
        """Work at the other end, which does not end with the caller."""
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self._under_way.add(task)
        task.add_done_callback(self._forgotten)
        return task

    def _forgotten(self, task: asyncio.Task[Response]) -> None:
        """Nobody waits for the answer of a request that came late or twice."""
        self._under_way.discard(task)
        if not task.cancelled():
            task.exception()

    _FAULTS: ClassVar[dict[str, Callable[[Network, Request], Awaitable[Response]]]] = {
        "": _served,
        "refused": _refused,
        "lost": _waits_in_vain,
        "late": _late,
        "slow": _slow,
        "twice": _twice,
        "answer_lost": _answer_lost,
        "cut": _cut,
        "throttled": _throttled,
        "throttled_mute": _throttled_mute,
        "unavailable": _unavailable,
        "proxy_page": _proxy_page,
        "proxy_page_after": _proxy_page_after,
    }


class Line(httpx2.AsyncBaseTransport):
    """The network as one program sees it; ``gate`` is passed on the way out and on the way back (a dead program gets no further)."""

    def __init__(
        self, network: Network, who: str, gate: Callable[[str], Awaitable[None]] | None = None
    ) -> None:
        self._network, self._who, self._gate = network, who, gate

    async def handle_async_request(self, request: Request) -> Response:
        await request.aread()
        step = " ".join(step_of(request)).strip()
        if self._gate is not None:
            await self._gate(f"before {step}")
        response = await self._network.send(self._who, request)
        if self._gate is not None:
            await self._gate(f"after {step}")
        return response
