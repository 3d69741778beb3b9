"""Sales files through the real path, one after the other: both books agree by the product's word, by the audit's and by the files themselves."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.retail_oracle import expected
from tests.acceptance.world import World

from chaos.retail import slices, write_month
from tieout_sandboxes.audit import audit_books
from tieout_sandboxes.retail import Connection, load_retail
from tieout_sandboxes.retail.audit import audit


async def test_files_one_after_the_other_agree_straight_through(
    world: World, tmp_path: Path
) -> None:
    names = Connection.__dataclass_fields__
    server = world.freshbooks_server
    connection = Connection.read({"freshbooks": {n: getattr(server, n) for n in names}})
    month = write_month(tmp_path / "month.csv", 120, seed=8)
    files = slices(month, tmp_path, 3)
    for file in files:
        summary = await load_retail(file, connection)
        assert summary.refused == ()
        await world.sync()
    assert await world.reasons() == {}
    assert await audit_books(world.person, world.nav) == []
    assert await audit(files, world.nav) == []
    result = await world.tie_out()
    assert result.agrees, result.differences
    counts = await world.states()
    standing = sum(not one.is_zero for one in expected(month).documents.values())
    money = await world.person.every("payment")
    overpayments = sum(one["overpaymentid"] is not None for one in money)
    assert overpayments > 0
    assert any(one["from_credit"] for one in money)
    assert counts["agreed"] == standing + len(money) + overpayments
    assert counts["excluded"] == 120 - standing
