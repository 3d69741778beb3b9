"""Whatever is asked of OData is answered or refused, in V3 and V4; nothing ends in a bug."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from tieout_sandboxes.nav.companies import open_company
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.odata import flow_filters
from tieout_sandboxes.nav.odata.expand import wanted
from tieout_sandboxes.nav.odata.failure import ODataError
from tieout_sandboxes.nav.odata.filter import compile_test, parse
from tieout_sandboxes.nav.odata.language import V4, Language, v3
from tieout_sandboxes.nav.odata.model import model_of
from tieout_sandboxes.nav.odata.service import ODataService
from tieout_sandboxes.nav.state import Clock, State

V3 = v3("specification")
PAGE = model_of("", associations=True).pages["ChartOfAccounts"]
CLOCK = Clock()
SERVICE = ODataService(State(open_company("gb", CLOCK), CLOCK, odata_url="http://nav/ODataV4"))
WORDS = ["No", "Net_Change", "Date_Filter", "eq", "ne", "and", "or", "not", "(", ")", ",", "'x'"]
WORDS += ["5L", "12.5M", "1f", "datetime'2026-01-31T00:00:00'", "datetime'x'", "guid'1'", "true"]
WORDS += ["substringof", "contains", "year", "'2026-01-01..'", "''", "2026-01-31", "null", "'"]
DATES = ["2026-01-31", "01/31/26", "99/99/99", "..", "|", "&", "<>", ">", "'", "x", "@", "*", " "]
LINKS = [
    "Payment_Terms_Code_Link",
    "Customer_No_Link",
    "*",
    "(",
    ")",
    ";",
    ",",
    "/",
    "$select=Code",
]
LINKS += ["$expand=", "$filter=No eq 'a'", "'", "Customer"]
PATHS = [
    "Customer",
    "Company",
    "GLAccount",
    "AccountingPeriods",
    "('4000')",
    "(No='1')",
    "()",
    "(1)",
]
PATHS += ["/", "$count", "$metadata", "$batch", "Currency_Code_Link", "'", "(", ")", "(datetime'')"]
OPTIONS = ["$select", "$expand", "$filter", "$orderby", "$top", "$skip", "$skiptoken", "$format"]
OPTIONS += ["$count", "$inlinecount", "$callback", "company", "$apply"]
VALUES = [
    "",
    "No",
    "Name desc",
    "json",
    "atom",
    "true",
    "allpages",
    "1",
    "-1",
    "'a'",
    "*",
    "f",
    "x y",
]
VALUES += ["Payment_Terms_Code_Link", "Customer", "Date_Filter eq '..2026-01-31'", "No eq '4000'"]


@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
def test_a_filter_of_v3_is_read_or_refused(text: str) -> None:
    with suppress(ODataError, NavError):
        rest, filters = flow_filters.split(parse(text, PAGE, V3))
        flow_filters.read(filters)
        if rest is not None:
            compile_test(rest)({})


@given(st.lists(st.sampled_from(DATES), max_size=6).map("".join))
def test_a_date_filter_is_read_or_refused(text: str) -> None:
    with suppress(NavError):
        for found in flow_filters.read({"Date Filter": text}).values():
            found.passes(None)


@pytest.mark.parametrize("language", [V3, V4], ids=["V3", "V4"])
@given(texts=st.tuples(*[st.lists(st.sampled_from(LINKS), max_size=7).map("".join)] * 2))
def test_an_expansion_is_read_or_refused(language: Language, texts: tuple[str, str]) -> None:
    with suppress(ODataError):
        wanted({"$expand": texts[0], "$select": texts[1]}, language)


def ask(endpoint: str, path: str, options: list[tuple[str, str]]) -> Response:
    query = "&".join(f"{name}={quote(value)}" for name, value in options).encode()
    scope = {"type": "http", "method": "GET", "headers": [], "query_string": query, "path": path}
    return asyncio.run(SERVICE.answer(Request(scope), quote(path), endpoint))


@pytest.mark.parametrize("endpoint", ["OData", "ODataV4"])
@given(
    path=st.lists(st.sampled_from(PATHS), max_size=5).map("".join),
    options=st.lists(st.tuples(st.sampled_from(OPTIONS), st.sampled_from(VALUES)), max_size=3),
)
def test_an_address_is_answered_or_refused(
    endpoint: str, path: str, options: list[tuple[str, str]]
) -> None:
    """What comes as XML can be read as XML."""
    answer = ask(endpoint, "/" + path, options)
    assert answer.status_code in (200, 204, 400, 404, 415)
    if "xml" in answer.headers.get("content-type", ""):
        ElementTree.fromstring(bytes(answer.body))


@given(st.text(max_size=20))
def test_a_key_of_any_text_is_looked_for(text: str) -> None:
    answer = ask("OData", f"/Customer('{text}')", [])
    assert answer.status_code == 404
    assert ElementTree.fromstring(bytes(answer.body)).tag.endswith("error")
