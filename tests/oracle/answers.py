"""Asking both servers, and the record: everything is read whole, and nothing is believed but what they say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
from tests.oracle.freshbooks import report_of

Row = Mapping[str, Any]
Rows = list[Row]

FRESHBOOKS = {
    "invoices": "invoices/invoices",
    "credit_notes": "credit_notes/credit_notes",
    "payments": "payments/payments",
    "deleted_payments": "payments/payments",
    "clients": "users/clients",
    "journal_entry_details": "journal_entries/journal_entry_details",
}
DOCUMENTS = ("invoices", "credit_notes", "payments")
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
NAV = (
    "GeneralLedgerEntries",
    "CustomerLedgerEntries",
    "DetailedCustLedgEntries",
    "VATEntries",
    "BankAccountLedgerEntries",
    "GLAccount",
    "Customer",
    "BankAccount",
    "CustomerPostingGroups",
    "VATPostingSetup",
    "GeneralPostingSetup",
    "GeneralLedgerSetup",
    "UserSetup",
    "AccountingPeriods",
    "CurrencyExchangeRates",
)
RECORD = {
    "pair": "SELECT prefix, settings FROM tieout.pair WHERE id = %s",
    "user": 'SELECT n."user" FROM tieout.nav_connection n JOIN tieout.pair p ON p.nav_id = n.id WHERE p.id = %s',
    "setups": "SELECT version, content FROM tieout.posting_setup WHERE pair_id = %s",
    "links": "SELECT key, nav_no FROM tieout.link WHERE pair_id = %s AND kind = 'customer' AND nav_kind = 'customer'",
    "commands": "SELECT kind, key, command_key, role, state, setup_version, payload ->> 'currency_factor' AS factor"
    " FROM tieout.command WHERE pair_id = %s ORDER BY seq",
    "documents": "SELECT d.kind, d.key, coalesce(o.deleted OR o.unlisted, true) AS gone FROM tieout.document d"
    " LEFT JOIN tieout.observation o ON (o.pair_id, o.kind, o.key) = (d.pair_id, d.kind, d.key) WHERE d.pair_id = %s",
}


class NotAnswered(Exception):
    """A server did not say what was asked; the text has the page and its words."""


@dataclass(frozen=True)
class Answers:
    """All that was said: pages of both servers by name, and tables of the record; ``today`` is the day on which it was (UTC)."""

    freshbooks: Mapping[str, Rows]
    nav: Mapping[str, Rows]
    record: Mapping[str, Rows]
    today: date


async def ask(
    connection: Mapping[str, Any], database_url: str, pair: str, *earlier: date
) -> Answers:
    """Read everything; ``connection`` is what ``tieout sandbox`` prints. Of ``earlier`` days there are trial balances, too."""
    today = datetime.now(UTC).date()
    async with httpx.AsyncClient(timeout=120) as http:
        freshbooks, nav = await asyncio.gather(
            _freshbooks(http, connection["freshbooks"], (None, *earlier)),
            _nav(http, connection["nav"]),
        )
    return Answers(freshbooks, nav, await asyncio.to_thread(_record, database_url, pair), today)


async def _freshbooks(
    http: httpx.AsyncClient, given: Mapping[str, Any], days: tuple[date | None, ...]
) -> dict[str, Rows]:
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    root = f"{given['url']}/accounting/account/{given['account_id']}"
    found = {
        name: await _list(http, f"{root}/{path}", name, headers)
        for name, path in FRESHBOOKS.items()
    }
    documents = (row for name in DOCUMENTS for row in found[name])
    currencies = sorted({str(row["amount"]["code"]) for row in documents})
    url = f"{root}/reports/accounting/trial_balance"
    for day in days:
        period = {"start_date": f"{FIRST}", "end_date": f"{day or LAST}"}
        reports = [
            await _body(http, url, params={**period, "currency_code": code}, headers=headers)
            for code in currencies
        ]
        told = [one["response"]["result"]["trial_balance"] for one in reports]
        found[report_of(day)] = told
    return found


async def _list(http: httpx.AsyncClient, url: str, name: str, headers: dict[str, str]) -> Rows:
    found: Rows = []
    page = pages = 1
    while page <= pages:
        asked = {"page": page, "per_page": 100} | (
            {"include[]": "lines"} if name in ("invoices", "credit_notes") else {}
        )
        asked |= {"search[vis_state]": 1} if name.startswith("deleted_") else {}
        result = (await _body(http, url, params=asked, headers=headers))["response"]["result"]
        found += result[name.removeprefix("deleted_")]
        page, pages = page + 1, result["pages"]
    # What moves from page to page while a list is read comes twice.
    return list({_number(row, place): row for place, row in enumerate(found)}.values())


def _number(row: Row, place: int) -> tuple[str, int]:
    """What tells a row from others; a line of the journal has no number that all rows share."""
    if "detailid" in row or "entry" in row:
        return "line", place
    return "row", int(row.get("id") or row["creditid"])


async def _nav(http: httpx.AsyncClient, given: Mapping[str, Any]) -> dict[str, Rows]:
    root = f"{given['odata_url']}/Company('{quote(str(given['company']))}')"
    return {page: await _page(http, f"{root}/{page}", given) for page in NAV}


async def _page(http: httpx.AsyncClient, url: str, given: Mapping[str, Any]) -> Rows:
    found: Rows = []
    order = {"$orderby": "Entry_No"} if "Entries" in url else None
    following: str | None = url
    while following:
        auth = (str(given["user"]), str(given["key"]))
        body = await _body(http, following, params=order if following == url else None, auth=auth)
        found += body["value"]
        following = body.get("@odata.nextLink")
    return found


async def _body(http: httpx.AsyncClient, url: str, **more: Any) -> Any:
    answer = await http.get(url, **more)
    if answer.status_code != 200:
        raise NotAnswered(f"{url}: {answer.status_code} {answer.text[:200]}")
    return json.loads(answer.text, parse_float=Decimal)


def _record(database_url: str, pair: str) -> dict[str, Rows]:
    url = database_url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url, row_factory=psycopg.rows.dict_row) as tables:
        named = tables.execute("SELECT id FROM tieout.pair WHERE name = %s", (pair,)).fetchone()
        if named is None:
            raise NotAnswered(f"no pair is called {pair}")
        return {
            name: list(tables.execute(question, (named["id"],)).fetchall())  # type: ignore[arg-type]
            for name, question in RECORD.items()
        }
