"""I18: what the VAT return declares of FreshBooks' documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tests.unit.core.both_books import CLOSED_BEFORE, BothBooks

from tieout.core.reconciliation.difference import Break, Check
from tieout.core.reconciliation.tieout import Tieout


def checked(result: Tieout) -> Check:
    return next(check for check in result.checks if check.invariant == "I18")


def test_bases_and_taxes_of_all_documents_are_compared_by_group_and_month() -> None:
    for seed in range(40):
        books = BothBooks(seed)
        check = checked(books.tie())
        cells = {(r.vat_prod, r.posting_date.replace(day=1)) for r in books.vat if r.base}
        assert check.compared == len(cells)
        assert check.nav == -sum(row.base + row.amount for row in books.vat)
        assert (check.found, check.explained) == ((), ())
        assert abs(check.freshbooks - check.nav) <= Decimal("0.02") * len(books.vat)


def test_a_document_whose_month_is_closed_may_be_declared_later_and_is_listed() -> None:
    listed = 0
    for seed in range(40):
        books = BothBooks(seed)
        for n, row in enumerate(books.vat):
            if row.posting_date < CLOSED_BEFORE:
                books.vat[n] = replace(row, posting_date=CLOSED_BEFORE, closed=False)
        check = checked(books.tie())
        assert check.found == ()
        assert {d.kind for d in check.explained} <= {Break.DATE_PERIOD}
        listed += len(check.explained)
    assert listed > 20


def test_what_differs_is_told_by_group_and_month() -> None:
    books = BothBooks(2)
    at = next(n for n, row in enumerate(books.vat) if abs(row.base) > 1 and row.amount)
    row = books.vat[at]
    books.vat[at] = replace(row, base=row.base - 1)
    (found,) = checked(books.tie()).found
    month, group = f"{row.posting_date:%Y-%m}", f"DOMESTIC {row.vat_prod}"
    assert found.kind is Break.TAX
    assert f"base of {group} in {month}: " in found.text
    assert f"{-row.base + 1} in NAV" in found.text
    assert "tax of" not in found.text


def test_another_vat_group_of_the_client_is_listed_where_all_else_agrees() -> None:
    books = BothBooks(4)
    for n, row in enumerate(books.vat):
        books.vat[n] = replace(row, vat_bus="CASHVAT")
    check = checked(books.tie())
    assert check.found == ()
    assert {d.kind for d in check.explained} == {Break.VAT_GROUP}
    assert "had another VAT group" in check.explained[0].text


def test_a_group_that_is_settled_up_to_an_earlier_day_is_not_asked_for_later_ones() -> None:
    books = BothBooks(6)
    settled = max(row.posting_date for row in books.vat if row.closed)
    first = min(row.posting_date for row in books.vat if not row.closed)
    assert settled < first
    assert checked(books.tie()).found == ()
    at = next(n for n, row in enumerate(books.vat) if row.posting_date == first)
    late = replace(books.vat[at], entry_no=9999, document_no="OTHER", closed=True)
    books.vat.append(replace(late, posting_date=first + timedelta(days=1)))
    found = checked(books.tie()).found
    assert found
    assert {d.kind for d in found} == {Break.VAT_PERIOD}
    assert f"settled up to {first + timedelta(days=1)}" in found[0].text


def test_what_freshbooks_has_no_more_must_be_in_no_return() -> None:
    books = BothBooks(9)
    bill = next(i for i in books.invoices if not i.draft and i.issued_on >= CLOSED_BEFORE)
    no = f"FBI{bill.ref.key}"
    entry = next(e for e in books.entries if e.document_no == no)
    books.invoices.remove(bill)
    key = f"FB-INV-{bill.ref.key}-1X"
    rows = [row for row in books.vat if row.document_no == no]
    books.post_entries(
        key,
        "Credit Memo",
        "BACK",
        entry.customer_no,
        bill.currency,
        date(2026, 8, 1),
        -entry.amount,
    )
    found = [d for d in checked(books.tie()).found if d.subject == str(bill.ref)]
    assert found, "its VAT stands though it was taken back"
    for row in rows:
        about = {"document_type": "Credit Memo", "document_no": "BACK"}
        books.vat.append(replace(row, base=-row.base, amount=-row.amount, **about))  # type: ignore[arg-type]
    assert [d for d in checked(books.tie()).found if d.subject == str(bill.ref)] == []
