"""The only door to the outside: every call to FreshBooks or NAV goes through here, is counted, timed and judged.

What differs between the systems is data: which status means which failure (``Statuses``) and how fast we may ask (``budget.Budget``).
No header, token or body of a call ever gets into an exception or a log; only the verb and the path do.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx2

from tieout.connectors.budget import Budget
from tieout.core.failures import Failure, OutcomeUnknown, Refused, Throttled, Unreachable

READ_TIMEOUT_S = 30.0
RETRIES = 2
# The server closes idle connections too (uvicorn after 5 s); we let go first, so that a write never meets a closed one.
IDLE_S = 3.0
LONGEST_WAIT_S = 60.0

# A proxy of the environment is for the world, not for this machine (the sandboxes).
UNPROXIED: dict[str, httpx2.AsyncBaseTransport | None] = {
    f"all://{host}": None for host in ("127.0.0.1", "localhost", "[::1]")
}

# Failures of httpx2 after which certainly nothing has been sent.
NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. ``writes`` says that it changes something over there, so that it is never repeated and a lost answer is an unknown outcome."""

    system: str
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = field(default=b"", repr=False)
    writes: bool = False
    timeout_s: float = READ_TIMEOUT_S
    budget: Budget | None = None
    retries: int = RETRIES

    @property
    def name(self) -> str:
        """What may be shown of a call: the verb and the path, not the query."""
        return f"{self.method} {urlsplit(self.url).path}"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (names in lower case) and body of an answer."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """What the HTTP statuses of one system mean.

    ``table`` maps a status to the failure it is; ``accepted`` are those that are an answer although they are 4xx or 5xx. Any other 4xx is ``otherwise``,
    any other 5xx Unreachable, or OutcomeUnknown for a write. ``words`` finds what may be shown of the body; ``means`` is what those words make of a failure
    where a system gives one status to many.
    """

    table: Mapping[int, type[Failure]] = field(default_factory=dict)
    accepted: frozenset[int] = frozenset()
    otherwise: type[Failure] = Refused
    words: Callable[[bytes], str] = lambda _: ""
    means: Callable[[str, type[Failure]], type[Failure]] = lambda _, kind: kind

    def failure(self, call: Call, answer: Answer) -> Failure | None:
        """The failure that an answer is, or None."""
        status = answer.status
        if status < 400 or status in self.accepted:
            return None
        words = self.words(answer.content)
        text = f"{call.name} answered {status}" + (f": {words}" if words else "")
        if status == 429:
            return Throttled(call.system, text, _retry_after(answer.headers))
        kind = self.table.get(status)
        if kind is None:
            kind = no_answer(call) if status >= 500 else self.otherwise
        return self.means(words, kind)(call.system, text)


class Http:
    """Sends calls. One for a process; close it at the end (``async with``).

    ``calls`` counts what was sent: ``{"freshbooks GET": 12, "nav POST": 3}``. ``dice`` and ``sleep`` are passed in by tests.
    """

    def __init__(
        self,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        dice: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        for noisy in ("httpx2", "httpcore2"):  # they log addresses and headers
            logging.getLogger(noisy).setLevel(logging.WARNING)
        self.calls: Counter[str] = Counter()
        self._dice, self._sleep = dice, sleep
        limits = httpx2.Limits(
            max_connections=40, max_keepalive_connections=20, keepalive_expiry=IDLE_S
        )
        self._client = httpx2.AsyncClient(transport=transport, limits=limits, mounts=UNPROXIED)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, call: Call, statuses: Statuses) -> Answer:
        """The answer, or the failure that it is. A read that finds nobody is tried again, twice and quickly; a write never."""
        outcome = await self._once(call, statuses)
        for attempt in range(0 if call.writes else call.retries):
            if not isinstance(outcome, Unreachable):
                break
            await self._sleep(0.1 * 4**attempt * (1 + self._dice()))
            outcome = await self._once(call, statuses)
        if isinstance(outcome, Failure):
            raise outcome
        return outcome

    async def _once(self, call: Call, statuses: Statuses) -> Answer | Failure:
        if call.budget is not None and (wait := call.budget.reserve()) > 0:
            await self._sleep(min(wait, LONGEST_WAIT_S))
        self.calls[f"{call.system} {call.method}"] += 1
        # The failure is raised outside of any except clause: httpx2's exceptions carry the request with its credentials.
        answer = await self._exchange(call)
        if isinstance(answer, Failure):
            return answer
        if call.budget is not None:
            call.budget.learn(answer.status, answer.headers)
        return statuses.failure(call, answer) or answer

    async def _exchange(self, call: Call) -> Answer | Failure:
        try:
            response = await self._client.request(
                call.method,
                call.url,
                headers=dict(call.headers),
                content=call.content or None,
                timeout=call.timeout_s,
            )
        except NOT_SENT as error:
            return Unreachable(call.system, f"{call.name}: {type(error).__name__}")
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            return no_answer(call)(call.system, f"{call.name}: {type(error).__name__}")
        except httpx2.InvalidURL:
            return Unreachable(call.system, f"{call.name}: the address cannot be read")
        return Answer(response.status_code, response.headers, response.content)


def no_answer(call: Call) -> type[Failure]:
    """What it means that a call was sent and nothing came back."""
    return OutcomeUnknown if call.writes else Unreachable


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds to wait after a 429; ten if the server does not say, never more than a minute at a time."""
    text = headers.get("retry-after", "")
    return min(float(text), LONGEST_WAIT_S) if text.isdigit() else 10.0
