"""Small pieces that the parts of an explanation's page share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tieout.app.console import table

Page = Mapping[str, Any]
INDENT = "  "


def compact(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table without the columns that are empty in every row."""
    rows = [[_positive(value) for value in row] for row in rows]
    full = [n for n in range(len(headings)) if any(row[n] not in ("", None) for row in rows)]
    return table([headings[n] for n in full], [[row[n] for n in full] for row in rows])


def indent(text: str) -> str:
    """Every line moved to the right.

    >>> indent("a")
    '  a'
    """
    return "\n".join(f"{INDENT}{line}".rstrip() for line in text.splitlines())


def amount_text(amount: object) -> str:
    """An amount as people write it.

    >>> amount_text(Decimal("1080.00")), amount_text(Decimal("-0.00")), amount_text(None)
    ('1,080.00', '0.00', '')
    """
    if amount is None:
        return ""
    return f"{_positive(amount):,}" if isinstance(amount, Decimal) else str(amount)


def _positive(value: object) -> object:
    """Nothing has no sign."""
    return abs(value) if isinstance(value, Decimal) and not value else value


def stamp(moment: datetime | None) -> str:
    """A moment as NAV writes it, in UTC; empty if there is none.

    >>> stamp(datetime(2026, 3, 10, 14, 0, tzinfo=UTC))
    '2026-03-10T14:00:00Z'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else ""


def moment_text(text: str) -> str:
    """A moment in UTC, to the second; empty if there is none.

    >>> moment_text("2026-03-10T14:00:00.123Z")
    '2026-03-10 14:00:00'
    """
    return f"{text[:10]} {text[11:19]}" if text else ""


def named(each: Page) -> str:
    """A document of NAV by type and number."""
    return f"{each['type']} {each['document_no']}".strip()
