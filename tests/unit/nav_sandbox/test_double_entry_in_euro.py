"""Whatever is done with euro at moving rates and with VAT that waits: the books balance."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tieout_sandboxes.nav.business import flow
from tieout_sandboxes.nav.posting import closing

CENTS = st.integers(min_value=1, max_value=500_000).map(lambda n: Decimal(n) / 100)
RATE = st.integers(min_value=7000, max_value=9999).map(lambda n: Decimal(n) / 10000)
NUMBER = st.integers(min_value=0, max_value=3)
STEP = st.one_of(
    st.tuples(st.just("invoice"), CENTS, RATE, st.booleans()),
    st.tuples(st.just("payment"), CENTS, RATE, NUMBER),
    st.tuples(st.just("receipt"), CENTS, RATE),
    st.tuples(st.just("apply"), NUMBER, NUMBER, st.one_of(st.none(), CENTS)),
    st.tuples(st.just("unapply"), NUMBER),
    st.tuples(st.just("reverse"), NUMBER),
    st.tuples(st.just("adjust"), RATE),
)


async def work(books: Any, position: int, step: Any, pairs: list[Any]) -> str:
    """Carries out a step; `pairs` remembers what was applied, so that it can be undone."""
    name, *rest = step
    if name == "adjust":
        books.setup(
            "Currency Exchange Rate",
            "EUR",
            dt.date(2026, 4, 1),
            **{"Relational_Exch._Rate_Amount": rest[0]},
        )
        with books.company.database.transaction():
            closing.adjust_rates(books.company, "EUR", dt.date(2026, 4, 3), f"A{position}")
        return "posted"
    if name == "reverse":
        return str((await books.reverse(f"FB-P{rest[0]}", key=f"R-{position}")).status)
    if name in ("apply", "unapply"):
        pair = rest[:2] if name == "apply" or not pairs else pairs[rest[0] % len(pairs)]
        command = books.application(f"X-{position}", f"P{pair[0]}", f"N{pair[-1]}")
        if name == "apply":
            command = replace(command, amount=rest[2])
            pairs.append(pair)
        (result,) = await (books.apply if name == "apply" else books.unapply)(command)
        return str(result.status)
    (result,) = await books.post(document(books, position, name, *rest))
    return str(result.status)


def document(
    books: Any, position: int, name: str, amount: Decimal, rate: Decimal, *more: Any
) -> Any:
    """Invoices and payments are numbered by position modulo 4, so that steps meet each other."""
    euro = {"currency_code": "EUR", "currency_factor": 1 / rate, "key": f"FB-{position}"}
    if name == "invoice":
        line = ("4000", "SERVICES", "VAT20", f"-{amount}", None)
        made = books.sale(f"N{position}", str(amount), line, **euro)
        waits = (
            replace(made.lines[1], vat_bus_posting_group="CASHVAT") if more[0] else made.lines[1]
        )
        exact = replace(made.lines[0], amount_lcy=None)
        return replace(made, lines=(exact, waits))
    applied = {"applies_to": f"N{more[0]}"} if more else {}
    return books.payment(f"P{position}", str(amount), **euro, **applied)


def check(books: Any) -> None:
    net, zero = books.gl(), Decimal(0)
    assert sum(net.values()) == 0
    details, vat = books.rows("Detailed Cust. Ledg. Entry"), books.rows("VAT Entry")
    assert net.get("1200", zero) == sum(row["Amount (LCY)"] for row in details)
    assert net.get("2200", zero) == sum(row["Amount"] for row in vat)
    assert net.get("2205", zero) == sum(row["Remaining Unrealized Amount"] for row in vat)
    bank = sum(row["Amount (LCY)"] for row in books.rows("Bank Account Ledger Entry"))
    assert net.get("1100", zero) == bank
    for entry in books.rows("Cust. Ledger Entry"):
        left, left_lcy = flow.remaining(books.company, entry["Entry No."])
        assert entry["Open"] == bool(left)
        assert left or not left_lcy, f"{entry['Document No.']} is closed and has {left_lcy}"


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=st.lists(st.tuples(CENTS, RATE, st.booleans()), min_size=4, max_size=4),
    paid=st.lists(st.tuples(CENTS, RATE), min_size=4, max_size=4),
    steps=st.lists(STEP, min_size=6, max_size=24),
)
def test_any_sequence_keeps_double_entry(
    new_books: Any, first: list[Any], paid: list[Any], steps: list[Any]
) -> None:
    async def run() -> None:
        books = new_books()
        await books.create(books.customer())
        for number, what in enumerate(first):
            made = document(books, number, "invoice", *what)
            await books.post(replace(made, key=f"FB-N{number}"))
        for number, what in enumerate(paid):
            made = document(books, number, "receipt", *what)
            await books.post(replace(made, key=f"FB-P{number}"))
        check(books)
        pairs: list[Any] = []
        for position, step in enumerate(steps, start=4):
            assert await work(books, position, step, pairs) in ("posted", "refused")
            check(books)

    asyncio.run(run())
