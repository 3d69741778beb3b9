from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest
import structlog

from tieout.connectors.budget import BURST, WINDOW_S
from tieout.connectors.freshbooks.api import FreshbooksApi
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.http import Http
from tieout.core.failures import (
    Refused,
    Throttled,
    Unauthorized,
    Unintelligible,
    Unreachable,
)
from tieout.core.records.identity import Kind, Ref

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ROOT = "/accounting/account/acc/"
PATHS = {
    "invoices/invoices": ("invoices", "invoice", "search[invoiceids][]"),
    "payments/payments": ("payments", "payment", "search[logids][]"),
    "users/clients": ("clients", "client", "search[userids][]"),
    "credit_notes/credit_notes": ("credit_notes", "credit_note", ""),
}


class Store:
    def __init__(self) -> None:
        self.token = "t0"

    async def read(self) -> tuple[str, str, datetime]:
        return self.token, "r", datetime(2027, 1, 1, tzinfo=UTC)

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        yield

    async def write(
        self, access_token: str, refresh_token: str, expires_at: datetime, *, spent: str
    ) -> bool:
        assert spent == "r"
        self.token = access_token
        return True

    async def refused(self, refresh_token: str) -> bool:
        raise AssertionError(refresh_token)


class Freshbooks:
    """A little of FreshBooks: lists by id descending, pages, filters that fail open, deleted records apart."""

    def __init__(self) -> None:
        self.records: dict[str, dict[int, dict[str, Any]]] = {path: {} for path in PATHS}
        self.asked: list[tuple[str, list[tuple[str, str]]]] = []
        self.page_size = 100
        self.ignores_ids = False
        self.token = "t0"
        self.before_page: dict[int, Any] = {}
        self.http = Http(transport=httpx2.MockTransport(self.answer))
        self.connection = FreshbooksConnection(
            url="http://freshbooks.test",
            client_id="c",
            client_secret="s",
            account_id="acc",
            business_id="1",
        )
        self.source = FreshbooksSource(self.connection, Store(), self.http, lambda: NOW)

    def put(
        self, path: str, number: int, updated: str = "2026-03-01 09:00:00", **more: Any
    ) -> None:
        record = {"id": number, "vis_state": 0, "updated": updated, **more}
        self.records[path][number] = record

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/auth/oauth/token":
            body = {"access_token": self.token, "refresh_token": "r2", "expires_in": 43200}
            return httpx2.Response(200, json=body)
        if request.headers["authorization"] != f"Bearer {self.token}":
            return httpx2.Response(401, json={"error": "unauthenticated"})
        query = parse_qsl(request.url.query.decode())
        path, number = self.route(request.url.path.removeprefix(ROOT))
        self.asked.append((request.url.path.removeprefix(ROOT), query))
        return self.one(path, number) if number else self.many(path, query)

    @staticmethod
    def route(path: str) -> tuple[str, int]:
        if path in PATHS:
            return path, 0
        head, _, tail = path.rpartition("/")
        return head, int(tail)

    def one(self, path: str, number: int) -> httpx2.Response:
        record = self.records[path].get(number)
        if record is None:
            error = {"errno": 1012, "field": "id", "message": "Not found.", "value": "secret"}
            return httpx2.Response(404, json={"response": {"errors": [error]}})
        return httpx2.Response(200, json={"response": {"result": {PATHS[path][1]: record}}})

    def many(self, path: str, query: list[tuple[str, str]]) -> httpx2.Response:
        plural, _, ids_filter = PATHS[path]
        asked = dict(query)
        page = int(asked["page"])
        self.before_page.pop(page, lambda: None)()
        ids = {int(v) for k, v in query if k == ids_filter}
        deleted = asked.get("search[vis_state]") == "1"
        rows = [
            row
            for _, row in sorted(self.records[path].items(), reverse=True)
            if (row["vis_state"] == 1) is deleted
            and (not ids or self.ignores_ids or row["id"] in ids)
            and row["updated"][:10] >= asked.get("search[updated_min]", "")
        ]
        size = min(int(asked["per_page"]), self.page_size)
        result = {
            plural: rows[(page - 1) * size : page * size],
            "page": page,
            "pages": -(-len(rows) // size),
            "per_page": size,
            "total": len(rows),
        }
        return httpx2.Response(200, json={"response": {"result": result}})

    async def poll(self, cursor: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
        seen, last = [], cursor
        async for page in self.source.changes(cursor):
            seen += [str(o.ref) for o in page.observations]
            last = dict(page.cursor)
        return seen, last


@pytest.fixture
def freshbooks() -> Freshbooks:
    return Freshbooks()


async def test_the_first_poll_sees_all_documents_also_deleted_ones(freshbooks: Freshbooks) -> None:
    freshbooks.put("invoices/invoices", 1)
    freshbooks.put("invoices/invoices", 2, vis_state=1, updated="2026-03-04 10:00:00")
    freshbooks.put("invoices/invoices", 3, vis_state=2)
    freshbooks.put("credit_notes/credit_notes", 4)
    freshbooks.put("payments/payments", 5, updated="2026-03-02 11:00:00")
    freshbooks.put("users/clients", 6)
    seen, cursor = await freshbooks.poll({})
    assert sorted(seen) == ["credit_note/4", "invoice/1", "invoice/2", "invoice/3", "payment/5"]
    assert cursor == {
        "invoices": "2026-03-04 10:00:00",
        "credit_notes": "2026-03-01 09:00:00",
        "payments": "2026-03-02 11:00:00",
    }


async def test_a_later_poll_asks_from_the_day_before_the_latest_change(
    freshbooks: Freshbooks,
) -> None:
    freshbooks.put("invoices/invoices", 1, updated="2026-02-27 23:59:59")
    freshbooks.put("invoices/invoices", 2, updated="2026-02-28 00:00:00")
    freshbooks.put("invoices/invoices", 3, vis_state=1, updated="2025-01-01 00:00:00")
    cursor = {"invoices": "2026-03-01 00:00:10", "payments": "2026-03-01 00:00:10"}
    seen, after = await freshbooks.poll(cursor)
    assert seen == ["invoice/2", "invoice/3"], "a deletion does not move the date"
    assert after == {**cursor, "credit_notes": ""}
    asked = [dict(q) for path, q in freshbooks.asked if "inv" in path]
    assert [q["per_page"] for q in asked] == ["1", "1", "100", "100"], "two calls count"
    assert [q.get("search[updated_min]") for q in asked] == [None, None, "2026-02-28", None]


async def test_a_later_poll_says_first_how_much_there_is(freshbooks: Freshbooks) -> None:
    for number in range(1, 4):
        freshbooks.put("invoices/invoices", number)
    freshbooks.put("invoices/invoices", 9, vis_state=1)
    pages = [page async for page in freshbooks.source.changes({"invoices": ""})]
    assert pages[0].counted == (Kind.INVOICE, 4)
    assert [page.backfill for page in pages if page.observations] == [False, False]
    first = [page async for page in freshbooks.source.changes({})]
    assert all(page.counted is None for page in first)
    assert all(page.backfill for page in first if page.observations)


async def test_a_kind_in_which_nothing_changes_does_not_keep_its_old_day(
    freshbooks: Freshbooks,
) -> None:
    freshbooks.put("invoices/invoices", 1, updated="2026-03-09 09:00:00")
    freshbooks.put("payments/payments", 5, updated="2026-03-01 09:00:00")
    old = "2026-03-01 09:00:00"
    _, after = await freshbooks.poll({"invoices": old, "credit_notes": "", "payments": old})
    assert after["payments"] == after["invoices"] == "2026-03-09 09:00:00"
    freshbooks.asked.clear()
    await freshbooks.poll(after)
    asked = [dict(q).get("search[updated_min]") for path, q in freshbooks.asked if "pay" in path]
    assert asked == [None, None, "2026-03-08", None]


async def test_what_is_read_says_when_it_changed_and_whether_it_is_deleted(
    freshbooks: Freshbooks,
) -> None:
    freshbooks.put("invoices/invoices", 1, updated="2026-07-01 08:00:00")
    freshbooks.put("invoices/invoices", 2, vis_state=1, updated="")
    one, two = [page async for page in freshbooks.source.everything(Kind.INVOICE)]
    assert one[0].updated_at == datetime(2026, 7, 1, 12, tzinfo=UTC), "US/Eastern, in summer"
    assert (one[0].deleted, two[0].deleted, two[0].updated_at) == (False, True, None)


async def test_credit_notes_are_read_in_full_each_time(freshbooks: Freshbooks) -> None:
    freshbooks.put("credit_notes/credit_notes", 4, updated="2020-01-01 00:00:00")
    seen, _ = await freshbooks.poll({"invoices": "2026-03-01 00:00:10"})
    assert seen == ["credit_note/4"]


async def test_lines_are_asked_for_where_there_are_any(freshbooks: Freshbooks) -> None:
    await freshbooks.poll({})
    included = {path: dict(query).get("include[]") for path, query in freshbooks.asked}
    assert included == {
        "invoices/invoices": "lines",
        "credit_notes/credit_notes": "lines",
        "payments/payments": None,
    }


async def test_the_cursor_moves_only_when_all_pages_of_a_kind_were_handed_out(
    freshbooks: Freshbooks,
) -> None:
    freshbooks.page_size = 2
    for number in range(1, 6):
        freshbooks.put("invoices/invoices", number)
    pages = [page async for page in freshbooks.source.changes({})]
    assert [len(p.observations) for p in pages][:4] == [2, 2, 1, 0]
    done = {"invoices": "2026-03-01 09:00:00"}
    assert [dict(p.cursor) for p in pages][:4] == [{}, {}, {}, done]


async def test_a_record_pushed_to_the_next_page_comes_once(freshbooks: Freshbooks) -> None:
    freshbooks.page_size = 2
    for number in range(1, 6):
        freshbooks.put("invoices/invoices", number)
    freshbooks.before_page[2] = lambda: freshbooks.put("invoices/invoices", 6)
    seen, _ = await freshbooks.poll({})
    assert sorted(seen) == [f"invoice/{n}" for n in range(1, 7)]


async def test_a_record_pulled_back_by_a_deletion_is_not_missed(freshbooks: Freshbooks) -> None:
    freshbooks.page_size = 2
    for number in range(1, 7):
        freshbooks.put("invoices/invoices", number)
    freshbooks.before_page[2] = lambda: freshbooks.records["invoices/invoices"].pop(6)
    seen, _ = await freshbooks.poll({})
    assert {f"invoice/{n}" for n in range(1, 6)} <= set(seen)


async def test_a_deletion_that_the_count_does_not_show_hides_nothing(
    freshbooks: Freshbooks,
) -> None:
    """As many come into the list as go out of it while it is read."""
    freshbooks.page_size = 2
    for number in range(3, 8):
        freshbooks.put("invoices/invoices", number)

    def meanwhile() -> None:
        freshbooks.put("invoices/invoices", 7, vis_state=1)
        freshbooks.put("invoices/invoices", 6, vis_state=1)
        freshbooks.put("invoices/invoices", 2)
        freshbooks.put("invoices/invoices", 1)

    freshbooks.before_page[2] = meanwhile
    seen, _ = await freshbooks.poll({})
    assert {f"invoice/{n}" for n in range(1, 8)} <= set(seen)


async def test_a_list_that_changes_in_each_reading_is_left_to_the_next_poll(
    freshbooks: Freshbooks,
) -> None:
    """The poll ends all the same, and the next one asks for no later changes."""
    freshbooks.page_size = 2
    for number in range(1, 9):
        freshbooks.put("invoices/invoices", number)
    _, before = await freshbooks.poll({})
    many, days = freshbooks.many, iter(range(2, 99))

    def restless(path: str, query: list[tuple[str, str]]) -> httpx2.Response:
        shown = many(path, query)
        page = json.loads(shown.content)["response"]["result"]
        if page["page"] == 1 and dict(query).get("search[vis_state]") != "1" and page.get("invoices"):  # fmt: skip
            gone, day = page["invoices"][0]["id"], next(days)
            freshbooks.put(path, gone, vis_state=1)
            freshbooks.put(path, 100 + day, updated=f"2026-03-{day:02} 09:00:00")
        return shown

    freshbooks.many = restless  # type: ignore[method-assign]
    with structlog.testing.capture_logs() as said:
        _, after = await freshbooks.poll(before)
    assert after["invoices"] == before["invoices"]
    assert [line["event"] for line in said] == ["list_never_stood_still"]


async def test_a_count_that_never_fits_ends_when_nothing_new_comes(freshbooks: Freshbooks) -> None:
    freshbooks.put("payments/payments", 1)
    many = freshbooks.many

    def boasts(path: str, query: list[tuple[str, str]]) -> httpx2.Response:
        body = json.loads(many(path, query).content)
        body["response"]["result"]["total"] = 99
        return httpx2.Response(200, json=body)

    freshbooks.many = boasts  # type: ignore[method-assign]
    seen, _ = await freshbooks.poll({})
    assert seen == ["payment/1"]


async def test_the_exact_bytes_of_each_record_are_kept(freshbooks: Freshbooks) -> None:
    freshbooks.put("payments/payments", 1, note="£ 1.50", amount={"amount": "1.50", "code": "GBP"})
    (page,) = [page async for page in freshbooks.source.changes({}) if page.observations]
    (observation,) = page.observations
    assert json.loads(observation.content) == freshbooks.records["payments/payments"][1]


async def test_observe_reads_in_batches_and_the_hidden_by_id(freshbooks: Freshbooks) -> None:
    for number in range(1, 251):
        freshbooks.put("invoices/invoices", number)
    freshbooks.records["invoices/invoices"][7]["vis_state"] = 1
    freshbooks.put("payments/payments", 1)
    freshbooks.put("users/clients", 1)
    freshbooks.put("credit_notes/credit_notes", 1)
    refs = [Ref(Kind.INVOICE, str(n)) for n in range(1, 251)]
    others = [Ref(k, "1") for k in (Kind.PAYMENT, Kind.CUSTOMER, Kind.CREDIT_NOTE)]
    missing = Ref(Kind.INVOICE, "9999")
    found = await freshbooks.source.observe([*refs, *others, missing])
    assert set(found) == {*refs, *others}
    assert json.loads(found[Ref(Kind.INVOICE, "7")].content)["vis_state"] == 1
    assert freshbooks.http.calls == {"freshbooks GET": 3 + 1 + 1 + 3}


async def test_what_freshbooks_does_not_know_is_not_observed(freshbooks: Freshbooks) -> None:
    unknown = [Ref(kind, "9999") for kind in (Kind.PAYMENT, Kind.CUSTOMER, Kind.CREDIT_NOTE)]
    assert await freshbooks.source.observe(unknown) == {}


async def test_observe_takes_only_what_it_asked_for_when_the_filter_is_ignored(
    freshbooks: Freshbooks,
) -> None:
    freshbooks.ignores_ids = True
    for number in range(1, 301):
        freshbooks.put("invoices/invoices", number)
    wanted = {Ref(Kind.INVOICE, "3"), Ref(Kind.INVOICE, "290")}
    assert set(await freshbooks.source.observe(wanted)) == wanted


async def test_observing_and_listing_give_the_same_fingerprint(freshbooks: Freshbooks) -> None:
    freshbooks.put("payments/payments", 1, vis_state=1)
    (page,) = [page async for page in freshbooks.source.changes({}) if page.observations]
    (listed,) = page.observations
    found = await freshbooks.source.observe([listed.ref])
    assert found[listed.ref].hash == listed.hash


async def test_a_rejected_token_is_renewed_once(freshbooks: Freshbooks) -> None:
    freshbooks.token = "t1"
    freshbooks.put("payments/payments", 1)
    assert await freshbooks.source.observe([Ref(Kind.PAYMENT, "1")])


async def test_a_renewed_token_that_is_rejected_too_needs_a_person(freshbooks: Freshbooks) -> None:
    answer = freshbooks.answer

    def rejects(request: httpx2.Request) -> httpx2.Response:
        token = request.url.path == "/auth/oauth/token"
        return answer(request) if token else httpx2.Response(401)

    freshbooks.http._client._transport = httpx2.MockTransport(rejects)
    with pytest.raises(Unauthorized):
        await freshbooks.source.observe([Ref(Kind.PAYMENT, "1")])
    assert freshbooks.http.calls == {"freshbooks GET": 2, "freshbooks POST": 1}


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (httpx2.Response(200, content=b"<html>"), Unintelligible),
        (httpx2.Response(200, json={"response": {"result": {}}}), Unintelligible),
        (httpx2.Response(200, json={"response": {}}), Unintelligible),
        (httpx2.Response(422, json={"response": {"errors": [{"errno": 1024}]}}), Unintelligible),
        (httpx2.Response(200, json={"response": {"errors": {"errno": 1012}}}), Refused),
        (httpx2.Response(404), Unintelligible),
        (httpx2.Response(408), Unreachable),
        (httpx2.Response(409), Unreachable),
        (httpx2.Response(429), Throttled),
        (httpx2.Response(403, json={"response": {"errors": [{"errno": 1003}]}}), Unauthorized),
    ],
)
async def test_answers_that_are_none(
    freshbooks: Freshbooks, response: httpx2.Response, kind: type[Exception]
) -> None:
    token = freshbooks.answer

    def answers(request: httpx2.Request) -> httpx2.Response:
        return token(request) if request.url.path.startswith("/auth") else response

    freshbooks.http._client._transport = httpx2.MockTransport(answers)
    with pytest.raises(kind):
        await freshbooks.poll({})


@pytest.mark.parametrize(("method", "limit"), [("GET", 600), ("PUT", 600), ("POST", 250)])
def test_where_freshbooks_says_nothing_its_limits_are_kept_with_the_burst(
    method: str, limit: int
) -> None:
    """Its headers have shown 600 requests a minute, 250 of what creates."""
    freshbooks = Freshbooks()
    api = FreshbooksApi(freshbooks.connection, Store(), freshbooks.http, lambda: NOW)
    budget = api._call(method, "/", b"", "t").budget
    assert budget is not None
    assert 0.7 * limit < budget.per_second * WINDOW_S + BURST < limit
