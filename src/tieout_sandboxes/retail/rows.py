"""Reads a file in the layout of the UCI "Online Retail" data set: one row for each line of a document.

A row that cannot be read is set aside with its line number and a reason; only a file that has another
layout altogether is refused as a whole.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
MAY_BE_EMPTY = frozenset({"Description", "CustomerID"})
# How the spreadsheet in which the data set was first published comes out as CSV.
MONTH_FIRST = "%m/%d/%Y %H:%M"
YEARS = range(1900, 2200)
LARGEST = Decimal(10) ** 9
GZIP_MAGIC = b"\x1f\x8b"
Record = dict[str, str]


class LayoutError(ValueError):
    """The file as a whole cannot be used; the text says what, where and what to do."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Something about one line of the file that a person should know; the header is line 1."""

    line: int
    number: str
    text: str

    def __str__(self) -> str:
        return f"line {self.line}{f' ({self.number})' if self.number else ''}: {self.text}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a document; `customer` is empty where the file names none."""

    line: int
    number: str
    stock_code: str
    description: str
    quantity: Decimal
    day: date
    price: Decimal
    customer: str
    country: str


@dataclass
class Reading:
    """The rows of a file, and those that could not be read."""

    rows: list[Row] = field(default_factory=list)
    refused: list[Issue] = field(default_factory=list)


def read_rows(path: Path) -> Reading:
    """Reads the whole file, `.csv` or `.csv.gz`, in UTF-8.

    Raises LayoutError where the file is missing, damaged, or lacks one of the columns.
    """
    reading = Reading()
    for line, record in _records(path, _text(path)):
        try:
            reading.rows.append(_row(line, record))
        except ValueError as error:
            number = record.get("InvoiceNo", "").strip()
            reading.refused.append(Issue(line, number, str(error)))
    return reading


def _text(path: Path) -> str:
    content = _content(path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LayoutError(
            f"{path}, line {line}: not UTF-8; convert the file first, "
            "for example with iconv -f latin1 -t utf-8"
        ) from None


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content.startswith(GZIP_MAGIC) else content
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise LayoutError(f"{path}: the compressed file is damaged; fetch it again") from None
    except OSError as error:
        raise LayoutError(f"{path}: cannot be read: {error.strerror}") from None


def _records(path: Path, text: str) -> Iterator[tuple[int, Record]]:
    """Each row by column name with the line it begins on; of a row of another width only the number."""
    lines = csv.reader(io.StringIO(text, newline=""))
    begins = 1
    try:
        header = [name.strip() for name in next(lines, [])]
        _check_header(path, header)
        begins = lines.line_num + 1
        for values in lines:
            if values:
                yield begins, _record(header, values)
            begins = lines.line_num + 1
    except csv.Error as error:
        raise LayoutError(f"{path}, line {begins}: not CSV: {error}") from None


def _record(header: list[str], values: list[str]) -> Record:
    if len(values) != len(header):
        place = header.index("InvoiceNo")
        return {"InvoiceNo": values[place] if place < len(values) else ""}
    named = dict(zip(header, values, strict=True))
    return {name: named[name] for name in COLUMNS}


def _check_header(path: Path, header: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise LayoutError(
            f"{path}, line 1: the column{'s' * (len(missing) > 1)} {', '.join(missing)} "
            f"missing; found: {', '.join(header) or 'nothing'}. "
            f"The first line must name: {','.join(COLUMNS)}"
        )


def _row(line: int, record: Record) -> Row:
    if len(record) != len(COLUMNS):
        raise ValueError("the row does not have as many fields as the header")
    empty = [name for name in COLUMNS if not record[name].strip() and name not in MAY_BE_EMPTY]
    if empty:
        raise ValueError(f"{' and '.join(empty)} empty")
    return Row(
        line=line,
        number=record["InvoiceNo"].strip(),
        stock_code=record["StockCode"].strip(),
        description=record["Description"],
        quantity=_number(record, "Quantity"),
        day=_day(record["InvoiceDate"].strip()),
        price=_number(record, "UnitPrice"),
        customer=_customer(record["CustomerID"].strip()),
        country=record["Country"].strip(),
    )


def _number(record: Record, name: str) -> Decimal:
    text = record[name].strip()
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ValueError(f"{name} is not a number: {text}")
    if abs(found) >= LARGEST:
        raise ValueError(f"{name} is out of range: {text}")
    return found


def _day(text: str) -> date:
    found = _iso_day(text) or _month_first_day(text)
    if found is None:
        raise ValueError(f"InvoiceDate is neither YYYY-MM-DD HH:MM:SS nor M/D/YYYY H:MM: {text}")
    if found.year not in YEARS:
        raise ValueError(f"InvoiceDate is out of range: {text}")
    return found


def _iso_day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def _month_first_day(text: str) -> date | None:
    try:
        return datetime.strptime(text, MONTH_FIRST).date()  # noqa: DTZ007 - a calendar date
    except ValueError:
        return None


def _customer(text: str) -> str:
    """`17850.0`, as a spreadsheet with gaps writes it, is customer 17850."""
    whole = text.removesuffix(".0")
    return whole if whole.isdecimal() else text
