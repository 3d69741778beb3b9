"""What is explained is limited: books that all other invariants call good, because somebody called money a bank charge, or let a draft lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.acceptance.stories import WORK, client, invoice, payment
from tests.acceptance.world import World, living

from tieout.app.host import utc_now
from tieout.app.pair_document import settings_of
from tieout.app.running import InputError
from tieout.app.tie_out import tieout_text
from tieout.core.reconciliation.difference import Break
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.identity import Kind, Ref

RECEIPT = Ref(Kind.PAYMENT, "11001")


async def kept_by_the_bank(world: World, amount: str) -> Tieout:
    """A receipt of 960.00, of which somebody says that the bank kept so much."""
    await client(world)
    await invoice(world, WORK)
    store = world.installation.store
    await store.approve(world.pair, RECEIPT, "BANK_CHARGE", amount, by="clerk", now=utc_now())
    await payment(world, "960.00")
    await world.sync()
    return await world.tie_out()


async def test_a_bank_charge_as_banks_take_them(world: World) -> None:
    result = await kept_by_the_bank(world, "8.00")
    assert result.agrees
    told = {(d.invariant, d.kind): (d.nav, d.text) for d in result.explained}
    amount, text = told["I26", Break.BANK_CHARGE]
    assert str(amount) == "8.00"
    assert text.startswith("gross, items: 1, the oldest of 2026-03-15 (")


async def test_a_bank_charge_that_is_none(world: World) -> None:
    """Typed as 800.00 for 8.00: every balance, account and application agrees, and the bank's money is on an account of costs."""
    result = await kept_by_the_bank(world, "800.00")
    (found,) = result.differences
    assert (found.invariant, found.kind, found.subject) == (
        "I26",
        Break.NOT_EXPLAINED,
        str(RECEIPT),
    )
    assert found.text == "I7 lists it as BANK_CHARGE: 800.00 is more than 25% of 960.00"
    assert "FB-PMT-11001-1" in found.cause
    assert "NO  I26  explained items" in tieout_text(result)


async def test_limits_are_settings_of_the_pair(database_url: str, tmp_path: Path) -> None:
    """A draft may lie three years, unless the finance team says less."""
    limits = {"CUT_OFF": {"days": 30}}
    async with living(database_url, tmp_path, explained_limits=limits) as world:
        await client(world)
        await invoice(world, WORK, status=1)
        await world.sync()
        (found,) = (await world.tie_out()).differences
        assert (found.invariant, found.subject) == ("I26", "invoice/35001")
        assert "it is of 2026-03-10, " in found.text
        assert "and may be 30" in found.text


def test_a_limit_that_is_none_is_refused_with_its_reason() -> None:
    for value in ("much", {"RATE": {"days": "soon"}}):
        with pytest.raises(InputError, match=r"settings\.explained_limits "):
            settings_of({"settings": {"explained_limits": value}})
