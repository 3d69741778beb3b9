"""The oracle reads both servers anew and works out every figure of the tie-out: they agree where the books do, and find the same where somebody broke them."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from tests.acceptance.stories import CLIENT, INVOICE, MORE_WORK, WORK, client, invoice, payment
from tests.acceptance.world import World
from tests.oracle.answers import ask
from tests.oracle.books import Figures
from tests.oracle.verdict import disagreements, figures

from tieout.app.console import plain
from tieout.app.tie_out import _counted

ORACLE = Path(__file__).resolve().parents[1] / "oracle"


async def both(world: World, database_url: str) -> tuple[list[Figures], Any]:
    """The oracle's figures and what `tieout reconcile --json` would print."""
    server, nav = world.freshbooks_server, world.nav_server
    connection = {
        "freshbooks": {n: getattr(server, n) for n in ("url", "access_token", "account_id")},
        "nav": {n: getattr(nav, n) for n in ("odata_url", "company", "user", "key")},
    }
    answers = await ask(connection, database_url, world.pair.name)
    result = await world.tie_out()
    told = {
        "checks": [_counted(check) for check in result.checks],
        "differences": result.differences,
        "explained": result.explained,
    }
    return figures(answers), json.loads(json.dumps(plain(told), default=str))


async def agree(world: World, database_url: str) -> set[tuple[str, str, str]]:
    """Both say the same; the differences that both have."""
    mine, told = await both(world, database_url)
    assert disagreements(mine, told) == []
    return {(row["invariant"], row["kind"], row["subject"]) for row in told["differences"]}


async def test_the_oracle_knows_nothing_of_the_product() -> None:
    modules = list(ORACLE.glob("*.py"))
    assert len(modules) > 5
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            foreign = [name for name in names if name.startswith("tieout")]
            assert not foreign or path.name == "__main__.py", f"{path.name} imports {foreign}"


async def month_of(world: World) -> None:
    await client(world)
    await invoice(world, WORK)
    await payment(world, "500.00")
    await world.person.create(
        "credit_note",
        30947,
        clientid=CLIENT,
        create_date="2026-03-20",
        credit_number="0000070",
        credit_type="goodwill",
        currency_code="GBP",
        lines=[WORK | {"qty": "1"}],
    )
    await invoice(world, MORE_WORK, id=INVOICE + 1, number="0000202", status=1)


async def test_a_small_month_and_what_is_on_its_way(world: World, database_url: str) -> None:
    await month_of(world)
    await world.sync()
    assert await agree(world, database_url) == set()
    await world.person.update("invoice", INVOICE, lines=[MORE_WORK])
    assert {kind for _, kind, _ in await agree(world, database_url)} == {"IN_FLIGHT"}
    await world.sync()
    assert await agree(world, database_url) == set()
