"""The files into which a books check is written: CSV, Excel or PDF, by the end of their names."""

from __future__ import annotations

from pathlib import Path

from tieout.app.books_report import Report
from tieout.app.running import InputError


def file_of(text: str) -> Path:
    """Where a report goes; said before anything is read, if it cannot go there."""
    path = Path(text).expanduser()
    if path.suffix.lower() not in WRITERS:
        known = ", ".join(sorted(WRITERS))
        raise InputError(f"--report {text!r} must end in one of: {known}.")
    if not path.parent.is_dir() or path.is_dir():
        raise InputError(f"--report {text!r}: there is no such folder, or it is a folder itself.")
    return path


def write(report: Report, path: Path) -> None:
    """Write a report. Raises InputError if the file cannot be written."""
    try:
        WRITERS[path.suffix.lower()](report, path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from None


def _csv(report: Report, path: Path) -> None:
    from tieout.app.books_report_csv import write_csv

    write_csv(report, path)


def _xlsx(report: Report, path: Path) -> None:
    from tieout.app.books_report_xlsx import write_xlsx

    write_xlsx(report, path)


def _pdf(report: Report, path: Path) -> None:
    from tieout.app.books_report_pdf import write_pdf

    write_pdf(report, path)


# Each loads its library only when it is asked for, so that other commands stay quick.
WRITERS = {".csv": _csv, ".xlsx": _xlsx, ".pdf": _pdf}
