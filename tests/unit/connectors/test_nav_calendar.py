"""NAV's rates, exact, and the end of its last closed year."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from tieout.connectors.http import Http
from tieout.connectors.nav.calendar import read_calendar, read_rates
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.odata import NavOData
from tieout.core.decision.calendar import Calendar

NEVER = "0001-01-01"
CONNECTION = NavConnection(
    odata_url="http://nav.test:7048/DynamicsNAV110/ODataV4",
    soap_url="http://nav.test:7047/DynamicsNAV110/WS",
    company="Tieout Demo (GB) Ltd.",
    user="TIEOUT",
    key="k3y",
)


def nav(**tables: list[dict[str, Any]]) -> NavOData:
    """A NAV with these rows; a table that is not given is empty."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        name = request.url.path.rpartition("/")[2]
        return httpx2.Response(200, json={"value": tables.get(name, [])})

    return NavOData(CONNECTION, Http(transport=httpx2.MockTransport(answer)))


def rate(day: str, amount: str, worth: str) -> dict[str, Any]:
    return {
        "Currency_Code": "EUR",
        "Starting_Date": day,
        "Exchange_Rate_Amount": amount,
        "Relational_Exch_Rate_Amount": worth,
    }


async def test_rates_are_factors_of_fifteen_decimals_the_oldest_first() -> None:
    found = nav(
        CurrencyExchangeRates=[
            rate("2026-03-01", "1", "0.85"),
            rate("2026-01-01", "100", "84.5"),
            rate("2026-02-01", "1", "0"),
        ]
    )
    assert await read_rates(found, ["EUR"]) == {
        "EUR": (
            (date(2026, 1, 1), Decimal("1.183431952662722")),
            (date(2026, 3, 1), Decimal("1.176470588235294")),
        )
    }


def period(day: str, *, closed: bool) -> dict[str, Any]:
    return {"Starting_Date": day, "Closed": closed}


@pytest.mark.parametrize(
    ("periods", "closed_to"),
    [
        ([], None),
        ([period("2026-01-01", closed=False)], None),
        (
            [
                period("2026-01-01", closed=False),
                period("2025-12-01", closed=True),
                period("2025-11-01", closed=True),
            ],
            date(2025, 12, 31),
        ),
        ([period("2025-12-01", closed=True)], date(2025, 12, 1)),
    ],
)
async def test_a_year_is_closed_to_the_day_before_the_first_open_period(
    periods: list[dict[str, Any]], closed_to: date | None
) -> None:
    window = {"Allow_Posting_From": NEVER, "Allow_Posting_To": "2026-12-31"}
    ledger = {
        "LCY_Code": "GBP",
        "Max_VAT_Difference_Allowed": "0.05",
        "Unrealized_VAT": False,
        **window,
    }
    found = nav(
        AccountingPeriods=periods,
        GeneralLedgerSetup=[ledger],
        VATEntries=[{"Entry_No": 7, "Posting_Date": "2026-02-28", "Closed": True}],
    )
    assert await read_calendar(found, "TIEOUT") == Calendar(
        posting_to=date(2026, 12, 31), vat_settled_to=date(2026, 2, 28), year_closed_to=closed_to
    )
