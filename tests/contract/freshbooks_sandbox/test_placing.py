"""Records put into the books by hand: chosen ids, numbers, moments and states that no request brings about."""

from __future__ import annotations

from typing import Any

import pytest

from tieout_sandboxes.freshbooks.placing import Placing
from tieout_sandboxes.freshbooks.statuses import V3_STATUSES

VAT = {"taxName1": "VAT", "taxAmount1": "20"}
CONSULTING = {"name": "Consulting", "qty": "10", "unit_cost": "80.00", **VAT}
INVOICE = {
    "id": 34101,
    "invoice_number": "0000101",
    "customerid": 7001,
    "create_date": "2026-03-10",
    "due_offset_days": 30,
    "currency_code": "GBP",
    "v3_status": "sent",
    "vis_state": 0,
    "lines": [CONSULTING],
    "amount": "960.00",
}


@pytest.fixture
async def acme(api: Any) -> Any:
    await api.control("place", client={"id": 7001, "organization": "Acme"})
    return api


async def test_a_worked_example_is_placed_with_its_own_ids(acme: Any) -> None:
    placed = await acme.control(
        "place",
        invoice=INVOICE | {"updated": "2026-03-17 09:12:00"},
        credit_note={
            "id": 30947,
            "credit_number": "0000070",
            "credit_type": "goodwill",
            "clientid": 7001,
            "create_date": "2026-03-20",
            "lines": [{"name": "Goodwill", "qty": "1", "unit_cost": "125.00", **VAT}],
        },
        payment=[
            {"id": 10360, "invoiceid": 34101, "amount": "150.00", "date": "2026-03-25",
             "type": "Credit", "from_credit": True, "creditid": 30947},
            {"id": 10301, "invoiceid": 34101, "amount": {"amount": "10.00", "code": "GBP"},
             "date": "2026-03-26", "type": "VISA", "gateway": "stripe", "overpaymentid": 10320,
             "updated": "2026-03-26 06:00:00"},
        ],
    )  # fmt: skip
    assert placed["invoice"]["updated"] == "2026-03-17 09:12:00"
    assert placed["invoice"]["lines"][0]["amount"] == {"amount": "800.00", "code": "GBP"}
    invoice = await acme.get("invoice", 34101)
    assert (invoice["invoice_number"], invoice["amount"]["amount"]) == ("0000101", "960.00")
    assert (invoice["v3_status"], invoice["paid"]["amount"]) == ("partial", "160.00")
    assert invoice["updated"] == "2026-03-26 06:00:00"
    assert (await acme.get("credit_note", 30947))["payment_status"] == "paid"
    paid = await acme.get("payment", 10301)
    assert (paid["gateway"], paid["overpaymentid"], paid["clientid"]) == ("stripe", 10320, 7001)
    assert await acme.ids(
        "invoice", "?search[updated_min]=2026-03-26&search[updated_max]=2026-03-27"
    ) == [34101]


async def test_placing_again_changes_the_record(acme: Any) -> None:
    await acme.control("place", invoice=INVOICE)
    line = CONSULTING | {"qty": "11.25"}
    change = {"id": 34101, "lines": [line], "updated": "2026-04-20 08:00:00", "vis_state": 2}
    changed = (await acme.control("place", invoice=change))["invoice"]
    assert (changed["amount"]["amount"], changed["vis_state"]) == ("1080.00", 2)
    assert changed["updated"] == "2026-04-20 08:00:00"
    deleted = (await acme.control("place", invoice={"id": 34101, "vis_state": 1}))["invoice"]
    assert (deleted["vis_state"], await acme.ids("invoice")) == (1, [])


async def test_afterwards_ids_and_clock_go_on_as_before(acme: Any) -> None:
    first = await acme.invoice(7001, "1.00")
    await acme.control("place", invoice=INVOICE | {"updated": "2026-04-01 00:00:00"})
    await acme.control("place", invoice={**INVOICE, "id": first["id"] + 1, "invoice_number": "9"})
    second = await acme.invoice(7001, "1.00")
    assert (second["id"], second["updated"]) == (first["id"] + 2, "2026-03-12 12:00:00")


@pytest.mark.parametrize("status", V3_STATUSES)
async def test_every_v3_status_can_be_placed(acme: Any, status: str) -> None:
    await acme.control("place", invoice=INVOICE | {"v3_status": status})
    assert (await acme.get("invoice", 34101))["v3_status"] == status
    found = await acme.ids("invoice", f"?search[v3_status]={status}")
    assert found == [34101]


@pytest.mark.parametrize(
    ("word", "field", "value"),
    [
        ("disputed", "dispute_status", "disputed"),
        ("resolved", "dispute_status", "resolved"),
        ("retry", "autobill_status", "retry"),
        ("failed", "autobill_status", "failed"),
        ("success", "autobill_status", "success"),
        ("declined", "last_order_status", "declined"),
        ("pending", "last_order_status", "pending"),
    ],
)
async def test_a_placed_word_tells_its_own_field(
    acme: Any, word: str, field: str, value: str
) -> None:
    placed = (await acme.control("place", invoice=INVOICE | {"v3_status": word}))["invoice"]
    assert (placed[field], placed["payment_status"]) == (value, "unpaid")
    sent = (await acme.control("place", invoice={"id": 34101, "v3_status": "sent"}))["invoice"]
    assert (sent[field], sent["v3_status"]) == (None, "sent")


async def test_there_are_17_words_and_outstanding_is_only_displayed(acme: Any) -> None:
    assert len(V3_STATUSES) == len(set(V3_STATUSES)) == 17
    shown = await acme.control("place", invoice=INVOICE | {"display_status": "outstanding"})
    told = (shown["invoice"]["display_status"], shown["invoice"]["v3_status"])
    assert told == ("outstanding", "sent")


async def test_a_placed_word_lasts_until_something_changes(acme: Any) -> None:
    await acme.control("place", invoice=INVOICE | {"v3_status": "partial"})
    await acme.put("invoice", 34101, {"notes": "Thanks"})
    assert (await acme.get("invoice", 34101))["v3_status"] == "sent"


@pytest.mark.parametrize(
    ("number", "status", "word"),
    [(0, 0, "disputed"), (1, 1, "draft"), (3, 3, "viewed"), (6, 6, "retry"), (7, 7, "failed")],
)
async def test_a_placed_number_is_a_status_too(
    acme: Any, number: int, status: int, word: str
) -> None:
    values = {name: value for name, value in INVOICE.items() if name != "v3_status"}
    placed = (await acme.control("place", invoice=values | {"status": number}))["invoice"]
    assert (placed["status"], placed["v3_status"]) == (status, word)


async def test_a_credit_placed_as_an_amount_has_a_line_of_it(acme: Any) -> None:
    values = {"id": 30789, "credit_type": "overpayment", "clientid": 7001, "amount": "20.00",
              "currency_code": "GBP", "create_date": "2026-03-19"}  # fmt: skip
    note = (await acme.control("place", credit_note=values))["credit_note"]
    assert (note["amount"]["amount"], note["payment_status"]) == ("20.00", "unpaid")
    assert [line["amount"]["amount"] for line in note["lines"]] == ["20.00"]


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"invoices": {"id": 1}}, "no kind 'invoices'; there are: bill, "),
        ({"invoice": {"id": 0}}, "'id' must be a whole number above 0"),
        ({"invoice": INVOICE | {"total": "1.00"}}, "invoice has no 'total'; it has:"),
        (
            {"invoice": INVOICE | {"customerid": 9}},
            "invoice 34101: Client not found. (client, field 'userid'",
        ),
        ({"invoice": INVOICE | {"auto_bill": "yes"}}, "field 'auto_bill'"),
        ({"invoice": INVOICE | {"v3_status": "gone"}}, "no v3_status 'gone'; there are: draft"),
        ({"invoice": INVOICE | {"status": 9}}, "no status 9"),
        ({"invoice": INVOICE | {"ownerid": "me"}}, "invoice: 'ownerid' cannot be 'me'"),
        ({"invoice": 34101}, "'invoice' takes a record or a list of records"),
    ],
)
async def test_what_cannot_be_placed_is_said_and_leaves_no_trace(
    acme: Any, wanted: dict[str, Any], said: str
) -> None:
    answer = await acme.http.post("/_control/place", json=wanted)
    assert answer.status_code == 422
    assert said in answer.json()["error"]
    assert await acme.ids("invoice") == []


@pytest.mark.parametrize(
    "values",
    [
        {"paid": "5.00"},
        {"payment_status": "paid"},
        {"outstanding": {"amount": "1.00", "code": "GBP"}},
        {"deposit_status": "paid"},
    ],
)
async def test_what_follows_from_other_records_cannot_be_said_otherwise(
    acme: Any, values: dict[str, Any]
) -> None:
    order = {"invoice": INVOICE | values}
    answer = await acme.http.post("/_control/place", json=order)
    (name,) = values
    told = f"invoice 34101: {name!r} follows from other records or fields: place those"
    assert (answer.status_code, told in answer.json()["error"]) == (422, True)
    true = {"paid": "0.00", "payment_status": "unpaid", "deposit_status": "converted"}
    await acme.control("place", invoice=INVOICE | true)


async def test_a_list_is_placed_up_to_what_is_refused(acme: Any) -> None:
    twice = [INVOICE, INVOICE | {"id": 34102}, INVOICE | {"id": 34103, "invoice_number": "3"}]
    answer = await acme.http.post("/_control/place", json={"invoice": twice})
    assert "invoice 34102: This invoice number is already in use." in answer.json()["error"]
    assert await acme.ids("invoice") == [34101]


async def test_records_can_be_placed_without_http(acme: Any) -> None:
    Placing(acme.server.books).place("invoice", INVOICE)
    assert await acme.ids("invoice") == [34101]
