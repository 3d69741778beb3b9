"""Whatever is written in whatever order, the FreshBooks sandbox's ledger and reports agree with its documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import ROUND_DOWN, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.freshbooks_sandbox.bookkeeping import Bookkeeping, amount, bookkeeping

from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.ledger.accounts import (
    GOODS_SOLD,
    OPERATING,
    REVENUE,
    TAXES_PAID,
    TAXES_PAYABLE,
    Place,
)
from tieout_sandboxes.freshbooks.ledger.sales import issued

ZERO = Decimal("0.00")
CODES = ("GBP", "EUR")
DAYS = ("2026-01-31", "2026-02-15", "2026-03-10", "2026-04-01")
TAXES: tuple[dict[str, Any], ...] = (
    {},
    {"taxName1": "VAT", "taxAmount1": "20"},
    {"taxName1": "GST", "taxAmount1": "5", "taxName2": "QST", "taxAmount2": "9.975"},
    {"taxName1": "VAT", "taxAmount1": "17.5", "taxName2": "Levy", "taxAmount2": "3",
     "compounded_tax": True},
    {"taxName1": "Zero", "taxAmount1": "0"},
)  # fmt: skip
WORDS = (
    "invoice", "edit", "redate", "send", "delete", "restore", "client", "pay", "use", "lower",
    "move", "delete_payment", "gift", "prepay", "delete_credit", "spend", "delete_expense", "bill",
    "pay_bill", "delete_bill", "income",
)  # fmt: skip
Step = tuple[str, int, int, Decimal]
steps = st.lists(
    st.tuples(
        st.sampled_from(WORDS), st.integers(0, 3), st.integers(0, 4),
        st.decimals("0.01", "120.00", places=2),
    ),
    min_size=3, max_size=16,
)  # fmt: skip
SWITCHES = st.fixed_dictionaries(
    {
        "tax_rounding": st.sampled_from(("per_tax_total", "per_line")),
        "ledger_discounts": st.sampled_from(("discounts", "sales")),
        "ledger_client_money": st.sampled_from(("customer_credit", "customer_deposits")),
        "ledger_other_income": st.sampled_from(("sales", "by_category")),
        "bill_tax": st.sampled_from(("added", "contained")),
        "payments_collected_goodwill": st.just(False),
    }
)


def nth(table: Any, place: int) -> int:
    """The id of one of the records there are, or of none."""
    ids = [row.id for row in table]
    return ids[place % len(ids)] if ids else 1


def acted(on: Bookkeeping, step: Step) -> None:
    word, one, two, price = step
    books, day = on.books, DAYS[one]
    invoice, payment = nth(books.invoices.table, one), nth(books.payments.table, one)
    client, credit = nth(books.clients.table, two), nth(books.credit_notes.table, one)
    bill, expense = nth(books.bills.table, one), nth(books.expenses.table, one)
    code, spent = CODES[one % 2], ("Gas", "Phone", "Cost of Shipping & Handling")[two % 3]
    lines = {"amount": str(price), **TAXES[two]}, {"amount": "7.77", "type": one % 2, **TAXES[one]}
    paid_tax = {"taxName1": "VAT", "taxPercent1": "20"} if two % 2 else {}
    bill_tax = {"tax_name1": "VAT", "tax_percent1": "20"} if two % 2 else {}
    extras = {"discount_value": str(two * 5), "tax_included": "inclusive" if one == 3 else None}
    does: dict[str, Callable[[], Any]] = {
        "invoice": lambda: on.invoice(
            *lines, client=client, create_date=day, currency_code=code, status=1 + two % 2, **extras
        ),
        "edit": lambda: on.put("invoice", invoice, lines=[each(line) for line in lines], **extras),
        "redate": lambda: on.put("invoice", invoice, create_date=day),
        "send": lambda: on.put("invoice", invoice, action_mark_as_sent=True),
        "delete": lambda: on.put("invoice", invoice, vis_state=1),
        "restore": lambda: on.put("invoice", invoice, vis_state=0),
        "client": lambda: on.put("invoice", invoice, customerid=client),
        "pay": lambda: on.pay(invoice, str(price), date=DAYS[two % 4]),
        "use": lambda: on.pay(invoice, str(price), type="Credit"),
        "lower": lambda: on.put("payment", payment, amount=str(price / 2)),
        "move": lambda: on.put("payment", payment, invoiceid=nth(books.invoices.table, two)),
        "delete_payment": lambda: on.put("payment", payment, vis_state=two % 2),
        "gift": lambda: on.credit("goodwill", *lines, clientid=client, create_date=day),
        "prepay": lambda: on.credit("prepayment", lines[0], clientid=client, currency_code=code),
        "delete_credit": lambda: on.put("credit_note", credit, vis_state=two % 2),
        "spend": lambda: on.spend(str(price), spent, date=day, **paid_tax),
        "delete_expense": lambda: on.put("expense", expense, vis_state=two % 2),
        "bill": lambda: on.bill(str(price), spent, **bill_tax),
        "pay_bill": lambda: on.pay_bill(bill, str(price), paid_date=day),
        "delete_bill": lambda: on.put("bill", bill, vis_state=two % 2),
        "income": lambda: on.add(
            "other_income", amount=str(price), category_name="rentals", date=day,
            taxes=[{"name": "VAT", "amount": "20"}][: two % 2],
        ),
    }  # fmt: skip
    does[word]()


def each(line: dict[str, Any]) -> dict[str, Any]:
    return {"name": "Work", "qty": 1, "unit_cost": line["amount"], **line}


def booked(on: Bookkeeping, code: str, kinds: Iterable[str] = ()) -> dict[Place, Decimal]:
    sums: dict[Place, Decimal] = defaultdict(lambda: ZERO)
    for entry in on.journal.entries():
        if entry.code == code and (not kinds or entry.kind in kinds):
            for booking in entry.bookings:
                sums[booking.place] += booking.amount
    return sums


def live(table: Any, code: str) -> list[Any]:
    """The documents of a currency that are not deleted."""
    found = [row for row in table if not row.deleted]
    return [row for row in found if row.wire.amount.code == code]


def test_names_of_steps_are_what_they_do() -> None:
    """Each word does something in at least one small story, so that none is refused for ever."""
    begun = [
        ("invoice", 0, 1, Decimal(50)),
        ("gift", 0, 0, Decimal(9)),
        ("prepay", 0, 0, Decimal(9)),
    ]
    begun += [("pay", 0, 0, Decimal(5)), ("spend", 0, 1, Decimal(5)), ("bill", 0, 0, Decimal(50))]
    for word in WORDS:
        on = bookkeeping()
        for step in (*begun, (word, 0, 0, Decimal("4.00"))):
            acted(on, step)


@settings(max_examples=2_000, deadline=None)
@given(steps, SWITCHES)
def test_ledger_and_reports_agree_with_the_documents(
    wanted: list[Step], switches: dict[str, Any]
) -> None:
    on = bookkeeping(**switches)
    on.books.clients.add(Given("client", {"fname": "Bea"}))
    for step in wanted:
        try:
            acted(on, step)
        except Refusal:
            continue
        on.journal.all()
    for code in CODES:
        trial_balance_adds_up(on, code)
        receivables_are_what_is_outstanding(on, code)
        credits_are_what_is_unused(on, code)
        payables_are_what_is_outstanding(on, code)
        profit_is_what_the_accounts_say(on, code)
        collected_is_the_money_that_came(on, code)
        taxes_are_those_of_the_accounts(on, code)
        aging_is_what_is_owed(on, code)
        the_general_ledger_is_the_trial_balance(on, code)


def trial_balance_adds_up(on: Bookkeeping, code: str) -> None:
    rows = on.report("trial_balance", currency_code=code)["data"]
    assert sum(amount(row["debit"]) for row in rows) == sum(amount(row["credit"]) for row in rows)
    accounts = booked(on, code)
    shown = {row["sub_accountid"]: amount(row["debit"]) - amount(row["credit"]) for row in rows}
    assert shown == {
        on.journal.chart.of(place).id: sum_ for place, sum_ in accounts.items() if sum_
    }


def receivables_are_what_is_outstanding(on: Bookkeeping, code: str) -> None:
    """For each client: outstanding of what counts, less what was paid on what is deleted."""
    owed: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for row in live(on.books.invoices.table, code):
        if issued(row, on.books.core.switches):
            owed[row.wire.customerid] += row.wire.outstanding.amount
    for paid in live(on.books.payments.table, code):
        if on.books.invoices.table[paid.wire.invoiceid].deleted:
            owed[paid.wire.clientid] -= paid.wire.amount.amount
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for entry in on.journal.entries():
        for booking in entry.bookings:
            if entry.code == code and booking.place.name == "Accounts Receivable":
                assert entry.client is not None
                found[entry.client] += booking.amount
    assert {key: sum_ for key, sum_ in found.items() if sum_} == {
        key: sum_ for key, sum_ in owed.items() if sum_
    }


def credits_are_what_is_unused(on: Bookkeeping, code: str) -> None:
    """What is left of credits, less what was used of those that are deleted."""
    left = ZERO
    for row in live(on.books.credit_notes.table, code):
        left += row.wire.amount.amount - row.wire.paid.amount
    for paid in live(on.books.payments.table, code):
        if paid.wire.from_credit and on.books.credit_notes.table[paid.wire.creditid].deleted:
            left -= paid.wire.amount.amount
    accounts = booked(on, code)
    waiting = ("Customer Credit", "Customer Deposits")
    assert sum(sum_ for place, sum_ in accounts.items() if place.name in waiting) == -left


def payables_are_what_is_outstanding(on: Bookkeeping, code: str) -> None:
    bills = on.books.bills
    owed = sum((bills.outstanding(row) for row in live(bills.table, code)), ZERO)
    for paid in live(on.books.bill_payments.table, code):
        if bills.table[paid.wire.billid].deleted:
            owed -= paid.wire.amount.amount
    accounts = booked(on, code)
    assert (
        sum(sum_ for place, sum_ in accounts.items() if place.name == "Accounts Payable") == -owed
    )


def profit_is_what_the_accounts_say(on: Bookkeeping, code: str) -> None:
    report = on.report("profitloss_entity", currency_code=code, resolution="m")
    accounts = booked(on, code)
    earned = (REVENUE, GOODS_SOLD, OPERATING)
    profit = -sum((sum_ for place, sum_ in accounts.items() if place.account in earned), ZERO)
    assert amount(report["net_profit"]["total"]) == profit
    assert sum(amount(money) for money in report["net_profit"]["data"]) == profit


def collected_is_the_money_that_came(on: Bookkeeping, code: str) -> None:
    report = on.report("payments_collected", currency_code=code)
    came = sum(
        (row.wire.amount.amount for row in live(on.books.payments.table, code)
         if not row.wire.from_credit), ZERO,
    )  # fmt: skip
    for row in live(on.books.credit_notes.table, code):
        if row.wire.credit_type != "goodwill":
            came += row.wire.amount.amount
    assert sum((amount(money) for money in report["totals"]), ZERO) == came
    cash = booked(on, code, ("payment", "credit"))
    assert sum(sum_ for place, sum_ in cash.items() if place.name == "Petty Cash") == came


def taxes_are_those_of_the_accounts(on: Bookkeeping, code: str) -> None:
    rows = {row["tax_name"]: row for row in on.report("taxsummary", currency_code=code)["taxes"]}
    accounts = booked(on, code)
    for account, column, sign in (
        (TAXES_PAYABLE, "tax_collected", -1),
        (TAXES_PAID, "tax_paid", 1),
    ):
        found = {
            place.name: sum_ * sign for place, sum_ in accounts.items() if place.account == account
        }
        shown = {name: amount(row[column]) for name, row in rows.items()}
        assert {k: v for k, v in found.items() if v} == {k: v for k, v in shown.items() if v}
    invoices = [
        row for row in live(on.books.invoices.table, code) if issued(row, on.books.core.switches)
    ]
    if not [row for row in invoices if row.wire.tax_included == "inclusive"]:
        residual = sum(
            (row.wire.amount.amount + abs(row.wire.discount_total.amount)
             - sum(line.amount.amount for line in row.lines) for row in invoices), ZERO,
        )  # fmt: skip
        mine = booked(on, code, ("invoice",))
        assert (
            -sum(sum_ for place, sum_ in mine.items() if place.account == TAXES_PAYABLE) == residual
        )


def aging_is_what_is_owed(on: Bookkeeping, code: str) -> None:
    report = on.report("accounts_aging", currency_code=code)
    invoices = [
        row for row in live(on.books.invoices.table, code) if issued(row, on.books.core.switches)
    ]
    owed = sum((row.wire.outstanding.amount for row in invoices), ZERO)
    bands = {name: amount(money) for name, money in report["totals"].items()}
    assert bands.pop("total") == owed == sum(bands.values())
    assert sum((amount(row["total"]) for row in report["accounts"]), ZERO) == owed


def the_general_ledger_is_the_trial_balance(on: Bookkeeping, code: str) -> None:
    report = on.report("general_ledger", currency_code=code)
    below = [each for account in report["data"] for each in account["sub_accounts"]]
    found = {}
    for below_ in below:
        lines = below_["transactions"]
        moved = sum((amount(one["debit"]) - amount(one["credit"]) for one in lines), ZERO)
        assert moved == amount(below_["net_movement_debit"]) - amount(below_["net_movement_credit"])
        found[below_["sub_accountid"]] = moved
    rows = on.report("trial_balance", currency_code=code)["data"]
    shown = {row["sub_accountid"]: amount(row["debit"]) - amount(row["credit"]) for row in rows}
    assert {number: sum_ for number, sum_ in found.items() if sum_} == shown
    assert amount(report["summary"]["total_debit"]) == amount(report["summary"]["total_credit"])


paid_in_parts = st.lists(
    st.tuples(
        st.integers(0, 4), st.integers(0, 4), st.decimals("0.05", "900.00", places=2),
        st.lists(st.integers(1, 9), min_size=1, max_size=5),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(paid_in_parts, st.booleans())
def test_what_is_paid_in_full_counts_by_cash_as_by_accrual(
    documents: list[tuple[int, int, Decimal, list[int]]], inclusive: bool
) -> None:
    """To the cent, in however many parts it was paid, for sales, purchases and taxes."""
    on = bookkeeping()
    for tax, discount, price, parts in documents:
        lines = {"amount": str(price), **TAXES[tax]}, {"amount": "7.77", "type": 1}
        extras = {"tax_included": "inclusive" if inclusive else None}
        invoice = on.invoice(*lines, discount_value=str(discount * 5), **extras)
        bill = on.bill(str(price), tax_name1="VAT", tax_percent1="17.5")
        owed = on.books.invoices.table[invoice].wire.amount.amount
        for share in shares(owed, parts):
            on.pay(invoice, str(share), date=DAYS[int(share) % 4])
        for share in shares(on.books.bills.table[bill].wire.total_amount.amount, parts):
            on.pay_bill(bill, str(share), paid_date=DAYS[int(share) % 4])
    accrual, cash = (on.report("profitloss_entity", cash_based=basis) for basis in ("", "true"))
    for name in ("net_profit", "total_expenses", "total_income"):
        assert amount(accrual[name]["total"]) == amount(cash[name]["total"])
    accrual, cash = (on.report("taxsummary", cash_based=basis) for basis in ("", "true"))
    assert accrual["taxes"] == cash["taxes"]
    assert accrual["total_invoiced"] == cash["total_invoiced"]


def shares(total: Decimal, weights: list[int]) -> list[Decimal]:
    """An amount in parts by weight; the last takes what is left."""
    cent = Decimal("0.01")
    parts = [(total * each / sum(weights)).quantize(cent, ROUND_DOWN) for each in weights[:-1]]
    return [part for part in (*parts, total - sum(parts, ZERO)) if part]
