"""I25: a day that was frozen stays as it was, in both books; what is put before it, taken from it or changed in it is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.unit.core.both_books import REVENUE, ZERO, BothBooks
from tests.unit.core.breaking import restated_month

from tieout.core.reconciliation.difference import Break, Check
from tieout.core.reconciliation.frozen_past import freeze
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.document import Visibility
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import Money

DAY = date(2026, 3, 31)
AT = datetime(2026, 4, 4, 9, 0, tzinfo=UTC)


def checked(result: Tieout) -> Check:
    (check,) = [check for check in result.checks if check.invariant == "I25"]
    return check


def frozen(seed: int) -> BothBooks:
    """Books whose March was frozen; their numbers go up with time."""
    books = BothBooks(seed)
    books.by_others = [replace(row, entry_no=row.entry_no - 50000) for row in books.by_others]
    books.bank_by_others = [replace(r, entry_no=r.entry_no - 50000) for r in books.bank_by_others]
    books.gl = [replace(row, entry_no=row.entry_no + 1000) for row in books.gl]
    books.entries = [replace(row, entry_no=row.entry_no + 1000) for row in books.entries]
    books.details = [
        replace(row, customer_entry_no=row.customer_entry_no + 1000) for row in books.details
    ]
    books.bank = [replace(row, entry_no=row.entry_no + 1000) for row in books.bank]
    books.frozen = freeze(books.sides(DAY), DAY, AT, "controller")
    return books


def old(books: BothBooks) -> Invoice:
    return next(i for i in books.invoices if i.issued_on <= DAY and not i.draft)


def kinds(result: Tieout) -> set[tuple[str, Break, str]]:
    return {(d.invariant, d.kind, d.subject) for d in result.differences}


def test_what_nobody_touched_is_as_it_was() -> None:
    """Today and as of the day, with all that was posted after it; figures are what stood then."""
    for seed in range(60):
        books = frozen(seed)
        kept = books.frozen
        assert kept is not None
        for result in (books.tie(), books.tie(DAY)):
            assert result.agrees, (seed, result.differences)
            check = checked(result)
            assert check.compared == sum(map(len, (kept.accounts, kept.documents, kept.setup)))
            assert check.freshbooks == check.nav == kept.debits > 0
            assert check.explained == ()


def test_nothing_is_compared_where_no_day_was_frozen() -> None:
    check = checked(BothBooks(1).tie())
    assert (check.compared, check.freshbooks, check.nav, check.found) == (0, ZERO, ZERO, ())


def test_what_somebody_posts_into_it() -> None:
    """Two sides of one document on accounts that roll forward: no other check has anything against it."""
    books = frozen(2)
    for amount in ("70.00", "-70.00"):
        row = books.post_beside(REVENUE, date(2026, 3, 15), Decimal(amount), "ANN")
        books.by_others[-1] = replace(row, entry_no=9000, document_no="GJ-9")
    (found,) = books.tie().differences
    assert (found.invariant, found.kind) == ("I25", Break.BACKDATED)
    assert (found.subject, found.nav) == ("GJ-9 of 2026-03-15", Decimal("70.00"))
    assert found.cause.startswith("entry 9000 of 2026-03-15 was posted by ANN after 2026-03-31 was")
    check = checked(books.tie())
    assert check.nav - check.freshbooks == Decimal("70.00")


def test_what_is_posted_after_it_touches_nothing() -> None:
    books = frozen(2)
    books.post_beside(REVENUE, date(2026, 4, 1), Decimal("70.00"), "ANN")
    assert books.tie().agrees


def test_what_is_taken_from_it() -> None:
    """A row that is no more, in NAV's own balances neither: the accounts still roll forward."""
    books = next(b for b in map(frozen, range(50)) if _beside(b))
    row = _beside(books)[0]
    books.by_others.remove(row)
    (found,) = books.tie().differences
    assert (found.kind, found.subject) == (Break.FROZEN_PAST, f"account {row.gl_account_no}")
    assert found.nav - found.freshbooks == -row.amount


def _beside(books: BothBooks) -> list:  # type: ignore[type-arg]
    return [r for r in books.by_others if r.posting_date <= DAY and r.gl_account_no == REVENUE]


def test_set_up_that_was_changed() -> None:
    books = frozen(4)
    books.nav_setup = {"customer posting group DOMESTIC": "receivables 1201", "other": "new"}
    (found,) = books.tie().differences
    assert (found.kind, found.subject) == (Break.SETUP, "customer posting group DOMESTIC")
    assert found.text == "was receivables 1200 when 2026-03-31 was frozen, and is receivables 1201"
    books.nav_setup = {}
    (found,) = books.tie().differences
    assert found.text.endswith("and is nothing")


def test_a_rate_that_was_put_into_it() -> None:
    """On a day on which nothing was posted; one of a later day is none of it."""
    books = frozen(4)
    books.rates["EUR"].append((date(2026, 6, 1), Decimal("1.3")))
    assert not checked(books.tie()).found
    books = frozen(4)
    books.rates["EUR"].append((date(2026, 3, 31), Decimal("1.3")))
    (found,) = checked(books.tie()).found
    assert (found.kind, found.subject) == (Break.SETUP, "exchange rate EUR of 2026-03-31")
    assert found.text == "was nothing when 2026-03-31 was frozen, and is 1.3"


def test_a_document_that_freshbooks_changes() -> None:
    """NAV does not know of it: a difference; I1 has it too, and tells the cause."""
    books = frozen(5)
    bill = old(books)
    more = Money(bill.amount.amount + 5, bill.currency)
    books.invoices[books.invoices.index(bill)] = replace(bill, amount=more)
    (found,) = checked(books.tie()).found
    assert (found.kind, found.subject) == (Break.PRIOR_PERIOD_CHANGE, str(bill.ref))
    assert (found.freshbooks, found.nav) == (more.amount, bill.amount.amount)
    assert ("I1", Break.AMOUNT, str(bill.ref)) in kinds(books.tie())


def test_a_document_that_freshbooks_takes_away() -> None:
    books = frozen(5)
    bill = old(books)
    gone = replace(bill, visibility=Visibility.DELETED)
    books.invoices[books.invoices.index(bill)] = gone
    (found,) = checked(books.tie()).found
    assert (found.freshbooks, found.nav) == (ZERO, bill.amount.amount)
    assert found.text.endswith("and is nothing")


def test_a_document_that_nav_was_corrected_for_is_explained() -> None:
    """The books agree, and the month is another than it was: gross, in I26 too."""
    tried = 0
    for seed in range(300):
        books = BothBooks(seed)
        try:
            restated_month(BothBooks(seed))
        except IndexError:
            continue
        end = date(2026, 2, 28)
        books.frozen = freeze(books.sides(end), end, AT, "controller")
        books.frozen = replace(books.frozen, entry_no=10**6)
        wanted, _ = restated_month(books)
        ((_, _, subject),) = wanted
        result = books.tie()
        assert result.agrees, (seed, result.differences)
        (one,) = checked(result).explained
        assert (one.kind, one.subject) == (Break.PRIOR_PERIOD_CHANGE, subject)
        (gross,) = [
            d
            for d in result.explained
            if d.invariant == "I26" and d.kind is Break.PRIOR_PERIOD_CHANGE
        ]
        assert gross.nav == abs(one.freshbooks - one.nav)
        tried += 1
    assert tried > 30


def test_an_earlier_day_is_compared_with_what_was_frozen_of_it() -> None:
    books = frozen(6)
    row = books.post_beside(REVENUE, date(2026, 3, 15), Decimal("70.00"), "ANN")
    books.by_others[-1] = replace(row, entry_no=9000)
    assert [d.kind for d in checked(books.tie(DAY)).found] == [Break.BACKDATED]
