"""Records in memory: order, visibility and indexes stay right while records come, change and go."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tieout_sandboxes.freshbooks.clock import eastern_day
from tieout_sandboxes.freshbooks.search import Criterion, Key, candidates
from tieout_sandboxes.freshbooks.table import Row, Table

NOON = datetime(2026, 3, 12, 16, tzinfo=UTC)


class Thing(msgspec.Struct):
    colour: str
    vis_state: int = 0


def table() -> Table[Thing]:
    return Table(10, {"colour": lambda row: row.wire.colour})


changes = st.tuples(
    st.integers(1, 9), st.sampled_from(["red", "blue"]), st.integers(0, 2), st.integers(0, 3)
)


@given(st.lists(changes, max_size=40))
def test_every_index_agrees_with_a_scan(steps: list[tuple[int, str, int, int]]) -> None:
    things = table()
    for number, colour, vis_state, days in steps:
        row = things.get(number) or Row(number, Thing(colour), NOON)
        row.wire.colour, row.wire.vis_state = colour, vis_state
        row.updated = NOON + timedelta(days=days)
        things.keep(row)
    rows = list(things)
    assert things.ids(deleted=False) == sorted(row.id for row in rows if not row.deleted)
    assert things.ids(deleted=True) == sorted(row.id for row in rows if row.deleted)
    for colour in ("red", "blue"):
        same = {row.id for row in rows if row.wire.colour == colour}
        assert things.having("colour", colour) == same
    first = eastern_day(NOON + timedelta(days=1))
    late = {row.id for row in rows if row.updated >= NOON + timedelta(days=1)}
    assert things.updated_between(first, None) == late
    for deleted in (False, True):
        shown = sorted(number for number in late if things[number].deleted is deleted)
        assert things.visible(late, deleted=deleted) == shown


def test_a_list_looks_at_no_record_that_an_index_has_answered() -> None:
    """Or a walk through the pages of a large table would take time in its square."""
    things = table()
    for number in range(1, 10):
        things.keep(Row(number, Thing("red" if number % 2 else "blue"), NOON))
    looked: list[int] = []

    def look(row: Row[Thing], _value: object) -> bool:
        looked.append(row.id)
        return row.id > 4

    day = Criterion("updated_min", Key(str, 0, look, index="updated_min"), date(2026, 3, 12))
    colour = Criterion("colour", Key(str, 0, look, index="colour"), "red")
    assert candidates(things, [day], deleted=False) == list(range(1, 10))
    assert candidates(things, [colour], deleted=False) == [1, 3, 5, 7, 9]
    assert looked == []
    assert candidates(things, [day, colour], deleted=False) == [5, 7, 9]
    assert looked == [1, 3, 5, 7, 9]


def test_json_is_rendered_once_per_revision() -> None:
    things = table()
    row = Row(1, Thing("red"), NOON)
    things.keep(row)
    rendered = row.json()
    assert row.json() is rendered
    row.wire.colour = "blue"
    things.keep(row)
    assert row.json() == b'{"colour":"blue","vis_state":0}'


def test_ids_pass_over_those_that_are_taken() -> None:
    things = table()
    things.keep(Row(11, Thing("red"), NOON))
    assert [things.take_id(), things.take_id()] == [10, 12]


def test_a_removed_record_is_gone_everywhere() -> None:
    things = table()
    row = Row(1, Thing("red"), NOON)
    things.keep(row)
    things.remove(row)
    assert (len(things), list(things.ids(deleted=False))) == (0, [])
    assert things.having("colour", "red") == things.updated_between(None, None) == set()
