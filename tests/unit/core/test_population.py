"""FreshBooks against itself: its own ledger and its lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from tests.unit.core.books import invoice

from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.reconciliation.tieout import tie_out
from tieout.core.records.feed import FeedLine
from tieout.core.records.identity import Kind, Ref

BILL = invoice("960.00")


def claimed(ref: Ref, amount: str, entry: int = 1, against: str = "") -> list[FeedLine]:
    """An entry that claims so much of a customer."""

    def line(account: str, value: Decimal) -> FeedLine:
        return FeedLine(
            entry=entry,
            document=ref,
            day=date(2026, 3, 10),
            account_type="asset",
            account_number=account,
            amount=value,
            currency="GBP",
        )

    return [line("1200", Decimal(amount)), line("4000", -Decimal(against or amount))]


def found(ledger: Sequence[FeedLine] | None) -> list[Difference]:
    books = FreshbooksBooks(invoices=[BILL], credit_notes=[], payments=[], ledger_lines=ledger)
    nav = NavBooks(customer_entries=[], detailed_entries=[], receivable_entries=[], prefix="FB")
    result = tie_out(books, nav, {}, "GBP")
    return [d for d in result.differences if d.invariant == "I22"]


def test_the_same_documents_on_both_sides_agree() -> None:
    assert found(claimed(BILL.ref, "960.00")) == []


def test_where_the_ledger_was_not_read_nothing_is_claimed() -> None:
    assert found(None) == []


def test_what_no_list_shows_is_found() -> None:
    hidden = Ref(Kind.INVOICE, "34102")
    (one,) = found([*claimed(BILL.ref, "960.00"), *claimed(hidden, "75.00", entry=2)])
    assert (one.kind, one.subject, one.freshbooks) == (Break.POPULATION, str(hidden), Decimal(75))
    assert "in no list" in one.text


def test_what_the_ledger_does_not_know_is_found() -> None:
    (one,) = found([])
    assert one.subject == str(BILL.ref)
    assert "not in FreshBooks' ledger" in one.text


def test_another_amount_is_found() -> None:
    (one,) = found(claimed(BILL.ref, "959.99"))
    assert "claims 959.99" in one.text


def test_an_entry_that_does_not_balance_is_found() -> None:
    (one,) = found(claimed(BILL.ref, "960.00", against="950.00"))
    assert one.subject == "FreshBooks"
    assert "entry 1 does not balance" in one.text
