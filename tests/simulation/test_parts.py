"""The parts of the simulation by themselves: time, network, lives, coverage."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from random import Random

import httpx2
import pytest

from tieout_simulator.coverage import Coverage, step_of
from tieout_simulator.faults import ALL, REQUEST, Swarm, swarm
from tieout_simulator.life import Killed, Life
from tieout_simulator.network import Line, Network
from tieout_simulator.trace import Trace
from tieout_simulator.virtual_time import Stuck, VirtualClock, VirtualLoop, play
from tieout_simulator.wire import Wire

BEGINS = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_month_passes_at_once() -> None:
    async def work(loop: VirtualLoop) -> datetime:
        clock = VirtualClock(loop, BEGINS)
        await asyncio.sleep(31 * 86_400)
        return clock.now()

    assert play(work) == datetime(2026, 4, 1, tzinfo=UTC)


def test_what_waits_for_ever_is_noticed() -> None:
    async def work(_loop: VirtualLoop) -> None:
        await asyncio.Event().wait()

    with pytest.raises(Stuck):
        play(work)


def test_a_swarm_is_a_part_of_the_faults_or_what_is_asked_for() -> None:
    some = swarm(Random(1))
    assert 0 < len(some.names) < len(ALL)
    assert swarm(Random(1), ["lost"]).names == ("lost",)


@pytest.mark.parametrize(
    ("fault", "served", "outcome"),
    [
        ("refused", 0, httpx2.ConnectError),
        ("lost", 0, httpx2.ReadTimeout),
        ("late", 1, httpx2.ReadTimeout),
        ("answer_lost", 1, httpx2.ReadError),
        ("cut", 1, httpx2.RemoteProtocolError),
        ("throttled", 0, 429),
        ("throttled_mute", 0, 429),
        ("unavailable", 0, 503),
        ("proxy_page", 0, 502),
        ("proxy_page_after", 1, 502),
        ("twice", 2, 200),
        ("slow", 1, 200),
    ],
)
def test_what_a_fault_does_to_the_server_and_to_the_caller(
    fault: str, served: int, outcome: object
) -> None:
    """Every fault of requests is here."""

    async def work(loop: VirtualLoop) -> tuple[int, object, Coverage]:
        count = 0

        async def server(_scope: object, _receive: object, send: object) -> None:
            nonlocal count
            count += 1
            await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
            await send({"type": "http.response.body", "body": b"{}"})  # type: ignore[operator]

        wire, coverage = Wire(), Coverage()
        wire.listening["freshbooks.sim:443"] = server
        trace = Trace(VirtualClock(loop, BEGINS).now)
        network = Network(wire, Swarm({fault: 1.0}), Random(1), coverage, trace, {})
        client = httpx2.AsyncClient(transport=Line(network, "somebody"), timeout=30)
        met: object
        try:
            met = (await client.get("http://freshbooks.sim:443/x")).status_code
        except httpx2.HTTPError as error:
            met = type(error)
        await asyncio.sleep(300)
        return count, met, coverage

    assert fault in REQUEST
    count, met, coverage = play(work)
    assert (count, met) == (served, outcome)
    assert coverage.met[fault, "freshbooks get", ""] == 1


def test_a_dead_program_does_nothing_more() -> None:
    async def work(_loop: VirtualLoop) -> list[str]:
        done: list[str] = []
        life = Life("worker", lambda where: "crash" if where == "second" else "", lambda: 0.0)
        await life.at("first")
        done.append("first")
        for where in ("second", "third"):
            with pytest.raises(Killed):
                await life.at(where)
        return done

    assert play(work) == ["first"]


def test_more_faults_meet_the_few_requests_but_most_get_through() -> None:
    faults, dice = Swarm(dict.fromkeys(REQUEST, 0.02)), Random(1)
    throws = [{name: dice.random() for name in REQUEST} for _ in range(5_000)]
    often = [faults.of_request("gateway Reverse", rolls) for rolls in throws]
    seldom = [faults.of_request("nav read", rolls) for rolls in throws]
    assert set(often) == set(seldom) == {"", *REQUEST}
    assert 1_800 < len([name for name in often if name]) < 2_500
    assert 900 < len([name for name in seldom if name]) < 1_200


def test_requests_are_told_apart_by_their_step_and_kind() -> None:
    body = b"<soap:Envelope><soap:Body><Post><d><Key>FB-INV-1-1</Key></d></Post></soap:Body></soap:Envelope>"
    post = httpx2.Request("POST", "http://nav.sim:7047/X/WS/Y/Codeunit/TieoutGateway", content=body)
    assert step_of(post) == ("gateway Post", "invoice")
    listed = httpx2.Request(
        "GET", "http://freshbooks.sim:443/accounting/account/A/payments/payments"
    )
    assert step_of(listed) == ("poll and read", "payment")
    callback = "http://freshbooks.sim:443/events/account/A/events/callbacks"
    assert step_of(httpx2.Request("POST", callback)) == ("callbacks register", "")
    row = "http://nav.sim:7048/X/ODataV4/Company('A')/CustomerLedgerEntries(Entry_No=3)"
    assert step_of(httpx2.Request("GET", row)) == ("nav read", "CustomerLedgerEntries")
    assert step_of(httpx2.Request("PATCH", row)) == ("nav write", "CustomerLedgerEntries")


def test_a_call_with_several_kinds_counts_for_each() -> None:
    body = (
        b"<soap:Envelope><soap:Body><Find><keys>"
        b'<Key xmlns="x">FB-INV-1-1</Key><Key xmlns="x">FB-PMT-2-1</Key>'
        b"</keys></Find></soap:Body></soap:Envelope>"
    )
    find = httpx2.Request("POST", "http://nav.sim:7047/X/WS/Y/Codeunit/TieoutGateway", content=body)
    coverage = Coverage()
    coverage.note("lost", *step_of(find))
    coverage.occasion(*step_of(find))
    assert set(coverage.met) == {("lost", "gateway Find", "invoice"), ("lost", "gateway Find", "payment")}  # fmt: skip
    assert set(coverage.occasions) == {("gateway Find", "invoice"), ("gateway Find", "payment")}
