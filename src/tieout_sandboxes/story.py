"""A small company's month in FreshBooks, step by step, as a person would do it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from tieout_sandboxes.people import Fields, FreshbooksPerson


def line(name: str, qty: str, unit_cost: str, percent: str = "20") -> Fields:
    """A line with VAT, prices in pounds."""
    cost = {"amount": unit_cost, "code": "GBP"}
    return {
        "type": 0,
        "name": name,
        "qty": qty,
        "unit_cost": cost,
        "taxName1": "VAT",
        "taxAmount1": percent,
    }


async def month(person: FreshbooksPerson) -> AsyncIterator[str]:
    """Do one thing after the other; after each, what was done."""
    acme = await person.create(
        "client",
        organization="Acme Ltd",
        email="accounts@acme.example",
        p_street="1 High Street",
        p_city="London",
        p_code="NW1 7BT",
        p_country="United Kingdom",
    )
    yield "new client Acme Ltd"
    first = await _invoice(person, acme, "0000101", line("Consulting", "10", "80.00"))
    yield "invoice 0000101 sent: 10 x 80.00 and VAT, 960.00"
    await person.update("invoice", first["id"], lines=[line("Consulting", "11.25", "80.00")])
    yield "invoice 0000101 edited: 11.25 hours, 1,080.00"
    await _pay(person, first, "500.00", "2026-03-20")
    yield "part payment of 500.00"
    await _pay(person, first, "580.00", "2026-03-27")
    yield "the rest is paid: 580.00"
    await person.create(
        "credit_note",
        clientid=acme["id"],
        create_date="2026-03-28",
        credit_number="0000070",
        credit_type="goodwill",
        currency_code="GBP",
        lines=[line("Goodwill", "1", "125.00")],
    )
    yield "credit note 0000070: 150.00 for goodwill"
    second = await _invoice(
        person, acme, "0000102", line("Design", "5", "120.00"), line("Book", "2", "15.50", "0")
    )
    yield "invoice 0000102 sent: 751.00 at two rates"
    await person.update("invoice", second["id"], vis_state=1)
    yield "invoice 0000102 deleted"


async def _invoice(person: FreshbooksPerson, client: Fields, number: str, *lines: Fields) -> Fields:
    return await person.create(
        "invoice",
        customerid=client["id"],
        create_date="2026-03-10",
        invoice_number=number,
        currency_code="GBP",
        due_offset_days=30,
        status=2,
        lines=list(lines),
    )


async def _pay(person: FreshbooksPerson, invoice: Fields, amount: str, day: str) -> Fields:
    money = {"amount": amount, "code": "GBP"}
    return await person.create(
        "payment", invoiceid=invoice["id"], amount=money, date=day, type="Bank Transfer"
    )
