"""The files into which a tie-out is written: CSV, Excel or PDF, by the end of their names."""

from __future__ import annotations

from pathlib import Path

from tieout.app.reporting.statement import Statement


def _csv(statement: Statement, path: Path) -> None:
    from tieout.app.reporting.tie_out_csv import write_tie_out_csv

    write_tie_out_csv(statement, path)


def _xlsx(statement: Statement, path: Path) -> None:
    from tieout.app.reporting.tie_out_report import report_of
    from tieout.app.reporting.workbook import write_workbook

    write_workbook(report_of(statement), path)


def _pdf(statement: Statement, path: Path) -> None:
    from tieout.app.reporting.pages import write_pages
    from tieout.app.reporting.tie_out_report import report_of

    write_pages(report_of(statement), path)


# Each loads its library only when it is asked for, so that other commands stay quick.
WRITERS = {".csv": _csv, ".xlsx": _xlsx, ".pdf": _pdf}
