"""What people do in FreshBooks, told in few words."""

from __future__ import annotations

from typing import Any

from tests.acceptance.world import World

CLIENT = 7001
INVOICE = 35001


def line(name: str, qty: str, unit_cost: str, percent: str | None = "20") -> dict[str, Any]:
    tax = {} if percent is None else {"taxName1": "VAT", "taxAmount1": percent}
    cost = {"amount": unit_cost, "code": "GBP"}
    return {"type": 0, "name": name, "qty": qty, "unit_cost": cost, **tax}


WORK = line("Consulting", "10", "80.00")
MORE_WORK = line("Consulting", "11.25", "80.00")


async def client(world: World, id: int = CLIENT, country: str = "United Kingdom") -> None:
    await world.person.create(
        "client", id, organization=f"Acme {id}", email=f"c{id}@example.com", p_country=country
    )


async def invoice(
    world: World,
    *lines: dict[str, Any],
    id: int = INVOICE,
    number: str = "0000201",
    day: str = "2026-03-10",
    status: int = 2,
    **fields: Any,
) -> dict[str, Any]:
    told = {"customerid": CLIENT, "currency_code": "GBP", "due_offset_days": 30, **fields}
    return await world.person.create(
        "invoice",
        id,
        create_date=day,
        invoice_number=number,
        status=status,
        lines=list(lines),
        **told,
    )


async def payment(
    world: World,
    amount: str,
    id: int = 11001,
    of: int = INVOICE,
    day: str = "2026-03-15",
    type: str = "Bank Transfer",
    **fields: Any,
) -> dict[str, Any]:
    told = {"amount": {"amount": amount, "code": "GBP"}, "date": day, "type": type, **fields}
    return await world.person.create("payment", id, invoiceid=of, **told)


async def credit(
    world: World,
    *lines: dict[str, Any],
    id: int | None = 30947,
    type: str = "goodwill",
    day: str = "2026-03-20",
    **fields: Any,
) -> dict[str, Any]:
    told = {"clientid": CLIENT, "currency_code": "GBP", "credit_number": "0000070", **fields}
    return await world.person.create(
        "credit_note", id, create_date=day, credit_type=type, lines=list(lines), **told
    )
