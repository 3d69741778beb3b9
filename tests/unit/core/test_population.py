"""FreshBooks against itself: its own ledger and its lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.unit.core.books import invoice

from tieout.app.tie_out import tieout_text
from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.tieout import Tieout, tie_out
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
            account_number=account,
            amount=value,
            currency="GBP",
        )

    return [line("1200", Decimal(amount)), line("4000", -Decimal(against or amount))]


def compared(ledger: Sequence[FeedLine] | None) -> Tieout:
    books = FreshbooksBooks(invoices=[BILL], credit_notes=[], payments=[], ledger_lines=ledger)
    nav = NavBooks(customer_entries=[], detailed_entries=[], receivable_entries=[], prefix="FB")
    return tie_out(books, nav, {}, "GBP")


def found(ledger: Sequence[FeedLine]) -> list[Difference]:
    return [d for d in compared(ledger).differences if d.invariant == "I22"]


def test_the_same_documents_on_both_sides_agree() -> None:
    assert found(claimed(BILL.ref, "960.00")) == []


def test_where_the_ledger_was_not_read_the_tie_out_says_so() -> None:
    result = compared(None)
    assert [d for d in result.differences if d.invariant == "I22"] == []
    (own,) = [c for c in result.checks if "own ledger be read. Connect" in c.not_compared]
    assert (own.invariant, own.compared) == ("I22", 0)
    told = tieout_text(result)
    assert "I22 was not compared: FreshBooks did not let its own ledger be read." in told
    marked = [line.split()[1] for line in told.splitlines() if line.startswith("--")]
    assert marked == ["I6", "I7", "I12", "I16", "I18", "I19", "I20", "I21", "I22", "I28"], (
        "nothing else was given either"
    )


def test_books_that_agree_claim_no_more_than_was_compared() -> None:
    agreed = Check(invariant="I1", name="", compared=1, freshbooks=ZERO, nav=ZERO)
    missing = replace(agreed, invariant="I22", not_compared="It was not read.")
    assert tieout_text(Tieout(checks=(agreed,))).endswith("\nBoth books agree.")
    assert tieout_text(Tieout(checks=(agreed, missing))).endswith("agree in what was compared.")


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
    assert "claims 959.99 GBP" in one.text


def test_the_same_figure_in_another_currency_is_found() -> None:
    (one,) = found([replace(line, currency="EUR") for line in claimed(BILL.ref, "960.00")])
    assert "claims 960.00 EUR" in one.text


def test_an_invoice_that_claims_nothing_of_anybody_is_found() -> None:
    lines = [replace(line, account_number="1") for line in claimed(BILL.ref, "960.00")]
    (one,) = found(lines)
    assert "claims nothing" in one.text


def test_an_entry_that_does_not_balance_is_found() -> None:
    (one,) = found(claimed(BILL.ref, "960.00", against="950.00"))
    assert one.subject == "FreshBooks"
    assert "entry 1 does not balance in GBP" in one.text


def test_currencies_do_not_balance_each_other() -> None:
    first, second = claimed(BILL.ref, "960.00")
    texts = [one.text for one in found([first, replace(second, currency="EUR")])]
    assert texts == [f"FreshBooks' entry 1 does not balance in {code}" for code in ("EUR", "GBP")]
