"""A prepayment is posted, and then FreshBooks states a tax on it: a person is asked, and the receipt stays as it was."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.acceptance.cases.choices import RULES
from tests.acceptance.stories import client, credit, line
from tests.acceptance.world import World, living

from tieout.app.setups import default_setup

PLAIN, TAXED = line("Deposit", "1", "600.00", None), line("Deposit", "1", "500.00")


async def test_a_tax_on_a_prepayment_is_asked_about_until_it_is_taken_off(world: World) -> None:
    await client(world)
    made = await credit(world, PLAIN, id=None, type="prepayment", day="2026-03-24")
    await world.sync()
    number = int(made["id"])
    before = await world.nav.last_entry()
    await world.person.update("credit_note", number, lines=[TAXED])
    await world.sync()
    reasons = await world.reasons()
    assert reasons[f"credit_note/{number}"].startswith("PREPAYMENT_TAXED: FreshBooks states 100.00 GBP")  # fmt: skip
    found = [(d.invariant, str(d.kind), d.subject) for d in (await world.tie_out()).differences]
    assert found == [("I2", "TAX", f"credit_note/{number}")]
    await world.person.update("credit_note", number, lines=[PLAIN])
    await world.sync()
    assert await world.reasons() == {}
    assert await world.nav.last_entry() == before
    assert list((await world.nav.open_items()).values()) == [Decimal("-600.00")]
    assert (await world.tie_out()).agrees


async def test_books_agree_while_the_vat_of_a_prepayment_is_declared(
    database_url: str, tmp_path: Path
) -> None:
    """VAT is declared when the money comes in, and taken back as an invoice uses it; until then it stands beside a receipt of which FreshBooks owes nothing."""
    setup = {**default_setup("GBP"), **RULES["E60"].fields}
    async with living(database_url, tmp_path, posting_setup=setup) as world:
        await client(world)
        made = await credit(world, TAXED, id=None, type="prepayment", day="2026-03-24")
        await world.sync()
        assert await world.reasons() == {}
        assert await world.nav.posted(f"FB-CRN-{made['id']}-V1") == {
            "2200": Decimal("-100.00"),
            "2320": Decimal("100.00"),
        }
        result = await world.tie_out()
        assert result.agrees, result.differences
