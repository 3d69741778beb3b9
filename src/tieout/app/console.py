"""What a command prints and how it ends.

Exit codes: 0 true; 1 false (differences; work held, dead or pending); 2 could not tell (unreachable, a defect); 64 the command line is wrong.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import typer

from tieout.core.records.identity import Ref

TRUE, FALSE, UNKNOWN, USAGE, INTERRUPTED = 0, 1, 2, 64, 130


def say(text: str = "") -> None:
    """A line for a person, on standard output."""
    typer.echo(text)


def warn(text: str) -> None:
    """A line for a person, on standard error."""
    typer.echo(text, err=True)


def say_json(value: Any) -> None:
    """A document for a program, on standard output; amounts are text, exact."""
    typer.echo(json.dumps(plain(value), indent=2, ensure_ascii=False))


def plain(value: Any) -> Any:
    """A value in JSON's words."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Ref):
        return {"kind": str(value.kind), "key": value.key}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(part) for part in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Aligned columns; numbers to the right, None as nothing.

    >>> print(table(["what", "amount"], [["open", Decimal("960.00")]]))
    what  amount
    open  960.00
    """
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(headings), *cells]) for i in range(len(headings))]
    right = [
        all(isinstance(row[i], int | Decimal | None) for row in rows) and bool(rows)
        for i in range(len(headings))
    ]
    lines = [
        "  ".join(
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in [list(headings), *cells]
    ]
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return (
        f"{value:,}"
        if isinstance(value, int | Decimal) and not isinstance(value, bool)
        else str(value)
    )


def end(*, true: bool) -> None:
    """End the command with what was found out."""
    raise typer.Exit(TRUE if true else FALSE)
