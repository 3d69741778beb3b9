"""The tables: order, indexes, versions, and transactions that are all or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout_sandboxes.nav.database import Database, Field, Table
from tieout_sandboxes.nav.errors import NavError

ITEM = Table(
    27,
    "Item",
    (
        Field("No.", "Code", 20),
        Field("Group", "Code", 10),
        Field("Price", "Decimal"),
        Field("Type", "Option", options=("Goods", "Service")),
        Field("Active", "Boolean", init=True),
        Field("Stock", "Decimal", flow=True),
    ),
    ("No.",),
    (("Group",),),
)
LINE = Table(
    28, "Line", (Field("Item", "Code"), Field("Line No.", "Integer")), ("Item", "Line No.")
)


@pytest.fixture
def database() -> Database:
    return Database((ITEM, LINE))


def fail_after(database: Database, work: Callable[[], Any]) -> None:
    """Does the work in a transaction that then fails."""
    with database.transaction():
        work()
        raise RuntimeError


def test_what_is_not_given_is_blank_and_a_flow_field_is_not_kept(database: Database) -> None:
    row = database.insert("Item", {"No.": "A"})
    assert row == {"No.": "A", "Group": "", "Price": Decimal(0), "Type": "Goods", "Active": True}


def test_an_unknown_field_is_a_mistake_of_ours(database: Database) -> None:
    with pytest.raises(AssertionError, match="Colour"):
        database.insert("Item", {"No.": "A", "Colour": "red"})


def test_a_key_is_there_once(database: Database) -> None:
    database.insert("Item", {"No.": "A"})
    with pytest.raises(NavError, match=re.escape("No.='A'")) as refused:
        database.insert("Item", {"No.": "A"})
    assert refused.value.kind == "duplicate"


def test_what_is_missing_is_named(database: Database) -> None:
    told = "The Line does not exist. Identification fields and values: Item='A',Line No.='7'"
    for attempt in (
        lambda: database.existing("Line", "A", 7),
        lambda: database.modify("Line", {"Item": "A", "Line No.": 7}),
        lambda: database.delete("Line", "A", 7),
    ):
        with pytest.raises(NavError) as refused:
            attempt()
        assert (refused.value.kind, refused.value.text) == ("record_not_found", told)


def test_rows_come_in_the_order_of_the_key(database: Database) -> None:
    for item, number in (("B", 1), ("A", 20), ("A", 3)):
        database.insert("Line", {"Item": item, "Line No.": number})
    keys = [(row["Item"], row["Line No."]) for row in database.all("Line")]
    assert keys == [("A", 3), ("A", 20), ("B", 1)]
    assert database.last("Line") == {"Item": "B", "Line No.": 1}
    assert database.first_keys("Line", "A") == [("A", 3), ("A", 20)]
    database.delete("Line", "B", 1)
    assert database.last("Line") == {"Item": "A", "Line No.": 20}
    assert database.last("Item") is None


def test_an_index_follows_every_change(database: Database) -> None:
    for number in "ABC":
        database.insert("Item", {"No.": number, "Group": "X"})
    database.modify("Item", {**database.existing("Item", "B"), "Group": "Y"})
    database.delete("Item", "A")
    assert [row["No."] for row in database.find("Item", Group="X")] == ["C"]
    assert [row["No."] for row in database.find("Item", {"Group": "Y"})] == ["B"]
    with pytest.raises(LookupError, match="no index on Price"):
        database.find("Item", Price=Decimal(0))


def test_rows_that_were_handed_out_do_not_change(database: Database) -> None:
    before = database.insert("Item", {"No.": "A"})
    changed = {**before, "Group": "X"}
    database.modify("Item", changed)
    changed["Group"] = "Z"
    assert before["Group"] == ""
    assert database.existing("Item", "A")["Group"] == "X"


def test_a_version_rises_and_falls_back_with_its_transaction(database: Database) -> None:
    row = database.insert("Item", {"No.": "A"})
    first = database.stamp("Item", "A")

    def change() -> None:
        database.modify("Item", {**row, "Group": "X"})
        assert database.stamp("Item", "A") > first

    with pytest.raises(RuntimeError):
        fail_after(database, change)
    assert database.stamp("Item", "A") == first


def test_an_inner_transaction_is_undone_alone(database: Database) -> None:
    with database.transaction():
        database.insert("Item", {"No.": "A"})
        with pytest.raises(RuntimeError):
            fail_after(database, lambda: database.insert("Item", {"No.": "B"}))
    assert [row["No."] for row in database.all("Item")] == ["A"]


def test_what_is_committed_can_be_told_from_what_is_not(database: Database) -> None:
    row = database.insert("Item", {"No.": "A"})
    with database.transaction():
        changed = database.modify("Item", {**row, "Group": "X"})
        database.insert("Item", {"No.": "B"})
        assert database.committed("Item", "A") == row
        assert database.committed("Item", "B") is None
    assert database.committed("Item", "A") == changed
    assert database.committed("Item", "B") is not None


WRITES = st.lists(
    st.tuples(
        st.sampled_from(["insert", "modify", "delete"]),
        st.sampled_from("ABC"),
        st.sampled_from("XY"),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(before=WRITES, inside=WRITES)
def test_a_transaction_that_fails_leaves_no_trace(before: Any, inside: Any) -> None:
    database = Database((ITEM,))
    _write(database, before)
    seen = _everything(database)
    with pytest.raises(RuntimeError):
        fail_after(database, lambda: _write(database, inside))
    assert _everything(database) == seen


def _write(database: Database, writes: Any) -> None:
    for action, number, group in writes:
        try:
            if action == "delete":
                database.delete("Item", number)
            else:
                row = {"No.": number, "Group": group, "Price": Decimal(0)}
                getattr(database, action)("Item", {**row, "Type": "Goods", "Active": True})
        except NavError:
            continue


def _everything(database: Database) -> Any:
    rows = list(database.all("Item"))
    stamps = [database.stamp("Item", row["No."]) for row in rows]
    # An index lists rows in the order of writing, which undoing may change.
    by_group = [sorted(r["No."] for r in database.find("Item", Group=g)) for g in "XY"]
    return rows, stamps, by_group, database.last("Item")
