"""FreshBooks against itself: what an accountant books there past its invoices shows, and what nobody could verify about its ledger makes no false break."""

from __future__ import annotations

from typing import Any

from tests.acceptance.stories import INVOICE, WORK, client, invoice
from tests.acceptance.world import World

from tieout.core.reconciliation.difference import Difference


async def found(world: World) -> list[Difference]:
    return [d for d in (await world.tie_out()).differences if d.invariant == "I16"]


async def test_an_entry_that_an_accountant_books_on_receivables_is_told(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await world.sync()
    await world.person.book("2026-03-11", "GBP", "Petty Cash", "Common Stock", "200")
    assert (await world.tie_out()).agrees, "this is no business of ours"
    await world.person.book("2026-03-11", "GBP", "Accounts Receivable", "Sales", "25")
    (one,) = await found(world)
    assert (one.subject, str(one.freshbooks), str(one.nav)) == (
        "FreshBooks account 1200 GBP", "960.00", "985.00"
    )  # fmt: skip
    assert one.text == "FreshBooks' receivables are not what its invoices have outstanding"


ASSUMED = (
    ("ledger_orphan_payments", "vanish"),
    ("ledger_client_money", "customer_deposits"),
    ("ledger_client_money", "unearned_revenue"),
    ("ledger_goodwill", "deferred_discount"),
    ("trial_balance_period", "balances"),
    ("journal_details", "history"),
)


async def test_what_nobody_could_verify_makes_no_break(world: World) -> None:
    """A payment of a deleted invoice, one of too much, and its rest used for another invoice; the books are told in every way that FreshBooks may have."""
    await client(world)
    await invoice(world, WORK)
    await invoice(world, WORK, id=35002, number="0000202")
    await invoice(world, WORK, id=35003, number="0000203")
    for of, amount in ((INVOICE, "400.00"), (35002, "1000.00")):
        await pay(world, of, amount)
    await world.person.update("invoice", INVOICE, vis_state=1)
    (rest,) = [n for n in await world.person.every("credit_note") if not n["vis_state"]]
    await pay(world, 35003, "25.00", creditid=int(rest["id"]), type="Credit")
    switches = world.freshbooks_server.books.core.switches
    for name, value in ASSUMED:
        before = getattr(switches, name)
        await world.person.control("switches", {name: value})
        assert (name, value, await found(world)) == (name, value, [])
        await world.person.control("switches", {name: before})
    assert await found(world) == []


async def pay(world: World, of: int, amount: str, **fields: Any) -> None:
    told = {"type": "Bank Transfer", "date": "2026-03-12", **fields}
    money = {"amount": amount, "code": "GBP"}
    await world.person.create("payment", invoiceid=of, amount=money, **told)
