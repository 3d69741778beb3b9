"""Documents that a case names only in words, like ``FB0000201 960.00 (id 35001), reversed`` or ``FBP11002 960.00 into STRIPE, applied``, as events."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

INVOICE_IDS = {"0000201": "35001", "0000101": "34101", "0000035": "33500", "0000123": "34123"}
DAYS = {"0000035": "2025-12-15", "0000123": "2026-04-10"}
DAY, PAID_ON = "2026-03-10", "2026-03-15"


def told(words: list[str]) -> list[dict[str, Any]]:
    """The events that make these documents."""
    return [event for text in words for event in _events(text, words[0])]


def _events(text: str, first: str) -> list[dict[str, Any]]:
    number, amount = text.split()[:2]
    if number.startswith("FBP"):
        return [_payment(number.removeprefix("FBP"), amount, text, first)]
    invoice = _invoice(number.removeprefix("FB"), amount, text)
    return [invoice, {**invoice, "vis_state": "1"}] if "reversed" in text else [invoice]


def _invoice(number: str, amount: str, text: str) -> dict[str, Any]:
    net = (Decimal(amount) / Decimal("1.2")).quantize(Decimal("0.01"))
    cost = {"name": "Consulting", "qty": "1", "unit_cost": str(net)}
    return {
        "object": "invoice",
        "id": INVOICE_IDS[number],
        "invoice_number": number,
        "customerid": "7001",
        "create_date": _day(text) or DAYS.get(number, DAY),
        "v3_status": "sent",
        "vis_state": "0",
        "currency_code": "GBP",
        "lines": [{**cost, "taxName1": "VAT", "taxAmount1": "20"}],
        "amount": amount,
    }


def _payment(id: str, amount: str, text: str, first: str) -> dict[str, Any]:
    card = {"type": "VISA", "gateway": "stripe"} if "STRIPE" in text else {"type": "Bank Transfer"}
    return {
        "object": "payment",
        "id": id,
        "invoiceid": INVOICE_IDS[first.split(maxsplit=1)[0].removeprefix("FB")],
        "amount": amount,
        "code": "GBP",
        "date": _day(text) or PAID_ON,
        "vis_state": "0",
        **card,
    }


def _day(text: str) -> str:
    found = re.search(r"\d{4}-\d{2}-\d{2}", text)
    return found[0] if found else ""
