"""NAV's open days and exchange rates, as far as they decide when and at what rate something is posted."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext

from tieout.connectors.nav.odata import NavOData, any_of
from tieout.connectors.nav.setup import posting_window
from tieout.connectors.nav.wire import setup as wire
from tieout.core.decision.calendar import Calendar
from tieout.engine.ports import Rate

# NAV keeps Currency Factor with 15 decimals (table 81, field 18).
FACTOR_PLACES = Decimal(1).scaleb(-15)


async def read_calendar(odata: NavOData, user: str) -> Calendar:
    """The window of the service user, the last day of declared VAT, and the last day of the last closed year."""
    window, settled, closed = await asyncio.gather(
        posting_window(odata, user), _vat_settled(odata), _year_closed(odata)
    )
    return Calendar(
        posting_from=window[0],
        posting_to=window[1],
        vat_settled_to=settled,
        year_closed_to=closed,
    )


async def read_rates(
    odata: NavOData, currencies: Collection[str]
) -> Mapping[str, tuple[Rate, ...]]:
    """The rates of these currencies, oldest first."""
    found: dict[str, list[Rate]] = {}
    if not currencies:
        return {}
    where = any_of("Currency_Code", sorted(set(currencies)))
    async for row in odata.rows("CurrencyExchangeRates", wire.WireRate, where=where):
        factor = factor_of(row)
        if factor is not None:
            found.setdefault(row.Currency_Code, []).append((row.Starting_Date, factor))
    return {currency: tuple(sorted(rates)) for currency, rates in found.items()}


def factor_of(row: wire.WireRate) -> Decimal | None:
    """NAV's Currency Factor of a row: units of the currency for one of the local one; None if the row has no rate yet."""
    if not (row.Relational_Exch_Rate_Amount and row.Exchange_Rate_Amount):
        return None
    with localcontext(prec=40):
        return (row.Exchange_Rate_Amount / row.Relational_Exch_Rate_Amount).quantize(FACTOR_PLACES)


async def _vat_settled(odata: NavOData) -> date | None:
    """The day of the youngest closed VAT entry: settling VAT closes all entries up to its day."""
    rows = odata.rows(
        "VATEntries",
        wire.WireVatEntry,
        where="Closed eq true",
        orderby="Posting_Date desc",
        top=1,
    )
    return next(iter([row.Posting_Date async for row in rows]), None)


async def _year_closed(odata: NavOData) -> date | None:
    """The day before the first accounting period that is not closed, if one before it is."""
    periods = [row async for row in odata.rows("AccountingPeriods", wire.WirePeriod)]
    return _last_closed_day(sorted(periods, key=lambda row: row.Starting_Date))


def _last_closed_day(periods: Sequence[wire.WirePeriod]) -> date | None:
    closed = [row.Starting_Date for row in periods if row.Closed]
    if not closed:
        return None
    later = [row.Starting_Date for row in periods if row.Starting_Date > closed[-1]]
    return later[0] - timedelta(days=1) if later else closed[-1]
