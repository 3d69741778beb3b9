"""Cuts OData expressions and keys into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tieout_sandboxes.nav.odata.failure import bad_request

_TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')"
    r"|(?P<datetime>\d{4}-\d{2}-\d{2}T[0-9:.]+(?:Z|[+-]\d{2}:\d{2})?)"
    r"|(?P<date>\d{4}-\d{2}-\d{2})"
    r"|(?P<number>-?\d+(?:\.\d+)?)(?![\w])"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<mark>[(),=]))"
)


@dataclass(frozen=True)
class Token:
    """`kind` is string, datetime, date, number, name, mark or end; strings come unquoted."""

    kind: str
    text: str
    at: int


def tokens(expression: str) -> Iterator[Token]:
    """Raises a 400 that names the place where the expression cannot be read."""
    at = 0
    while expression[at:].strip():
        found = _TOKEN.match(expression, at)
        if found is None:
            raise bad_request(f"Syntax error at position {at} in '{expression}'.")
        kind = found.lastgroup or ""
        text = found[kind]
        yield Token(kind, text[1:-1].replace("''", "'") if kind == "string" else text, at)
        at = found.end()
    yield Token("end", "", at)
