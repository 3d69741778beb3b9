"""Cuts OData expressions and keys into tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tieout_sandboxes.nav.odata.failure import bad_request
from tieout_sandboxes.nav.odata.language import Language


@dataclass(frozen=True)
class Token:
    """`kind` is string, datetime, moment, date, guid, number, name, mark or end; text is unquoted."""

    kind: str
    text: str
    at: int


def tokens(expression: str, language: Language) -> Iterator[Token]:
    """Raises a 400 that names the place where the expression cannot be read."""
    at = 0
    while expression[at:].strip():
        found = language.token.match(expression, at)
        if found is None:
            raise bad_request(f"Syntax error at position {at} in '{expression}'.")
        kind = found.lastgroup or ""
        text = found[kind]
        yield Token(kind, text.replace("''", "'") if kind == "string" else text, at)
        at = found.end()
    yield Token("end", "", at)
