"""Answers and documents that are not as they should be, each beside a good one: it is told or held with words, the good one goes on, nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from tests.acceptance.stories import INVOICE, WORK, client, invoice, line, payment
from tests.acceptance.test_bad_input import Queue
from tests.acceptance.world import World

from tieout.app.host import utc_now
from tieout.app.pair_check import check_pair
from tieout.app.running import explained
from tieout.app.webhooks import receiver
from tieout.connectors.freshbooks.webhooks import signature
from tieout.core.failures import Forbidden, Unauthorized, Unreachable

GOOD = INVOICE + 1


async def beside_a_good_one(world: World, **bad: Any) -> str:
    """Why the bad invoice is held, and that the good one is posted."""
    await client(world)
    await invoice(world, bad.pop("of", WORK), **bad)
    await invoice(world, WORK, id=GOOD, number="0000202")
    await world.sync()
    assert await world.states() == {"agreed": 1, "held": 1}
    return (await world.reasons())[f"invoice/{INVOICE}"]


async def fault(world: World, kind: str, **parameters: Any) -> None:
    await world.person.control("faults", {"kind": kind, "path": "invoices/invoices", **parameters})


async def test_an_answer_that_breaks_off_is_read_again(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await fault(world, "cut", times=-1)
    with pytest.raises(Unreachable, match="invoices/invoices"):
        await world.installation.poll(world.pair.id)
    assert await world.states() == {}
    await world.person.clear_faults()
    await world.sync()
    assert await world.states() == {"agreed": 1}


async def test_fields_that_nobody_knows_do_no_harm(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    surprise = '"surprise":{"deep":[1,null,"x"]},"vis_state":'
    await fault(world, "rewrite", find='"vis_state":', put=surprise, times=-1)
    await world.sync()
    assert await world.states() == {"agreed": 1}


async def test_a_value_of_the_wrong_type_stops_its_document_alone(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await invoice(world, line("Other", "1", "7.77"), id=GOOD, number="0000202")
    await fault(
        world, "rewrite", find='"create_date":"2026-03-10"', put='"create_date":7', times=-1
    )
    await payment(world, "1.00", of=GOOD)
    await world.sync()
    states = await world.states()
    assert states.get("dead") == 2, states
    reason = (await world.reasons())[f"invoice/{INVOICE}"]
    assert "does not have the documented shape" in reason
    assert "create_date" in reason
    await world.person.clear_faults()
    await world.installation.store.retry(world.pair, None, now=utc_now())
    await world.sync()
    assert await world.states() == {"agreed": 3}


async def test_a_tax_that_is_not_mapped_is_held(world: World) -> None:
    strange = line("Work", "1", "100.00", percent="17.5")
    reason = await beside_a_good_one(world, of=strange)
    assert reason.startswith("TAX_NOT_MAPPED: Tax VAT 17.5 %")


async def test_a_currency_that_is_not_mapped_is_held(world: World) -> None:
    krona = {**line("Work", "1", "100.00", None), "unit_cost": {"amount": "100.00", "code": "SEK"}}
    reason = await beside_a_good_one(world, of=krona, currency_code="SEK")
    assert "CURRENCY_NOT_MAPPED" in reason


async def test_an_account_that_nav_does_not_have_is_refused_with_its_words(world: World) -> None:
    setups = await world.installation.store.posting_setups(world.pair)
    content = dict(setups[max(setups)])
    rule = {"items": ["Oddity"], "gl_account": "4999", "gen_prod": "SERVICES"}
    content["lines"] = [rule, *content["lines"]]
    await world.installation.store.change_posting_setup(world.pair, content)
    reason = await beside_a_good_one(world, of=line("Oddity", "1", "100.00"))
    assert reason.startswith("REFUSED_BY_NAV")
    assert "4999" in reason


async def test_a_dimension_value_that_nav_does_not_have_is_told_before_and_refused_after(
    world: World,
) -> None:
    setups = await world.installation.store.posting_setups(world.pair)
    content = dict(setups[max(setups)])
    rule = {"gl_account": "4000", "gen_prod": "SERVICES", "dimensions": {"PROJECT": "P-999"}}
    content["lines"] = [{"items": ["Oddity"], **rule}, *content["lines"]]
    await world.installation.store.change_posting_setup(world.pair, content)
    checked = await check_pair(world.installation, world.pair)
    (told,) = [result.found for result in checked if not result.ok]
    assert told == "dimension value PROJECT P-999 does not exist"
    reason = await beside_a_good_one(world, of=line("Oddity", "1", "100.00"))
    assert reason.startswith("REFUSED_BY_NAV")
    assert "P-999" in reason


async def test_a_day_without_an_exchange_rate_is_held(world: World) -> None:
    await client(world, 7020, country="France")
    euro = {**line("Work", "1", "100.00", None), "unit_cost": {"amount": "100.00", "code": "EUR"}}
    reason = await beside_a_good_one(
        world, of=euro, currency_code="EUR", customerid=7020, day="2025-06-02"
    )
    assert reason.startswith("RATE_MISSING: NAV has no exchange rate of EUR on 2025-06-02")


async def test_a_key_that_nav_refuses_stops_the_line_with_words_and_loses_nothing(
    world: World,
) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.installation.poll(world.pair.id)
    await world.nav.control("switches", {"account": "key_expired"})
    with pytest.raises(Unauthorized) as refused:
        await world.settle()
    assert "web service access key" in explained(refused.value)
    assert await world.states() == {"pending": 1}
    await world.nav.control("switches", {"account": "known"})
    await world.sync()
    assert await world.states() == {"agreed": 1}


async def test_a_webhook_with_the_signature_of_another_secret_is_refused(world: World) -> None:
    store, queue = world.installation.store, Queue()
    await store.add_callback(world.pair, "9", event="invoice", uri="http://127.0.0.1/hook")
    await store.set_verifier(world.pair, "9", "the secret")
    await store.callback_verified(world.pair, "9")
    receive = receiver(world.installation, queue)  # type: ignore[arg-type]
    event = f"name=invoice.create&object_id={INVOICE}".encode()
    status, _ = await receive("main", event, signature("another secret", event))
    assert (status, queue.woken) == (401, 0)
    status, _ = await receive("main", event, signature("the secret", event))
    assert (status, queue.woken) == (200, 1)


async def test_a_scope_that_is_missing_is_told_and_no_token_is_used_up(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    before = world.installation.calls["freshbooks POST"]
    await fault(world, "status", status=403, times=-1)
    with pytest.raises(Forbidden) as refused:
        await world.installation.poll(world.pair.id)
    assert "every scope" in explained(refused.value)
    assert world.installation.calls["freshbooks POST"] == before, "nothing was renewed"
    await world.person.clear_faults()
    await world.sync()
    assert await world.states() == {"agreed": 1}
