"""The files into which a books check is written: CSV, Excel or PDF, by the end of their names."""

from __future__ import annotations

from pathlib import Path

from tieout.app.books_report import Report


def _csv(report: Report, path: Path) -> None:
    from tieout.app.books_report_csv import write_csv

    write_csv(report, path)


def _xlsx(report: Report, path: Path) -> None:
    from tieout.app.books_chapters import report_of
    from tieout.app.reporting.workbook import write_workbook

    write_workbook(report_of(report), path)


def _pdf(report: Report, path: Path) -> None:
    from tieout.app.books_chapters import report_of
    from tieout.app.reporting.pages import write_pages

    write_pages(report_of(report), path)


# Each loads its library only when it is asked for, so that other commands stay quick.
WRITERS = {".csv": _csv, ".xlsx": _xlsx, ".pdf": _pdf}
