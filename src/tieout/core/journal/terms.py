"""When and at which rate a journal is posted: what NAV's calendar and rate table decide, not the document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The posting date, the rate, and why the date is not the document's own.

    ``factor`` is NAV's Currency Factor: units of the document's currency for one unit of the local currency (EUR at 0.85 GBP is 1.176470588235294);
    none for the local currency. ``reason_code`` is NAV's code, ``PRIORPER`` for a change of a closed period.
    """

    posting_date: date
    factor: Decimal | None = None
    reason_code: str = ""
