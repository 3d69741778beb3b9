"""Payments: what they do to an invoice, what happens to too much, and how credits are used."""

from __future__ import annotations

from typing import Any


async def state(api: Any, invoice: int) -> tuple[str, str, str, str, int]:
    found = await api.get("invoice", invoice)
    return (
        found["paid"]["amount"],
        found["outstanding"]["amount"],
        found["payment_status"],
        found["v3_status"],
        found["status"],
    )


async def test_a_part_payment_and_the_rest(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "100.00", create_date="2026-03-12"))["id"]
    await api.control("clock", advance_s=60)
    first = await api.pay(invoice, "40.00")
    assert (first["logid"], first["clientid"], first["from_credit"]) == (
        first["id"],
        first["clientid"],
        False,
    )
    assert await state(api, invoice) == ("40.00", "60.00", "partial", "partial", 2)
    assert (await api.get("invoice", invoice))["updated"] == first["updated"]
    await api.pay(invoice, "60.00", date="2026-03-15")
    assert await state(api, invoice) == ("100.00", "0.00", "paid", "paid", 4)
    assert (await api.get("invoice", invoice))["date_paid"] == "2026-03-15"


async def test_deleting_a_payment_gives_it_back(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "100.00", create_date="2026-03-12"))["id"]
    payment = await api.pay(invoice, "100.00")
    await api.put("payment", payment["id"], {"vis_state": 1})
    assert await state(api, invoice) == ("0.00", "100.00", "unpaid", "sent", 2)
    assert (await api.get("invoice", invoice))["date_paid"] is None
    await api.put("payment", payment["id"], {"vis_state": 0})
    assert await state(api, invoice) == ("100.00", "0.00", "paid", "paid", 4)


async def test_lowering_a_payment_is_how_a_refund_looks(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "100.00", create_date="2026-03-12"))["id"]
    payment = await api.pay(invoice, "100.00")
    lowered = await api.put("payment", payment["id"], {"amount": {"amount": "30.00"}})
    assert lowered["amount"]["amount"] == "30.00"
    assert await state(api, invoice) == ("30.00", "70.00", "partial", "partial", 2)
    raised = await api.put("payment", payment["id"], {"amount": {"amount": "100.00"}})
    assert (raised["amount"]["amount"], raised["overpaymentid"]) == ("100.00", None)


async def test_too_much_becomes_a_credit(api: Any) -> None:
    client = await api.client()
    invoice = await api.invoice(client, "180.00")
    payment = await api.pay(invoice["id"], "200.00")
    assert payment["amount"]["amount"] == "180.00"
    credit = await api.get("credit_note", payment["overpaymentid"])
    assert (credit["credit_type"], credit["amount"]["amount"]) == ("overpayment", "20.00")
    assert credit["description"] == f"Overpayment: invoice #{invoice['invoice_number']}"
    again = await api.pay(invoice["id"], "10.00")
    assert (again["amount"]["amount"], again["overpaymentid"]) == ("0.00", credit["id"] + 1)


async def too_much(api: Any, amount: str) -> list[tuple[str, bool]]:
    """The credits once 200.00 were paid for 180.00, and the payment is then edited; and whether it names them."""
    invoice = await api.invoice(await api.client(), "180.00")
    payment = await api.pay(invoice["id"], "200.00")
    edited = await api.put("payment", payment["id"], {"amount": {"amount": amount}})
    assert edited["amount"]["amount"] == "180.00"
    found = [await api.get("credit_note", one) for one in sorted(await api.ids("credit_note"))]
    return [
        (one["amount"]["amount"], one["id"] == edited["overpaymentid"])
        for one in found
        if one["clientid"] == edited["clientid"]
    ]


async def test_a_payment_that_is_once_more_too_much(api: Any) -> None:
    assert await too_much(api, "210.00") == [("20.00", False), ("30.00", True)]
    await api.switch(overpaid_again="replaced")
    assert await too_much(api, "210.00") == [("30.00", True)]
    await api.switch(overpaymentid="payment")
    assert await too_much(api, "210.00") == [("30.00", False)]
    (kept,) = await api.ids("payment", "?search[payment_or_credit]=credit")
    assert (await api.get("payment", kept))["amount"]["amount"] == "30.00"


async def test_overpayments_as_assumed_otherwise(api: Any) -> None:
    invoice = await api.invoice(await api.client(), "180.00")
    await api.switch(overpaymentid="payment")
    await api.control("next_id", payment=10318)
    payment = await api.pay(invoice["id"], "200.00")
    assert (payment["id"], payment["overpaymentid"]) == (10318, 10319)
    kept = await api.get("payment", 10319, "?include[]=invoice&include[]=credit_note")
    assert (kept["invoiceid"], kept["invoice"], kept["from_credit"]) == (None, None, False)
    assert (kept["amount"]["amount"], kept["creditid"]) == ("20.00", kept["credit_note"]["id"])
    assert kept["credit_note"]["paid"]["amount"] == "0.00"
    assert await api.ids("payment", "?search[payment_or_credit]=credit") == [10319]
    assert await api.ids("payment", f"?search[number]={kept['credit_note']['credit_number']}")
    await api.put("payment", 10319, {"vis_state": 1})
    assert await api.ids("credit_note") == []
    assert (await state(api, invoice["id"]))[0] == "180.00"
    await api.switch(overpayment="refused")
    values = {"invoiceid": invoice["id"], "amount": "1", "date": "2026-03-11", "type": "Cash"}
    assert await api.refused("payment", values) == (422, 1004)


async def test_a_credit_is_used_by_a_payment_that_names_it(api: Any) -> None:
    client = await api.client()
    lines = [{"name": "Credit", "qty": 1, "unit_cost": {"amount": "50.00"}}]
    values = {"clientid": client, "create_date": "2026-03-10", "lines": lines}
    credit = (await api.create("credit_note", values))["id"]
    invoice = (await api.invoice(client, "120.00", create_date="2026-03-12"))["id"]
    payment = await api.pay(invoice, "20.00", type="Credit", creditid=credit)
    assert (payment["from_credit"], payment["creditid"]) == (True, credit)
    assert await state(api, invoice) == ("20.00", "100.00", "partial", "partial", 2)
    used = await api.get("credit_note", credit)
    assert (used["paid"]["amount"], used["payment_status"]) == ("20.00", "partial")
    assert await api.ids("payment", "?search[from_credit]=true") == [payment["id"]]
    await api.put("payment", payment["id"], {"vis_state": 1})
    assert (await api.get("credit_note", credit))["payment_status"] == "unpaid"


async def test_a_credit_can_not_be_used_twice(api: Any) -> None:
    client = await api.client()
    lines = [{"name": "Credit", "qty": 1, "unit_cost": {"amount": "50.00"}}]
    values = {"clientid": client, "create_date": "2026-03-10", "lines": lines}
    credit = (await api.create("credit_note", values))["id"]
    invoice = (await api.invoice(client, "120.00"))["id"]
    asked = {
        "invoiceid": invoice,
        "amount": {"amount": "60.00"},
        "date": "2026-03-11",
        "type": "Credit",
    }
    assert await api.refused("payment", asked | {"creditid": credit}) == (422, 1004)
    assert await api.refused("payment", asked | {"creditid": 5}) == (422, 1012)


async def test_a_credit_payment_that_names_none(api: Any) -> None:
    client = await api.client()
    overpaid = await api.invoice(client, "10.00")
    credit = (await api.pay(overpaid["id"], "25.00"))["overpaymentid"]
    invoice = (await api.invoice(client, "120.00"))["id"]
    assert (await api.pay(invoice, "5.00", type="Credit"))["creditid"] == credit
    await api.switch(credit_payment_without_creditid="refused")
    asked = {"invoiceid": invoice, "amount": "5.00", "date": "2026-03-11", "type": "Credit"}
    assert await api.refused("payment", asked) == (422, 1001)


async def test_a_payment_on_a_draft(api: Any) -> None:
    client = await api.client()
    drafts = [
        (await api.invoice(client, "10.00", status=1, create_date="2026-03-12"))["id"]
        for _ in range(3)
    ]
    await api.pay(drafts[0], "4.00")
    assert await state(api, drafts[0]) == ("4.00", "6.00", "partial", "partial", 2)
    await api.switch(payment_on_draft="keeps_draft")
    await api.pay(drafts[1], "4.00")
    assert await state(api, drafts[1]) == ("4.00", "6.00", "partial", "partial", 1)
    await api.switch(payment_on_draft="refused")
    asked = {"invoiceid": drafts[2], "amount": "4.00", "date": "2026-03-11", "type": "Cash"}
    assert await api.refused("payment", asked) == (422, 1004)


async def test_a_deleted_invoice_keeps_its_payments(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "10.00"))["id"]
    payment = await api.pay(invoice, "4.00")
    await api.put("invoice", invoice, {"vis_state": 1})
    assert await api.ids("payment") == [payment["id"]]
    asked = {"invoiceid": invoice, "amount": "4.00", "date": "2026-03-11", "type": "Cash"}
    assert await api.refused("payment", asked) == (422, 1011)
    await api.switch(payment_on_deleted="accepted")
    assert (await api.create("payment", asked))["amount"]["amount"] == "4.00"


async def test_deleting_an_invoice_may_delete_its_payments(api: Any) -> None:
    await api.switch(delete_invoice_deletes_payments=True)
    invoice = (await api.invoice(await api.client(), "10.00"))["id"]
    await api.pay(invoice, "4.00")
    await api.put("invoice", invoice, {"vis_state": 1})
    assert await api.ids("payment") == []


async def test_a_payment_in_another_currency(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "10.00"))["id"]
    asked = {
        "invoiceid": invoice,
        "amount": {"amount": "4.00", "code": "EUR"},
        "date": "2026-03-11",
        "type": "Cash",
    }
    assert await api.refused("payment", asked) == (422, 1004)
    await api.switch(payment_other_currency="relabelled")
    assert (await api.create("payment", asked))["amount"]["code"] == "GBP"


async def test_an_unknown_type_or_invoice_is_refused(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "10.00"))["id"]
    asked = {"invoiceid": invoice, "amount": "4.00", "date": "2026-03-11", "type": "Shells"}
    assert await api.refused("payment", asked) == (422, 1004)
    assert await api.refused("payment", asked | {"type": "Cash", "invoiceid": 5}) == (422, 1012)
    assert await api.refused("payment", asked | {"type": "Cash", "amount": "-1"}) == (422, 1004)


async def test_an_edit_below_what_was_paid(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "10.00", create_date="2026-03-12"))["id"]
    await api.pay(invoice, "10.00")
    less = {"lines": [{"name": "Work", "qty": 1, "unit_cost": {"amount": "7.00"}}]}
    lowered = await api.put("invoice", invoice, less)
    assert (lowered["outstanding"]["amount"], lowered["payment_status"]) == ("-3.00", "paid")
    await api.switch(edit_below_paid="refused")
    answer = await api.http.put(api.address("invoice", invoice), json={"invoice": less})
    assert answer.status_code == 422


async def test_a_payment_can_be_taken_to_another_invoice(api: Any) -> None:
    client, other = await api.client(), await api.client()
    first = (await api.invoice(client, "100.00", create_date="2026-03-12"))["id"]
    second = (await api.invoice(other, "60.00", create_date="2026-03-12"))["id"]
    payment = (await api.pay(first, "100.00", send_client_notification=False))["id"]
    moved = await api.put("payment", payment, {"invoiceid": second})
    assert (moved["invoiceid"], moved["clientid"]) == (second, other)
    assert (moved["amount"]["amount"], moved["send_client_notification"]) == ("60.00", False)
    credit = await api.get("credit_note", (await api.ids("credit_note"))[0])
    assert (credit["amount"]["amount"], credit["clientid"]) == ("40.00", other)
    assert await state(api, first) == ("0.00", "100.00", "unpaid", "sent", 2)
    assert await state(api, second) == ("60.00", "0.00", "paid", "paid", 4)
    assert await api.ids("payment", f"?search[invoiceid]={first}") == []


async def test_a_refused_move_leaves_the_payment_where_it_was(api: Any) -> None:
    client = await api.client()
    first = (await api.invoice(client, "100.00", create_date="2026-03-12"))["id"]
    foreign = (await api.invoice(client, "60.00", currency_code="EUR"))["id"]
    payment = (await api.pay(first, "100.00"))["id"]
    for number in (foreign, 5):
        address = api.address("payment", payment)
        answer = await api.http.put(address, json={"payment": {"invoiceid": number}})
        assert answer.status_code == 422
    assert (await api.get("payment", payment))["invoiceid"] == first
    assert await state(api, first) == ("100.00", "0.00", "paid", "paid", 4)


async def test_payments_go_with_the_client_and_currency_of_their_invoice(api: Any) -> None:
    client, other = await api.client(), await api.client()
    invoice = (await api.invoice(client, "100.00"))["id"]
    payment = await api.pay(invoice, "40.00")
    await api.control("clock", advance_s=60)
    changed = await api.put(
        "invoice", invoice, {"customerid": other, "currency_code": "EUR"}, "?include[]=lines"
    )
    assert (changed["amount"], changed["paid"]) == (
        {"amount": "100.00", "code": "EUR"},
        {"amount": "40.00", "code": "EUR"},
    )
    assert changed["lines"][0]["amount"]["code"] == "EUR"
    followed = await api.get("payment", payment["id"])
    assert (followed["clientid"], followed["amount"]["code"]) == (other, "EUR")
    assert followed["updated"] == payment["updated"]
    await api.switch(payments_follow_invoice=False)
    await api.put("invoice", invoice, {"customerid": client, "currency_code": "GBP"})
    stayed = await api.get("payment", payment["id"])
    assert (stayed["clientid"], stayed["amount"]["code"]) == (other, "EUR")


async def test_the_credit_of_a_deleted_payment(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "100.00"))["id"]
    payment = (await api.pay(invoice, "120.00"))["id"]
    await api.put("payment", payment, {"vis_state": 1})
    assert len(await api.ids("credit_note")) == 1
    await api.put("payment", payment, {"vis_state": 0})
    await api.switch(delete_payment_deletes_overpayment=True)
    await api.put("payment", payment, {"vis_state": 1})
    assert await api.ids("credit_note") == []
    await api.put("payment", payment, {"vis_state": 0})
    assert len(await api.ids("credit_note")) == 1


async def test_a_paid_invoice_cannot_be_made_a_draft_unless_assumed_otherwise(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "100.00"))["id"]
    await api.pay(invoice, "20.00")
    address = api.address("invoice", invoice)
    answer = await api.http.put(address, json={"invoice": {"status": 1}})
    assert (answer.status_code, answer.json()["response"]["errors"][0]["errno"]) == (422, 1004)
    await api.switch(draft_after_payment="accepted")
    assert (await api.put("invoice", invoice, {"status": 1}))["display_status"] == "draft"


async def test_an_order_and_a_transaction_can_be_written(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "100.00"))["id"]
    made = await api.pay(invoice, "40.00", orderid=7, transactionid="tx-1")
    assert (made["orderid"], made["transactionid"]) == (7, "tx-1")
    changed = await api.put("payment", made["id"], {"transactionid": "tx-2"})
    assert (changed["orderid"], changed["transactionid"]) == (7, "tx-2")


async def test_a_payment_is_restored_only_where_there_is_room(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "100.00"))["id"]
    first = (await api.pay(invoice, "70.00"))["id"]
    await api.put("payment", first, {"vis_state": 1})
    second = (await api.pay(invoice, "50.00"))["id"]
    answer = await api.http.put(api.address("payment", first), json={"payment": {"vis_state": 0}})
    assert (answer.status_code, (await state(api, invoice))[0]) == (422, "50.00")
    await api.put("payment", second, {"vis_state": 1})
    assert (await api.put("payment", first, {"vis_state": 0}))["vis_state"] == 0
    await api.switch(restore_beyond="accepted")
    await api.put("payment", second, {"vis_state": 0})
    assert (await state(api, invoice))[:2] == ("120.00", "-20.00")
