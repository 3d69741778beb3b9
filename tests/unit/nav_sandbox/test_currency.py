"""Foreign currency: amounts are kept in both, and no gain or loss is made up."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

LINE = ("4000", "SERVICES", "VAT0", "-1000.00", None)


@pytest.fixture
def rates(books: Any) -> Any:
    for day, rate in ((dt.date(2026, 3, 1), "0.85"), (dt.date(2026, 4, 1), "0.90")):
        row = {"Currency Code": "EUR", "Starting Date": day, "Exchange Rate Amount": Decimal(1)}
        more = {"Relational Exch. Rate Amount": Decimal(rate)}
        books.company.database.insert("Currency Exchange Rate", {**row, **more})
    return books


async def test_the_rate_of_the_posting_date_is_taken(rates: Any) -> None:
    await rates.posted(rates.sale("FB1", "1000.00", LINE, currency_code="EUR"))
    assert rates.gl() == {"1200": Decimal("850.00"), "4000": Decimal("-850.00")}
    assert rates.open_items() == {"FB1": Decimal("1000.00")}


async def test_a_factor_stands_for_the_table(books: Any) -> None:
    given = {"currency_code": "EUR", "currency_factor": Decimal("1.25")}
    await books.posted(books.sale("FB1", "1000.00", LINE, **given))
    assert books.gl() == {"1200": Decimal("800.00"), "4000": Decimal("-800.00")}


async def test_an_amount_in_local_currency_decides_the_rounding(rates: Any) -> None:
    parts = (("4000", "SERVICES", "VAT0", "-411.52", None), (*LINE[:3], "-823.04", None))
    invoice = rates.sale("FB1", "1234.56", *parts, currency_code="EUR")
    assert "is out of balance by 0.01" in await rates.refusal(invoice)
    exact = replace(invoice.lines[2], amount_lcy=Decimal("-699.59"))
    await rates.posted(replace(invoice, lines=(*invoice.lines[:2], exact)))
    assert rates.gl() == {"1200": Decimal("1049.38"), "4000": Decimal("-1049.38")}


async def test_paid_at_the_same_rate_it_is_settled(rates: Any) -> None:
    given = {"currency_code": "EUR", "currency_factor": Decimal("1.25")}
    invoice = rates.sale("FB1", "1000.00", LINE, **given)
    payment = rates.payment("P1", "1000.00", applies_to="FB1", **given)
    await rates.posted(invoice, payment)
    assert rates.open_items() == {}


async def test_a_gain_is_refused_rather_than_lost(rates: Any) -> None:
    await rates.posted(rates.sale("FB1", "1000.00", LINE, currency_code="EUR"))
    payment = rates.payment("P1", "1000.00", applies_to="FB1", currency_code="EUR")
    assert "Realized gains and losses are not kept" in await rates.refusal(payment)


async def test_entries_of_two_currencies_are_not_applied(rates: Any) -> None:
    await rates.posted(rates.sale("FB1", "1000.00", LINE, currency_code="EUR"))
    payment = rates.payment("P1", "850.00", applies_to="FB1")
    assert "Currency Code must be equal to ''" in await rates.refusal(payment)


async def test_a_bank_account_takes_its_own_currency_only(rates: Any) -> None:
    payment = rates.payment("P1", "100.00")
    euro = replace(payment.lines[1], account_no="BANK-EUR")
    told = await rates.refusal(replace(payment, lines=(payment.lines[0], euro)))
    assert "Currency Code must be equal to 'EUR'" in told
