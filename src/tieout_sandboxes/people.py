"""People at work on both sides, with a plain HTTP client: somebody in FreshBooks, somebody who reads NAV.

They share nothing with the product, so that what they see is a second opinion. ``connection`` is one half of what the sandbox prints when it is ready.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import httpx2

Fields = dict[str, Any]


class Refused(Exception):
    """The other system did not do it; the text has its status and words."""


def browser(timeout_s: float = 60.0) -> httpx2.AsyncClient:
    """The plain HTTP client that people use."""
    return httpx2.AsyncClient(timeout=timeout_s)


class _Form(HTMLParser):
    """The hidden fields of a page's form, and the answers its buttons give."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.answers: dict[str, tuple[str, str]] = {}
        self._button: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "input":
            self.fields[named["name"]] = named["value"]
        elif tag == "button":
            self._button = (named["name"], named["value"])

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self.answers[data.strip()] = self._button
            self._button = None


async def press(http: httpx2.AsyncClient, address: str, button: str) -> httpx2.Response:
    """Open an authorization page in a browser and press ``Accept`` or ``Decline``; where that leads is not followed."""
    page = await http.get(address)
    form = _Form()
    form.feed(page.text)
    if button not in form.answers:
        raise Refused(f"no button {button!r} on the page: {page.status_code} {page.text}")
    return await http.post(page.url, data=form.fields | dict([form.answers[button]]))


class FreshbooksPerson:
    """Somebody who works in FreshBooks, through its public API."""

    PATHS: ClassVar[dict[str, str]] = {
        "client": "users/clients",
        "invoice": "invoices/invoices",
        "payment": "payments/payments",
        "credit_note": "credit_notes/credit_notes",
    }

    def __init__(self, connection: Mapping[str, Any], http: httpx2.AsyncClient) -> None:
        self._url, self._http = str(connection["url"]), http
        self._accounting = f"{self._url}/accounting/account/{connection['account_id']}"
        self.sign_in(str(connection["access_token"]))

    def sign_in(self, access_token: str) -> None:
        """Go on with this token."""
        self._headers = {"Authorization": f"Bearer {access_token}"}

    async def create(self, kind: str, number: int | None = None, **fields: Any) -> Fields:
        """Make a record; with this id if one is given (the sandbox must run with --control)."""
        if number is not None:
            await self.control("next_id", {kind: number})
        return await self._send("POST", kind, "", fields)

    async def update(self, kind: str, number: int, **fields: Any) -> Fields:
        """Change what is given of a record."""
        return await self._send("PUT", kind, f"/{number}", fields)

    async def read(self, kind: str, number: int) -> Fields:
        """One record as it stands."""
        url = f"{self._accounting}/{self.PATHS[kind]}/{number}"
        answer = await self._http.get(url, headers=self._headers)
        if answer.status_code != 200:
            raise Refused(f"GET {kind}: {answer.status_code} {answer.text}")
        result: Fields = answer.json()["response"]["result"][kind]
        return result

    async def every(self, kind: str) -> list[Fields]:
        """All records of a kind with their lines, the deleted ones too; numbers are text, as FreshBooks writes them."""
        return [*await self._listed(kind, {}), *await self._listed(kind, {"search[vis_state]": 1})]

    async def _listed(self, kind: str, wanted: Fields) -> list[Fields]:
        name = self.PATHS[kind].rpartition("/")[2]
        found: list[Fields] = []
        page = pages = 1
        while page <= pages:
            asked = {"page": page, "per_page": 100, "include[]": "lines", **wanted}
            answer = await self._http.get(
                f"{self._accounting}/{self.PATHS[kind]}", params=asked, headers=self._headers
            )
            if answer.status_code != 200:
                raise Refused(f"GET {kind}: {answer.status_code} {answer.text}")
            result = answer.json()["response"]["result"]
            found += result[name]
            page, pages = page + 1, result["pages"]
        return found

    async def book(self, day: str, currency: str, debit: str, credit: str, amount: str) -> None:
        """An entry by hand in FreshBooks' own ledger, from one account to another by their names there."""
        known = await self._accounts()
        entry = {
            "name": "Correction",
            "description": "By hand",
            "currency_code": currency,
            "user_entered_date": day,
            "details": [
                {"sub_accountid": known[debit], "debit": amount},
                {"sub_accountid": known[credit], "credit": amount},
            ],
        }
        url = f"{self._accounting}/journal_entries/journal_entries"
        answer = await self._http.post(url, json={"journal_entry": entry}, headers=self._headers)
        if answer.status_code != 200:
            raise Refused(f"POST journal entry: {answer.status_code} {answer.text}")

    async def _accounts(self) -> dict[str, str]:
        url = f"{self._accounting}/journal_entry_accounts/journal_entry_accounts"
        answer = await self._http.get(url, headers=self._headers)
        found = answer.json()["response"]["result"]["journal_entry_accounts"]
        return {
            below["account_sub_name"]: str(below["sub_accountid"])
            for account in found
            for below in account["sub_accounts"]
        }

    async def place(self, kind: str, record: Fields) -> Fields:
        """Make or change a record exactly as it is to be, with an id and state of one's choice (the sandbox must run with --control)."""
        placed: list[Fields] = (await self.control("place", {kind: [record]}))[kind]
        return placed[0]

    async def control(self, order: str, body: Mapping[str, Any]) -> Any:
        """Tell the sandbox to do something that FreshBooks cannot be told."""
        return await control(self._http, self._url, order, body)

    async def clear_faults(self) -> None:
        """End all faults that were ordered."""
        await self._http.delete(f"{self._url}/_control/faults")

    async def _send(self, method: str, kind: str, rest: str, fields: Fields) -> Fields:
        url = f"{self._accounting}/{self.PATHS[kind]}{rest}"
        answer = await self._http.request(method, url, json={kind: fields}, headers=self._headers)
        if answer.status_code != 200:
            raise Refused(f"{method} {kind}: {answer.status_code} {answer.text}")
        result: Fields = answer.json()["response"]["result"][kind]
        return result


class NavReader:
    """Somebody who reads NAV over OData, and may key something in."""

    def __init__(self, connection: Mapping[str, Any], http: httpx2.AsyncClient) -> None:
        self._http = http
        self._odata = str(connection["odata_url"])
        self._company = f"{self._odata}/Company('{quote(str(connection['company']))}')"
        self._auth = (str(connection["user"]), str(connection["key"]))

    async def rows(self, service: str, where: str = "", order: str = "") -> list[Fields]:
        """All rows of a page, or those of a filter; numbers are Decimal. Long ledgers are best read in the order of ``Entry_No``."""
        url: str | None = f"{self._company}/{service}"
        asked = {"$filter": where, "$orderby": order}
        params: dict[str, str] | None = {name: text for name, text in asked.items() if text} or None
        found: list[Fields] = []
        while url:
            answer = await self._http.get(url, params=params, auth=self._auth)
            if answer.status_code != 200:
                raise Refused(f"GET {service}: {answer.status_code} {answer.text}")
            body = answer.json(parse_float=Decimal)
            found += body["value"]
            url, params = body.get("@odata.nextLink"), None
        return found

    async def last_entry(self) -> int:
        """The highest number of a G/L entry; 0 if there is none."""
        answer = await self._http.get(
            f"{self._company}/GeneralLedgerEntries",
            params={"$orderby": "Entry_No desc", "$top": "1"},
            auth=self._auth,
        )
        if answer.status_code != 200:
            raise Refused(f"GET GeneralLedgerEntries: {answer.status_code} {answer.text}")
        return max((int(row["Entry_No"]) for row in answer.json()["value"]), default=0)

    async def create(self, service: str, **fields: Any) -> Fields:
        """Key something in."""
        url = f"{self._company}/{service}"
        answer = await self._http.post(url, json=fields, auth=self._auth)
        if answer.status_code != 201:
            raise Refused(f"POST {service}: {answer.status_code} {answer.text}")
        made: Fields = answer.json()
        return made

    async def change(self, service: str, key: str, **fields: Any) -> Fields:
        """Change fields of a record, whose key is written as in an address."""
        url = f"{self._company}/{service}({key})"
        found = await self._http.get(url, auth=self._auth)
        etag = {"If-Match": found.json().get("@odata.etag", "")}
        answer = await self._http.patch(url, json=fields, headers=etag, auth=self._auth)
        if answer.status_code != 200:
            raise Refused(f"PATCH {service}: {answer.status_code} {answer.text}")
        changed: Fields = answer.json()
        return changed

    async def set_posting_window(self, first_day: str) -> None:
        """Close the books before a day (General Ledger Setup); ``0001-01-01`` opens them."""
        await self.change("GeneralLedgerSetup", "''", Allow_Posting_From=first_day)

    async def posted(self, key: str) -> dict[str, Decimal]:
        """The G/L entries under one external document number: net per account."""
        sums: dict[str, Decimal] = {}
        for row in await self.rows("GeneralLedgerEntries", f"External_Document_No eq '{key}'"):
            account = row["G_L_Account_No"]
            sums[account] = sums.get(account, Decimal(0)) + Decimal(row["Amount"])
        return {account: amount for account, amount in sums.items() if amount}

    async def open_items(self) -> dict[str, Decimal]:
        """What is open of customers' entries, by document number."""
        rows = await self.rows("CustomerLedgerEntries", "Open eq true")
        return {row["Document_No"]: Decimal(row["Remaining_Amount"]) for row in rows}

    async def control(self, order: str, body: Mapping[str, Any]) -> Any:
        """Tell the sandbox to do something that NAV cannot be told."""
        return await control(self._http, self._root, order, body)

    async def state(self) -> Fields:
        """What the sandbox counts."""
        answer = await self._http.get(f"{self._root}/_control/state")
        found: Fields = answer.json()
        return found

    async def gateway(self) -> Fields:
        """The epoch that the gateway has seen last, and the keys that it has carried out, in their order."""
        answer = await self._http.get(f"{self._root}/_control/gateway")
        found: Fields = answer.json()
        return found

    async def clear_faults(self) -> None:
        """End all faults and release what is paused."""
        await self._http.delete(f"{self._root}/_control/faults")

    @property
    def _root(self) -> str:
        parts = urlsplit(self._odata)
        return f"{parts.scheme}://{parts.netloc}"


async def control(http: httpx2.AsyncClient, root: str, order: str, body: Mapping[str, Any]) -> Any:
    """Give an order to a sandbox (docs/protocols/sandbox-control.md)."""
    answer = await http.post(f"{root}/_control/{order}", json=dict(body))
    if answer.status_code != 200:
        raise Refused(f"{order}: {answer.status_code} {answer.text}")
    return answer.json()
