"""The oracle reads both servers anew and works out every figure of the tie-out: they agree where the books do, and find the same where somebody broke them."""

from __future__ import annotations

import ast
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path

import pytest
from tests.acceptance import test_order_to_cash as told
from tests.acceptance.cases.clerk import Clerk
from tests.acceptance.cases.library import FILE, case
from tests.acceptance.cases.run import differences
from tests.acceptance.cases.setups import posting_setup
from tests.acceptance.stories import (
    INVOICE,
    MORE_WORK,
    WORK,
    client,
    credit,
    invoice,
    payment,
)
from tests.acceptance.world import World, living
from tests.oracle.play import both, load_files, play_firm
from tests.oracle.verdict import disagreements

from chaos.retail import write_month
from tieout_sandboxes.service_firm import ServiceFirm

ORACLE = Path(__file__).resolve().parents[1] / "oracle"


async def agree(world: World) -> set[tuple[str, str, str]]:
    """Both say the same; the differences that both have."""
    mine, told = await both(world)
    assert disagreements(mine, told) == []
    return {(row["invariant"], row["kind"], row["subject"]) for row in told["differences"]}


async def test_the_oracle_knows_nothing_of_the_product() -> None:
    """But for what plays a world and starts it, which works nothing out."""
    playing = ("play.py", "touch.py", "__main__.py")
    modules = [path for path in ORACLE.glob("*.py") if path.name not in playing]
    assert len(modules) > 7
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            played = ("tests.oracle.play", "tests.oracle.touch")
            knowing = ("tieout", "chaos", "tests.acceptance", *played)
            foreign = [name for name in names if name.startswith(knowing)]
            assert not foreign, f"{path.name} imports {foreign}"


async def month_of(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "500.00")
    await credit(world, WORK | {"qty": "1"})
    await invoice(world, MORE_WORK, id=INVOICE + 1, number="0000202", status=1)


async def test_a_small_month_and_what_is_on_its_way(world: World) -> None:
    await month_of(world)
    await world.sync()
    assert await agree(world) == set()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    assert {kind for _, kind, _ in await agree(world)} == {"IN_FLIGHT"}
    await world.sync()
    assert await agree(world) == set()


@pytest.mark.parametrize(
    "story",
    [
        told.test_edit_of_a_partly_paid_invoice,
        told.test_deleted_invoice_whose_payment_stays,
        told.test_unknown_tax_is_held_and_goes_on_after_correction,
        told.test_money_that_came_before_its_invoice,
        told.test_a_credit_used_in_part_stays_in_part_when_its_invoice_is_edited,
        told.test_a_chargeback_in_parts_and_a_win_in_part,
    ],
    ids=lambda story: story.__name__,
)
async def test_a_story(world: World, story: Callable[[World], Awaitable[None]]) -> None:
    await story(world)
    await agree(world)


# Two taxes, tax within prices, a gain on foreign money, money paid too much, a refund, a bank that keeps its charge, VAT settled, a deposit, months closed.
CASES = ("W03", "W06", "W11", "W13-other_id", "W17", "E20", "E45", "E60", "E65")


@pytest.mark.skipif(not FILE.exists(), reason="../shared/reference is not here")
@pytest.mark.parametrize("name", CASES)
async def test_an_accounting_case(database_url: str, tmp_path: Path, name: str) -> None:
    wanted = case(name)
    async with living(
        database_url, tmp_path, wanted.company.lower(), posting_setup=posting_setup(wanted)
    ) as world:
        await differences(world, wanted)
        await agree(world)


async def test_a_made_up_month_of_a_retailer(world: World, tmp_path: Path) -> None:
    file = write_month(tmp_path / "month.csv", 300, seed=11)
    await load_files(world, [file])
    assert await agree(world) == set()
    mine, _ = await both(world)
    assert {one.check: one.compared for one in mine}["I1"] > 300


@pytest.mark.parametrize(("company", "documents"), [("gb", 150), ("ca", 60)])
async def test_a_year_of_a_service_firm(
    database_url: str, tmp_path: Path, company: str, documents: int
) -> None:
    async with living(database_url, tmp_path, company) as world:
        firm = ServiceFirm(seed=3, documents=documents, company=company)
        await play_firm(world, firm)
        assert await agree(world) == set()


async def test_by_pages(database_url: str, tmp_path: Path) -> None:
    async with living(database_url, tmp_path, route="pages", longest_request_s=1) as world:
        await month_of(world)
        await world.sync()
        missing = {where for _, kind, where in await agree(world) if kind == "MISSING_IN_NAV"}
        assert missing == {"invoice/35001", "payment/11001", "credit_note/30947"}
        for template in ("GENERAL", "CASHRCPT"):
            batch = {"template_name": template, "batch_name": "FRESHBOOKS"}
            await world.nav.control("post_batch", batch)
        await world.sync()
        assert await agree(world) == set()


SALE = {"account_type": "G/L Account", "account_no": "4000"}
CUSTOMER = {"account_type": "Customer", "account_no": "C00010"}


async def unapplied(world: World) -> None:
    """An invoice that is paid in FreshBooks: its receipt is taken off it in NAV."""
    await payment(world, "460.00", id=11002)
    await world.sync()
    await take_off(world, "FBP11002")


async def take_off(world: World, receipt: str) -> None:
    applied = {"from_document_type": "Payment", "from_document_no": receipt} | {
        "to_document_type": "Invoice",
        "to_document_no": "FB0000201",
    }
    undone = {"customer_no": "C00010", "document_no": "U1", "posting_date": "2026-03-15"}
    await world.nav.control("unapply", applied | undone)


async def receipt_reversed(world: World) -> None:
    await take_off(world, "FBP11001")
    await world.nav.control("reverse", {"document_no": "FBP11001"})


async def stranger(world: World) -> None:
    head = {"document_no": "BYHAND", "posting_date": "2026-03-21"}
    await Clerk(world.nav).post(head, [CUSTOMER | {"amount": "75.00"}, SALE | {"amount": "-75.00"}])


async def under_our_key(world: World) -> None:
    """An edited amount: the accountant posts 10.00 more under the invoice's key."""
    head = {
        "document_type": "Invoice",
        "document_no": "FB0000201-9",
        "external_document_no": f"FB-INV-{INVOICE}-9",
        "posting_date": "2026-03-10",
    }
    await Clerk(world.nav).post(head, [CUSTOMER | {"amount": "10.00"}, SALE | {"amount": "-10.00"}])


async def due_later(world: World) -> None:
    (entry,) = await world.nav.rows("CustomerLedgerEntries", "Document_No eq 'FB0000201'")
    key = str(entry["Entry_No"])
    await world.nav.change("CustomerLedgerEntries", key, Due_Date="2026-12-24")


BROKEN = {
    receipt_reversed: {"I1", "I3", "I4", "I5", "I7"},
    stranger: {"I4", "I5", "I13"},
    under_our_key: {"I1", "I3", "I4", "I5", "I6", "I28"},
    due_later: {"I23"},
    unapplied: {"I14"},
}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
async def test_what_somebody_breaks_behind_our_back_both_find(
    world: World, broken: Callable[[World], Awaitable[None]]
) -> None:
    await month_of(world)
    await world.sync()
    await broken(world)
    found = await agree(world)
    assert {invariant for invariant, _, _ in found} == BROKEN[broken]


async def test_the_comparison_itself_can_fail(world: World) -> None:
    await month_of(world)
    await world.sync()
    mine, told = await both(world)
    for check in told["checks"]:
        for figure in ("compared", "freshbooks", "nav"):
            changed = json.loads(json.dumps(told))
            (one,) = [c for c in changed["checks"] if c["invariant"] == check["invariant"]]
            one[figure] = str(Decimal(one[figure]) + Decimal("0.01"))
            assert len(disagreements(mine, changed)) == 1
    for rows in ("differences", "explained"):
        line = {"invariant": "I1", "kind": "AMOUNT", "subject": "invoice/1"}
        changed = told | {rows: [*told[rows], line | {"freshbooks": "1", "nav": "2"}]}
        assert len(disagreements(mine, changed)) == 1
