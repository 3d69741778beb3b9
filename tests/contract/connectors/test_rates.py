"""Reference rates: the history that comes with a library, a file that is fetched, and what of it gets into NAV."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.acceptance.stories import client, invoice, line
from tests.acceptance.world import World, living

from tieout.app.rates import fill, refusals
from tieout.app.running import InputError
from tieout.connectors.http import Http
from tieout.connectors.rates.ecb import EcbRates, fetched
from tieout.core.failures import Unintelligible

FILE = "Date, USD, GBP, \n5 December 2025, 1.1500, 0.8600, \n6 December 2025, 1.1600, {gbp}, \n"


@asynccontextmanager
async def served(content: bytes) -> AsyncIterator[str]:
    """A server on the loopback that answers every request with this file."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(content)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + content)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/rates"


def test_the_history_that_comes_along_is_the_banks() -> None:
    """2 January 2020, as the European Central Bank published it: 1 EUR = 1.1193 USD = 0.84828 GBP."""
    day = date(2020, 1, 2)
    (euro, dollar) = EcbRates().between(["USD", "EUR", "GBP"], "GBP", day, day)
    assert (euro.amount, euro.local) == (Decimal(1), Decimal("0.84828"))
    assert (dollar.amount, dollar.local) == (Decimal("1.1193"), Decimal("0.84828"))


def test_days_without_a_rate_are_left_out() -> None:
    new_year, sunday = date(2020, 1, 1), date(2020, 1, 5)
    days = {rate.day for rate in EcbRates().between(["USD"], "GBP", new_year, sunday)}
    assert days == {date(2020, 1, 2), date(2020, 1, 3)}


async def test_a_file_is_fetched_from_an_address() -> None:
    async with Http() as http, served(FILE.format(gbp="0.8700").encode()) as address:
        rates = await fetched(http, address)
    (rate,) = rates.between(["USD"], "GBP", date(2025, 12, 6), date(2025, 12, 31))
    assert (rate.amount, rate.local) == (Decimal("1.1600"), Decimal("0.8700"))


async def test_what_is_no_file_of_rates_is_refused_with_words() -> None:
    async with Http() as http, served(b"<html>Please sign in</html>") as address:
        with pytest.raises(Unintelligible, match="not a file of reference rates"):
            await fetched(http, address)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with living(database_url, tmp_path) as world:
        setups = await world.installation.store.posting_setups(world.pair)
        content = {**setups[max(setups)], "currencies": ["GBP", "USD"]}
        await world.installation.store.change_posting_setup(world.pair, content)
        yield world


async def test_navs_table_is_filled_once_and_held_documents_go_on(world: World) -> None:
    await client(world, country="United States")
    work = line("Work", "1", "500.00")
    await invoice(
        world,
        {**work, "unit_cost": {"amount": "500.00", "code": "USD"}},
        day="2025-12-06",
        currency_code="USD",
    )
    await world.sync()
    assert "RATE_MISSING" in str(await world.reasons())
    async with served(FILE.format(gbp="0.8700").encode()) as address:
        source = await fetched(world.installation.http, address)
    first, last = date(2025, 12, 5), date(2025, 12, 31)
    found = await fill(world.installation, world.pair, source, first, last)
    assert found["complete"]
    assert found["currencies"]["USD"]["entered"] == 2
    again = await fill(world.installation, world.pair, source, first, last)
    assert [each["entered"] for each in again["currencies"].values()] == [0]
    rows = await world.nav.rows("CurrencyExchangeRates")
    (rate,) = [r for r in rows if (r["Currency_Code"], r["Starting_Date"]) == ("USD", "2025-12-06")]
    assert (rate["Exchange_Rate_Amount"], rate["Relational_Exch_Rate_Amount"]) == (
        Decimal("1.16"),
        Decimal("0.87"),
    )
    await world.sync()
    assert "RATE_MISSING" not in str(await world.reasons())


async def test_a_rate_that_jumps_is_not_entered(world: World) -> None:
    async with served(FILE.format(gbp="8.7000").encode()) as address:
        source = await fetched(world.installation.http, address)
    with pytest.raises(InputError, match="moves by"):
        await fill(world.installation, world.pair, source, date(2025, 12, 5), date(2025, 12, 31))


async def test_where_nav_takes_no_rates_a_person_is_told_what_to_do(world: World) -> None:
    await world.nav.control("switches", {"exchange_rate_currency": "read_only"})
    async with served(FILE.format(gbp="0.8700").encode()) as address:
        source = await fetched(world.installation.http, address)
    found = await fill(
        world.installation, world.pair, source, date(2025, 12, 5), date(2025, 12, 31)
    )
    assert not found["complete"]
    assert found["currencies"]["USD"]["entered"] == 0
    (line,) = [text for text in refusals(found["currencies"]) if " USD " in text]
    assert "Currency Code" in line
    assert "Exch. Rates" in line
