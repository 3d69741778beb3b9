"""Exchange rates as they are typed in (NAV 2018, table 330)."""

from __future__ import annotations

from tieout_sandboxes.nav.business.wording import require
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError

TABLE = "Currency Exchange Rate"
AMOUNTS = (
    "Exchange Rate Amount",
    "Relational Exch. Rate Amount",
    "Adjustment Exch. Rate Amount",
    "Relational Adjmt Exch Rate Amt",
)


def currency_typed(_: Company, row: Row) -> None:
    """A rate stands between two currencies, blank being the local one."""
    if row["Currency Code"] == row["Relational Currency Code"]:
        raise NavError(
            "dialog",
            "The currency code in the Currency Code field and the Relational Currency Code field "
            "cannot be the same.",
        )


def amount_typed(name: str, company: Company, row: Row) -> None:
    """Neither nothing nor less than nothing."""
    if row[name] < 0:
        raise NavError(
            "dialog", f"The value must be greater than or equal to 0. Value: {row[name]}."
        )
    require(company, TABLE, row, name)
