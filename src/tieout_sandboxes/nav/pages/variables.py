"""What pages show besides their table's fields: variables that the page works out for each record.

From the triggers of NAV 2018's pages 5 (with the functions of table 330 that it calls), 456 and 595.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tieout_sandboxes.nav.business.change_log import captions
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row

_PLACES = 15
_LINE = {
    "StartDate": "Starting Date",
    "StartNo": "Starting No.",
    "EndNo": "Ending No.",
    "LastDateUsed": "Last Date Used",
    "LastNoUsed": "Last No. Used",
    "WarningNo": "Warning No.",
    "IncrementByNo": "Increment-by No.",
}


def _currency(company: Company, row: Row) -> Row:
    """The newest rate: its day, its value in local currency, and the factor that journals use."""
    keys = company.database.first_keys("Currency Exchange Rate", row["Code"])
    if not keys:
        return {
            "ExchangeRateDate": None,
            "ExchangeRateAmt": Decimal(0),
            "CurrencyFactor": Decimal(0),
        }
    rate = company.database.existing("Currency Exchange Rate", *keys[-1])
    amount, relational = rate["Exchange Rate Amount"], rate["Relational Exch. Rate Amount"]
    return {
        "ExchangeRateDate": rate["Starting Date"],
        "ExchangeRateAmt": _ratio(relational, amount),
        "CurrencyFactor": _ratio(amount, relational),
    }


def _ratio(one: Decimal, other: Decimal) -> Decimal:
    return round(one / other, _PLACES).normalize() if other else Decimal(0)


def _series(company: Company, row: Row) -> Row:
    """The line of a number series that is in force today."""
    database, today = company.database, company.today()
    keys = database.first_keys("No. Series Line", row["Code"])
    lines = [database.existing("No. Series Line", *key) for key in keys]
    begun = [ln for ln in lines if ln["Starting Date"] is None or ln["Starting Date"] <= today]
    return {name: begun[-1][field] for name, field in _LINE.items()} if begun else {}


VARIABLES: dict[int, Callable[[Company, Row], Row]] = {
    5: _currency,
    456: _series,
    595: captions,
}
"""By the number of the page; variables of other pages are shown blank."""
