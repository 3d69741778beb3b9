"""The files into which a books check is written: CSV, Excel or PDF, by the end of their names."""

from __future__ import annotations

from pathlib import Path

from tieout.app.books_report import Report


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
