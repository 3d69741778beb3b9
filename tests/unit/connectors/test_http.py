from __future__ import annotations

import traceback

import httpx2
import pytest

from tieout.connectors.http import Answer, Call, Http, Statuses
from tieout.core.failures import (
    Failure,
    OutcomeUnknown,
    Outdated,
    Refused,
    Throttled,
    Unauthorized,
    Unreachable,
)

SECRET = "s3cr3t-token"
STATUSES = Statuses(
    table={401: Unauthorized, 409: Outdated},
    accepted=frozenset({404}),
    words=lambda body: body.decode(),
)


def call(*, writes: bool = False, method: str = "GET", retries: int = 2) -> Call:
    return Call(
        system="freshbooks",
        method=method,
        url="http://freshbooks.test/a/b?search=jane@example.org",
        headers={"authorization": f"Bearer {SECRET}"},
        content=b"jane@example.org" if writes else b"",
        writes=writes,
        retries=retries,
    )


class World:
    """Answers with what it is given, in turn, and counts."""

    def __init__(self, *outcomes: int | Exception, headers: dict[str, str] | None = None) -> None:
        self.outcomes, self.headers = list(outcomes), headers or {}
        self.slept: list[float] = []
        self.http = Http(
            transport=httpx2.MockTransport(self.answer), dice=lambda: 0.5, sleep=self.sleep
        )

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return httpx2.Response(outcome, content=b"words", headers=self.headers)

    async def failure(self, sent: Call) -> Failure:
        with pytest.raises(Failure) as caught:
            await self.http.send(sent, STATUSES)
        return caught.value


@pytest.mark.parametrize(
    ("status", "writes", "kind"),
    [
        (401, False, Unauthorized),
        (409, True, Outdated),
        (418, True, Refused),
        (429, False, Throttled),
        (429, True, Throttled),
        (500, False, Unreachable),
        (503, True, OutcomeUnknown),
    ],
)
async def test_a_status_is_a_failure(status: int, writes: bool, kind: type[Failure]) -> None:
    world = World(*[status] * 3)
    assert type(await world.failure(call(writes=writes, retries=0))) is kind


async def test_an_accepted_status_is_an_answer() -> None:
    answer = await World(404).http.send(call(), STATUSES)
    assert isinstance(answer, Answer)
    assert answer.status == 404


@pytest.mark.parametrize(
    ("error", "writes", "kind"),
    [
        (httpx2.ConnectError("x"), True, Unreachable),
        (httpx2.ConnectTimeout("x"), True, Unreachable),
        (httpx2.ReadTimeout("x"), True, OutcomeUnknown),
        (httpx2.RemoteProtocolError("x"), True, OutcomeUnknown),
        (httpx2.WriteError("x"), True, OutcomeUnknown),
        (httpx2.ReadTimeout("x"), False, Unreachable),
        (httpx2.ReadError("x"), False, Unreachable),
    ],
)
async def test_a_lost_connection_is_a_failure(
    error: Exception, writes: bool, kind: type[Failure]
) -> None:
    world = World(*[error] * 3)
    assert type(await world.failure(call(writes=writes))) is kind


async def test_a_read_is_tried_again_twice_and_quickly() -> None:
    world = World(503, httpx2.ReadTimeout("x"), 200)
    assert (await world.http.send(call(), STATUSES)).status == 200
    assert world.slept == pytest.approx([0.15, 0.6])
    assert world.http.calls == {"freshbooks GET": 3}


async def test_a_read_is_given_up_after_three_attempts() -> None:
    world = World(503, 503, 503, 200)
    await world.failure(call())
    assert world.outcomes == [200]


@pytest.mark.parametrize("outcome", [503, httpx2.ConnectError("x"), httpx2.ReadTimeout("x")])
async def test_a_write_is_never_repeated(outcome: int | Exception) -> None:
    world = World(outcome, 200)
    await world.failure(call(writes=True, method="POST"))
    assert world.outcomes == [200]
    assert world.http.calls == {"freshbooks POST": 1}


@pytest.mark.parametrize(("header", "wait"), [("7", 7.0), ("900", 60.0), ("soon", 10.0)])
async def test_throttled_says_how_long_to_wait(header: str, wait: float) -> None:
    failure = await World(429, headers={"retry-after": header}).failure(call())
    assert isinstance(failure, Throttled)
    assert failure.wait_s == wait


async def test_retry_after_on_a_good_answer_is_no_throttle() -> None:
    world = World(200, headers={"retry-after": "59"})
    assert (await world.http.send(call(), STATUSES)).status == 200
    assert world.slept == []


@pytest.mark.parametrize("outcome", [503, httpx2.ReadTimeout(SECRET), 401])
async def test_no_secret_and_no_personal_data_in_a_failure(outcome: int | Exception) -> None:
    failure = await World(*[outcome] * 3).failure(call(writes=True))
    shown = "".join(traceback.format_exception(failure)) + repr(failure) + repr(call(writes=True))
    assert SECRET not in shown
    assert "jane" not in str(failure)
    assert failure.__context__ is None, "httpx2's exception carries the request"
