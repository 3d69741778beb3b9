"""Ways in which books break behind Tieout's back, each with the difference that a tie-out must show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from tests.unit.core.both_books import (
    CENT,
    CLOSED_BEFORE,
    RECEIVABLES,
    REVENUE,
    VAT,
    WORTH,
    ZERO,
    BothBooks,
    cents,
)

from tieout.core.reconciliation.difference import Break
from tieout.core.reconciliation.recorded import Sent
from tieout.core.records.document import LineTax
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import CustomerEntry, GLEntry
from tieout.core.records.money import Money

FREE = (LineTax(name="VAT", percent=Decimal(0)),)
T = TypeVar("T")
# What must be shown: invariant, class, and where.
Shown = tuple[str, Break, str]


def deleted_invoice(books: BothBooks) -> set[Shown]:
    """FreshBooks lists it no more, and its deletion was missed."""
    bill = books.dice.choice(_sent(books))
    books.invoices.remove(bill)
    return {("I1", Break.MISSING_IN_FB, str(bill.ref)), ("I12", Break.POPULATION, str(bill.ref))}


def edited_invoice(books: BothBooks) -> set[Shown]:
    bill = books.dice.choice(_sent(books))
    more = _some(books)
    line = replace(bill.lines[0], amount=Money(bill.lines[0].amount.amount + more, bill.currency))
    books.invoices[books.invoices.index(bill)] = replace(
        bill,
        amount=Money(bill.amount.amount + more, bill.currency),
        outstanding=Money(bill.outstanding.amount + more, bill.currency),
        lines=(line, *bill.lines[1:]),
    )
    shown = {("I1", Break.AMOUNT, str(bill.ref))}
    # A cent of a foreign document may be NAV's rounding, as far as revenue goes.
    vague = bill.currency != "GBP" and more <= CENT
    return shown if vague else {*shown, ("I6", Break.AMOUNT, str(bill.ref))}


def manual_twin(books: BothBooks) -> set[Shown]:
    """Somebody keys a receipt into NAV that Tieout has posted."""
    receipt = books.dice.choice(_entries(books, "Payment"))
    currency = receipt.currency_code or "GBP"
    bank = f"BANK-{currency}"
    books.post_entries(
        "", "Payment", f"CR-{receipt.entry_no}", receipt.customer_no, currency,
        receipt.posting_date, receipt.amount, [(bank, -receipt.amount)], user="ANN",
    )  # fmt: skip
    return {("I13", Break.DUPLICATE, f"customer {receipt.customer_no}")}


def posted_twice(books: BothBooks) -> set[Shown]:
    """Two documents of NAV for one key's document: a second revision without the reversal of the first."""
    entry = books.dice.choice(_entries(books, "Invoice"))
    ref = _ref_of(books, entry)
    books.post_entries(
        f"FB-INV-{ref.key}-2", "Invoice", f"{entry.document_no}-2", entry.customer_no,
        entry.currency_code or "GBP", entry.posting_date, entry.amount,
        [(REVENUE, -entry.amount)], due=entry.due_on,
    )  # fmt: skip
    return {
        ("I1", Break.DUPLICATE, str(ref)),
        ("I28", Break.PROVENANCE, f"FB-INV-{ref.key}-2"),
    }


def revenue_elsewhere(books: BothBooks) -> set[Shown]:
    at = books.dice.choice([n for n, row in enumerate(books.gl) if row.gl_account_no == REVENUE])
    account = books.dice.choice(["4010", "6400", "2310"])
    books.gl[at] = replace(books.gl[at], gl_account_no=account)
    ref = books.dice.choice([str(_of_key(books.gl[at].external_document_no))])
    return {("I6", Break.ACCOUNT_MAPPING, ref)}


def money_elsewhere(books: BothBooks) -> set[Shown]:
    at = books.dice.randrange(len(books.bank))
    entry = books.bank[at]
    books.bank[at] = replace(entry, bank_account_no=books.dice.choice(["STRIPE", "OTHER"]))
    return {("I7", Break.ACCOUNT_MAPPING, f"payment/{entry.document_no.removeprefix('FBP')}")}


def other_currency(books: BothBooks) -> set[Shown]:
    entry = books.dice.choice(_entries(books, "Invoice", "Payment"))
    code = "USD" if entry.currency_code else "EUR"
    _change(books, entry, currency_code=code)
    return {("I1", Break.CURRENCY, str(_ref_of(books, entry)))}


def other_customer(books: BothBooks) -> set[Shown]:
    entry = books.dice.choice(_entries(books, "Invoice", "Payment"))
    others = sorted({*books.clients.values(), "C99990"} - {entry.customer_no})
    _change(books, entry, customer_no=books.dice.choice(others))
    return {("I1", Break.CUSTOMER_MISMATCH, str(_ref_of(books, entry)))}


def other_day(books: BothBooks) -> set[Shown]:
    """Posted on another day, though the document's own is open."""
    entries = [e for e in _entries(books, "Invoice", "Payment") if e.posting_date >= CLOSED_BEFORE]
    entry = books.dice.choice(entries)
    day = entry.posting_date + timedelta(days=books.dice.choice([-40, -1, 1, 31, 365]))
    _change(books, entry, posting_date=day)
    number = entry.document_no
    books.gl = [replace(r, posting_date=day) if r.document_no == number else r for r in books.gl]
    books.bank = [
        replace(r, posting_date=day) if r.document_no == number else r for r in books.bank
    ]
    invariant = "I6" if entry.document_type == "Invoice" else "I7"
    return {(invariant, Break.DATE_PERIOD, str(_ref_of(books, entry)))}


def lost_payment(books: BothBooks) -> set[Shown]:
    """NAV has nothing of it; its command is on record as done."""
    entry = books.dice.choice(_entries(books, "Payment"))
    ref = _ref_of(books, entry)
    _unapply(books, entry)
    books.entries.remove(_current(books, entry))
    books.details = [d for d in books.details if d.customer_entry_no != entry.entry_no]
    books.gl = [row for row in books.gl if row.document_no != entry.document_no]
    books.bank = [row for row in books.bank if row.document_no != entry.document_no]
    return {
        ("I1", Break.MISSING_IN_NAV, str(ref)),
        ("I28", Break.PROVENANCE, f"FB-PMT-{ref.key}-1"),
    }


def unapplied_payment(books: BothBooks) -> set[Shown]:
    """Somebody undoes the application of a payment that pays its invoice whole."""
    paid = {i.ref: i for i in _sent(books) if not i.outstanding.amount}
    receipts = [p for p in books.payments if p.invoice in paid and not p.from_credit]
    receipt = books.dice.choice(receipts)
    entry = next(e for e in books.entries if e.document_no == f"FBP{receipt.ref.key}")
    bill = next(e for e in books.entries if e.document_no == f"FBI{receipt.invoice.key}")
    _loosen(books, entry, -receipt.amount.amount)
    _loosen(books, bill, receipt.amount.amount)
    return {("I14", Break.UNAPPLIED, str(receipt.invoice))}


def applied_to_another(books: BothBooks) -> set[Shown]:
    """Somebody applies a payment to another invoice of the same customer, open as much."""
    bill = books.dice.choice([i for i in _sent(books) if i.amount.amount > 0])
    client, currency = bill.customer.key, bill.currency
    twin = books._invoice(client, currency, bill.issued_on, draft=False)
    entry = next(e for e in books.entries if e.document_no == f"FBI{twin.ref.key}")
    other = next(e for e in books.entries if e.document_no == f"FBI{bill.ref.key}")
    part = cents(min(entry.remaining, other.amount) / 2)
    _loosen(books, entry, -part)
    _loosen(books, other, part)
    return {("I3", Break.UNAPPLIED, str(twin.ref)), ("I3", Break.UNAPPLIED, str(bill.ref))}


def tax_cent(books: BothBooks) -> set[Shown]:
    """A cent, or a few, is tax in NAV and was revenue in FreshBooks."""
    home = {i.ref for i in _sent(books) if i.currency == "GBP"}
    rows = [
        n
        for n, r in enumerate(books.gl)
        if r.gl_account_no == VAT and _of_key(r.external_document_no) in home
    ]
    at = books.dice.choice(rows)
    few = books.dice.choice([1, -1, 2, 5]) * Decimal("0.01")
    key = books.gl[at].external_document_no
    net = next(
        n
        for n, r in enumerate(books.gl)
        if r.external_document_no == key and r.gl_account_no == REVENUE
    )
    books.gl[at] = replace(books.gl[at], amount=books.gl[at].amount - few)
    books.gl[net] = replace(books.gl[net], amount=books.gl[net].amount + few)
    ref = str(_of_key(key))
    return {("I2", Break.TAX, ref), ("I6", Break.AMOUNT, ref)}


def unseen_document(books: BothBooks) -> set[Shown]:
    """FreshBooks has it since long, and Tieout never heard of it."""
    bill = books.dice.choice(_sent(books))
    ref = Ref(Kind.INVOICE, str(90000 + books.dice.randrange(999)))
    books.invoices.append(replace(bill, ref=ref, outstanding=bill.amount))
    return {("I12", Break.POPULATION, str(ref)), ("I1", Break.MISSING_IN_NAV, str(ref))}


def posted_by_another(books: BothBooks) -> set[Shown]:
    """Somebody posts in NAV under a key of Tieout's."""
    number = books.dice.randrange(90000, 99999)
    key = f"FB-INV-{number}-1"
    amount = _some(books)
    books.post_entries(
        key, "Invoice", f"X{number}", books.dice.choice(list(books.clients.values())), "GBP",
        date(2026, 4, 1), amount, [(REVENUE, -amount)], user="ANN",
    )  # fmt: skip
    return {
        ("I28", Break.PROVENANCE, key),
        ("I1", Break.MISSING_IN_FB, f"invoice/{number}"),
    }


def foreign_entry(books: BothBooks) -> set[Shown]:
    """Somebody posts in another currency on a customer that FreshBooks manages."""
    customer_no = books.dice.choice(list(books.clients.values()))
    amount = books.dice.choice([1, -1]) * _some(books)
    kind = "Payment" if amount < 0 else "Invoice"
    books.post_entries(
        "", kind, f"NAV-{books.dice.randrange(999)}", customer_no, "EUR",
        date(2026, 5, 3), amount, [("2310", -amount)], user="ANN",
    )  # fmt: skip
    return {("I13", Break.NAV_ONLY, f"customer {customer_no}")}


def past_the_subledger(books: BothBooks) -> set[Shown]:
    """Somebody posts to the receivables account itself."""
    at = books.dice.choice([n for n, r in enumerate(books.gl) if r.gl_account_no == RECEIVABLES])
    books.gl.append(
        replace(
            books.gl[at],
            entry_no=9999,
            document_no="GJ-1",
            external_document_no="",
            amount=_some(books),
            user="ANN",
        )
    )
    return {("I5", Break.CONTROL, "receivables")}


WAYS: Sequence[Callable[[BothBooks], set[Shown]]] = (
    deleted_invoice,
    edited_invoice,
    manual_twin,
    posted_twice,
    revenue_elsewhere,
    money_elsewhere,
    other_currency,
    other_customer,
    other_day,
    lost_payment,
    unapplied_payment,
    applied_to_another,
    tax_cent,
    unseen_document,
    posted_by_another,
    foreign_entry,
    past_the_subledger,
)


def restated_month(books: BothBooks) -> tuple[set[Shown], date]:
    """FreshBooks changes an invoice of a closed month, and NAV corrects it later: both agree today, and did not at the end of that month."""
    closed = [i for i in _sent(books) if i.issued_on < CLOSED_BEFORE and not i.discount]
    bill = books.dice.choice(closed)
    more, first = _some(books), bill.lines[0]
    books.invoices[books.invoices.index(bill)] = replace(
        bill,
        amount=Money(bill.amount.amount + more, bill.currency),
        outstanding=Money(bill.outstanding.amount + more, bill.currency),
        lines=(*bill.lines, replace(first, amount=Money(more, bill.currency), taxes=FREE)),
    )
    day = CLOSED_BEFORE + timedelta(days=books.dice.randint(3, 60))
    post_anew(books, bill, day, day, more)
    return {("I1", Break.PRIOR_PERIOD_CHANGE, str(bill.ref))}, CLOSED_BEFORE - timedelta(days=1)


def moved_out_of_its_month(books: BothBooks) -> Invoice:
    """FreshBooks moves an invoice of a closed month to an open day: NAV takes it back on the first day that it can, and posts it anew on its own."""
    bill = books.dice.choice([i for i in _sent(books) if i.issued_on < CLOSED_BEFORE])
    moved = dated(books, bill, CLOSED_BEFORE + timedelta(days=books.dice.randint(31, 60)))
    post_anew(books, moved, CLOSED_BEFORE, moved.issued_on)
    return moved


def deleted_from_its_month(books: BothBooks) -> Invoice:
    """FreshBooks deletes an invoice of a closed month of which nothing was paid: NAV takes it back on the first day that it can."""
    unpaid = [i for i in _sent(books) if i.outstanding == i.amount]
    bill = books.dice.choice([i for i in unpaid if i.issued_on < CLOSED_BEFORE])
    books.invoices.remove(bill)
    books.documents[bill.ref] = replace(books.documents[bill.ref], gone=True)
    entry = next(e for e in books.entries if e.document_no == f"FBI{bill.ref.key}")
    _take_back(books, entry, bill, CLOSED_BEFORE)
    books.close(CLOSED_BEFORE, entry.document_no, f"{entry.document_no}-C1")
    return bill


def dated(books: BothBooks, bill: Invoice, day: date) -> Invoice:
    """FreshBooks gives it another day."""
    moved = replace(bill, issued_on=day)
    books.invoices[books.invoices.index(bill)] = moved
    return moved


def post_anew(
    books: BothBooks, bill: Invoice, back_on: date, on: date, more: Decimal = ZERO
) -> None:
    """NAV takes back what it has of an invoice, and has it once more, on another day or with more revenue."""
    entry = next(e for e in books.entries if e.document_no == f"FBI{bill.ref.key}")
    key = f"FB-INV-{bill.ref.key}"
    back, again = f"{entry.document_no}-C1", f"{entry.document_no}-2"
    rows = _take_back(books, entry, bill, back_on)
    _correct(books, entry, rows, f"{key}-2", "post", "Invoice", again, on, entry.amount + more)
    settled = entry.amount - _current(books, entry).remaining
    if settled:
        # What settled it is undone first, so that it is closed whole and no cent of local currency is left between the two.
        _loosen(books, entry, settled)
    books.close(back_on, entry.document_no, back)
    if settled:
        _loosen(books, next(e for e in books.entries if e.document_no == again), -settled)


def _take_back(
    books: BothBooks, entry: CustomerEntry, bill: Invoice, on: date
) -> Sequence[GLEntry]:
    """Post the opposite of an invoice; what it is the opposite of."""
    key, back = f"FB-INV-{bill.ref.key}", f"{entry.document_no}-C1"
    rows = [r for r in books.gl if r.external_document_no == f"{key}-1"]
    _correct(books, entry, rows, f"{key}-1X", "reverse", "Credit Memo", back, on, -entry.amount)
    return rows


def _correct(
    books: BothBooks,
    entry: CustomerEntry,
    rows: Sequence[GLEntry],
    key: str,
    role: str,
    kind: str,
    no: str,
    day: date,
    amount: Decimal,
) -> None:
    """Post the opposite of an invoice, or it anew with another amount of revenue."""
    sign = 1 if amount > 0 else -1
    more = sign * amount - entry.amount
    currency = entry.currency_code or "GBP"
    books.sent.append(Sent(ref=_of_key(key), key=key, role=role, state="done", setup_version=1))
    books.post_entries(
        key, kind, no, entry.customer_no, currency, day, amount, due=entry.due_on,
    )  # fmt: skip
    for row in rows:
        if row.gl_account_no != RECEIVABLES:
            books.gl.append(
                replace(
                    row,
                    entry_no=len(books.gl) + 1,
                    document_type=kind,
                    document_no=no,
                    external_document_no=key,
                    posting_date=day,
                    amount=sign * row.amount,
                )
            )
    _declare(books, entry, kind, no, day, sign, cents(more * WORTH[currency]))
    if more:
        last = max(
            n
            for n, r in enumerate(books.gl)
            if r.external_document_no == key and r.gl_account_no == REVENUE
        )
        added = {"entry_no": len(books.gl) + 1, "gen_prod": "PRODUCTS"}
        worth = -cents(more * WORTH[currency])
        books.gl.append(replace(books.gl[last], amount=worth, **added))  # type: ignore[arg-type]


def _declare(
    books: BothBooks,
    entry: CustomerEntry,
    kind: str,
    no: str,
    day: date,
    sign: int,
    more: Decimal,
) -> None:
    """The VAT entries of the opposite, or of it anew with more at 0 %."""
    rows = [row for row in books.vat if row.document_no == entry.document_no]
    if more:
        free = {"vat_prod": "VAT0", "gen_prod": "PRODUCTS", "base": -more, "amount": ZERO}
        rows.append(replace(rows[0], **free))  # type: ignore[arg-type]
    about = {"document_type": kind, "document_no": no, "posting_date": day, "closed": False}
    for row in rows:
        books.vat.append(replace(row, base=sign * row.base, amount=sign * row.amount, **about))  # type: ignore[arg-type]


# ---------------------------------------------------------------- helpers


def _sent(books: BothBooks) -> list[Invoice]:
    return [bill for bill in books.invoices if not bill.draft]


def _some(books: BothBooks) -> Decimal:
    return Decimal(books.dice.choice([1, 100, 12345, 99999])) / 100


def _entries(books: BothBooks, *kinds: str) -> list[CustomerEntry]:
    return [entry for entry in books.entries if entry.document_type in kinds]


def _ref_of(books: BothBooks, entry: CustomerEntry) -> Ref:
    row = next(r for r in books.gl if r.document_no == entry.document_no)
    return _of_key(row.external_document_no)


def _of_key(key: str) -> Ref:
    word, number = key.split("-")[1:3]
    return Ref({"INV": Kind.INVOICE, "CRN": Kind.CREDIT_NOTE, "PMT": Kind.PAYMENT}[word], number)


def _current(books: BothBooks, entry: CustomerEntry) -> CustomerEntry:
    return next(one for one in books.entries if one.entry_no == entry.entry_no)


def _change(books: BothBooks, entry: CustomerEntry, **fields: object) -> None:
    """Change an entry and its details."""
    at = next(n for n, one in enumerate(books.entries) if one.entry_no == entry.entry_no)
    books.entries[at] = replace(books.entries[at], **fields)  # type: ignore[arg-type]
    kept = {name: value for name, value in fields.items() if name != "posting_date"}
    for n, one in enumerate(books.details):
        if one.customer_entry_no == entry.entry_no:
            first = one.entry_type == "Initial Entry"
            books.details[n] = replace(one, **(fields if first else kept))  # type: ignore[arg-type]


def _loosen(books: BothBooks, entry: CustomerEntry, change: Decimal) -> None:
    """Somebody opens an entry by so much more, or by so much less."""
    at = next(n for n, one in enumerate(books.entries) if one.entry_no == entry.entry_no)
    left = books.entries[at].remaining + change
    books.entries[at] = replace(books.entries[at], remaining=left, open=bool(left))
    books._detail(books.entries[at], "Application", date(2026, 8, 1), change)
    undone = (change > 0) == (entry.amount > 0)
    books.details[-1] = replace(books.details[-1], user="BEN", unapplied=undone)


def _unapply(books: BothBooks, entry: CustomerEntry) -> None:
    """Undo all applications of a receipt, on both sides."""
    key = entry.document_no.removeprefix("FBP")
    receipt = next(p for p in books.payments if p.ref.key == key)
    bill = next(e for e in books.entries if e.document_no == f"FBI{receipt.invoice.key}")
    _loosen(books, bill, receipt.amount.amount)
