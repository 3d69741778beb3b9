"""What counts against the limits of a day, and when one is exceeded."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.unit.core.books import Bench, invoice, line, payment

from tieout.core.decision.decide import decide
from tieout.engine.limits import exceeded, volumes_of
from tieout.engine.ports import Volume


def volume(amount: str, currency: str = "", documents: int = 1) -> Volume:
    return Volume(currency=currency, documents=documents, amount=Decimal(amount))


def test_documents_count_with_what_their_customers_owe_more_or_less() -> None:
    bench = Bench()
    bench.show(invoice("960.00", line("10", "80.00")), payment("960.00"))
    bill, money = decide(bench.facts()).commands
    abroad = replace(bill, payload={**bill.payload, "currency_code": "EUR"})
    assert volumes_of([bill, abroad, money]) == [
        volume("960.00"),
        volume("960.00", "EUR"),
        volume("960.00"),
    ]


def test_what_posts_no_document_does_not_count() -> None:
    bench = Bench()
    bench.customer_nos.clear()
    bench.show(replace(invoice("960.00", line("10", "80.00")), status="disputed"))
    assert volumes_of(decide(bench.facts()).commands) == []


def test_a_limit_may_be_reached_and_not_exceeded() -> None:
    many = [volume("70", "EUR", 3), volume("30", "EUR"), volume("500")]
    assert exceeded(many, 5, {"EUR": Decimal(100), "LCY": Decimal(500)}) == ""
    assert "5 documents" in exceeded(many, 4, {})
    assert "100 EUR" in exceeded(many, None, {"EUR": Decimal("99.99")})
    assert "500 LCY" in exceeded(many, None, {"LCY": Decimal(499)})
