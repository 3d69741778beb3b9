"""Ways in which books break that no look at single documents shows: each is found by one invariant, and by no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from tests.unit.core.both_books import (
    BANK_GL,
    CLOSED_BEFORE,
    FACTOR,
    LATER,
    RECEIVABLES,
    REVENUE,
    BothBooks,
    cents,
)
from tests.unit.core.breaking import Shown

from tieout.core.reconciliation.books import ref_of_key
from tieout.core.reconciliation.difference import Break
from tieout.core.records.identity import Ref

A_DAY = timedelta(days=1)


def some(books: BothBooks) -> Decimal:
    return Decimal(books.dice.choice([1, -100, 12345, -99999])) / 100


def bank_account_alone(books: BothBooks) -> set[Shown]:
    """Somebody posts to the bank's account in the general ledger, past the bank ledger."""
    if not books.bank:
        raise IndexError
    books.post_beside(BANK_GL, date(2026, 7, 1), some(books), "ANN", bank=False)
    return {("I21", Break.CONTROL, f"account {BANK_GL}")}


def bank_entry_of_another_amount(books: BothBooks) -> set[Shown]:
    """The bank ledger has another amount than the general ledger, of what is not ours."""
    if not books.bank:
        raise IndexError
    books.post_beside(BANK_GL, date(2026, 7, 1), some(books), "ANN")
    last = books.bank_by_others[-1]
    books.bank_by_others[-1] = replace(last, amount_lcy=last.amount_lcy + Decimal("0.01"))
    return {("I21", Break.CONTROL, f"account {BANK_GL}")}


def entry_that_no_reading_shows(books: BothBooks) -> set[Shown]:
    """NAV's balance of a revenue account has an entry of somebody's that was not read, or that is no more."""
    books.unread.add(books.post_beside(REVENUE, date(2026, 4, 9), some(books), "ANN").entry_no)
    return {("I21", Break.ROLL_FORWARD, f"account {REVENUE}")}


def bank_entry_that_no_reading_shows(books: BothBooks) -> set[Shown]:
    receipts = [e for e in books.bank if e.bank_account_no == "BANK-GBP"]
    books.dice.choice(receipts)
    books.unread.add(books.post_beside(BANK_GL, date(2026, 4, 9), some(books), "ANN").entry_no)
    return {
        ("I21", Break.ROLL_FORWARD, f"account {BANK_GL}"),
        ("I21", Break.ROLL_FORWARD, "bank account BANK-GBP"),
    }


def rate_of_the_latest_day(books: BothBooks) -> set[Shown]:
    """A document is posted at the youngest rate of the table instead of that of its day, and that is on record too."""
    ref = _rerate(books, LATER)
    return {("I20", Break.RATE, str(ref))}


def rate_of_a_day_after(books: BothBooks) -> set[Shown]:
    """The same with the rate of a day a little later, on which nothing was posted."""
    days = {entry.posting_date for entry in books.entries}
    before = set(books.entries)
    ref = _rerate(books, other := Decimal("1.25"))
    (entry,) = (e for e in before if e.document_no == _no(ref))
    day = next(d for n in range(1, 28) if (d := entry.posting_date + n * A_DAY) not in days)
    books.rates["EUR"] += [(day, other), (day + A_DAY, FACTOR)]
    return {("I20", Break.RATE, str(ref))}


def _rerate(books: BothBooks, factor: Decimal) -> Ref:
    """A foreign invoice or receipt as if another rate were that of its day: its first value at home and all its rows."""
    foreign = [e for e in books.entries if e.currency_code and e.amount]
    entry = books.dice.choice([e for e in foreign if abs(e.amount) > 10])
    value = cents(entry.amount / factor)
    for n, detail in enumerate(books.details):
        if detail.customer_entry_no == entry.entry_no and detail.entry_type == "Initial Entry":
            books.details[n] = replace(detail, amount_lcy=value)
    rows = [n for n, r in enumerate(books.gl) if r.document_no == entry.document_no]
    for n in rows:
        books.gl[n] = replace(books.gl[n], amount=cents(books.gl[n].amount * FACTOR / factor))
    _balance(books, rows, value)
    for n, row in enumerate(books.bank):
        if row.document_no == entry.document_no:
            books.bank[n] = replace(row, amount=-value, amount_lcy=-value)
    for n, declared in enumerate(books.vat):
        if declared.document_no == entry.document_no:
            base, amount = (cents(a * FACTOR / factor) for a in (declared.base, declared.amount))
            books.vat[n] = replace(declared, base=base, amount=amount)
    ref = ref_of_key("FB", books.gl[rows[0]].external_document_no)
    assert ref is not None
    for n, sent in enumerate(books.sent):
        if sent.ref == ref:
            books.sent[n] = replace(sent, factor=factor)
    return ref


def _balance(books: BothBooks, rows: Sequence[int], value: Decimal) -> None:
    """The rows of a document after rounding: receivables by the value at home, the rest on the largest of the others."""
    (claim,) = (n for n in rows if books.gl[n].gl_account_no == RECEIVABLES)
    books.gl[claim] = replace(books.gl[claim], amount=value)
    others = [n for n in rows if n != claim]
    largest = max(others, key=lambda n: abs(books.gl[n].amount))
    off = sum(books.gl[n].amount for n in rows)
    books.gl[largest] = replace(books.gl[largest], amount=books.gl[largest].amount - off)


def _no(ref: Ref) -> str:
    return f"FB{ref.kind[0].upper()}{ref.key}"


def applied_in_another_month(books: BothBooks) -> set[Shown]:
    """Somebody applies a receipt or a credit anew, weeks after FreshBooks has it settled, or before."""
    sources = {
        entry.entry_no: entry
        for entry in books.entries
        if entry.amount < 0 and entry.posting_date >= CLOSED_BEFORE
    }
    made = [
        n
        for n, one in enumerate(books.details)
        if one.entry_type == "Application" and one.customer_entry_no in sources
    ]
    at = books.dice.choice(made)
    detail = books.details[at]
    moved = detail.posting_date + books.dice.choice([-40, 32, 200]) * A_DAY
    books.details[at] = replace(detail, posting_date=moved)
    row = next(r for r in books.gl if r.document_no == detail.document_no)
    ref = ref_of_key("FB", row.external_document_no)
    return {("I24", Break.DATE_PERIOD, str(ref))}


def base_in_another_vat_group(books: BothBooks) -> set[Shown]:
    """The VAT of a document is declared in another group; the account of VAT and the amounts are the same."""
    at = _declared(books)
    row = books.vat[at]
    other = books.dice.choice(sorted({"VAT20", "VAT5", "VAT0", "EXEMPT"} - {row.vat_prod}))
    beside = {r.vat_prod for r in books.vat if r.document_no == row.document_no}
    if other in beside and len(beside) > 1:
        other = "EXEMPT"
    books.vat[at] = replace(row, vat_prod=other)
    return {("I18", Break.VAT_GROUP, _vat_ref(books, row.document_no))}


def base_at_nothing_that_is_not_declared(books: BothBooks) -> set[Shown]:
    """What is sold at 0 % is missing in the return, where it has a base and no tax."""
    zero = [n for n, r in enumerate(books.vat) if r.vat_prod == "VAT0" and abs(r.base) > 1]
    row = books.vat.pop(books.dice.choice(zero))
    return {("I18", Break.TAX, _vat_ref(books, row.document_no))}


def declared_in_another_month(books: BothBooks) -> set[Shown]:
    at = _declared(books)
    row = books.vat[at]
    books.vat[at] = replace(row, posting_date=row.posting_date + timedelta(days=32))
    return {("I18", Break.DATE_PERIOD, _vat_ref(books, row.document_no))}


def open_in_a_settled_period(books: BothBooks) -> set[Shown]:
    """A document came into a period after its return was settled."""
    settled = [n for n, r in enumerate(books.vat) if r.closed and (r.base or r.amount)]
    at = books.dice.choice(settled)
    row = books.vat[at]
    later = replace(row, posting_date=CLOSED_BEFORE - A_DAY, document_no="OTHER", base=Decimal(-1))
    books.vat[at] = replace(row, closed=False)
    books.vat.append(replace(later, entry_no=9999))
    return {("I18", Break.VAT_PERIOD, _vat_ref(books, row.document_no))}


def _declared(books: BothBooks) -> int:
    """A VAT entry of an open period that is more than rounding."""
    open_ = [n for n, r in enumerate(books.vat) if r.posting_date >= CLOSED_BEFORE]
    return books.dice.choice([n for n in open_ if abs(books.vat[n].base) > 1])


def _vat_ref(books: BothBooks, document_no: str) -> str:
    row = next(r for r in books.gl if r.document_no == document_no)
    return str(ref_of_key("FB", row.external_document_no))


def line_in_another_product_group(books: BothBooks) -> set[Shown]:
    """A line stands on its account under another general product group."""
    at = books.dice.choice(_lines(books))
    other = {"SERVICES": "PRODUCTS", "PRODUCTS": "SERVICES"}[books.gl[at].gen_prod]
    books.gl[at] = replace(books.gl[at], gen_prod=other)
    return {("I19", Break.LINE_ATTRIBUTES, _vat_ref(books, books.gl[at].document_no))}


def line_of_another_department(books: BothBooks) -> set[Shown]:
    """A line lacks the dimension that its rule gives, or has another value."""
    at = books.dice.choice([n for n in _lines(books) if books.gl[n].dimensions[0]])
    books.gl[at] = replace(books.gl[at], dimensions=(books.dice.choice(["", "STOCK"]), ""))
    return {("I19", Break.LINE_ATTRIBUTES, _vat_ref(books, books.gl[at].document_no))}


def base_under_another_product_group(books: BothBooks) -> set[Shown]:
    """The VAT entry of a line bears another general product group than the line."""
    at = books.dice.choice([n for n, row in enumerate(books.vat) if abs(row.base) > 1])
    books.vat[at] = replace(books.vat[at], gen_prod="GOODS")
    return {("I19", Break.LINE_ATTRIBUTES, _vat_ref(books, books.vat[at].document_no))}


def _lines(books: BothBooks) -> list[int]:
    """The rows of revenue that are more than rounding."""
    return [
        n
        for n, row in enumerate(books.gl)
        if row.gl_account_no == REVENUE and row.gen_prod and abs(row.amount) > 1
    ]


BESIDE: Sequence[Callable[[BothBooks], set[Shown]]] = (
    bank_account_alone,
    bank_entry_of_another_amount,
    entry_that_no_reading_shows,
    bank_entry_that_no_reading_shows,
    rate_of_the_latest_day,
    rate_of_a_day_after,
    applied_in_another_month,
    base_in_another_vat_group,
    base_at_nothing_that_is_not_declared,
    declared_in_another_month,
    open_in_a_settled_period,
    line_in_another_product_group,
    line_of_another_department,
    base_under_another_product_group,
)
