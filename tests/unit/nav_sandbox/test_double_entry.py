"""Whatever is asked of the gateway, in whatever order: the books balance."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieout_sandboxes.nav.business import flow

CENTS = st.integers(min_value=1, max_value=500_000).map(lambda n: str(Decimal(n) / 100))
RATES = st.sampled_from(["VAT20", "VAT5", "VAT0"])
NUMBER = st.integers(min_value=1, max_value=2)
STEP = st.one_of(
    st.tuples(st.just("invoice"), NUMBER, CENTS, RATES),
    st.tuples(st.just("credit"), NUMBER, CENTS, RATES, st.booleans()),
    st.tuples(st.just("payment"), NUMBER, CENTS, st.booleans()),
    st.tuples(st.just("apply"), NUMBER, NUMBER),
    st.tuples(st.just("unapply"), NUMBER, NUMBER),
    st.tuples(st.just("crash"), NUMBER, CENTS, st.sampled_from(["key_inserted", "lines_posted"])),
)


class Crash(Exception):
    pass


async def _work(books: Any, position: int, step: Any) -> str:
    name, number, *rest = step
    invoice, key = f"FB{number}", f"FB-{position}"
    if name == "invoice":
        line = ("4000", "SERVICES", rest[1], f"-{rest[0]}", None)
        (result,) = await books.post(books.sale(f"N{position}", rest[0], line, key=key))
    elif name == "credit":
        line = ("6500", "SERVICES", rest[1], rest[0], None)
        more = {"kind": "Credit Memo", "applies_to": invoice if rest[2] else "", "key": key}
        (result,) = await books.post(books.sale(f"CR{position}", f"-{rest[0]}", line, **more))
    elif name == "payment":
        more = {"applies_to": invoice if rest[1] else "", "key": key}
        (result,) = await books.post(books.payment(f"Q{position}", rest[0], **more))
    elif name == "crash":
        return await _crash(books, key, *rest)
    else:
        command = books.application(key, f"P{number}", f"FB{rest[0]}")
        (result,) = await (books.apply if name == "apply" else books.unapply)(command)
    return str(result.status)


async def _crash(books: Any, key: str, amount: str, point: str) -> str:
    async def at(name: str) -> None:
        if name == point:
            raise Crash

    before, quiet = books.contents(), books.point
    books.point = at
    try:
        await books.post(books.payment("P9", amount, key=key))
    except Crash:
        pass
    finally:
        books.point = quiet
    assert books.contents() == before
    return "crashed"


def check(books: Any) -> None:
    company, net = books.company, books.gl()
    assert sum(net.values()) == 0
    details = books.rows("Detailed Cust. Ledg. Entry")
    assert net.get("1200", 0) == sum(row["Amount (LCY)"] for row in details)
    assert net.get("2200", 0) == sum(row["Amount"] for row in books.rows("VAT Entry"))
    bank = sum(row["Amount (LCY)"] for row in books.rows("Bank Account Ledger Entry"))
    assert net.get("1100", 0) == bank
    for entry in books.rows("Cust. Ledger Entry"):
        left, _ = flow.remaining(company, entry["Entry No."])
        assert entry["Open"] == bool(left)
        assert left == 0 or (left > 0) == entry["Positive"]
    next_entry = 1
    for register in books.rows("G/L Register"):
        assert register["From Entry No."] == next_entry
        next_entry = register["To Entry No."] + 1
    assert next_entry == len(books.rows("G/L Entry")) + 1


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEP, min_size=8, max_size=24))
def test_any_sequence_keeps_double_entry(new_books: Any, steps: list[Any]) -> None:
    async def run() -> None:
        books = new_books()
        await books.create(books.customer())
        await books.posted(*(books.invoice(f"FB{n}", f"{n}200.00") for n in range(1, 3)))
        await books.posted(*(books.payment(f"P{n}", f"{n}100.00") for n in range(1, 3)))
        for position, step in enumerate(steps):
            status = await _work(books, position, step)
            assert status in ("posted", "refused", "crashed")
            check(books)

    asyncio.run(run())
