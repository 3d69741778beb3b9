"""Whatever stands in a body, a record is written or refused in FreshBooks' words; nothing breaks."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.clock import Clock
from tieout_sandboxes.freshbooks.core import Business, Core
from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.switches import Switches

NASTY: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, Decimal("0.5"), Decimal("1e400"), "", " ", "x", "NaN",
    "Infinity", "1e400", "-0", "2026-02-30", "9999-12-31", "\x00", "é" * 300, [], [None], ["x"],
    [{}], {}, {"amount": None}, {"amount": "x", "code": 5}, {"amount": {}}, [{"qty": "x"}],
    [{"qty": "1e9", "unit_cost": "1e9"}], [{"taxAmount1": "1e400"}], [{"lineid": []}],
)  # fmt: skip
GOOD: dict[str, dict[str, Any]] = {
    "client": {"fname": "Ada"},
    "item": {"name": "Bowl"},
    "tax": {"name": "VAT"},
    "invoice": {"customerid": 1, "create_date": "2026-03-10"},
    "estimate": {"customerid": 1, "create_date": "2026-03-10"},
    "credit_note": {"clientid": 1, "create_date": "2026-03-10"},
    "invoice_profile": {"customerid": 1, "create_date": "2026-03-10", "frequency": "m"},
    "payment": {"invoiceid": 1, "amount": "1.00", "date": "2026-03-10", "type": "Cash"},
    "expense": {"categoryid": 13_151_877, "staffid": 1, "amount": "1.00", "date": "2026-03-10"},
    "project": {"title": "Site"},
    "time_entry": {"is_logged": True, "duration": 1, "started_at": "2026-03-10T10:00:00Z"},
}
NO_QUERY = Query("include[]=lines")


def books() -> Books:
    core = Core(Clock(), Switches(), Business("GBP", "Europe/London"))
    core.clock.set(datetime(2026, 3, 12, 16, tzinfo=UTC))
    made = Books(core)
    for kind in ("client", "invoice"):
        resource = {each.single: each for each in made.all()}[kind]
        with resource.table.numbered(1):
            resource.add(Given(kind, GOOD[kind]))
    return made


def tried(work: Any, *args: Any) -> None:
    """Anything else than an answer in JSON or a refusal fails the test."""
    with contextlib.suppress(Refusal):
        msgspec.json.decode(work(*args))


@pytest.mark.parametrize("kind", list(GOOD))
def test_no_value_of_any_field_breaks_anything(kind: str) -> None:
    on = books()
    resource = {each.single: each for each in on.all()}[kind]
    known = resource.add(Given(kind, GOOD[kind])).id
    names = {*resource.edits, *resource.settled, *resource.read_only, *resource.actions}
    for name in sorted(names | {"vis_state", "unknown"}):
        for value in NASTY:
            tried(resource.create, Given(kind, GOOD[kind] | {name: value}), NO_QUERY)
            tried(resource.update, known, Given(kind, {name: value}), NO_QUERY)
            tried(resource.read, known, NO_QUERY)
    on.core.catch_up()
    tried(resource.listing, NO_QUERY)
