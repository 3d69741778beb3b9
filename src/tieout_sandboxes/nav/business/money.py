"""Amounts: rounding, the precision of a currency, exchange rates."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError

ZERO = Decimal(0)
_UNIT = Decimal(1)
_MODES = {"Nearest": ROUND_HALF_UP, "Up": ROUND_CEILING, "Down": ROUND_FLOOR}


def rounded(amount: Decimal, precision: Decimal, mode: str = "Nearest") -> Decimal:
    """NAV's ROUND: to a multiple of `precision`, halves away from zero."""
    steps = (amount / precision).quantize(_UNIT, _MODES[mode])
    return steps * precision


def currency_row(company: Company, code: str) -> Row:
    """The rounding rules of a currency; for the local one they stand in the G/L setup."""
    return company.database.existing("Currency", code) if code else company.setup


def round_amount(company: Company, amount: Decimal, code: str = "") -> Decimal:
    """The amount at the precision of its currency."""
    return rounded(amount, currency_row(company, code)["Amount Rounding Precision"])


def to_lcy(company: Company, amount: Decimal, factor: Decimal) -> Decimal:
    """Local currency; `factor` is units of foreign currency for one of the local."""
    return round_amount(company, amount / factor if factor else amount)


def exchange_factor(company: Company, code: str, day: dt.date) -> Decimal:
    """The factor in force on a day; raises NavError "record_not_found" without a rate."""
    keys = company.database.first_keys("Currency Exchange Rate", code)
    known = [key for key in keys if key[1] <= day]
    if not known:
        raise NavError(
            "record_not_found",
            "There is no Currency Exchange Rate within the filter. "
            f"Filters: Currency Code: {code}, Starting Date: ..{day:%d-%m-%y}",
        )
    rate = company.database.existing("Currency Exchange Rate", *known[-1])
    amount: Decimal = rate["Exchange Rate Amount"]
    relational: Decimal = rate["Relational Exch. Rate Amount"]
    return amount / relational
