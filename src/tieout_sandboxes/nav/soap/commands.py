"""Turns the texts of an XMLport into the commands the gateway takes.

An element and the field of a command have one name in two spellings: `VATBusPostingGroup` and
`vat_bus_posting_group`. Empty text is "not given": None where the command allows it.
"""

from __future__ import annotations

import datetime as dt
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeVar, cast

from tieout_sandboxes.nav.soap.parse import Item, unreadable

T = TypeVar("T")


def command(kind: type[T], item: Item, where: str, line: type[Any] | None = None) -> T:
    """One command from one item; raises NavError `TIEOUT-REQUEST`, which says what and where."""
    more = {}
    if line is not None:
        numbered = enumerate(item.lines, start=1)
        more["lines"] = tuple(build(line, texts, f"{where}/Line[{n}]") for n, texts in numbered)
    return build(kind, item.texts, where, **more)


def build(kind: type[T], texts: Mapping[str, str], where: str, **more: Any) -> T:
    """A command from texts by name, in either spelling; raises NavError `TIEOUT-REQUEST`."""
    by_name = {_plain(element): (element, text) for element, text in texts.items()}
    values = dict(more)
    for name, read in _readers(cast(Any, kind)):
        if name in values or _plain(name) not in by_name:  # a customer depends on nothing
            continue
        element, text = by_name[_plain(name)]
        try:
            values[name] = read(text)
        except (ValueError, InvalidOperation):
            raise unreadable(f"{where}/{element}: cannot read {text!r}") from None
    return kind(**values)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


@cache
def _readers(kind: type[Any]) -> tuple[tuple[str, Callable[[str], Any]], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((field.name, _reader(hints[field.name])) for field in fields(kind))


def _reader(hint: Any) -> Callable[[str], Any]:
    options = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return _pairs if options[0] is not str else lambda text: tuple(text.split())
    optional = type(None) in options
    types = [option for option in options if option is not type(None)] if optional else [hint]
    read = _READERS.get(types[0], str)
    return (lambda text: read(text) if text else None) if optional else read


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """`CODE=VALUE;CODE=VALUE`."""
    pairs = [part.partition("=") for part in text.split(";") if part]
    if any(not code or not equals for code, equals, _ in pairs):
        raise ValueError(text)
    return tuple((code, value) for code, _, value in pairs)


def _boolean(text: str) -> bool:
    if text not in ("true", "false", ""):
        raise ValueError(text)
    return text == "true"


def _decimal(text: str) -> Decimal:
    value = Decimal(text or "0")
    if not value.is_finite():
        raise ValueError(text)
    return value


_READERS: dict[Any, Callable[[str], Any]] = {
    bool: _boolean,
    Decimal: _decimal,
    dt.date: dt.date.fromisoformat,
    int: int,
    str: str,
}
