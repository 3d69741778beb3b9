"""A made-up month in the layout of the retail files, for where the real one is not at hand."""

from __future__ import annotations

import csv
import gzip
import random
from pathlib import Path

COLUMNS = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]


def write_month(path: Path, documents: int, seed: int) -> Path:
    """Write so many invoices, with some credit notes, zero totals, customers abroad and customers unknown."""
    dice = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number in range(documents):
            _document(rows, dice, number)
    return path


def _document(rows: object, dice: random.Random, number: int) -> None:
    credit, zero = dice.random() < 0.12, dice.random() < 0.06
    country = dice.choice(["United Kingdom"] * 8 + ["Germany", "EIRE"])
    customer = "" if dice.random() < 0.1 else str(12000 + dice.randrange(1 + number // 2))
    country = country if not customer else ("United Kingdom" if int(customer) % 5 else "France")
    day = f"2010-12-{1 + number % 28:02d} 09:{number % 60:02d}:00"
    for line in range(1 + dice.randrange(5)):
        quantity = -(1 + line) if credit else 1 + line
        price = "0.00" if zero else f"{dice.randrange(50, 2500) / 100:.2f}"
        name = f"{'C' if credit else ''}{600000 + number}"
        rows.writerow([name, f"S{line}", "A THING", quantity, day, price, customer, country])  # type: ignore[attr-defined]


def slices(source: Path, folder: Path, count: int) -> list[Path]:
    """The month in so many files, documents in their order, so that there is fresh work before every kill."""
    opener = gzip.open if source.suffix == ".gz" else open
    with opener(source, "rt", encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    numbers = list(dict.fromkeys(row["InvoiceNo"] for row in rows))
    size = -(-len(numbers) // count)
    part_of = {number: place // size for place, number in enumerate(numbers)}
    parts: list[list[dict[str, str]]] = [[] for _ in range(count)]
    for row in rows:
        parts[part_of[row["InvoiceNo"]]].append(row)
    return [_write_part(folder / f"part-{n:02d}.csv", part) for n, part in enumerate(parts) if part]


def _write_part(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path
