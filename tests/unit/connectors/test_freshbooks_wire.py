from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tieout.connectors.freshbooks.resources import RESOURCES, fingerprint
from tieout.connectors.freshbooks.wire.invoice import invoice as invoice_of
from tieout.connectors.freshbooks.wire.invoice import invoice_added
from tieout.core.failures import Unintelligible
from tieout.core.reconciliation.condensed import condensed
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.document import LineTax, Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import Money
from tieout.core.records.payment import NO_INVOICE, Payment


def gbp(amount: str) -> dict[str, str]:
    return {"amount": amount, "code": "GBP"}


LINE = {
    "lineid": 1,
    "type": 0,
    "name": "  Tea ",
    "description": None,
    "qty": "4",
    "unit_cost": gbp("50.00"),
    "amount": gbp("200.00"),
    "taxName1": "VAT",
    "taxAmount1": "20",
    "taxName2": None,
    "taxAmount2": "0",
    "compounded_tax": False,
}
INVOICE = {
    "id": 34101,
    "invoiceid": 34101,
    "customerid": 567521,
    "invoice_number": "0000001",
    "po_number": None,
    "create_date": "2026-03-01",
    "due_date": "2026-03-31",
    "amount": gbp("216.00"),
    "outstanding": gbp("216.00"),
    "paid": gbp("0.00"),
    "discount_total": gbp("-20.00"),
    "status": 2,
    "v3_status": "sent",
    "payment_status": "unpaid",
    "vis_state": 0,
    "updated": "2026-03-01 09:00:00",
    "version": "2026-03-01 09:00:00.123456",
    "lines": [LINE],
}
CREDIT = {
    "creditid": 30701,
    "id": 30701,
    "clientid": 567521,
    "credit_number": "CN1",
    "credit_type": "goodwill",
    "create_date": "2026-03-02",
    "amount": gbp("24.00"),
    "paid": gbp("10.00"),
    "display_status": "created",
    "payment_status": "partial",
    "vis_state": 0,
    "lines": [LINE],
}
PAYMENT = {
    "id": 10301,
    "logid": 10301,
    "invoiceid": 34101,
    "clientid": 567521,
    "creditid": None,
    "overpaymentid": None,
    "amount": gbp("100.00"),
    "date": "2026-03-05",
    "type": "Bank Transfer",
    "from_credit": False,
    "updated": "2026-03-05 09:00:00",
    "vis_state": 0,
}
CUSTOMER = {
    "id": 567521,
    "userid": 567521,
    "organization": " Acme\tLtd ",
    "fname": "Jane",
    "lname": None,
    "email": "jane@example.org",
    "bus_phone": "",
    "mob_phone": "0700",
    "p_street": "1 High St",
    "p_country": "United Kingdom",
    "vat_number": "",
    "currency_code": "GBP",
    "vis_state": 0,
    "updated": "2026-03-01 09:00:00",
    "num_logins": 1,
}
SAMPLES = {
    Kind.INVOICE: INVOICE,
    Kind.CREDIT_NOTE: CREDIT,
    Kind.PAYMENT: PAYMENT,
    Kind.CUSTOMER: CUSTOMER,
}


def read(kind: Kind, changes: dict[str, Any] | None = None) -> Any:
    sample = SAMPLES[kind]
    ref = Ref(kind, str(sample["id"]))
    return RESOURCES[kind].record(ref, json.dumps({**sample, **(changes or {})}).encode())


def invoice(**changes: Any) -> Invoice:
    found = read(Kind.INVOICE, changes)
    assert isinstance(found, Invoice)
    return found


def test_an_invoice_as_a_whole() -> None:
    found = invoice()
    assert (found.number, found.customer) == ("0000001", Ref(Kind.CUSTOMER, "567521"))
    assert (found.issued_on, found.due_on) == (date(2026, 3, 1), date(2026, 3, 31))
    assert found.amount == found.outstanding == Money(Decimal("216.00"), "GBP")
    assert found.discount == Money(Decimal("20.00"), "GBP")
    assert (found.draft, found.visibility) == (False, Visibility.ACTIVE)
    assert not found.tax_included
    assert found.purchase_order == ""
    (line,) = found.lines
    assert (line.name, line.description, line.quantity) == ("Tea", "", Decimal(4))
    assert line.amount == Money(Decimal("200.00"), "GBP")
    assert line.taxes == (LineTax(name="VAT", percent=Decimal(20)),)


@pytest.mark.parametrize("written", ["-20.00", "20.00"])
def test_a_discount_is_positive_however_it_is_written(written: str) -> None:
    assert invoice(discount_total=gbp(written)).discount == Money(Decimal("20.00"), "GBP")


@pytest.mark.parametrize("written", [None, gbp("0.00")])
def test_no_discount_is_zero(written: object) -> None:
    assert not invoice(discount_total=written).discount


@pytest.mark.parametrize(
    ("changes", "draft"),
    [
        ({"status": 1, "v3_status": "draft"}, True),
        ({"status": 1, "v3_status": "created"}, True),
        ({"status": 1, "v3_status": None, "payment_status": None, "paid": None}, True),
        ({"status": 1, "v3_status": "draft", "paid": gbp("1.00")}, False),
        ({"status": 1, "v3_status": "partial", "payment_status": "partial"}, False),
        ({"status": 1, "v3_status": "overdue"}, False),
        ({"status": 1, "v3_status": "draft", "payment_status": "paid"}, False),
        ({"status": 2}, False),
        ({"status": 3, "v3_status": "viewed"}, False),
        ({"status": 4, "v3_status": "paid"}, False),
        ({"status": 0, "v3_status": "disputed"}, False),
    ],
)
def test_draft_until_sent_or_paid(changes: dict[str, Any], draft: bool) -> None:
    assert invoice(**changes).draft is draft


@pytest.mark.parametrize(
    ("vis_state", "visibility"),
    [(0, Visibility.ACTIVE), (1, Visibility.DELETED), (2, Visibility.ARCHIVED)],
)
@pytest.mark.parametrize("kind", list(Kind))
def test_deleted_and_archived_show_in_every_kind(
    kind: Kind, vis_state: int, visibility: Visibility
) -> None:
    assert read(kind, {"vis_state": vis_state}).visibility is visibility


@pytest.mark.parametrize("written", [True, "true", "yes", "1", "inclusive"])
def test_tax_included(written: object) -> None:
    assert invoice(tax_included=written).tax_included


@pytest.mark.parametrize("written", [False, None, "", "no", "exclusive", 0])
def test_tax_not_included(written: object) -> None:
    assert not invoice(tax_included=written).tax_included


MANY = [
    LINE,
    LINE | {"name": "Tea", "amount": gbp("1.10")},
    LINE | {"name": "Rent", "amount": gbp("7.00")},
    LINE | {"name": None, "amount": gbp("-5.00")},
    LINE | {"taxName1": "", "taxAmount1": None, "amount": gbp("3.33")},
    LINE | {"taxAmount1": 5, "amount": gbp("0.00")},
    LINE | {"compounded_tax": True, "amount": gbp("2.00")},
]


@pytest.mark.parametrize("items", [set(), {"Tea"}, {"Rent", "Tea"}])
@pytest.mark.parametrize(
    "changes",
    [
        {"discount_total": None},
        {"discount_total": gbp("-20.00")},
        {"discount_total": gbp("0.00"), "tax_included": "yes"},
    ],
)
def test_lines_that_are_added_up_say_the_same_to_a_tie_out(
    changes: dict[str, Any], items: set[str]
) -> None:
    content = json.dumps(INVOICE | changes | {"lines": MANY}).encode()
    ref = Ref(Kind.INVOICE, "34101")
    whole, some = invoice_of(ref, content), invoice_added(ref, content, items)
    assert condensed(some, items) == condensed(whole, items)
    assert sum(line.count for line in some.lines) == len(MANY)
    divided = bool(whole.discount or whole.tax_included)
    assert (len(some.lines) < len(MANY)) is not divided


@pytest.mark.parametrize(
    ("changes", "taxes"),
    [
        ({"taxName1": None, "taxAmount1": "0"}, ()),
        ({"taxName1": "", "taxAmount1": ""}, ()),
        ({"taxName1": None, "taxAmount1": None}, ()),
        ({"taxName1": "Zero", "taxAmount1": "0"}, (("Zero", "0"),)),
        ({"taxAmount1": "9.975"}, (("VAT", "9.975"),)),
        ({"taxAmount1": 13}, (("VAT", "13"),)),
        ({"taxAmount1": 9.975}, (("VAT", "9.975"),)),
        ({"taxName2": "PST", "taxAmount2": "7"}, (("VAT", "20"), ("PST", "7"))),
        ({"taxName1": "", "taxAmount1": "5"}, (("", "5"),)),
    ],
)
def test_taxes_of_a_line(changes: dict[str, Any], taxes: tuple[tuple[str, str], ...]) -> None:
    (line,) = invoice(lines=[{**LINE, **changes}]).lines
    assert line.taxes == tuple(LineTax(name=n, percent=Decimal(p)) for n, p in taxes)


def test_money_is_exact_even_as_a_number_and_with_many_decimals() -> None:
    body = json.dumps(INVOICE).replace(
        '"outstanding": {"amount": "216.00"',
        '"outstanding": {"amount": 7.60133524082021936099189318',
    )
    found = RESOURCES[Kind.INVOICE].record(Ref(Kind.INVOICE, "34101"), body.encode())
    assert isinstance(found, Invoice)
    assert found.outstanding.amount == Decimal("7.60133524082021936099189318")


def test_a_credit_note() -> None:
    found = read(Kind.CREDIT_NOTE)
    assert isinstance(found, CreditNote)
    assert (found.number, found.credit_type, found.draft) == ("CN1", "goodwill", False)
    assert found.amount == Money(Decimal("24.00"), "GBP")
    assert found.used == Money(Decimal("10.00"), "GBP")
    assert found.issued_on == date(2026, 3, 2)


def test_a_credit_note_draft_that_was_used_is_none() -> None:
    unused = {"display_status": "draft", "paid": gbp("0.00"), "payment_status": "unpaid"}
    assert read(Kind.CREDIT_NOTE, unused).draft
    assert not read(Kind.CREDIT_NOTE, {"display_status": "draft"}).draft


def test_a_payment() -> None:
    found = read(Kind.PAYMENT)
    assert isinstance(found, Payment)
    assert (found.invoice, found.method) == (Ref(Kind.INVOICE, "34101"), "Bank Transfer")
    assert (found.paid_on, found.from_credit) == (date(2026, 3, 5), False)
    assert (found.credit, found.overpayment) == (None, None)


def test_what_is_told_of_an_online_payment() -> None:
    found = read(Kind.PAYMENT, {"gateway": " Stripe ", "note": "WRITE-OFF\tagreed"})
    assert (found.gateway, found.note) == ("Stripe", "WRITE-OFF agreed")
    assert (read(Kind.PAYMENT).gateway, read(Kind.PAYMENT).note) == ("", "")


@pytest.mark.parametrize(
    ("stamp", "utc"),
    [
        ("2026-03-05 09:00:00", datetime(2026, 3, 5, 14, tzinfo=UTC)),
        ("2026-07-05 09:00:00", datetime(2026, 7, 5, 13, tzinfo=UTC)),
        ("2026-04-01 00:30:00", datetime(2026, 4, 1, 4, 30, tzinfo=UTC)),
        (None, None),
    ],
)
def test_the_moment_of_the_last_change_is_new_york_time(
    stamp: str | None, utc: datetime | None
) -> None:
    for kind in (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.PAYMENT):
        assert read(kind, {"updated": stamp}).updated_on == utc


def test_status_and_rate_of_discount_of_an_invoice() -> None:
    found = invoice(v3_status="overdue", discount_value="12.5")
    assert (found.status, found.discount_percent) == ("overdue", Decimal("12.5"))
    assert (invoice(v3_status=None).status, invoice(discount_value=None).discount_percent) == (
        "",
        0,
    )


def test_a_payment_from_credit_and_an_overpayment() -> None:
    found = read(Kind.PAYMENT, {"from_credit": True, "creditid": 5, "overpaymentid": 0})
    assert (found.from_credit, found.credit) == (True, Ref(Kind.CREDIT_NOTE, "5"))
    assert found.overpayment is None


def test_a_customer() -> None:
    found = read(Kind.CUSTOMER)
    assert isinstance(found, Customer)
    assert (found.organization, found.last_name, found.phone) == ("Acme Ltd", "", "0700")
    assert (found.country, found.vat_number, found.city) == ("United Kingdom", "", "")


@pytest.mark.parametrize(
    ("kind", "changes", "named"),
    [
        (Kind.INVOICE, {"amount": None}, r"\$\.amount"),
        (Kind.INVOICE, {"amount": {"amount": "x", "code": "GBP"}}, r"\$\.amount\.amount"),
        (Kind.INVOICE, {"amount": {"amount": "1", "code": ""}}, r"\$\.amount\.code"),
        (Kind.INVOICE, {"create_date": "2026-13-01"}, r"\$\.create_date"),
        (Kind.INVOICE, {"status": "sent"}, r"\$\.status"),
        (Kind.INVOICE, {"vis_state": 7}, "vis_state 7"),
        (Kind.INVOICE, {"customerid": 0}, "customerid is empty"),
        (Kind.INVOICE, {"lines": None}, "lines are missing"),
        (Kind.INVOICE, {"lines": [{**LINE, "amount": None}]}, r"\$\.lines\[0\]\.amount"),
        (Kind.INVOICE, {"lines": [{**LINE, "taxAmount1": "a lot"}]}, "taxAmount"),
        (Kind.INVOICE, {"id": 5}, "carries the id 5"),
        (Kind.CREDIT_NOTE, {"id": 5}, "carries the id 5"),
        (Kind.PAYMENT, {"id": 5}, "carries the id 5"),
        (Kind.CUSTOMER, {"id": 5}, "carries the id 5"),
        (Kind.INVOICE, {"discount_value": "a lot"}, "discount_value is not a percentage"),
        (Kind.PAYMENT, {"updated": "a lot"}, "updated is not a moment"),
        (Kind.PAYMENT, {"invoiceid": None}, "invoiceid is empty"),
        (Kind.PAYMENT, {"date": None}, r"\$\.date"),
        (Kind.CUSTOMER, {"email": ["jane@example.org"]}, r"\$\.email"),
    ],
)
def test_what_does_not_fit_names_the_record_and_the_field_and_no_value(
    kind: Kind, changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(Unintelligible, match=named) as caught:
        read(kind, changes)
    assert f"{kind}/{SAMPLES[kind]['id']}" in str(caught.value)
    assert "jane" not in str(caught.value)
    assert "a lot" not in str(caught.value)


def test_an_invoice_read_without_lines_is_not_taken_for_one_that_has_none() -> None:
    body = json.dumps({k: v for k, v in INVOICE.items() if k != "lines"}).encode()
    with pytest.raises(Unintelligible, match="lines are missing"):
        RESOURCES[Kind.INVOICE].record(Ref(Kind.INVOICE, "34101"), body)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"id": 1', b"\xff\xfe"])
def test_what_is_no_record_is_unintelligible(body: bytes) -> None:
    for kind in Kind:
        with pytest.raises(Unintelligible):
            RESOURCES[kind].record(Ref(kind, "1"), body)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_fingerprint_is_of_what_is_said_not_of_how(kind: Kind) -> None:
    resource, sample = RESOURCES[kind], SAMPLES[kind]
    first = fingerprint(json.dumps(sample).encode(), resource.volatile)
    turned = dict(reversed(sample.items()))
    assert fingerprint(json.dumps(turned, indent=2).encode(), resource.volatile) == first
    for name in resource.volatile:
        noise = json.dumps({**sample, name: "other"}).encode()
        assert fingerprint(noise, resource.volatile) == first
    changed = json.dumps({**sample, "vis_state": 1}).encode()
    assert fingerprint(changed, resource.volatile) != first


@pytest.mark.parametrize("kind", list(Kind))
def test_what_the_fingerprint_leaves_out_is_not_read(kind: Kind) -> None:
    """But for the moment of the change, which only dates what something else has changed."""
    later = dict.fromkeys(RESOURCES[kind].volatile, "other") | {"updated": "2026-04-01 08:00:00"}
    found, first = read(kind, later), read(kind)
    if kind is not Kind.CUSTOMER:
        found, first = (replace(record, updated_on=None) for record in (found, first))
    assert found == first


def test_a_line_without_a_unit_cost_has_none() -> None:
    (line,) = invoice(lines=[{**LINE, "unit_cost": None}]).lines
    assert (line.unit_cost, line.amount) == (Money(Decimal(0), "GBP"), Money(Decimal(200), "GBP"))


@pytest.mark.parametrize(
    ("changes", "of"),
    [
        ({"invoiceid": None, "creditid": 30701}, NO_INVOICE),
        ({"invoiceid": 0, "creditid": 30701}, NO_INVOICE),
        ({"creditid": 30701}, Ref(Kind.INVOICE, "34101")),
        ({"creditid": 30701, "from_credit": True}, Ref(Kind.INVOICE, "34101")),
    ],
)
def test_the_invoice_of_a_payment(changes: dict[str, Any], of: Ref) -> None:
    assert read(Kind.PAYMENT, changes).invoice == of


@pytest.mark.parametrize("credit", [{}, {"creditid": 30701, "from_credit": True}])
def test_money_and_the_use_of_a_credit_are_of_an_invoice(credit: dict[str, Any]) -> None:
    with pytest.raises(Unintelligible, match="invoiceid"):
        read(Kind.PAYMENT, {"invoiceid": None, **credit})
