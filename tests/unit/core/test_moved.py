"""What FreshBooks moved out of a closed month: NAV keeps the first posting there for ever, so it is explained; what merely stands on a wrong day is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.unit.core.both_books import BANK_GL, CLOSED_BEFORE, REVENUE, BothBooks
from tests.unit.core.breaking import (
    Shown,
    dated,
    deleted_from_its_month,
    moved_out_of_its_month,
    post_anew,
)

from tieout.core.reconciliation.cells import CLOSED, Placed, summed
from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.reconciliation.moved import MOVED, OF_NONE, Entered, key_of, moved_out
from tieout.core.reconciliation.recomputed import recomputed
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.tieout import Tieout, compare
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import GLEntry

A_DAY = timedelta(days=1)
EACH = 40


def many(change: Callable[[BothBooks], Invoice]) -> Iterator[tuple[BothBooks, Invoice]]:
    """Many books in which one invoice of a closed month was changed."""
    tried = 0
    for seed in range(1000):
        books = BothBooks(seed)
        try:
            yield books, change(books)
        except IndexError:
            continue  # these books have none
        tried += 1
        if tried == EACH:
            return
    raise AssertionError(tried)


def of(result: Tieout, ref: Ref) -> list[Difference]:
    """What is explained of a document."""
    return [one for one in result.explained if one.subject == str(ref)]


def shown(result: Tieout) -> set[Shown]:
    return {(d.invariant, d.kind, d.subject) for d in result.differences}


def both(ref: Ref) -> set[Shown]:
    return {(check, Break.DATE_PERIOD, str(ref)) for check in ("I6", "I18")}


def test_what_was_moved_out_of_a_closed_month_is_explained() -> None:
    for books, bill in many(moved_out_of_its_month):
        result = books.tie()
        assert result.agrees, result.differences
        told = of(result, bill.ref)
        assert {(d.invariant, d.kind, d.subject) for d in told} == both(bill.ref)
        assert all(d.text.startswith(f"{MOVED} (") for d in told)


def test_it_stays_so_when_its_new_month_is_closed_too() -> None:
    """And is as old as its first posting, not as its new day."""
    for books, bill in many(moved_out_of_its_month):
        sides = _closed_before(books, bill.issued_on + A_DAY)
        assert {d.text.partition(" (")[0] for d in of(compare(sides), bill.ref)} == {MOVED}
        traces = Traces(sides=sides)
        first = min(row.posting_date for row in traces.keyed[bill.ref])
        given = recomputed(traces, _item("I6", bill.ref))
        assert given is not None
        assert (given.amount, given.since) == (Decimal("5.00"), first)


def one_posting_on_a_closed_day(books: BothBooks, bill: Invoice) -> None:
    """FreshBooks has it on an open day, and NAV has it as it was."""
    books.gl = [r for r in books.gl if not _later(r)]
    books.vat = [r for r in books.vat if not _later(r)]


def posted_anew_on_another_day(books: BothBooks, bill: Invoice) -> None:
    _date(books, f"FBI{bill.ref.key}-2", bill.issued_on + 31 * A_DAY)


def posted_anew_with_too_much(books: BothBooks, bill: Invoice) -> None:
    """And taken back by as much too little: on each account all is right."""
    _more(books, f"FBI{bill.ref.key}-2", Decimal("0.50"))
    _more(books, f"FBI{bill.ref.key}-C1", Decimal("-0.50"))


@pytest.mark.parametrize(
    "wrong",
    [one_posting_on_a_closed_day, posted_anew_on_another_day, posted_anew_with_too_much],
    ids=lambda wrong: wrong.__name__,
)
def test_a_wrong_day_in_a_closed_month_is_none(
    wrong: Callable[[BothBooks, Invoice], None],
) -> None:
    for books, bill in many(moved_out_of_its_month):
        if bill.currency != "GBP":
            continue  # its cents are NAV's
        wrong(books, bill)
        result = books.tie()
        assert both(bill.ref) <= shown(result), (wrong.__name__, result.differences)
        assert of(result, bill.ref) == []
        for check in ("I6", "I18"):
            posted_right = wrong is posted_anew_with_too_much
            given = recomputed(Traces(sides=books.sides()), _item(check, bill.ref))
            assert posted_right or given is None, check


def test_what_was_posted_first_on_an_open_day_had_to_be_taken_back_on_it() -> None:
    tried = 0
    for seed in range(100):
        books = BothBooks(seed)
        for bill in books.invoices:
            if bill.draft or bill.issued_on < CLOSED_BEFORE:
                continue
            moved = dated(books, bill, bill.issued_on + 70 * A_DAY)
            post_anew(books, moved, bill.issued_on + 35 * A_DAY, moved.issued_on)
            assert both(bill.ref) <= shown(books.tie())
            assert recomputed(Traces(sides=books.sides()), _item("I6", bill.ref)) is None
            tried += 1
            break
    assert tried > 50


def test_by_another_amount_of_the_customer_nothing_is_explained() -> None:
    """The rule of I26 asks what the last posting is worth to the customer; the days are as they should be."""
    for books, bill in many(moved_out_of_its_month):
        traces = Traces(sides=books.sides())
        assert recomputed(traces, _item("I6", bill.ref)) is not None
        at = next(n for n, e in enumerate(books.entries) if e.document_no.endswith("-2"))
        books.entries[at] = replace(books.entries[at], amount=books.entries[at].amount + 1)
        assert recomputed(Traces(sides=books.sides()), _item("I6", bill.ref)) is None


# ---------------------------------------------------------------- what is no more


def test_what_was_deleted_from_a_closed_month_is_explained_by_what_was_posted() -> None:
    for books, bill in many(deleted_from_its_month):
        result = books.tie()
        assert result.agrees, result.differences
        assert {(d.invariant, d.kind, d.subject) for d in of(result, bill.ref)} == both(bill.ref)
        given = recomputed(Traces(sides=books.sides()), _item("I6", bill.ref))
        rows = [r for r in books.gl if r.external_document_no == f"FB-INV-{bill.ref.key}-1"]
        debits = sum(row.amount for row in rows if row.amount > 0)
        assert given is not None
        assert (given.amount, given.since, given.whole) == (debits, bill.issued_on, debits)


def test_what_was_deleted_and_left_something_is_not_explained() -> None:
    """Or what was posted on an open day, which should have been taken back on it."""
    for books, bill in many(deleted_from_its_month):
        sides = _closed_before(books, bill.issued_on)
        assert recomputed(Traces(sides=sides), _item("I6", bill.ref)) is None
        _more(books, f"FBI{bill.ref.key}-C1", Decimal("0.50"))
        assert recomputed(Traces(sides=books.sides()), _item("I6", bill.ref)) is None


# ---------------------------------------------------------------- money


def test_money_that_was_taken_back_out_of_a_closed_month() -> None:
    """By people who post what was drafted; the bank's ledger shows no key, and goes by its number."""
    tried = 0
    for seed in range(200):
        books = BothBooks(seed)
        at = next((n for n, p in enumerate(books.payments) if _early(books, n)), None)
        if at is None:
            continue
        receipt = books.payments[at]
        day = CLOSED_BEFORE + 40 * A_DAY
        books.payments[at] = replace(receipt, paid_on=day)
        wrong = ("I7", Break.DATE_PERIOD, str(receipt.ref))
        assert wrong in shown(books.tie()), "one posting on a closed day"
        _redo(books, receipt.ref, CLOSED_BEFORE, day)
        assert wrong not in shown(books.tie())
        (told,) = [d for d in of(books.tie(), receipt.ref) if d.invariant == "I7"]
        assert (told.kind, told.text.startswith(MOVED)) == (Break.DATE_PERIOD, True)
        _date(books, f"FBP{receipt.ref.key}-2", day + A_DAY)
        assert wrong in shown(books.tie())
        tried += 1
    assert tried > 20


# ---------------------------------------------------------------- the rule alone

MARCH, APRIL, MAY = date(2026, 3, 10), date(2026, 4, 5), date(2026, 5, 6)
FIRST_OPEN = date(2026, 4, 1)
INVOICE = Ref(Kind.INVOICE, "35001")
TAKEN = (("1", MARCH, "900"), ("1X", FIRST_OPEN, "-900"))


def judged(*rows: tuple[str, date, str], accounts: str = REVENUE) -> bool:
    """Whether it is explained that 900.00 should stand on the fifth of April, as these rows are: revision, day, amount; an account for each, or one."""
    places = accounts.split()
    entered = [
        Entered(
            key=f"FB-INV-35001-{revision}",
            day=day,
            cell=(places[n % len(places)], day),
            amount=Decimal(amount),
        )
        for n, (revision, day, amount) in enumerate(rows)
    ]
    placed = Placed(
        ref=INVOICE,
        day=APRIL,
        wanted={(REVENUE, APRIL): Decimal(900)},
        found=summed((*one.cell, one.amount) for one in entered),
    )
    return moved_out(placed, entered, FIRST_OPEN)


def test_every_posting_that_was_off_lay_on_a_closed_day() -> None:
    now = ("3", APRIL, "900")
    assert judged(*TAKEN, ("2", APRIL, "900"))
    assert judged(*TAKEN, ("2", MAY, "800"), ("2X", MAY, "-800"), now), "back on its own day"
    assert not judged(*TAKEN, ("2", APRIL, "800"), ("2X", MAY, "-800"), now)
    assert not judged(("1", MAY, "900"), ("1X", date(2026, 6, 1), "-900"), ("2", APRIL, "900"))
    assert judged(*TAKEN, ("2", MARCH, "800"), ("2X", FIRST_OPEN, "-800"), now)


def test_each_posting_is_taken_back_by_its_own_opposite() -> None:
    short = [("1", MARCH, "900"), ("1X", FIRST_OPEN, "-890")]
    rest = [("2", MARCH, "890"), ("2X", FIRST_OPEN, "-900"), ("3", APRIL, "900")]
    assert not judged(*short, *rest)
    assert not judged(*TAKEN, ("2", APRIL, "900"), accounts=f"{REVENUE} 4010 {REVENUE}")


def test_the_highest_number_counts_not_the_last_letter() -> None:
    done = [(f"{n}{x}", MARCH, f"{sign}900") for n in range(1, 10) for x, sign in (("", ""), ("X", "-"))]  # fmt: skip
    assert judged(*TAKEN, *done[2:], ("10", APRIL, "900"))
    assert not judged(*TAKEN, *done[2:], ("10", MAY, "900"))


def test_what_has_no_rows_or_no_key_is_not_moved() -> None:
    assert not judged()
    books, bill = next(many(moved_out_of_its_month))
    row = next(r for r in books.vat if r.document_no == f"FBI{bill.ref.key}-C1")
    assert key_of(row, books.gl) == f"FB-INV-{bill.ref.key}-1X"
    assert key_of(row, ()) == OF_NONE
    assert not judged(("0", MARCH, "5"), ("1", APRIL, "900"))


def test_a_day_that_is_closed_itself_keeps_its_own_words() -> None:
    books = next(b for b in map(BothBooks, range(100)) if _closed_bill(b))
    bill = _closed_bill(books)
    assert bill is not None
    post_anew(books, bill, CLOSED_BEFORE, CLOSED_BEFORE + 40 * A_DAY)
    (text,) = [d.text for d in of(books.tie(), bill.ref) if d.invariant == "I6"]
    assert text.startswith(f"{CLOSED} (")


# ---------------------------------------------------------------- helpers


def _item(invariant: str, ref: Ref) -> Difference:
    return Difference(
        invariant=invariant,
        kind=Break.DATE_PERIOD,
        subject=str(ref),
        freshbooks=Decimal("5.00"),
        nav=Decimal("5.00"),
    )


def _closed_before(books: BothBooks, day: date) -> Sides:
    sides = books.sides()
    evidence = replace(sides.evidence, first_open=day, first_open_vat=day)
    return replace(sides, evidence=evidence)


def _closed_bill(books: BothBooks) -> Invoice | None:
    return next((i for i in books.invoices if not i.draft and i.issued_on < CLOSED_BEFORE), None)


def _later(row: object) -> bool:
    return str(getattr(row, "document_no", "")).endswith(("-C1", "-2"))


def _date(books: BothBooks, number: str, day: date) -> None:
    """Every entry of a document of NAV is on another day."""
    for name in ("gl", "vat", "bank"):
        rows = getattr(books, name)
        again = [replace(r, posting_date=day) if r.document_no == number else r for r in rows]
        setattr(books, name, again)


def _more(books: BothBooks, number: str, more: Decimal) -> None:
    """A document of NAV has more revenue, and more of a base of VAT."""
    at = next(
        n for n, r in enumerate(books.gl) if r.document_no == number and r.gl_account_no == REVENUE
    )
    books.gl[at] = replace(books.gl[at], amount=books.gl[at].amount - more)
    vat = next(n for n, r in enumerate(books.vat) if r.document_no == number)
    books.vat[vat] = replace(books.vat[vat], base=books.vat[vat].base - more)


def _early(books: BothBooks, at: int) -> bool:
    one = books.payments[at]
    return one.paid_on < CLOSED_BEFORE and not one.from_credit and one.amount.currency == "GBP"


def _redo(books: BothBooks, ref: Ref, back_on: date, on: date) -> None:
    """A receipt's entries of the general ledger and of the bank once more, as their opposite and anew."""
    for number, suffix, day, sign in (("-C1", "1X", back_on, -1), ("-2", "2", on, 1)):
        for row in [r for r in books.gl if r.document_no == f"FBP{ref.key}"]:
            fields = {
                "document_no": f"FBP{ref.key}{number}",
                "posting_date": day,
                "entry_no": len(books.gl) + 1,
            }
            key = f"FB-PMT-{ref.key}-{suffix}"
            again: GLEntry = replace(
                row, amount=sign * row.amount, external_document_no=key, **fields
            )
            books.gl.append(again)
            if row.gl_account_no == BANK_GL:
                bank = next(b for b in books.bank if b.entry_no == row.entry_no)
                worth = sign * bank.amount
                books.bank.append(replace(bank, amount=worth, amount_lcy=worth, **fields))
