"""The promises of the gateway: exactly once, all or nothing, one writer, in order."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tieout_sandboxes.nav import gateway
from tieout_sandboxes.nav.errors import NavError

POINTS = (
    "call_received",
    "epoch_stored",
    "key_inserted",
    "lines_posted",
    "committed",
    "answer_ready",
)


class Crash(Exception):
    """The server is gone."""


def crash_at(point: str, occurrence: int = 1) -> Any:
    """A point callback that raises when `point` is reached for the n-th time."""
    left = [occurrence]

    async def at(name: str) -> None:
        if name == point:
            left[0] -= 1
            if not left[0]:
                raise Crash(point)

    return at


async def test_the_same_command_has_one_effect(books: Any) -> None:
    (first,) = await books.posted(books.invoice())
    before = books.contents()
    (again,) = await books.post(books.invoice())
    assert again == replace(first, status="already")
    assert books.contents() == before


async def test_twice_in_one_call_is_once(books: Any) -> None:
    results = await books.post(books.invoice(), books.invoice())
    assert [result.status for result in results] == ["posted", "already"]
    assert books.gl()["1200"] == Decimal("960.00")


async def test_a_key_with_another_hash_is_a_conflict(books: Any) -> None:
    await books.posted(books.invoice())
    before = books.contents()
    (other,) = await books.post(replace(books.invoice(), hash="f" * 64))
    assert other.status == "conflict"
    assert books.contents() == before


async def test_a_key_of_another_kind_is_a_conflict(books: Any) -> None:
    (result,) = await books.post(replace(books.invoice(), key="FB-CUS-1"))
    assert result.status == "conflict"


async def test_a_refused_command_can_be_tried_again_with_another_payload(books: Any) -> None:
    books.setup("Customer", "C00010", Blocked="All")
    await books.refusal(books.invoice())
    books.setup("Customer", "C00010", Blocked=" ")
    await books.posted(replace(books.invoice(), hash="f" * 64))


async def test_commands_are_independent_unless_they_say_otherwise(books: Any) -> None:
    bad = replace(books.invoice("FB1"), batch_name="NONE")
    results = await books.post(
        bad,
        replace(books.invoice("FB2"), depends_on=("FB-FB1",)),
        books.invoice("FB3"),
        replace(books.invoice("FB4"), depends_on=("FB-FB3", "FB-CUS-1")),
    )
    assert [r.status for r in results] == ["refused", "skipped", "posted", "posted"]
    assert "FB-FB1" in results[1].text
    assert books.gl()["1200"] == Decimal("1920.00")


async def test_find_knows_what_is_committed(books: Any) -> None:
    (posted,) = await books.posted(books.invoice())
    (found,) = await gateway.find(books.company, ["FB-NONE", "FB-FB0000101"])
    assert found == replace(posted, status="already", text=books.invoice().hash)


async def test_find_does_not_see_what_is_not_committed(books: Any) -> None:
    seen = []

    async def look(point: str) -> None:
        if point in ("key_inserted", "lines_posted", "committed"):
            seen.append(len(await gateway.find(books.company, ["FB-FB0000101"])))

    books.point = look
    await books.posted(books.invoice())
    assert seen == [0, 0, 1]


async def test_the_last_entry_is_told_once_what_is_being_posted_is_kept_or_undone(
    books: Any,
) -> None:
    await books.posted(books.invoice())
    company = books.company
    last = await gateway.last_entry(company)
    assert last == company.database.last("G/L Entry")["Entry No."]
    await company.lock.acquire()
    asked = asyncio.ensure_future(gateway.last_entry(company))
    with suppress(LookupError), company.database.transaction():
        company.database.insert("G/L Entry", {"Entry No.": last + 1})
        await asyncio.sleep(0)
        assert not asked.done(), "somebody is posting"
        raise LookupError
    company.lock.release()
    assert await asked == last


async def test_ping_tells_where_it_is(books: Any) -> None:
    line = await gateway.ping(books.company)
    told = dict(part.split("=") for part in line.split(";"))
    assert told == {
        "version": "4",
        "company": "Tieout Demo (GB) Ltd.",
        "lcy": "GBP",
        "epoch": "1",
        "user": "TIEOUT",
        "posting_from": "",
        "posting_to": "",
        "work_date": "2026-04-10",
    }


@pytest.mark.parametrize("epoch", [1, 6, 7])
async def test_an_epoch_that_is_not_higher_is_refused_as_a_whole(books: Any, epoch: int) -> None:
    assert await gateway.claim(books.company, 7) == 7
    assert await gateway.claim(books.company, 5) == 7
    before = books.contents()
    books.epoch = epoch - 1
    with pytest.raises(NavError, match=rf"^TIEOUT-EPOCH .*7.*{epoch}"):
        await books.post(books.invoice())
    assert books.contents() == before


async def test_a_call_that_comes_a_second_time_does_nothing_not_even_what_was_skipped(
    books: Any,
) -> None:
    late = replace(books.payment(), depends_on=("FB-LATER",))
    assert [r.status for r in await books.post(late)] == ["skipped"]
    twin = books.epoch
    await books.posted(books.invoice(key="FB-LATER"))
    books.epoch = twin - 1
    with pytest.raises(NavError, match=r"^TIEOUT-EPOCH"):
        await books.post(late)
    assert books.open_items() == {"FB0000101": Decimal("960.00")}


async def test_a_call_that_loses_its_epoch_stops(books: Any) -> None:
    async def claim(point: str) -> None:
        if point == "committed":
            await gateway.claim(books.company, 9)

    books.point = claim
    results = await books.post(books.invoice("FB1"), books.invoice("FB2"))
    assert [r.status for r in results] == ["posted", "not_tried"]
    assert books.gl()["1200"] == Decimal("960.00")


async def test_claim_waits_for_the_command_that_is_worked(books: Any) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def pause(point: str) -> None:
        if point == "lines_posted":
            reached.set()
            await go_on.wait()

    books.point = pause
    call = asyncio.create_task(books.post(books.invoice("FB1"), books.invoice("FB2")))
    await reached.wait()
    claim = asyncio.create_task(gateway.claim(books.company, 9))
    await asyncio.sleep(0)
    assert not claim.done()
    go_on.set()
    assert await claim == 9
    assert [r.status for r in await call] == ["posted", "not_tried"]


async def test_a_later_call_takes_over_from_one_that_is_at_work(books: Any) -> None:
    documents = [books.invoice(f"FB{n}") for n in range(4)]
    later: list[Any] = []

    async def overtake(point: str) -> None:
        if point == "committed" and not later:
            books.point = crash_at("never")
            later.extend(await books.post(*documents))

    books.point = overtake
    earlier = await books.post(*documents[:2])
    assert [r.status for r in earlier] == ["posted", "not_tried"]
    assert [r.status for r in later] == ["already", "posted", "posted", "posted"]
    assert books.gl()["1200"] == Decimal("3840.00")


async def test_after_its_time_a_call_tries_nothing_more(books: Any) -> None:
    (result,) = await books.post(books.invoice(), limit_s=0)
    assert result.status == "not_tried"
    assert books.gl() == {}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"key": ""}, "Key ''"),
        ({"key": "fb-1"}, "Key 'fb-1'"),
        ({"key": "X" * 36}, "1 to 35 characters"),
        ({"hash": "0" * 63}, "Hash"),
        ({"hash": "A" * 64}, "Hash"),
    ],
)
async def test_a_request_that_cannot_be_read(books: Any, changes: Any, told: str) -> None:
    with pytest.raises(NavError, match=r"^TIEOUT-REQUEST command 2: ") as refused:
        await books.post(books.invoice("FB1"), replace(books.invoice(), **changes))
    assert told in refused.value.text
    assert books.gl() == {}


async def test_a_call_has_at_most_500_commands(books: Any) -> None:
    with pytest.raises(NavError, match=r"^TIEOUT-REQUEST 501 commands"):
        await books.post(*[books.invoice()] * 501)


async def test_a_company_that_is_not_ready(books: Any) -> None:
    books.setup("General Ledger Setup", "", LCY_Code="")
    with pytest.raises(NavError, match=r"^TIEOUT-SETUP LCY Code is missing in General Ledger"):
        await books.post(books.invoice())
    books.setup("General Ledger Setup", "", LCY_Code="GBP")
    books.setup("Sales & Receivables Setup", "", **{"Customer_Nos.": ""})
    await books.posted(books.invoice())
    with pytest.raises(NavError, match=r"^TIEOUT-SETUP Customer Nos\. is missing in Sales"):
        await books.create(books.customer("FB-CUS-2"))


async def test_an_epoch_is_positive(books: Any) -> None:
    books.epoch = -1
    with pytest.raises(NavError, match=r"^TIEOUT-REQUEST epoch: must be positive"):
        await books.post(books.invoice())


async def test_points_are_passed_in_order(books: Any) -> None:
    passed: list[str] = []

    async def note(point: str) -> None:
        passed.append(point)

    books.point = note
    await books.post(books.invoice("FB1"), books.invoice("FB1"), books.invoice("FB2"))
    work = ["key_inserted", "lines_posted", "committed"]
    assert passed == ["call_received", "epoch_stored", *work, *work, "answer_ready"]


@pytest.mark.parametrize(
    ("point", "occurrence", "kept"),
    [
        ("call_received", 1, 0),
        ("epoch_stored", 1, 0),
        ("key_inserted", 1, 0),
        ("lines_posted", 1, 0),
        ("committed", 1, 1),
        ("key_inserted", 2, 1),
        ("lines_posted", 2, 1),
        ("committed", 2, 2),
        ("answer_ready", 1, 2),
    ],
)
async def test_a_crash_keeps_what_was_committed_and_nothing_else(
    books: Any, new_books: Any, point: str, occurrence: int, kept: int
) -> None:
    documents = [books.invoice("FB1"), books.payment("P1", applies_to="FB1")]
    expected = new_books()
    await expected.create(expected.customer())
    await expected.posted(*documents[:kept])
    books.epoch, books.point = 8, crash_at(point, occurrence)
    with pytest.raises(Crash):
        await books.post(*documents)
    assert _without_epoch(books) == _without_epoch(expected)
    assert gateway.stored_epoch(books.company) == (1 if point == "call_received" else 9)
    books.point = crash_at("never")
    results = await books.post(*documents)
    assert [r.status for r in results] == ["already"] * kept + ["posted"] * (2 - kept)
    assert books.open_items() == {}


def _without_epoch(books: Any) -> Any:
    contents = books.contents()
    contents["Tieout Key"] = [{**row, "Epoch": 0} for row in contents["Tieout Key"]]
    return contents


async def test_customers_get_numbers_in_steps_and_a_crash_wastes_none(books: Any) -> None:
    books.point = crash_at("lines_posted")
    with pytest.raises(Crash):
        await books.create(books.customer("FB-CUS-2"))
    books.point = crash_at("never")
    made = await books.create(books.customer("FB-CUS-2"), books.customer("FB-CUS-3"))
    assert [result.no for result in made] == ["C00020", "C00030"]


async def test_a_customer_as_nav_fills_it_in(books: Any) -> None:
    given = {"name": "Brown & Co", "vat_bus_posting_group": "", "block_payment_tolerance": True}
    await books.create(books.customer("FB-CUS-2", **given))
    row = books.company.database.get("Customer", "C00020")
    assert row["Search Name"] == "BROWN & CO"
    assert row["VAT Bus. Posting Group"] == "DOMESTIC"
    assert row["Block Payment Tolerance"] is True
    assert row["Last Date Modified"].isoformat() == "2026-04-10"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "x" * 51}, "less than or equal to 50 characters"),
        ({"country_region_code": "XX"}, "related table (Country/Region)"),
        ({"customer_posting_group": "NONE"}, "related table (Customer Posting Group)"),
    ],
)
async def test_a_customer_that_is_refused(books: Any, given: Any, told: str) -> None:
    before = books.contents()
    (result,) = await books.create(books.customer("FB-CUS-2", **given))
    assert result.status == "refused"
    assert told in result.text
    assert books.contents() == before
