"""What a drain asks NAV before it decides, and what comes of the answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.integration.engine.test_drain import WORK, House, house
from tests.unit.core.books import invoice, payment

from tieout.core.records.identity import Kind
from tieout.core.records.ledger import BankEntry, CustomerEntry, NavCustomer
from tieout.engine.inbox import Polled, poll
from tieout.engine.ports import ChangePage

__all__ = ["house"]

LINE = BankEntry(
    entry_no=7,
    bank_account_no="BANK-GBP",
    document_no="BANK-7",
    posting_date=date(2026, 4, 2),
    amount=Decimal("960.00"),
    reconciled=False,
    reversed=False,
)
RECEIPT = CustomerEntry(
    entry_no=7,
    document_type="Payment",
    document_no="BANK-7",
    customer_no="C7001",
    currency_code="",
    posting_date=date(2026, 4, 2),
    amount=Decimal("-960.00"),
    remaining=Decimal("-960.00"),
    open=True,
    reversed=False,
)
ACME = NavCustomer(
    no="C00001",
    name="Acme",
    post_code="",
    e_mail="ANN@acme.test",
    vat_registration_no="",
    blocked="",
)


def answers(*found: Any) -> Callable[..., Awaitable[tuple[Any, ...]]]:
    async def answer(*_: object) -> tuple[Any, ...]:
        return found

    return answer


async def reasons(house: House) -> dict[str, str]:
    """What is held, by the rule."""
    return {
        str(each.ref): each.reason.partition(":")[0] for each in await house.store.held(house.pair)
    }


@pytest.mark.parametrize(
    ("question", "answer", "held"),
    [
        ("open_receipts", RECEIPT, True),
        ("open_receipts", replace(RECEIPT, document_no="FBP99"), False),
        ("open_receipts", replace(RECEIPT, document_no="FBC0000071"), False),
        ("open_receipts", replace(RECEIPT, document_no="FB0000099"), True),
        ("bank_lines", LINE, True),
        ("bank_lines", replace(LINE, document_no="FBP99"), False),
        ("bank_lines", replace(LINE, reversed=True), False),
    ],
)
async def test_money_that_a_stranger_posted_is_asked_about(
    house: House, question: str, answer: object, held: bool
) -> None:
    await house.look(invoice("960.00", WORK))
    await house.drain()
    setattr(house.worlds[0].target, question, answers(answer))
    await house.look(payment("960.00"))
    await house.drain()
    assert await reasons(house) == ({"payment/10301": "DUPLICATE_SUSPECTED"} if held else {})


@pytest.mark.parametrize("reconciled", [True, False])
async def test_money_on_a_reconciled_bank_line_is_not_taken_back(
    house: House, *, reconciled: bool
) -> None:
    await house.look(invoice("960.00", WORK), payment("960.00"))
    await house.drain()
    ours = replace(LINE, document_no="FBP10301", reconciled=reconciled)
    house.worlds[0].target.bank_lines_of = answers(ours)  # type: ignore[method-assign]
    await house.look(payment("900.00"))
    await house.drain()
    held = {"payment/10301": "BANK_RECONCILED"} if reconciled else {}
    assert await reasons(house) == held


async def test_a_customer_of_nav_that_may_be_the_client_is_asked_about(house: House) -> None:
    house.worlds[0].target.nav_customers = answers(ACME)  # type: ignore[method-assign]
    await house.look(invoice("960.00", WORK))
    await house.drain()
    assert await reasons(house) == {"invoice/34101": "MATCH_AMBIGUOUS"}


async def test_a_customer_of_nav_that_is_blocked_is_not_posted_to(house: House) -> None:
    await house.look(invoice("960.00", WORK))
    await house.drain()
    blocked = replace(ACME, no="C7001", blocked="All")
    house.worlds[0].target.nav_customers = answers(blocked)  # type: ignore[method-assign]
    await house.look(invoice("960.00", WORK, key="2", number="2"))
    await house.drain()
    assert await reasons(house) == {"invoice/2": "CUSTOMER_BLOCKED"}


async def test_a_list_is_short_if_it_lacks_what_is_known(house: House) -> None:
    bills = [invoice("960.00", WORK, key=str(n), number=f"N{n}") for n in range(1, 41)]
    freshbooks = house.freshbooks[0]
    freshbooks.records |= {bill.ref: bill for bill in bills}
    everything = freshbooks.changes

    async def polled(listed: int) -> Polled:
        async def changes(_: object) -> Any:
            yield ChangePage(observations=(), cursor={}, counted=(Kind.INVOICE, listed))
            async for page in everything({}):
                yield page

        freshbooks.changes = changes  # type: ignore[method-assign]
        return await poll(house.worlds[0], house.store, lambda: house.now)

    everything_new = Polled(noted=41, stopped=False, short=False)
    assert await polled(0) == everything_new, "the bills and their client"
    assert await polled(40) == Polled(noted=0, stopped=False, short=False)
    assert await polled(39) == Polled(noted=0, stopped=False, short=True)
    assert await house.store.stop_of(house.pair) is None
    assert await polled(0) == Polled(noted=0, stopped=True)
    stop = await house.store.stop_of(house.pair)
    assert stop is not None
    assert stop.cause == "LIST_SHRANK"
    assert "lists 0 records of kind invoice, and 40 are known, so 40 are missing" in stop.reason
