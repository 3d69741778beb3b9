"""The exchange rates of the year, made up from the seed: FreshBooks knows none, so somebody keys them into NAV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from tieout_sandboxes.people import NavReader
from tieout_sandboxes.service_firm.clients import MARKETS
from tieout_sandboxes.service_firm.year import ServiceFirm

# About what a unit of a currency was worth in the company's own in the 2020s.
WORTH = {
    "gb": {"EUR": Decimal("0.85"), "USD": Decimal("0.79")},
    "ca": {"EUR": Decimal("1.50"), "USD": Decimal("1.38")},
}
STEP = Decimal("0.00001")
DAYS = (1, 11, 21)


@dataclass(frozen=True)
class Rate:
    """From this day on a unit of the currency is worth so much in NAV's local currency."""

    currency: str
    day: date
    worth: Decimal


def rates_of(firm: ServiceFirm) -> Iterator[Rate]:
    """Three rates a month for each foreign currency that a client is billed in; each within 1 % of the one before.

    >>> [str(rate.worth) for rate in list(rates_of(ServiceFirm(seed=1)))[:2]]
    ['0.84745', '0.85508']
    """
    billed = {market.currency for market in MARKETS[firm.company]}
    for currency, worth in WORTH[firm.company].items():
        assert currency in billed, f"nobody is billed in {currency}"
        dice = Random(f"{firm.seed}:{currency}")  # noqa: S311 - made-up rates, no secret
        for month in range(1, 13):
            for day in DAYS:
                worth = (worth * Decimal(1000 + dice.randint(-10, 10)) / 1000).quantize(STEP)
                yield Rate(currency, date(firm.year, month, day), worth)


async def key_in_rates(firm: ServiceFirm, nav: NavReader) -> None:
    """Keys the year's rates into NAV's page "Currency Exchange Rates"; what NAV has for a day stays as it is."""
    rows = await nav.rows("CurrencyExchangeRates")
    known = {(row["Currency_Code"], row["Starting_Date"]) for row in rows}
    for rate in rates_of(firm):
        if (rate.currency, rate.day.isoformat()) not in known:
            await nav.create(
                "CurrencyExchangeRates",
                Currency_Code=rate.currency,
                Starting_Date=rate.day.isoformat(),
                Exchange_Rate_Amount=1,
                Relational_Exch_Rate_Amount=float(rate.worth),
                Adjustment_Exch_Rate_Amount=1,
                Relational_Adjmt_Exch_Rate_Amt=float(rate.worth),
            )
