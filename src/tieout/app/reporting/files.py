"""The files that a command is asked to write with ``--report``: known by their ending, refused before anything is read if they cannot be written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from tieout.app.running import InputError

R = TypeVar("R")
Writers = Mapping[str, Callable[[R, Path], None]]

Reports = Annotated[
    list[str] | None,
    typer.Option("--report", help="Write a report too: FILE.xlsx, FILE.pdf or FILE.csv."),
]


def report_files(texts: Iterable[str] | None, endings: Iterable[str]) -> list[Path]:
    """Where reports go; said before anything is read, if they cannot go there."""
    return [_file(text, sorted(endings)) for text in texts or ()]


def _file(text: str, endings: list[str]) -> Path:
    path = Path(text).expanduser()
    if path.suffix.lower() not in endings:
        raise InputError(f"--report {text!r} must end in one of: {', '.join(endings)}.")
    if not path.parent.is_dir() or path.is_dir():
        raise InputError(f"--report {text!r}: there is no such folder, or it is a folder itself.")
    return path


def write_report(report: R, path: Path, writers: Writers[R]) -> None:
    """Write one file in the manner of its ending."""
    try:
        writers[path.suffix.lower()](report, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from None
