"""Whatever is written in whatever order, the figures of invoices, payments and credits agree."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.clock import Clock
from tieout_sandboxes.freshbooks.core import Business, Core
from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.switches import Switches

NO_QUERY = Query("")
Step = tuple[str, int, int, int]
WORDS = ("invoice", "edit", "pay", "credit", "use", "lower", "move", "delete", "restore",
         "delete_payment", "restore_payment", "client", "send", "refund_credit")  # fmt: skip
BEGUN = (("invoice", 0, 0, 10), ("credit", 0, 0, 10), ("pay", 0, 0, 5))
steps = st.lists(
    st.tuples(
        st.sampled_from(WORDS), st.integers(0, 1), st.integers(0, 1), st.sampled_from((5, 8, 20))
    ),
    max_size=20,
)


def books() -> Books:
    core = Core(Clock(), Switches(edit_below_paid="refused"), Business("GBP", "Europe/London"))
    core.clock.set(datetime(2026, 3, 12, 16, tzinfo=UTC))
    made = Books(core)
    for name in ("Ada", "Bea"):
        made.clients.add(Given("client", {"fname": name}))
    return made


def nth(table: Any, place: int) -> int:
    """The id of one of the records there are, or of none."""
    ids = [row.id for row in table]
    return ids[place % len(ids)] if ids else 1


def lines(amount: int) -> dict[str, Any]:
    line = {
        "name": "Work",
        "qty": 1,
        "unit_cost": f"{amount}.00",
        "taxName1": "VAT",
        "taxAmount1": "20",
    }
    return {"lines": [line]}


def acted(on: Books, step: Step) -> None:
    word, one, two, amount = step
    invoice, payment = nth(on.invoices.table, one), nth(on.payments.table, two)
    client, credit = nth(on.clients.table, two), nth(on.credit_notes.table, two)
    new = {"create_date": "2026-03-10", **lines(amount)}
    paid = {"invoiceid": invoice, "amount": f"{amount}.50", "date": "2026-03-11"}

    def put(kind: str, number: int, **values: Any) -> None:
        resource = {each.single: each for each in on.accounting()}[kind]
        resource.update(number, Given(kind, values), NO_QUERY)

    does: dict[str, Callable[[], Any]] = {
        "invoice": lambda: on.invoices.add(Given("invoice", {"customerid": client, **new})),
        "edit": lambda: put("invoice", invoice, **lines(amount)),
        "pay": lambda: on.payments.add(Given("payment", paid | {"type": "Cash"})),
        "credit": lambda: on.credit_notes.add(Given("credit_note", {"clientid": client, **new})),
        "use": lambda: on.payments.add(Given("payment", paid | {"type": "Credit"})),
        "lower": lambda: put("payment", payment, amount=f"{amount}.00"),
        "move": lambda: put("payment", payment, invoiceid=invoice),
        "delete": lambda: put("invoice", invoice, vis_state=1),
        "restore": lambda: put("invoice", invoice, vis_state=0),
        "delete_payment": lambda: put("payment", payment, vis_state=1),
        "restore_payment": lambda: put("payment", payment, vis_state=0),
        "client": lambda: put("invoice", invoice, customerid=client),
        "send": lambda: put("invoice", invoice, action_mark_as_sent=True),
        "refund_credit": lambda: put("credit_note", credit, vis_state=amount % 2),
    }
    does[word]()


def total(rows: list[Any]) -> Decimal:
    return sum((row.wire.amount.amount for row in rows), Decimal())


def held(on: Books) -> None:
    live = [row for row in on.payments.table if not row.deleted]
    for row in on.invoices.table:
        invoice = row.wire
        paid = total([one for one in live if one.wire.invoiceid == row.id])
        assert invoice.paid.amount == paid
        assert invoice.outstanding.amount == invoice.amount.amount - paid >= 0
        word = "partial" if paid < invoice.amount.amount else "paid"
        assert invoice.payment_status == (word if paid else "unpaid")
        assert paid == 0 or invoice.display_status != "draft"
    for row in on.credit_notes.table:
        used = [one for one in live if one.wire.creditid == row.id and one.wire.from_credit]
        assert row.wire.paid.amount == total(used)
        assert row.wire.paid.amount <= row.wire.amount.amount
    for row in live:
        assert row.wire.clientid == on.invoices.table[row.wire.invoiceid].wire.customerid


@settings(max_examples=100, deadline=None)
@given(steps)
def test_the_books_agree_after_every_step(wanted: list[Step]) -> None:
    on = books()
    for step in (*BEGUN, *wanted):
        before = [row.json() for row in on.invoices.table] + [
            row.json() for row in on.payments.table
        ]
        try:
            acted(on, step)
        except Refusal:
            after = [row.json() for row in on.invoices.table] + [
                row.json() for row in on.payments.table
            ]
            assert before == after, "a refused step left a trace"
        held(on)
