"""NAV's own filter language, as a person types it into a filter field.

`A|B` one of, `A..B` a range (either end may be open), `<>`, `<`, `<=`, `>`, `>=`, `*` and `?`
as wildcards, `@` for "ignore case", `''` the empty value, quotes around text that contains
such signs, `&` both (Microsoft, "Entering Criteria in Filters").
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from typing import Any

from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.odata.filter import OPERATORS
from tieout_sandboxes.nav.pages import Column
from tieout_sandboxes.nav.pages.names import mangle
from tieout_sandboxes.nav.pages.values import blank, from_text, sortable

Check = Callable[[Any], bool]
_SIGNS = {"<>": "ne", "<=": "le", ">=": "ge", "<": "lt", ">": "gt", "=": "eq"}
_TEXT = ("Code", "Text", "DateFormula", "GUID")


def criteria(column: Column, text: str) -> Check:
    """A function that says of a value whether it passes the filter."""
    alternatives = [
        [_term(column, term.strip()) for term in _split(part, "&")] for part in _split(text, "|")
    ]
    return lambda value: any(all(check(value) for check in terms) for terms in alternatives)


def _split(text: str, sign: str) -> list[str]:
    """Cuts at the sign, but not inside quotes."""
    return re.findall(rf"(?:'[^']*'|[^{re.escape(sign)}'])+", text) or [text]


def _term(column: Column, term: str) -> Check:
    sign = next((sign for sign in _SIGNS if term.startswith(sign)), "")
    if sign == "<>" and _is_pattern(column, term[2:]):
        matches = _pattern(column, term[2:])
        return lambda value: not matches(value)
    if sign:
        return _compare(column, _SIGNS[sign], term[len(sign) :])
    if ".." in _unquoted(term):
        return _range(column, *term.split("..", 1))
    if _is_pattern(column, term):
        return _pattern(column, term)
    return _compare(column, "eq", term)


def _unquoted(term: str) -> str:
    return re.sub(r"'[^']*'", "", term)


def _is_pattern(column: Column, term: str) -> bool:
    plain = _unquoted(term)
    return column.type in _TEXT and (plain.startswith("@") or "*" in plain or "?" in plain)


def _pattern(column: Column, term: str) -> Check:
    fold = term.startswith("@") or column.type == "Code"
    glob = term.removeprefix("@").replace("'", "").replace("[", "[[]")
    pattern = re.compile(fnmatch.translate(glob), re.IGNORECASE if fold else 0)
    return lambda value: pattern.match(value) is not None


def _range(column: Column, low: str, high: str) -> Check:
    checks = [_compare(column, "ge", low)] if low.strip() else []
    checks += [_compare(column, "le", high)] if high.strip() else []
    return lambda value: all(check(value) for check in checks)


def _compare(column: Column, name: str, term: str) -> Check:
    relation, wanted = OPERATORS[name], sortable(column, _value(column, term.strip()))
    return lambda value: relation(sortable(column, value), wanted)


def _value(column: Column, term: str) -> Any:
    text = term[1:-1] if len(term) > 1 and term[0] == term[-1] == "'" else term
    if column.type == "Option":
        return _option(column, text)
    if column.type == "Code":
        return text.upper()
    if text == "":
        return blank(column)
    if column.type == "Boolean":
        text = {"yes": "true", "no": "false", "1": "true", "0": "false"}.get(text.lower(), text)
    return from_text(column, text)


def _option(column: Column, text: str) -> str:
    for number, caption in enumerate(column.options):
        if text.strip() in (caption.strip(), mangle(caption), str(number)):
            return caption
    known = ",".join(column.options)
    raise NavError("option", f"'{text}' is not an option. The existing options are: {known}")
