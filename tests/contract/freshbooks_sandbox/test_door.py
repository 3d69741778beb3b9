"""Rate limits, faults, the control API and what is on every answer."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from tieout_sandboxes.freshbooks import Switches, serve_freshbooks

RATE = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after")


async def test_every_answer_tells_version_and_limits(api: Any) -> None:
    got = await api.http.get(api.address("client"))
    posted = await api.http.post(api.address("client"), json={"client": {"fname": "Ada"}})
    missing = await api.http.get("/nothing/here")
    for answer, limit in ((got, "600"), (posted, "250"), (missing, "600")):
        assert answer.headers["x-api-version"] == "2023-02-20"
        assert answer.headers["x-ratelimit-limit"] == limit
        assert all(answer.headers[name].isdecimal() for name in RATE)
        assert 0 <= int(answer.headers["x-ratelimit-reset"]) - time.time() <= 61
    assert missing.status_code == 404


async def test_limits_that_are_off_count_nothing_down(api: Any) -> None:
    await api.switch(limit_general=2)
    answers = [await api.http.get(api.address("client")) for _ in range(4)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["x-ratelimit-remaining"] for answer in answers} == {"1"}


async def test_limits_are_enforced_by_class(api: Any) -> None:
    await api.switch(limits="real", limit_general=3, limit_accounting_post=1)
    body = {"client": {"fname": "Ada"}}
    statuses = [(await api.http.get(api.address("client"))).status_code for _ in range(3)]
    posted = await api.http.post(api.address("client"), json=body)
    refused = await api.http.post(api.address("client"), json=body)
    assert (statuses, posted.status_code, refused.status_code) == ([200] * 3, 200, 429)
    assert refused.headers["x-ratelimit-remaining"] == "0"
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert (await api.http.get("/auth/api/v1/users/me")).status_code == 429
    assert (await api.http.get("/_control/state")).status_code == 200


async def test_the_body_of_a_429(api: Any) -> None:
    await api.switch(limits="real", limit_general=0)
    bodies = []
    for shape in ("json", "text", "empty"):
        await api.switch(limit_body=shape)
        bodies.append((await api.http.get(api.address("client"))).content)
    assert bodies == [b'{"message":"API rate limit exceeded"}', b"Too Many Requests", b""]


async def test_a_token_may_have_an_allowance_of_its_own(api: Any) -> None:
    await api.switch(limits="real", limit_general=1)
    other = {"Authorization": "Bearer other"}

    async def statuses() -> list[int]:
        mine = await api.http.get(api.address("client"))
        theirs = await api.http.get(api.address("client"), headers=other)
        return [mine.status_code, theirs.status_code]

    assert await statuses() == [200, 429]
    await api.switch(limit_scope="token")
    assert await statuses() == [200, 401]


async def test_a_fault_answers_in_place_of_the_work(api: Any) -> None:
    await api.control("faults", kind="status", status=503, path="clients", method="POST", after=1)
    body = {"client": {"fname": "Ada"}}
    made = [await api.http.post(api.address("client"), json=body) for _ in range(3)]
    assert [answer.status_code for answer in made] == [200, 503, 200]
    assert (await api.page("client"))["total"] == 2


async def test_a_fault_may_look_like_a_proxy(api: Any) -> None:
    await api.control("faults", kind="status", status=429, retry_after=7, html=True)
    answer = await api.http.get(api.address("client"))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.text.startswith("<html>")


@pytest.mark.parametrize(("kind", "done"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_connection_drops(api: Any, kind: str, done: int) -> None:
    await api.control("faults", kind=kind, path="clients")
    with pytest.raises(httpx2.RemoteProtocolError):
        await api.client()
    assert (await api.page("client"))["total"] == done


@pytest.mark.parametrize("kind", ["delay", "delay_after"])
async def test_an_answer_takes_its_time(api: Any, kind: str) -> None:
    await api.control("faults", kind=kind, ms=120)
    started = time.monotonic()
    assert await api.ids("client") == []
    assert time.monotonic() - started >= 0.12
    await api.control("latency", ms=60)
    started = time.monotonic()
    await api.ids("client")
    assert time.monotonic() - started >= 0.06


async def test_faults_are_counted_and_removed(api: Any) -> None:
    number = (await api.control("faults", kind="status", times=-1))["id"]
    await api.control("reset_counters")
    for _ in range(2):
        await api.http.get(api.address("client"))
    state = (await api.http.get("/_control/state")).json()
    assert state["hits"][str(number)] == 2
    assert state["requests"] == {"GET": 2}
    assert state["faults"][0]["kind"] == "status"
    await api.http.delete("/_control/faults")
    assert await api.ids("client") == []


@pytest.mark.parametrize(
    ("order", "body", "names"),
    [
        ("faults", {"kind": "earthquake"}, "drop_after"),
        ("faults", {"kind": "status", "colour": 1}, "retry_after"),
        ("switches", {"nonsense": 1}, "tax_rounding"),
        ("switches", {"tax_rounding": "never"}, "per_line"),
        ("next_id", {"dream": 1}, "invoice"),
        ("clock", {"noon": True}, "advance_s"),
        ("latency", {}, "ms"),
    ],
)
async def test_an_unknown_name_is_answered_with_those_that_exist(
    api: Any, order: str, body: dict[str, Any], names: str
) -> None:
    answer = await api.http.post(f"/_control/{order}", json=body)
    assert answer.status_code == 422
    assert names in answer.json()["error"]


async def test_the_clock_can_be_set_moved_and_freed(api: Any) -> None:
    assert (await api.control("clock", advance_s=60))["now"] == "2026-03-12T16:01:00+00:00"
    freed = datetime.fromisoformat((await api.control("clock", real=True))["now"])
    assert abs(freed - datetime.now(UTC)) < timedelta(seconds=10)
    assert (await api.http.post("/_control/clock", json={"now": "2026-03-12"})).status_code == 422


async def test_without_control_there_is_no_control() -> None:
    running = await serve_freshbooks(switches=Switches(tax_rounding="per_line"), seed_empty=False)
    try:
        headers = {"Authorization": f"Bearer {running.access_token}"}
        async with httpx2.AsyncClient(base_url=running.url, headers=headers) as http:
            assert (await http.get("/_control/state")).status_code == 404
            taxes = await http.get(f"/accounting/account/{running.account_id}/taxes/taxes")
            [tax] = taxes.json()["response"]["result"]["taxes"]
            assert (tax["name"], tax["amount"]) == ("VAT", "20")
        assert running.client_secret not in repr(running)
    finally:
        await running.stop()
