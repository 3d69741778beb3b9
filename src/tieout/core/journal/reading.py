"""Rules out of JSON: every value has the type that its field says, or a SetupError says which one has not, and where."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

PLAIN = {"bool": "true or false", "int": "a whole number", "str": "text"}
LIST = re.compile(r"tuple\[(\w+), \.\.\.\]")


class SetupError(ValueError):
    """The posting setup cannot be read; the text says what, where and what to do."""


def read_rule(cls: Any, row: Any, where: str, kinds: Mapping[str, Any]) -> Any:
    """An object of the dataclass ``cls`` with the values of ``row``; ``kinds`` are the rules and word lists that its fields name.

    Raises SetupError.
    """
    if not isinstance(row, Mapping):
        raise SetupError(f"{where} must be an object with named values")
    known = {f.name: f for f in fields(cls)}
    unknown = sorted(set(row) - set(known))
    if unknown:
        raise SetupError(f"{where} has unknown names {unknown}; known are {sorted(known)}")
    missing = [n for n, f in known.items() if f.default is MISSING and n not in row]
    if missing:
        raise SetupError(f"{where} lacks {missing}")
    values = {n: _value(str(known[n].type), row[n], f"{where}.{n}", kinds) for n in row}
    return cls(**values)


def _value(kind: str, value: Any, where: str, kinds: Mapping[str, Any]) -> Any:
    named = kinds.get(kind.removesuffix(" | None"))
    if named is not None:
        return _named(named, value, where, kinds)
    if kind == "Decimal":
        return _number(value, where)
    if kind in PLAIN and type(value).__name__ != kind:
        raise SetupError(f"{where}: {value!r} is not {PLAIN[kind]}")
    if kind == "tuple[tuple[str, str], ...]":
        return _pairs(value, where)
    found = LIST.fullmatch(kind)
    return _list(found[1], value, where, kinds) if found else value


def _named(kind: Any, value: Any, where: str, kinds: Mapping[str, Any]) -> Any:
    """A word of a list of words, or a rule."""
    if not issubclass(kind, StrEnum):
        return None if value is None else read_rule(kind, value, where, kinds)
    if value not in set(kind):
        raise SetupError(f"{where}: {value!r} is not one of {[str(word) for word in kind]}")
    return kind(value)


def _number(value: Any, where: str) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise SetupError(f"{where}: {value!r} is not a number") from error
    if not number.is_finite():
        raise SetupError(f"{where}: {value!r} is not a number")
    return number


def _pairs(value: Any, where: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        raise SetupError(f"{where} must be an object of names and codes")
    pairs = tuple((str(name), str(code)) for name, code in value.items())
    wrong = [part for pair in pairs for part in pair if not part or set(part) & set(";=")]
    if wrong:
        raise SetupError(f"{where}: {wrong} are empty or hold ';' or '=', which NAV's codes cannot")
    return pairs


def _list(kind: str, value: Any, where: str, kinds: Mapping[str, Any]) -> tuple[Any, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise SetupError(f"{where} must be a list")
    if kind == "str":
        return tuple(str(part) for part in value)
    return tuple(
        read_rule(kinds[kind], row, f"{where}[{place}]", kinds) for place, row in enumerate(value)
    )
