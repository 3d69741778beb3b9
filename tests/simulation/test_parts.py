"""The parts of the simulation by themselves: time, network, lives, coverage."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import httpx2
import pytest

from tieout.core.decision.plan import AWAITING_POSTING, Command, Role, State, Verdict
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Pair, Settlement
from tieout_sandboxes.people import FreshbooksPerson
from tieout_simulator.applies import cells
from tieout_simulator.checkers import Violation
from tieout_simulator.coverage import Coverage, step_of
from tieout_simulator.faults import ALL, REQUEST, Swarm, swarm
from tieout_simulator.life import Killed, Life
from tieout_simulator.memory.tables import DocumentRow, InboxRow
from tieout_simulator.network import Line, Network
from tieout_simulator.sandboxes import Nav, open_freshbooks, open_nav
from tieout_simulator.trace import Trace
from tieout_simulator.virtual_time import Stuck, VirtualClock, VirtualLoop, play
from tieout_simulator.watching import Watch, WatchedStore
from tieout_simulator.wire import Undisturbed, Wire

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


def test_more_faults_meet_the_few_requests_but_many_get_through() -> None:
    faults, dice = Swarm(dict.fromkeys(REQUEST, 0.02)), Random(1)
    throws = [{name: dice.random() for name in REQUEST} for _ in range(5_000)]
    often = [faults.of_request("gateway Reverse", rolls) for rolls in throws]
    seldom = [faults.of_request("nav read", rolls) for rolls in throws]
    assert set(often) == set(seldom) == {"", *REQUEST}
    assert 2_500 < len([name for name in often if name]) < 3_000
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


def no_nav(pair: int) -> Nav:
    raise LookupError(pair)


@pytest.mark.parametrize(
    ("state", "reason", "version", "broken"),
    [
        (State.PENDING, "NAV has not answered yet", 1, ["nothing forgotten"]),
        (State.PENDING, "NAV has not answered yet", 2, []),
        (State.PENDING, AWAITING_POSTING, 1, []),
        (State.AGREED, "", 1, []),
    ],
)
def test_a_pending_document_that_nothing_will_look_at_is_noticed_once(
    state: State, reason: str, version: int, broken: list[str]
) -> None:
    store, found = WatchedStore(clock=lambda: BEGINS), list[Violation]()
    place = (1, Ref(Kind.PAYMENT, "7"))
    store.document_rows.put(place, DocumentRow(state, BEGINS, reason))
    store.inbox.put(place, InboxRow(BEGINS, version=version, settled=1))
    watch = Watch(store, lambda _: None, no_nav, found)
    watch.recorded()
    watch.recorded()
    assert [violation.law for violation in found] == broken


def test_a_poll_is_held_to_what_stood_still_meanwhile() -> None:
    """What was made or changed while it read may be missing."""

    async def work(loop: VirtualLoop) -> list[str]:
        wire, clock = Wire(), VirtualClock(loop, BEGINS)
        people = httpx2.AsyncClient(transport=Undisturbed(wire))
        freshbooks = open_freshbooks(wire, clock, people, {})
        person = FreshbooksPerson(freshbooks.connection, people)
        person.sign_in(freshbooks.books.grants.issue().access_token)
        client = await person.create("client", organization="Firm", currency_code="GBP")
        store, found = WatchedStore(clock=clock.now), list[Violation]()
        watch = Watch(store, lambda _: freshbooks.books, no_nav, found)
        pair = Pair(id=1, name="main", company_id=1, prefix="FB", settings={})

        async def bill() -> int:
            fields = {"customerid": int(client["id"]), "create_date": "2026-03-01", "lines": []}
            return int((await person.create("invoice", **fields))["id"])

        missed, noted, changed = await bill(), await bill(), await bill()
        before = watch.shown(pair)
        await bill()
        await person.update("invoice", changed, vis_state=1)
        await store.accept(pair, now=clock.now(), refs=[Ref(Kind.INVOICE, str(noted))])
        watch.polled(pair, before)
        freshbooks.webhooks._worker.cancel()  # type: ignore[union-attr]
        return [str(v).partition(" stood")[0] for v in found] + [str(missed)]

    *told, missed = play(work)
    assert told == [f"polls miss nothing: invoice/{missed}"]


COUNTED = Path(__file__).parents[2] / "docs" / "simulator" / "coverage.md"


def test_the_page_of_counts_has_every_place_where_a_fault_applies() -> None:
    rows = [line.split("|")[1:-1] for line in COUNTED.read_text().splitlines() if line[:2] == "| "]
    counts = {(fault, step, about): met for fault, step, about, met in (map(str.strip, r) for r in rows)}  # fmt: skip
    assert set(counts) == {("fault", "step", "about"), *cells()}
    assert all(met.isdigit() for place, met in counts.items() if place[0] != "fault")


@pytest.mark.parametrize(("written", "broken"), [(True, []), (False, ["agreed means posted"])])
def test_what_is_called_agreed_must_be_in_nav(written: bool, broken: list[str]) -> None:
    """NAV's own table of keys decides, not the receipt that the product believes to have."""

    async def work(loop: VirtualLoop) -> list[str]:
        clock = VirtualClock(loop, BEGINS)
        nav = open_nav(Wire(), clock, {})
        store, found = WatchedStore(clock=clock.now), list[Violation]()
        watch = Watch(store, lambda _: None, lambda _: nav, found)
        ref = Ref(Kind.PAYMENT, "7")
        command = Command(key="FB-PMT-7-1", ref=ref, revision=1, role=Role.POST, payload={})
        if written:
            with nav.state.company.database.transaction():
                nav.state.company.database.insert("Tieout Key", {"Key": command.key})
        pair = Pair(id=1, name="main", company_id=1, prefix="FB", settings={})
        verdict = Verdict(ref=ref, state=State.AGREED, reason="")
        watch.judged(pair, Settlement(verdicts=[verdict]), [command])
        return [violation.law for violation in found]

    assert play(work) == broken
