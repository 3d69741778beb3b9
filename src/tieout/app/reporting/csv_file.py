"""A report as CSV: one flat file for other programs, and for Excel by way of import."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """UTF-8 with a byte order mark, which is how Excel knows it; amounts have a point and no thousands."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def safe(value: str | Decimal | None) -> str:
    """Texts come from other people: one that looks like a formula gets an apostrophe, as OWASP advises against CSV injection. Amounts stay as they are."""
    if isinstance(value, Decimal):
        return str(value)
    text = value or ""
    return f"'{text}" if text.startswith(FORMULA) and not _is_amount(text) else text


def _is_amount(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()
