"""Foreign currencies and the exchange rates that the accountant has entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal

from tieout_sandboxes.nav.database import Row

CENT = Decimal("0.01")
Rates = Mapping[str, tuple[str, str]]
"""By currency: local currency for one unit from 1 January and from 1 April 2026."""
_DAYS = (dt.date(2026, 1, 1), dt.date(2026, 4, 1))


def currencies(rates: Rates, max_vat_difference: Decimal) -> list[Row]:
    """The rows of the Currency table."""
    accounts = {
        "Realized Gains Acc.": "7000",
        "Realized Losses Acc.": "7010",
        "Unrealized Gains Acc.": "7000",
        "Unrealized Losses Acc.": "7010",
    }
    return [
        {
            "Code": code,
            "Description": code,
            "Amount Rounding Precision": CENT,
            "Max. VAT Difference Allowed": max_vat_difference,
            **accounts,
        }
        for code in rates
    ]


def exchange_rates(rates: Rates) -> Iterator[Row]:
    """The rows of the Currency Exchange Rate table."""
    for code, values in rates.items():
        for day, rate in zip(_DAYS, values, strict=True):
            yield {
                "Currency Code": code,
                "Starting Date": day,
                "Exchange Rate Amount": Decimal(1),
                "Relational Exch. Rate Amount": Decimal(rate),
            }
