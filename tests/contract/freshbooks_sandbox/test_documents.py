"""Clients, items, taxes, invoices and credit notes: created, changed in phases, deleted and restored."""

from __future__ import annotations

from typing import Any

import pytest

VAT = {"taxName1": "VAT", "taxAmount1": "20"}


def line(price: str, **more: Any) -> dict[str, Any]:
    return {"name": "Work", "qty": "1", "unit_cost": {"amount": price}, **more}


async def test_stamps_are_eastern_and_the_signup_date_is_utc(api: Any) -> None:
    await api.control("clock", now="2026-06-29T16:48:49Z")
    made = await api.create("client", {"fname": "Test", "lname": "Client"})
    assert (made["updated"], made["signup_date"]) == ("2026-06-29 12:48:49", "2026-06-29 16:48:49")
    invoice = await api.invoice(made["id"], "1.00")
    assert invoice["created_at"] == invoice["updated"] == "2026-06-29 12:48:49"
    assert invoice["version"] == "2026-06-29 12:48:49.000000"


async def test_equal_clients_are_two_clients_with_two_usernames(api: Any) -> None:
    values = {"fname": "Test", "lname": "Client", "email": "same@example.com"}
    made = [await api.create("client", values) for _ in range(2)]
    assert [one["username"] for one in made] == ["testclient", "testclient2"]


async def test_what_is_required_is_required(api: Any) -> None:
    client = await api.client()
    assert await api.refused("client", {"note": "nameless"}) == (422, 1001)
    assert await api.refused("item", {"qty": 1}) == (422, 1001)
    assert await api.refused("invoice", {"customerid": client}) == (422, 1001)
    assert await api.refused("invoice", {"create_date": "2026-03-10"}) == (422, 1001)
    assert await api.refused("credit_note", {"clientid": client}) == (422, 1001)
    assert await api.refused("payment", {"invoiceid": 1, "type": "Cash"}) == (422, 1001)


async def test_an_unknown_id_is_not_found(api: Any) -> None:
    answer = await api.http.get(api.address("client", 12345))
    error = {
        "errno": 1012,
        "field": "userid",
        "message": "Client not found.",
        "object": "client",
        "value": "12345",
    }
    assert (answer.status_code, answer.json()) == (404, {"response": {"errors": [error]}})


async def test_the_newer_error_style(api: Any) -> None:
    await api.switch(error_style="A2")
    body = (await api.http.get(api.address("client", 12345))).json()
    assert (body["code"], body["details"][0]["reason"]) == (5, "1012")
    assert body["details"][0]["metadata"]["message"] == "Client not found."


async def test_a_put_changes_only_what_it_names(api: Any) -> None:
    client = await api.client(organization="Engines")
    changed = await api.put("client", client, {"note": "new"})
    assert (changed["note"], changed["organization"], changed["fname"]) == ("new", "Engines", "Ada")


async def test_a_put_with_vis_state_drops_everything_else(api: Any) -> None:
    client = await api.client()
    changed = await api.put("client", client, {"vis_state": 1, "note": "lost"})
    assert (changed["vis_state"], changed["note"]) == (1, None)
    assert (await api.put("client", client, {"vis_state": 0}))["vis_state"] == 0


async def test_an_action_drops_ordinary_fields(api: Any) -> None:
    invoice = await api.invoice(await api.client(), "5.00", status=1)
    sent = await api.put("invoice", invoice["id"], {"action_mark_as_sent": True, "notes": "lost"})
    assert (sent["notes"], sent["status"], sent["v3_status"]) == ("", 2, "sent")
    assert (sent["display_status"], sent["fulfillment_date"]) == ("sent", "2026-03-12")


async def test_ext_vis_state_comes_before_every_other_phase(api: Any) -> None:
    client = await api.client()
    changed = await api.put("client", client, {"ext_vis_state": 0, "vis_state": 1, "note": "lost"})
    assert (changed["vis_state"], changed["note"]) == (0, None)


async def test_an_invoice_starts_as_a_draft_with_the_next_number(api: Any) -> None:
    client = await api.client(p_city="Bath", p_country="United Kingdom", vat_number="GB1")
    made = await api.create("invoice", {"customerid": client, "create_date": "2026-03-10"})
    assert (made["status"], made["v3_status"], made["payment_status"]) == (1, "draft", "unpaid")
    assert (made["invoice_number"], made["due_date"]) == ("0000001", "2026-03-10")
    assert (made["city"], made["vat_number"], made["fname"]) == ("Bath", "GB1", "Ada")
    second = await api.create("invoice", {"customerid": client, "create_date": "2026-03-10"})
    assert second["invoice_number"] == "0000002"


async def test_the_same_invoice_twice_is_two_invoices(api: Any) -> None:
    client = await api.client()
    first, second = [await api.invoice(client, "5.00") for _ in range(2)]
    assert first["id"] != second["id"]


async def test_a_number_in_use_is_refused_unless_assumed_otherwise(api: Any) -> None:
    client = await api.client()
    first = await api.invoice(client, "5.00", invoice_number="X1")
    again = {"customerid": client, "create_date": "2026-03-10", "invoice_number": "X1"}
    assert await api.refused("invoice", again) == (422, 1029)
    await api.put("invoice", first["id"], {"vis_state": 1})
    assert (await api.create("invoice", again))["invoice_number"] == "X1"
    await api.switch(duplicate_invoice_number="accepted")
    assert (await api.create("invoice", again))["invoice_number"] == "X1"


async def test_due_date_is_read_only_and_follows_the_offset(api: Any) -> None:
    invoice = await api.invoice(await api.client(), "5.00", due_offset_days=28)
    assert invoice["due_date"] == "2026-04-09"
    address = api.address("invoice", invoice["id"])
    answer = await api.http.put(address, json={"invoice": {"due_date": "2026-05-01"}})
    assert (answer.status_code, answer.json()["response"]["errors"][0]["errno"]) == (403, 1038)


@pytest.mark.parametrize(("status", "errno"), [("sent", 1015), (4, 1004), (8, 1004)])
async def test_a_status_is_a_number_from_0_to_3(api: Any, status: object, errno: int) -> None:
    values = {"customerid": await api.client(), "create_date": "2026-03-10", "status": status}
    assert await api.refused("invoice", values) == (422, errno)


async def test_statuses_that_may_be_written(api: Any) -> None:
    invoice = await api.invoice(await api.client(), "5.00", status=1)
    for status, shown in ((2, "sent"), (3, "viewed"), (0, "disputed"), (1, "draft")):
        found = await api.put("invoice", invoice["id"], {"status": status})
        assert (found["status"], found["v3_status"]) == (status, shown)


async def test_totals_with_a_discount_and_tax(api: Any) -> None:
    lines = [line("5.00", qty=4, taxName1="HST", taxAmount1="13"), line("24.00")]
    made = await api.create(
        "invoice",
        {
            "customerid": await api.client(),
            "create_date": "2026-03-10",
            "discount_value": "10",
            "lines": lines,
        },
        "?include[]=lines",
    )
    assert made["amount"] == made["outstanding"] == {"amount": "41.94", "code": "GBP"}
    assert made["discount_total"]["amount"] == made["discount"]["amount"]["amount"] == "-4.40"
    assert [one["amount"]["amount"] for one in made["lines"]] == ["20.00", "24.00"]
    assert (made["lines"][0]["qty"], made["lines"][0]["taxAmount1"]) == ("4", "13")
    await api.switch(discount_sign="positive")
    again = await api.put("invoice", made["id"], {"notes": "x"})
    assert again["discount_total"]["amount"] == "4.40"


async def test_tax_is_rounded_per_tax_or_per_line(api: Any) -> None:
    client = await api.client()
    values = {
        "customerid": client,
        "create_date": "2026-03-10",
        "lines": [line("33.33", **VAT) for _ in range(3)],
    }
    assert (await api.create("invoice", values))["amount"]["amount"] == "119.99"
    await api.switch(tax_rounding="per_line")
    assert (await api.create("invoice", values))["amount"]["amount"] == "120.00"


async def test_prices_that_include_tax(api: Any) -> None:
    values = {
        "customerid": await api.client(),
        "create_date": "2026-03-10",
        "tax_included": "inclusive",
        "lines": [line("99.99", **VAT)],
    }
    made = await api.create("invoice", values)
    assert (made["amount"]["amount"], made["tax_included"]) == ("99.99", "inclusive")
    await api.switch(tax_included="ignored")
    plain = await api.create("invoice", values)
    assert plain["amount"]["amount"] == "119.99"
    assert "tax_included" not in plain


async def test_lines_in_a_put_replace_all_lines_unless_assumed_otherwise(api: Any) -> None:
    invoice = await api.invoice(await api.client(), "5.00", "6.00")
    change = {"lines": [line("9.00", lineid=2)]}
    changed = await api.put("invoice", invoice["id"], change, "?include[]=lines")
    assert (changed["amount"]["amount"], len(changed["lines"])) == ("9.00", 1)
    await api.put("invoice", invoice["id"], {"lines": [line("5.00"), line("6.00")]})
    await api.switch(lines_on_put="merge_by_lineid")
    merged = await api.put("invoice", invoice["id"], change, "?include[]=lines")
    assert (merged["amount"]["amount"], len(merged["lines"])) == ("14.00", 2)


async def test_a_refused_change_leaves_no_trace(api: Any) -> None:
    invoice = await api.invoice(await api.client(), "5.00")
    address = api.address("invoice", invoice["id"])
    change = {"notes": "lost", "lines": [line("many")]}
    assert (await api.http.put(address, json={"invoice": change})).status_code == 422
    assert await api.get("invoice", invoice["id"]) == invoice


async def test_a_sent_invoice_becomes_overdue_without_being_touched(api: Any) -> None:
    client = await api.client()
    invoice = await api.invoice(client, "5.00", create_date="2026-03-12")
    draft = await api.invoice(client, "5.00", status=1, create_date="2026-03-12")
    await api.control("clock", advance_s=86_400)
    late = await api.get("invoice", invoice["id"])
    assert (late["v3_status"], late["updated"]) == ("overdue", invoice["updated"])
    assert (await api.get("invoice", draft["id"]))["v3_status"] == "draft"
    assert await api.ids("invoice", "?search[v3_status]=overdue") == [invoice["id"]]
    await api.pay(invoice["id"], "2.00")
    assert (await api.get("invoice", invoice["id"]))["v3_status"] == "overdue"
    await api.switch(partial_past_due="partial")
    assert (await api.get("invoice", invoice["id"]))["v3_status"] == "partial"
    await api.switch(overdue="never", partial_past_due="overdue")
    assert (await api.get("invoice", invoice["id"]))["v3_status"] == "partial"


async def test_the_fulfillment_date_may_be_the_date_of_the_document(api: Any) -> None:
    await api.switch(fulfillment_date="create_date")
    invoice = await api.invoice(await api.client(), "5.00", create_date="2026-01-05")
    assert invoice["fulfillment_date"] == "2026-01-05"


async def test_an_invoice_of_nothing(api: Any) -> None:
    client = await api.client()
    assert (await api.invoice(client, "0.00"))["payment_status"] == "unpaid"
    await api.switch(zero_total_payment_status="paid")
    assert (await api.invoice(client, "0.00"))["payment_status"] == "paid"


async def test_an_invoice_is_deleted_by_put_or_by_delete(api: Any) -> None:
    client = await api.client()
    first, second = [await api.invoice(client, "5.00") for _ in range(2)]
    await api.control("clock", advance_s=60)
    gone = await api.put("invoice", first["id"], {"vis_state": 1})
    answer = await api.http.delete(api.address("invoice", second["id"]))
    assert (answer.status_code, answer.json()) == (200, {"response": {}})
    assert (await api.get("invoice", second["id"]))["vis_state"] == 1
    assert gone["updated"] == "2026-03-12 12:01:00"
    assert await api.ids("invoice") == []
    assert await api.ids("invoice", "?search[vis_state]=1") == [second["id"], first["id"]]
    await api.put("invoice", second["id"], {"vis_state": 0})
    assert await api.ids("invoice") == [second["id"]]


async def test_deleting_may_leave_updated_alone(api: Any) -> None:
    await api.switch(delete_moves_updated=False)
    invoice = await api.invoice(await api.client(), "5.00")
    await api.control("clock", advance_s=60)
    gone = await api.put("invoice", invoice["id"], {"vis_state": 1})
    assert (gone["vis_state"], gone["updated"]) == (1, invoice["updated"])


async def test_a_new_invoice_moves_its_clients_updated(api: Any) -> None:
    client = await api.client()
    await api.control("clock", advance_s=60)
    await api.invoice(client, "5.00")
    assert (await api.get("client", client))["updated"] == "2026-03-12 12:01:00"
    await api.control("clock", advance_s=60)
    await api.switch(invoice_create_bumps_client=False)
    await api.invoice(client, "5.00")
    assert (await api.get("client", client))["updated"] == "2026-03-12 12:01:00"


async def test_a_deleted_or_missing_client_cannot_be_billed(api: Any) -> None:
    client = await api.client()
    invoice = await api.invoice(client, "5.00")
    await api.put("client", client, {"vis_state": 1})
    values = {"customerid": client, "create_date": "2026-03-10"}
    assert await api.refused("invoice", values) == (422, 1011)
    assert await api.refused("invoice", values | {"customerid": 7}) == (422, 1012)
    await api.switch(unknown_reference_status=404)
    assert await api.refused("invoice", values | {"customerid": 7}) == (404, 1012)
    assert await api.ids("invoice") == [invoice["id"]]


async def test_items_are_kept_with_price_and_deleted_softly(api: Any) -> None:
    values = {"name": "Bowl", "sku": "B1", "qty": 3, "unit_cost": {"amount": "4.5", "code": "GBP"}}
    item = await api.create("item", values)
    assert (item["unit_cost"], item["qty"], item["tax1"]) == (
        {"amount": "4.50", "code": "GBP"},
        "3",
        0,
    )
    await api.put("item", item["id"], {"vis_state": 1})
    assert await api.ids("item") == []


async def test_taxes_are_removed_by_delete_and_not_doubled(api: Any) -> None:
    tax = await api.create("tax", {"name": "VAT", "amount": 20})
    assert (tax["amount"], tax["compound"]) == ("20", False)
    assert await api.refused("tax", {"name": "VAT", "amount": "20"}) == (422, 1026)
    assert (await api.http.delete(api.address("tax", tax["id"]))).status_code == 200
    assert (await api.http.get(api.address("tax", tax["id"]))).status_code == 404


async def test_credit_notes_have_lines_taxes_and_numbers(api: Any) -> None:
    values = {
        "clientid": await api.client(),
        "create_date": "2026-03-20",
        "notes": "Sorry",
        "lines": [line("125.00", description="Goodwill credit", **VAT)],
    }
    note = await api.create("credit_note", values)
    assert (note["amount"]["amount"], note["credit_type"]) == ("150.00", "goodwill")
    assert (note["credit_number"], note["payment_status"], note["status"]) == (
        "0000001",
        "unpaid",
        "created",
    )
    assert (note["description"], "lines" in note, "updated" in note) == (
        "Goodwill credit",
        False,
        False,
    )
    full = await api.get("credit_note", note["id"], "?include[]=lines")
    assert full["lines"][0]["creditid"] == note["id"]
    assert await api.refused("credit_note", values | {"credit_type": "gift"}) == (422, 1004)
    query = f"?search[clientid]={note['clientid']}&search[date_min]=2026-03-20"
    assert await api.ids("credit_note", query) == [note["id"]]


async def test_the_next_id_can_be_set(api: Any) -> None:
    await api.control("next_id", client=7001, invoice=34101)
    client = await api.client()
    invoice = await api.invoice(client, "800.00")
    assert (client, invoice["id"], invoice["invoiceid"]) == (7001, 34101, 34101)


async def test_a_body_that_cannot_be_read_is_refused(api: Any) -> None:
    address = api.address("client")
    for content in (b"{", b"[]", b'{"klient": {}}'):
        assert (await api.http.post(address, content=content)).status_code == 400
    await api.switch(malformed_body_status=422)
    assert (await api.http.post(address, content=b"{")).status_code == 422


async def test_another_client_is_the_recipient_only_if_assumed(api: Any) -> None:
    first = await api.client(organization="Engines", p_city="Bath")
    second = await api.client(organization="Looms", p_city="Leeds")
    invoice = (await api.invoice(first, "5.00"))["id"]
    moved = await api.put("invoice", invoice, {"customerid": second})
    assert (moved["customerid"], moved["current_organization"]) == (second, "Looms")
    assert (moved["organization"], moved["city"]) == ("Engines", "Bath")
    await api.switch(new_client_is_recipient=True)
    back = await api.put("invoice", invoice, {"customerid": first, "city": "York"})
    again = await api.put("invoice", invoice, {"customerid": second})
    assert (back["organization"], back["city"]) == ("Engines", "York")
    assert (again["organization"], again["city"]) == ("Looms", "Leeds")


async def test_the_number_after_a_chosen_one(api: Any) -> None:
    client = await api.client()
    for number in ("0005", "000D", "INV-099"):
        await api.invoice(client, "5.00", invoice_number=number)
    assert (await api.invoice(client, "5.00"))["invoice_number"] == "INV-100"


async def test_a_tax_percentage_has_three_places(api: Any) -> None:
    client = await api.client()
    values = {"customerid": client, "create_date": "2026-03-10"}
    taxes = {"taxName1": "GST", "taxAmount1": "5", "taxName2": "QST", "taxAmount2": "9.975"}
    two = await api.create("invoice", values | {"lines": [line("1000.00", **taxes)]})
    assert two["amount"]["amount"] == "1149.75"
    compound = taxes | {"compounded_tax": True}
    both = await api.create("invoice", values | {"lines": [line("1000.00", **compound)]})
    assert both["amount"]["amount"] == "1154.74"
    finer = values | {"lines": [line("1000.00", taxName1="X", taxAmount1="9.9756")]}
    assert await api.refused("invoice", finer) == (422, 1018)
    await api.switch(tax_percent_places="rounded")
    made = await api.create("invoice", finer, "?include[]=lines")
    assert (made["lines"][0]["taxAmount1"], made["amount"]["amount"]) == ("9.976", "1099.76")
    await api.switch(tax_percent_places="kept")
    kept = await api.create("invoice", finer, "?include[]=lines")
    assert (kept["lines"][0]["taxAmount1"], kept["amount"]["amount"]) == ("9.9756", "1099.76")


async def test_computed_fields_are_ignored_unless_assumed_otherwise(api: Any) -> None:
    invoice = (await api.invoice(await api.client(), "5.00"))["id"]
    told = await api.put("invoice", invoice, {"outstanding": {"amount": "1.00"}, "notes": "n"})
    assert (told["outstanding"]["amount"], told["notes"]) == ("5.00", "n")
    await api.switch(computed_fields="refused")
    address = api.address("invoice", invoice)
    for values in ({"outstanding": {"amount": "1.00"}}, {"updated": "2026-03-10 00:00:00"}):
        answer = await api.http.put(address, json={"invoice": values})
        assert (answer.status_code, answer.json()["response"]["errors"][0]["errno"]) == (403, 1038)
    assert (await api.put("invoice", invoice, {"status": 3, "lines": []}))["v3_status"] == "viewed"


async def used_credit(api: Any) -> int:
    client = await api.client()
    values = {"clientid": client, "create_date": "2026-03-10", "lines": [line("50.00")]}
    credit = int((await api.create("credit_note", values))["id"])
    await api.pay((await api.invoice(client, "120.00"))["id"], "20.00", type="Credit")
    return credit


async def test_a_credit_note_below_what_was_used_of_it(api: Any) -> None:
    credit = await used_credit(api)
    changed = await api.put("credit_note", credit, {"lines": [line("30.00")], "notes": "less"})
    assert (changed["amount"]["amount"], changed["payment_status"]) == ("30.00", "partial")
    below = await api.put("credit_note", credit, {"lines": [line("10.00")]})
    assert (below["paid"]["amount"], below["payment_status"]) == ("20.00", "paid")
    await api.switch(credit_below_used="refused")
    address = api.address("credit_note", credit)
    answer = await api.http.put(address, json={"credit_note": {"lines": [line("5.00")]}})
    assert answer.status_code == 422
    assert (await api.get("credit_note", credit))["amount"]["amount"] == "10.00"


async def test_deleting_a_credit_note_that_was_used(api: Any) -> None:
    credit = await used_credit(api)
    await api.switch(delete_used_credit="refused")
    address = api.address("credit_note", credit)
    answer = await api.http.put(address, json={"credit_note": {"vis_state": 1}})
    assert answer.status_code == 422
    await api.switch(delete_used_credit="accepted")
    assert (await api.put("credit_note", credit, {"vis_state": 1}))["vis_state"] == 1
    assert len(await api.ids("payment", "?search[from_credit]=true")) == 1
    assert await api.ids("credit_note") == []


async def test_prepayments_are_credits_of_their_own_type(api: Any) -> None:
    values = {"clientid": await api.client(), "create_date": "2026-03-10", "currency_code": "EUR",
              "credit_type": "prepayment", "terms": "later", "lines": [line("200.00")]}  # fmt: skip
    note = await api.create("credit_note", values)
    assert (note["credit_type"], note["amount"]) == (
        "prepayment",
        {"amount": "200.00", "code": "EUR"},
    )
    again = await api.put("credit_note", note["id"], {"vis_state": 1})
    back = await api.put("credit_note", note["id"], {"vis_state": 0})
    assert (again["vis_state"], back["vis_state"]) == (1, 0)


async def test_an_invoice_can_be_given_another_number(api: Any) -> None:
    client = await api.client()
    first = await api.invoice(client, "5.00", invoice_number="A-1")
    await api.invoice(client, "5.00", invoice_number="A-2")
    renumbered = await api.put("invoice", first["id"], {"invoice_number": "B-9"})
    assert renumbered["invoice_number"] == "B-9"
    assert await api.ids("invoice", "?search[invoice_number]=B-9") == [first["id"]]
    assert await api.ids("invoice", "?search[invoice_number]=A-1") == []
    address = api.address("invoice", first["id"])
    answer = await api.http.put(address, json={"invoice": {"invoice_number": "A-2"}})
    assert answer.json()["response"]["errors"][0]["errno"] == 1029
    assert (await api.get("invoice", first["id"]))["invoice_number"] == "B-9"
    assert (await api.invoice(client, "5.00"))["invoice_number"] == "A-3"


@pytest.mark.parametrize(
    "values",
    [
        {"lines": [line("1.00", qty="1e400")]},
        {"lines": [line("9" * 13)]},
        {"due_offset_days": 10**9},
        {"due_offset_days": 9_000_000},
    ],
)
async def test_figures_beyond_reason_are_refused(api: Any, values: dict[str, Any]) -> None:
    whole = {"customerid": await api.client(), "create_date": "2026-03-10"}
    assert await api.refused("invoice", whole | values) == (422, 1030)


async def test_documents_show_what_their_client_is_called_at_present(api: Any) -> None:
    client = await api.client(organization="Engines")
    invoice = await api.invoice(client, "5.00")
    values = {"customerid": client, "create_date": "2026-03-10"}
    estimate = await api.create("estimate", values)
    note = await api.create("credit_note", {"clientid": client, "create_date": "2026-03-10"})
    made = {"invoice": invoice["id"], "estimate": estimate["id"], "credit_note": note["id"]}
    await api.control("clock", advance_s=60)
    await api.put("client", client, {"organization": "Looms"})
    for kind, number in made.items():
        told = await api.get(kind, number)
        assert (told["current_organization"], told["organization"]) == ("Looms", "Engines"), kind
    assert (await api.get("invoice", invoice["id"]))["updated"] == invoice["updated"]
    await api.switch(current_organization="stays")
    await api.put("client", client, {"organization": "Mills"})
    assert (await api.get("invoice", invoice["id"]))["current_organization"] == "Looms"


async def test_a_text_may_be_too_long(api: Any) -> None:
    client = await api.client(organization="x" * 10_000)
    await api.switch(text_limit=100)
    assert await api.refused("client", {"organization": "x" * 101}) == (422, 1017)
    assert (await api.put("client", client, {"note": "x" * 100}))["note"] == "x" * 100
