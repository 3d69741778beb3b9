"""What a posting setup names and NAV asks for only when something is posted, against NAV's own pages over real connections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import pytest
from tests.unit.core.books import SETUP
from tests.unit.core.sales import CANADA

from tieout.app.checks import CheckResult
from tieout.app.pair_codes import code_results
from tieout.connectors.http import Http
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.odata import NavOData
from tieout.core.journal.setup import PostingSetup, SalesTaxRule
from tieout_sandboxes.nav.server import serve_nav
from tieout_sandboxes.people import NavReader

POST = {"PROJECT": "P-100"}


@dataclass
class Company:
    """A company in NAV, what the check sees of it, and whoever changes it."""

    odata: NavOData
    hands: NavReader

    async def record(self, table: str, *key: str, **values: Any) -> None:
        named = {name.replace("_", " "): value for name, value in values.items()}
        await self.hands.control("record", {"table": table, "key": key, "values": named})

    async def results(self, setup: PostingSetup) -> dict[str, CheckResult]:
        return {result.what: result for result in await code_results(self.odata, setup)}

    async def wrong(self, setup: PostingSetup) -> list[str]:
        return [r.found for r in (await self.results(setup)).values() if not r.ok]


@asynccontextmanager
async def running(company: str) -> AsyncIterator[Company]:
    nav = await serve_nav(company=company, control=True)
    access = {
        name: getattr(nav, name) for name in ("odata_url", "soap_url", "company", "user", "key")
    }
    try:
        async with Http() as http, httpx2.AsyncClient(timeout=30) as plain:
            yield Company(NavOData(NavConnection(**access), http), NavReader(access, plain))
    finally:
        await nav.stop()


@pytest.fixture
async def gb() -> AsyncIterator[Company]:
    async with running("gb") as company:
        yield company


@pytest.fixture
async def ca() -> AsyncIterator[Company]:
    async with running("ca") as company:
        yield company


def with_dimensions(**values: str) -> PostingSetup:
    rule = replace(SETUP.lines[-1], dimensions=tuple(values.items()))
    return replace(SETUP, lines=(*SETUP.lines[:-1], rule))


async def test_the_setup_with_vat_names_what_its_company_has(gb: Company) -> None:
    results = await gb.results(with_dimensions(**POST))
    assert list(results) == [
        "reason codes exist",
        "currencies exist",
        "dimensions and their values exist",
    ]
    assert {(r.mark, r.found) for r in results.values()} == {("ok", "yes")}


async def test_the_setup_with_sales_tax_names_what_its_company_has(ca: Company) -> None:
    results = await ca.results(CANADA)
    assert {"tax areas exist", "tax groups exist"} <= set(results)
    assert {(r.mark, r.found) for r in results.values()} == {("ok", "yes")}


async def test_tax_areas_and_groups_that_nav_does_not_have_are_named(ca: Company) -> None:
    rule = SalesTaxRule(name1="HST", tax_area="NS", tax_group="BOOKS")
    customer = replace(CANADA.customers[0], tax_area="pe")
    setup = replace(CANADA, sales_taxes=(rule,), customers=(customer,))
    assert await ca.wrong(setup) == [
        "tax area NS does not exist; tax area PE does not exist",
        "tax group BOOKS does not exist",
    ]


async def test_reason_codes_and_currencies_that_nav_does_not_have_are_named(gb: Company) -> None:
    setup = replace(SETUP, reason_refund="BACK", currencies=("GBP", "EUR", "CHF"))
    assert await gb.wrong(setup) == [
        "reason code BACK does not exist",
        "currency CHF does not exist",
    ]
    await gb.record("Reason Code", "BACK")
    await gb.record("Currency", "CHF")
    assert await gb.wrong(setup) == []


async def test_reason_codes_of_what_is_never_posted_are_not_missed(gb: Company) -> None:
    setup = replace(SETUP, reason_chargeback="GONE", reason_write_off="LOST")
    assert await gb.wrong(setup) == [
        "reason code GONE does not exist; reason code LOST does not exist"
    ]
    assert await gb.wrong(replace(setup, chargeback=None, write_off=None)) == []


async def test_codes_are_found_however_they_are_written(gb: Company) -> None:
    assert await gb.wrong(replace(SETUP, reason_refund=" refund ")) == []


async def test_a_dimension_and_a_value_must_exist_and_be_open(gb: Company) -> None:
    missing = "dimension AREA does not exist; dimension value PROJECT P-999 does not exist"
    assert await gb.wrong(with_dimensions(AREA="POST", PROJECT="P-999")) == [missing]
    await gb.record("Dimension Value", "PROJECT", "P-100", Blocked=True)
    await gb.record("Dimension Value", "PROJECT", "ALL", Dimension_Value_Type="Total")
    closed = "dimension value PROJECT P-100 is blocked, a heading or a total"
    assert await gb.wrong(with_dimensions(**POST)) == [closed]
    total = "dimension value PROJECT ALL is blocked, a heading or a total"
    assert await gb.wrong(with_dimensions(PROJECT="ALL")) == [total]
    await gb.record("Dimension", "PROJECT", Blocked=True)
    assert await gb.wrong(with_dimensions(PROJECT="P-200")) == ["dimension PROJECT is blocked"]


async def test_a_page_that_is_not_published_is_told_and_fails_nothing(gb: Company) -> None:
    await gb.hands.control("switches", {"unpublished": "ReasonCodes,DimensionValues"})
    results = await gb.results(replace(with_dimensions(**POST), currencies=("GBP", "CHF")))
    reasons, values = results["reason codes exist"], results["dimensions and their values exist"]
    assert (reasons.mark, reasons.ok, reasons.checked) == ("--", True, False)
    assert "could not be checked: page ReasonCodes is not published" in reasons.found
    assert "nav/guide.md" in reasons.found
    assert (values.mark, "DimensionValues is not published" in values.found) == ("--", True)
    assert results["currencies exist"].mark == "NO"


async def test_what_was_found_before_a_page_was_missed_still_counts(gb: Company) -> None:
    await gb.hands.control("switches", {"unpublished": "DimensionValues"})
    results = await gb.results(with_dimensions(AREA="POST", **POST))
    (values,) = [result for result in results.values() if not result.checked]
    assert values.mark == "NO"
    assert values.found.startswith("dimension AREA does not exist; could not be checked: page Dim")


async def test_a_nav_that_does_not_let_us_read_is_no_good_news(gb: Company) -> None:
    fault = {"method": "GET", "path": "/ReasonCodes", "kind": "status", "status": 403}
    await gb.hands.control("faults", fault)
    reasons = (await gb.results(SETUP))["reason codes exist"]
    assert (reasons.mark, reasons.unreachable) == ("NO", True)
