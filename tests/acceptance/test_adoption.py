"""A firm whose books were kept apart goes live: what people keyed into NAV is adopted, what is missing is posted, and nothing is posted twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.acceptance.stories import client, invoice, line, payment
from tests.acceptance.test_books_check import CUSTOMERS, key_receipt, key_sale
from tests.acceptance.world import World, living

from tieout.app.adoption import Acceptance, acceptance_of, adopt, chosen_of
from tieout.app.books_reading import MARGIN, checked
from tieout.app.books_report import Report
from tieout.core.matching.check import DAYS

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
GROUPS = {
    "Gen. Bus. Posting Group": "DOMESTIC",
    "Customer Posting Group": "DOMESTIC",
    "VAT Bus. Posting Group": "DOMESTIC",
}
MISSING = {"invoice/35005", "payment/11003", "payment/11005"}


@pytest.fixture
async def apart(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A month that was written in FreshBooks and keyed into NAV by hand, some of it not yet; Tieout has posted nothing."""
    async with living(database_url, tmp_path) as world:
        await write_invoices(world)
        await key_history(world)
        yield world


async def write_invoices(world: World) -> None:
    await client(world, 7001)
    await client(world, 7002)
    for n in range(6):
        work = line("Consulting", "1", f"{100 + 7 * n}.00")
        who = {"customerid": 7001 + n % 2, "day": f"2026-03-{2 + n:02d}"}
        await invoice(world, work, id=35001 + n, number=f"{201 + n:07d}", **who)
    await payment(world, "120.00", id=11001, of=35001, day="2026-03-20")
    await payment(world, "128.40", id=11002, of=35002, day="2026-03-21")
    await payment(world, "136.80", id=11003, of=35003, day="2026-03-22")
    await payment(world, "153.60", id=11004, of=35005, day="2026-03-23", note="chq 778812")
    await payment(world, "60.00", id=11005, of=35004, day="2026-03-24")


async def key_history(world: World) -> None:
    for no, name in CUSTOMERS.items():
        values = {"Name": name, **GROUPS}
        await world.nav.control("record", {"table": "Customer", "key": [no], "values": values})
    for n in (0, 1, 2, 3, 5):  # 205 was never keyed
        amount = Decimal(100 + 7 * n) * Decimal("1.2")
        await key_sale(
            world, 103000 + n, f"{201 + n}", f"C{1 + n % 2}", amount, f"2026-03-{2 + n:02d}"
        )
    await key_receipt(world, "BR1", "C1", "120.00", "2026-03-20", "201", applies_to="103000")
    await key_receipt(world, "BR2", "C2", "128.40", "2026-03-21", "202", applies_to="103001")
    await key_receipt(world, "BR3", "C1", "153.60", "2026-03-23", "chq 778812")


async def check(world: World) -> Report:
    return await checked(world.installation, world.pair, FIRST, LAST, DAYS, MARGIN)


async def accept_all(world: World) -> Acceptance:
    report = await check(world)
    chosen = chosen_of(report, None)
    found = await acceptance_of(world.installation, world.pair, report, chosen, "Ann")
    await adopt(world.installation, world.pair, found)
    return found


async def adopted_refs(world: World) -> set[str]:
    return {
        str(ref)
        for each in await world.installation.store.all_adoptions(world.pair)
        for ref in each.refs
    }


async def test_history_is_adopted_and_only_what_is_missing_is_posted(apart: World) -> None:
    entries = await apart.nav.last_entry()
    found = await accept_all(apart)
    assert await apart.nav.last_entry() == entries  # nothing was written to NAV
    assert found.customers == {"7001": "C1", "7002": "C2"}
    everything = {f"invoice/{35001 + n}" for n in range(6)} | {
        f"payment/{11001 + n}" for n in range(5)
    }
    assert await adopted_refs(apart) == everything - MISSING

    await apart.sync()
    assert await apart.reasons() == {}
    assert await apart.states() == {"agreed": 11}
    posted = await apart.installation.store.recorded(apart.pair, "")
    assert {str(sent.ref) for sent in posted.commands if sent.role == "post"} == MISSING
