"""A books check as CSV: several kinds of row in one file, the first column says which. For other programs, and for Excel by way of import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from tieout.app.books_report import Report, Row, difference_row, match_row, risks, sides
from tieout.app.books_report_words import title
from tieout.app.reporting.csv_file import safe, write_rows

# A person writes into the last two; tieout check --accept --reviewed reads them.
DECIDED = ("decision", "note")
COLUMNS = ("row", *(f.name for f in fields(Row)), *DECIDED)


def write_csv(report: Report, path: Path) -> None:
    """UTF-8 with a byte order mark, which is how Excel knows it; amounts have a point and no thousands."""
    write_rows(path, COLUMNS, _lines(report))


def _lines(report: Report) -> Iterator[list[str]]:
    for text in report.claim:
        yield _line("claim", text=text)
    for side in sides(report.found):
        for system, count, amount in (
            ("FreshBooks", side.freshbooks, side.freshbooks_sum),
            ("NAV", side.nav, side.nav_sum),
        ):
            where = "amount" if system == "FreshBooks" else "nav_amount"
            told = {where: str(amount), "currency": side.currency}
            yield _line("population", kind=side.what, text=f"{count} in {system}", **told)
    for risk in risks(report.found):
        told = {"at_risk": str(risk.amount), "currency": risk.currency}
        yield _line("total", kind=title(risk.kind), text=f"{risk.count} differences", **told)
    for system, reasons in report.left_out.items():
        for reason, count in reasons.items():
            yield _line("left out", kind=system, text=f"{count} {reason}")
    for difference in report.found.differences:
        yield _told("difference", difference_row(difference))
    for proposal in report.found.proposals:
        yield _told("proposal", match_row(proposal))
    for customer in report.found.customers:
        told = {"client": customer.client_name}
        told["customer"] = f"{customer.customer_no} {customer.customer_name}"
        yield _line("customer", text=f"{customer.documents} documents", **told)
    for match in report.found.agreed:
        yield _told("agreed", match_row(match))


def _told(kind: str, row: Row) -> list[str]:
    return [kind, *(safe(getattr(row, f.name)) for f in fields(Row)), "", ""]


def _line(row: str, **values: str) -> list[str]:
    return [row, *(safe(values.get(name, "")) for name in COLUMNS[1:])]
