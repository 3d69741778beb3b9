"""Takes an OData URL apart: company, service, key, what follows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from tieout_sandboxes.nav.odata.failure import ODataError, bad_path, not_found
from tieout_sandboxes.nav.odata.filter import literal
from tieout_sandboxes.nav.odata.language import Language
from tieout_sandboxes.nav.odata.lexer import Token, tokens
from tieout_sandboxes.nav.pages import Page
from tieout_sandboxes.nav.pages.values import sortable

_SEGMENT = re.compile(r"(?:[^/']|'(?:[^']|'')*')+")
_PARTS = re.compile(r"(?P<name>[^()]+)(?:\((?P<key>.*)\))?", re.DOTALL)


@dataclass(frozen=True)
class Target:
    """What a URL names; `key` is None for a whole set, `tail` are links or a last `$count`."""

    company: str | None
    name: str
    key: str | None
    tail: tuple[str, ...] = ()


def read_path(raw: str) -> Target:
    """`raw` is the part behind the endpoint's name, still escaped."""
    segments = [_cut(segment) for segment in _SEGMENT.findall(unquote(raw))]
    company = None
    if segments and segments[0][0] == "Company" and segments[0][1] is not None:
        company = company_of(segments[0][1])
        if len(segments) == 1:
            return Target(company, "Company", segments[0][1])
        segments = segments[1:]
    name, key = segments[0] if segments else ("", None)
    for segment, inner in segments[1:]:
        if inner is not None:
            raise not_found(segment)
    return Target(company, name, key, tuple(segment for segment, _ in segments[1:]))


def _cut(segment: str) -> tuple[str, str | None]:
    found = _PARTS.fullmatch(segment)
    if found is None:
        raise bad_path(segment)
    return found["name"], found["key"]


def company_of(key: str) -> str:
    """The name in `Company('..')`."""
    text = key.removeprefix("Name=")
    if len(text) < 2 or text[0] != "'" or text[-1] != "'":
        raise bad_path(f"Company({key})")
    return text[1:-1].replace("''", "'")


def read_key(page: Page, text: str, language: Language) -> tuple[Any, ...]:
    """A key in the table's order; named (`No='1'`) or by position, as NAV accepts both."""

    def wrong(_: Token) -> ODataError:
        return bad_path(f"{page.service}({text})")

    found = _parts(page, text, language)
    columns = page.key_columns
    if any(t.text == "=" and t.kind == "mark" for t in found):
        named = {found[i].text: found[i + 2] for i in range(0, len(found) - 2, 3)}
        if set(named) != {c.name for c in columns} or len(found) != 3 * len(columns):
            raise wrong(found[0])
        return tuple(literal(c, named[c.name], wrong) for c in columns)
    if len(found) != len(columns):
        raise wrong(found[0] if found else Token("end", "", 0))
    return tuple(literal(c, t, wrong) for c, t in zip(columns, found, strict=True))


def _parts(page: Page, text: str, language: Language) -> list[Token]:
    try:
        found = list(tokens(text, language))
    except ODataError:
        raise bad_path(f"{page.service}({text})") from None
    return [t for t in found if t.kind != "end" and (t.kind, t.text) != ("mark", ",")]


def key_text(page: Page, values: Sequence[Any], language: Language) -> str:
    """A key as it stands in a URL, not escaped."""
    pairs = list(zip(page.key_columns, values, strict=True))
    parts = [language.literal(sortable(column, value)) for column, value in pairs]
    if len(parts) == 1:
        return parts[0]
    return ",".join(f"{c.name}={part}" for (c, _), part in zip(pairs, parts, strict=True))
