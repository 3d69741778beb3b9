"""Recorded exchanges with the live API, replayed: same status, same keys, same kinds of value.

The recordings lie outside the repository; where they are absent these tests are skipped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

RECORDED = (
    Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "freshbooks" / "recorded-nango"
)
KINDS = {
    "users/clients": "client",
    "invoices/invoices": "invoice",
    "payments/payments": "payment",
    "estimates/estimates": "estimate",
    "expenses/expenses": "expense",
    "expenses/categories": "category",
}
MADE_BY_OTHERS = frozenset(
    ("isduplicate", "outstanding", "paid", "net_paid_amount", "payment_status", "date_paid", "uuid")
)
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason=f"no recordings in {RECORDED.name}")

Exchange = dict[str, Any]


def exchanges() -> list[tuple[str, Exchange]]:
    files = sorted(RECORDED.glob("*.json")) if RECORDED.is_dir() else []
    every = [(file.stem, exchange) for file in files for exchange in json.loads(file.read_text())]
    return [(name, one) for name, one in every if one["genuine_capture"] and kind_of(one)]


def kind_of(exchange: Exchange) -> str | None:
    parts = exchange["path"].split("/")
    if parts[1] == "accounting":
        return KINDS.get("/".join(parts[4:6]))
    return {"projects": "project", "timetracking": "time_entry"}.get(parts[1])


def shape(value: Any) -> Any:
    """What kind of value this is, down to the members of objects; a list by its first row."""
    if isinstance(value, dict):
        return {key: shape(member) for key, member in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


async def stored(api: Any, kind: str, record: dict[str, Any]) -> None:
    """Makes a record like a recorded one, with the same id."""
    customer = record.get("customerid", record.get("clientid"))
    if customer:
        called = record.get("current_organization", "Engines Ltd")
        await known(api, "client", customer, organization=called)
    if kind == "payment":
        await billed(api, record["invoiceid"], customer, "1000.00", "USD")
    values = {name: value for name, value in record.items() if name not in MADE_BY_OTHERS}
    if kind in ("invoice", "estimate"):
        line = {"name": "Work", "description": record["description"], "qty": 1}
        values["lines"] = [line | {"unit_cost": record["amount"]}]
    await api.control("place", **{kind: values | {"vis_state": 0}})
    if kind == "invoice" and record["paid"]["amount"] != "0.00":
        await api.pay(record["id"], record["paid"]["amount"])
    if record["vis_state"]:
        await api.control("place", **{kind: {"id": record["id"], "vis_state": 1}})


async def known(api: Any, kind: str, number: int, **values: Any) -> None:
    answer = await api.http.get(api.address(kind, number))
    if answer.status_code == 404:
        await api.control("place", **{kind: {"id": number, **values}})


async def billed(api: Any, number: int, client: int, amount: str, code: str) -> None:
    line = {"name": "Work", "qty": 1, "unit_cost": {"amount": amount, "code": code}}
    await known(
        api, "invoice", number, customerid=client, create_date="2026-06-29", currency_code=code,
        status=2, lines=[line],
    )  # fmt: skip


async def logged(api: Any, kind: str, records: list[dict[str, Any]]) -> None:
    """Makes projects or time entries like recorded ones, with the same ids."""
    names = (
        "title",
        "description",
        "client_id",
        "project_id",
        "is_logged",
        "duration",
        "started_at",
        "note",
    )
    for record in sorted(records, key=lambda one: one["id"]):
        values = {name: record[name] for name in names if record.get(name) is not None}
        await api.control("next_id", **{kind: record["id"]})
        answer = await api.http.post(api.address(kind), json={kind: values})
        assert answer.status_code == 200, answer.text


async def prepared_flat(api: Any, kind: str, exchange: Exchange) -> None:
    body = exchange["response"]
    plural = {"project": "projects", "time_entry": "time_entries"}[kind]
    if exchange["method"] == "DELETE":
        number = int(exchange["path"].rpartition("/")[2])
        like = {"id": number, "title": "X", "is_logged": True, "duration": 1,
                "started_at": "2026-06-29T10:00:00Z"}  # fmt: skip
        await logged(api, kind, [like])
    elif exchange["method"] != "POST":
        await logged(api, kind, body.get(plural) or [body[kind]])


async def prepared_accounting(api: Any, kind: str, exchange: Exchange) -> None:
    """Brings the sandbox into the state in which the exchange was recorded, as far as it shows."""
    result = exchange["response"]["response"]["result"]
    plural = exchange["path"].split("/")[5]
    records = [result[kind]] if kind in result else result[plural]
    sent = (exchange["request"] or {}).get(kind, {})
    if kind == "category":
        return
    if exchange["method"] == "POST":
        if "customerid" in sent:
            await known(api, "client", sent["customerid"], organization="Engines Ltd")
        if "invoiceid" in sent:
            await known(api, "client", 567523, organization="Engines Ltd")
            await billed(api, sent["invoiceid"], 567523, "1000.00", "USD")
        return
    for record in records:
        before = record | ({"vis_state": 0} if exchange["method"] == "PUT" else {})
        await stored(api, kind, before)


@pytest.mark.parametrize(
    "exchange", [pytest.param(one, id=name) for name, one in exchanges()] or [None]
)
async def test_the_sandbox_answers_as_recorded(api: Any, exchange: Exchange) -> None:
    kind = kind_of(exchange)
    assert kind is not None
    prepare = prepared_flat if kind in ("project", "time_entry") else prepared_accounting
    await prepare(api, kind, exchange)
    path = exchange["path"].replace("ZyQ04o", api.server.account_id)
    path = path.replace("14719708", str(api.server.business_id))
    answer = await api.http.request(
        exchange["method"], path, params=exchange["query"], json=exchange["request"]
    )
    assert answer.status_code == exchange["status"]
    headers = exchange["response_headers"]
    if answer.status_code == 204:  # what stands there is the recording proxy's own
        assert answer.content == b""
        return
    assert shape(answer.json()) == shape(exchange["response"])
    assert answer.headers["content-type"] == headers["content-type"]
    assert {name for name in headers if name.startswith("x-")} <= set(answer.headers)
    assert answer.headers["x-ratelimit-limit"] == headers["x-ratelimit-limit"]


async def test_every_recorded_exchange_is_replayed() -> None:
    """None is left out but those of the identity, which has a test of its own."""
    files = [json.loads(file.read_text()) for file in RECORDED.glob("*.json")]
    every = [one for file in files for one in file if one["genuine_capture"]]
    left = {one["path"] for one in every if kind_of(one) is None}
    assert left == {"/auth/api/v1/users/me"}
    assert len(every) == 45


async def test_the_identity_has_the_recorded_keys(api: Any) -> None:
    recorded = json.loads((RECORDED / "get-account-id.json").read_text())[0]
    expected = recorded["response"]["response"]
    answer = (await api.http.get("/auth/api/v1/users/me")).json()["response"]
    assert set(answer) == set(expected)
    for name in ("profile", "links"):
        assert set(answer[name]) == set(expected[name])
    for name in ("groups", "roles", "business_memberships"):
        assert set(answer[name][0]) == set(expected[name][0])
    ours, theirs = (one["business_memberships"][0]["business"] for one in (answer, expected))
    assert set(ours) == set(theirs)
    assert set(ours["address"]) == set(theirs["address"])
