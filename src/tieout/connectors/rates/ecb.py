"""The reference rates of the European Central Bank: so many units of a currency for one euro, on each working day since 1999.

The history comes with a library and works without a network; a file from an address (the bank's own, by default) is read the same way.
A rate between two other currencies is kept as the two amounts that are worth the same, since any quotient would have to be rounded.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from zipfile import BadZipFile

from currency_converter import CurrencyConverter, RateNotFoundError

from tieout.connectors.http import Call, Http, Statuses
from tieout.core.failures import Unintelligible

# European Central Bank: Euro foreign exchange reference rates, the whole history as a zipped CSV file.
HISTORY = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
EURO = "EUR"
SYSTEM = "ecb"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRate:
    """On this day ``amount`` units of the currency were worth ``local`` units of the local one.

    >>> rate = ReferenceRate(currency="USD", day=date(2026, 3, 10), amount=Decimal("1.1"), local=Decimal("0.88"))
    >>> rate.amount / rate.local
    Decimal('1.25')
    """

    currency: str
    day: date
    amount: Decimal
    local: Decimal


class EcbRates:
    """Rates of one file: that of the library, or one that was fetched."""

    def __init__(self, file: Path | None = None) -> None:
        given = {"currency_file": str(file)} if file else {}
        self._rates = CurrencyConverter(**given, decimal=True)

    @property
    def last_day(self) -> date:
        """The youngest day that the file has."""
        last: date = max(bounds.last_date for bounds in self._rates.bounds.values())
        return last

    def between(
        self, currencies: Collection[str], local: str, first: date, last: date
    ) -> Iterator[ReferenceRate]:
        """The rates of these currencies against the local one, for every day that has both, oldest first."""
        for offset in range((min(last, self.last_day) - first).days + 1):
            day = first + timedelta(days=offset)
            in_local = self._of(local, day)
            for currency in sorted(set(currencies) - {local}):
                amount = self._of(currency, day)
                if amount is not None and in_local is not None:
                    yield ReferenceRate(currency=currency, day=day, amount=amount, local=in_local)

    def _of(self, currency: str, day: date) -> Decimal | None:
        """Units for one euro; none if the bank published no rate that day."""
        if currency == EURO:
            return Decimal(1)
        try:
            return Decimal(self._rates.convert(Decimal(1), EURO, currency, date=day))
        except (RateNotFoundError, ValueError):
            return None


async def fetched(http: Http, address: str) -> EcbRates:
    """The rates in the file at an address. Raises Unreachable, Refused, or Unintelligible if it is not the bank's file."""
    answer = await http.send(Call(system=SYSTEM, method="GET", url=address), Statuses())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / ("rates.zip" if answer.content[:2] == b"PK" else "rates.csv")
        file.write_bytes(answer.content)
        try:
            return EcbRates(file)
        except (ValueError, KeyError, OSError, BadZipFile) as error:
            raise Unintelligible(
                SYSTEM, f"{address} is not a file of reference rates: {type(error).__name__}"
            ) from None
