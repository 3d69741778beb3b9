"""What happens outside of the API: cards, processors, and payments entered in bulk."""

from __future__ import annotations

from typing import Any

import pytest


async def sent(api: Any, price: str = "100.00", **values: Any) -> Any:
    return await api.invoice(await api.client(), price, due_offset_days=30, **values)


async def test_a_card_that_is_charged_pays_the_invoice(api: Any) -> None:
    invoice = (await sent(api, auto_bill=True))["id"]
    told = (await api.control("autobill", invoice=invoice, outcome="success"))["invoice"]
    assert (told["v3_status"], told["status"], told["payment_status"]) == (
        "autopaid",
        5,
        "auto-paid",
    )
    page = await api.page("payment", f"?search[invoiceid]={invoice}")
    (paid,) = page["payments"]
    assert (paid["amount"]["amount"], paid["gateway"], paid["type"]) == (
        "100.00",
        "stripe",
        "Credit Card",
    )
    assert None not in (paid["orderid"], paid["transactionid"], paid["transaction_uuid"])
    assert await api.ids("invoice", "?search[paid]=true") == [invoice]


@pytest.mark.parametrize(("outcome", "status"), [("retry", 6), ("failed", 7)])
async def test_a_card_that_is_refused_only_shows(api: Any, outcome: str, status: int) -> None:
    invoice = (await sent(api, status=1))["id"]
    await api.control("autobill", invoice=invoice, outcome=outcome)
    told = await api.get("invoice", invoice)
    assert (told["v3_status"], told["autobill_status"], told["status"]) == (
        outcome,
        outcome,
        status,
    )
    assert (told["outstanding"]["amount"], await api.ids("payment")) == ("100.00", [])
    await api.control("autobill", invoice=invoice, outcome="success")
    assert (await api.get("invoice", invoice))["v3_status"] == "autopaid"


async def test_a_client_pays_online_in_part(api: Any) -> None:
    invoice = (await sent(api))["id"]
    paid = await api.control("charge", invoice=invoice, amount="30.00", gateway="paypal")
    assert (paid["payment"]["gateway"], paid["payment"]["amount"]["amount"]) == ("paypal", "30.00")
    assert (await api.get("invoice", invoice))["v3_status"] == "partial"


async def test_a_refund_lowers_the_payment(api: Any) -> None:
    invoice = (await sent(api))["id"]
    paid = (await api.control("charge", invoice=invoice))["payment"]["id"]
    part = (await api.control("refund", payment=paid, amount="20.00"))["payment"]
    assert part["amount"]["amount"] == "80.00"
    rest = (await api.control("refund", payment=paid, note="Refunded"))["payment"]
    assert (rest["amount"]["amount"], rest["note"], rest["gateway"]) == (
        "0.00",
        "Refunded",
        "stripe",
    )
    told = await api.get("invoice", invoice)
    assert (told["v3_status"], told["outstanding"]["amount"]) == ("sent", "100.00")


async def test_a_charge_that_is_given_back(api: Any) -> None:
    first, second = (await sent(api))["id"], (await sent(api))["id"]
    for invoice, word in ((first, "sent"), (second, "success")):
        await api.control("autobill", invoice=invoice, outcome="success")
        paid = (await api.ids("payment", f"?search[invoiceid]={invoice}"))[0]
        part = (await api.control("refund", payment=paid, amount="40.00"))["payment"]
        assert part["amount"]["amount"] == "60.00"
        assert (await api.get("invoice", invoice))["v3_status"] == "partial"
        await api.control("refund", payment=paid)
        assert (await api.get("invoice", invoice))["v3_status"] == word
        await api.switch(autobill_given_back="kept")


async def test_a_bulk_payment_is_one_payment_for_each_invoice(api: Any) -> None:
    first, second = await sent(api), await sent(api, "50.00")
    numbers = [first["id"], second["id"]]
    order = {"invoices": numbers, "type": "Bank Transfer", "date": "2026-03-11"}
    payments = (await api.control("bulk_payment", **order))["payments"]
    assert [paid["amount"]["amount"] for paid in payments] == ["100.00", "50.00"]
    assert len({paid["bulk_paymentid"] for paid in payments}) == 1
    assert [paid["bulk_paymentid"] for paid in payments] != [None, None]
    assert await api.ids("invoice", "?search[outstanding]=true") == []


@pytest.mark.parametrize(
    ("order", "values", "said"),
    [
        ("autobill", {"invoice": 1, "outcome": "success"}, "Invoice not found."),
        ("autobill", {"invoice": "own", "outcome": "maybe"}, "no outcome 'maybe'; there are:"),
        ("autobill", {"outcome": "retry"}, "'invoice' is missing"),
        ("refund", {"payment": 1}, "Payment not found."),
        ("refund", {"payment": "own", "amount": "100.01"}, "at most 100.00 GBP"),
        ("refund", {"payment": "own", "amount": "much"}, "must be a number"),
        ("bulk_payment", {"invoices": []}, "a bulk payment has one currency, not none"),
        ("bulk_payment", {"invoices": "both"}, "one currency, not EUR, GBP"),
        ("autobill", {"invoice": "own", "outcome": "success"}, "has nothing open"),
    ],
)
async def test_what_cannot_happen_is_said(
    api: Any, order: str, values: dict[str, Any], said: str
) -> None:
    own = (await sent(api))["id"]
    paid = (await api.control("charge", invoice=own))["payment"]["id"]
    foreign = (await sent(api, currency_code="EUR"))["id"]
    known = {("invoice", "own"): own, ("payment", "own"): paid}
    filled = {name: known.get((name, str(value)), value) for name, value in values.items()}
    if filled.get("invoices") == "both":
        filled["invoices"] = [own, foreign]
    answer = await api.http.post(f"/_control/{order}", json=filled)
    assert (answer.status_code, said in answer.json()["error"]) == (422, True)
