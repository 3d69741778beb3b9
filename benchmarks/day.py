"""The last day of a sales file apart from the days before, for a daily run; and FreshBooks' clock, which must show that they were other days."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from tieout_sandboxes.people import control

DAYS_AGO = timedelta(days=3)


def without_last_day(file: Path, home: Path) -> tuple[Path, Path]:
    """Two files of the same layout: all days but the last, and the last."""
    packed = file.read_bytes()
    text = (gzip.decompress(packed) if file.suffix == ".gz" else packed).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    last = max(row["InvoiceDate"][:10] for row in rows)
    before, day = home / f"before-{file.stem}.csv", home / f"day-{file.stem}.csv"
    for path, wanted in ((before, False), (day, True)):
        with path.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, rows[0])
            writer.writeheader()
            writer.writerows(r for r in rows if r["InvoiceDate"].startswith(last) is wanted)
    return before, day


@asynccontextmanager
async def days_ago(url: str, http: httpx2.AsyncClient) -> AsyncIterator[None]:
    """Meanwhile it is three days ago in FreshBooks."""
    then = datetime.now(UTC) - DAYS_AGO
    await control(http, url, "clock", {"now": then.isoformat()})
    yield
    await control(http, url, "clock", {"real": True})
