"""Search keys: which of them a kind of record understands and what each narrows a list to.

A key that is not understood is left out without a word and the list comes back unnarrowed; that is
how FreshBooks behaves and what makes a misspelt filter dangerous. A bad value of a key that is
understood is refused (errno 1023, 1024, 1032, 1034, 1037).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.table import Row, Table, Wire

Get = Callable[[Row[Wire]], Any]
ID = "id"
Read = TypeVar("Read")
DAYS = ("updated_min", "updated_max")


@dataclass(frozen=True)
class Key(Generic[Wire]):
    """One search key: how its text is read, which records match, and the index that finds them."""

    read: Callable[[str], Any]
    errno: int
    matches: Callable[[Row[Wire], Any], bool]
    index: str | None = None
    many: bool = False


Keys = Mapping[str, Key[Wire]]


def equals(get: Get[Wire], read: Callable[[str], Any] = str, index: str | None = None) -> Key[Wire]:
    """`search[key]=v`: the record has exactly this value."""
    return Key(read, errors.FILTER_NUMBER, lambda row, value: bool(get(row) == value), index)


def among(get: Get[Wire], read: Callable[[str], Any] = str, index: str | None = None) -> Key[Wire]:
    """`search[keys][]=v&search[keys][]=w`: the record has one of these values."""
    return Key(read, errors.FILTER_NUMBER, lambda row, values: get(row) in values, index, many=True)


def like(get: Get[Wire]) -> Key[Wire]:
    """`search[key_like]=v`: the text is contained, whatever its case."""
    return Key(
        str.casefold,
        errors.FILTER_SCALAR,
        lambda row, value: value in str(get(row) or "").casefold(),
    )


def from_day(get: Get[Wire], index: str | None = None) -> Key[Wire]:
    """`search[key_min]=YYYY-MM-DD`: on this day or later."""
    return Key(date.fromisoformat, errors.FILTER_DATE, lambda row, value: get(row) >= value, index)


def before_day(get: Get[Wire], index: str | None = None) -> Key[Wire]:
    """`search[key_max]=YYYY-MM-DD`: before this day; the day itself is not included."""
    return Key(date.fromisoformat, errors.FILTER_DATE, lambda row, value: get(row) < value, index)


def at_least(get: Get[Wire]) -> Key[Wire]:
    """`search[amount_min]=v`: this much or more."""
    return Key(Decimal, errors.FILTER_NUMBER, lambda row, value: get(row) >= value)


def less_than(get: Get[Wire]) -> Key[Wire]:
    """`search[amount_max]=v`: less than this."""
    return Key(Decimal, errors.FILTER_NUMBER, lambda row, value: get(row) < value)


def boolean(get: Get[Wire]) -> Key[Wire]:
    """`search[key]=true`: yes or no."""
    return Key(truth, errors.FILTER_BOOLEAN, lambda row, value: bool(get(row)) is value)


def updated_keys() -> dict[str, Key[Any]]:
    """`updated_min` and `updated_max`: whole Eastern days, the first included, the last not."""
    return {
        "updated_min": from_day(lambda row: row.day, index="updated_min"),
        "updated_max": before_day(lambda row: row.day, index="updated_max"),
    }


def id_keys(one: str, many: str) -> dict[str, Key[Any]]:
    """The keys that name records by id, for example `invoiceid` and `invoiceids`."""
    return {
        one: equals(lambda row: row.id, int, index=ID),
        many: among(lambda row: row.id, int, index=ID),
    }


@dataclass(frozen=True)
class Criterion(Generic[Wire]):
    """A search key that was used, with its value read."""

    name: str
    key: Key[Wire]
    value: Any


def criteria(keys: Keys[Wire], query: Query, kind: str, bad_status: int) -> list[Criterion[Wire]]:
    """The search keys of a query that this kind of record understands."""
    found: list[Criterion[Wire]] = []
    for name, key in keys.items():
        if key.many and name in query.scalars:
            raise _bad(name, query.scalars[name], errors.FILTER_LIST, kind, bad_status)
        if not key.many and name in query.lists:
            raise _bad(name, query.lists[name][0], errors.FILTER_SCALAR, kind, bad_status)
        texts = query.lists.get(name) if key.many else _listed(query.scalars.get(name))
        if texts:
            values = [_value(name, key, text, kind, bad_status) for text in texts]
            found.append(Criterion(name, key, set(values) if key.many else values[0]))
    return found


def candidates(table: Table[Wire], wanted: list[Criterion[Wire]], *, deleted: bool) -> list[int]:
    """The ids that meet every criterion, in ascending order, reached by an index where there is one."""
    found, left = _found(table, wanted)
    ids = table.ids(deleted=deleted) if found is None else table.visible(found, deleted=deleted)
    if not left:
        return list(ids)
    return [
        number for number in ids if all(one.key.matches(table[number], one.value) for one in left)
    ]


def scalar(
    query: Query, name: str, read: Callable[[str], Read], errno: int, kind: str, status: int
) -> Read | None:
    """The value of one search key outside of a resource's own, None where it is not asked for."""
    text = query.scalars.get(name)
    try:
        return None if text is None else read(text)
    except ValueError:
        raise _bad(name, text or "", errno, kind, status) from None


def day(text: str) -> str:
    """A calendar date as the records keep it."""
    return date.fromisoformat(text).isoformat()


def _found(
    table: Table[Wire], wanted: list[Criterion[Wire]]
) -> tuple[set[int] | None, list[Criterion[Wire]]]:
    """What one index finds, and the criteria that it leaves to be looked at."""
    for one in wanted:
        if one.key.index is not None and one.key.index not in DAYS:
            values: Iterable[Hashable] = one.value if one.key.many else (one.value,)
            return _filed(table, one.key.index, values), [
                each for each in wanted if each is not one
            ]
    days = {one.name: one.value for one in wanted if one.key.index in DAYS}
    if not days:
        return None, wanted
    found = table.updated_between(days.get("updated_min"), days.get("updated_max"))
    return found, [one for one in wanted if one.name not in days]


def _filed(table: Table[Wire], index: str, values: Iterable[Any]) -> set[int]:
    if index == ID:
        return {value for value in values if table.get(value) is not None}
    return set().union(*(table.having(index, value) for value in values))


def _listed(text: str | None) -> list[str]:
    return [] if text is None else [text]


def _value(name: str, key: Key[Wire], text: str, kind: str, bad_status: int) -> Any:
    try:
        return key.read(text)
    except (ValueError, InvalidOperation):
        raise _bad(name, text, key.errno, kind, bad_status) from None


def _bad(name: str, text: str, errno: int, kind: str, status: int) -> Refusal:
    message = f"The filter '{name}' has an invalid value."
    return Refusal(status, errno, message, field=name, kind=kind, value=text)


def truth(text: str) -> bool:
    """Yes or no, as a query string says it."""
    known = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]
