"""VAT on a cash basis: what waits on an account of its own falls due when it is paid."""

from __future__ import annotations

from decimal import Decimal

from tieout_sandboxes.nav.business import flow, money
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.posting import vat
from tieout_sandboxes.nav.posting.transaction import VAT, Transaction

LEFT = ("Remaining Unrealized Amount", "Remaining Unrealized Base")
_ONE = Decimal(1)


def realize(transaction: Transaction, entry: Row, settled: Decimal, document: Row) -> None:
    """Makes due the part of an entry's VAT that `settled`, in local currency, has paid.

    The application must have been written before.
    """
    company = transaction.company
    if not company.setup["Unrealized VAT"] or entry["Document Type"] not in vat.DUE_LATER:
        return
    totals = flow.customer_entry(company, entry)
    full = totals["Amount (LCY)"]
    paid = full - totals["Remaining Amt. (LCY)"]
    wanted = {"Transaction No.": entry["Transaction No."]}
    for row in company.database.find(VAT, wanted):
        if any(row[name] for name in LEFT):
            part = _part(company, row, abs(settled), abs(paid), abs(full))
            if part:
                _fall_due(transaction, row, part, document)


def undo(transaction: Transaction, transaction_no: int, document: Row) -> None:
    """Puts back what a transaction has made due."""
    company = transaction.company
    for row in company.database.find(VAT, {"Transaction No.": transaction_no}):
        if row["Unrealized VAT Entry No."]:
            waiting = company.database.existing(VAT, row["Unrealized VAT Entry No."])
            _move(transaction, waiting, -row["Amount"], -row["Base"], document)


def _part(company: Company, row: Row, settled: Decimal, paid: Decimal, full: Decimal) -> Decimal:
    """The share of what waits that falls due (GetUnrealizedVATPart)."""
    kind = _setup(company, row)["Unrealized VAT Type"]
    before = paid - settled
    if kind == "Percentage":
        return _ONE if paid == full else min(settled / (full - before), _ONE)
    tax = _waiting(company, row, kind)
    covered, earlier = (_covered(kind, amount, full, tax) for amount in (paid, before))
    return _ONE if covered >= tax else (covered - earlier) / (tax - earlier)


def _waiting(company: Company, row: Row, kind: str) -> Decimal:
    """The VAT of the whole document that waits in this way."""
    same = company.database.find(VAT, {"Transaction No.": row["Transaction No."]})
    alike = [other for other in same if _setup(company, other)["Unrealized VAT Type"] == kind]
    total = sum((Decimal(other["Unrealized Amount"]) for other in alike), Decimal(0))
    return abs(total)


def _covered(kind: str, paid: Decimal, full: Decimal, tax: Decimal) -> Decimal:
    """How much of the VAT a paid amount has made due: payments cover the VAT first or last, and bit by bit or only when all of it is paid.

    >>> _covered("First", Decimal(50), Decimal(120), Decimal(20))
    Decimal('20')
    >>> _covered("Last", Decimal(110), Decimal(120), Decimal(20))
    Decimal('10')
    >>> _covered("First (Fully Paid)", Decimal(19), Decimal(120), Decimal(20))
    Decimal('0')
    """
    reached = paid if kind.startswith("First") else paid - (full - tax)
    reached = max(Decimal(0), min(reached, tax))
    return reached if reached == tax or "Fully" not in kind else Decimal(0)


def _fall_due(transaction: Transaction, row: Row, part: Decimal, document: Row) -> None:
    amount, base = (row[name] for name in LEFT)
    if part != _ONE:
        amount = money.round_amount(transaction.company, amount * part)
        base = money.round_amount(transaction.company, base * part)
    _move(transaction, row, amount, base, document)


def _move(
    transaction: Transaction, waiting: Row, amount: Decimal, base: Decimal, document: Row
) -> None:
    """From the account where VAT waits to the one where it is due; negative: back again."""
    company, setup = transaction.company, _setup(transaction.company, waiting)
    due = {name: Decimal(0) for name in (*LEFT, "Unrealized Amount", "Unrealized Base")}
    about = {
        name: document[name]
        for name in ("Posting Date", "Document Type", "Document No.", "External Document No.")
    }
    codes = {name: document[name] for name in ("Source Code", "Reason Code")}
    transaction.add_vat(
        {
            **waiting,
            **due,
            **about,
            **codes,
            "Amount": amount,
            "Base": base,
            "VAT Difference": Decimal(0),
            "User ID": company.user_id,
            "Transaction No.": transaction.number,
            "Unrealized VAT Entry No.": waiting["Entry No."],
        }
    )
    left = {LEFT[0]: waiting[LEFT[0]] - amount, LEFT[1]: waiting[LEFT[1]] - base}
    company.database.modify(VAT, {**waiting, **left})
    if amount:
        kind = waiting["Type"]
        transaction.add_gl(document, vat.account(company, setup, kind, unrealized=True), -amount)
        transaction.add_gl(document, vat.account(company, setup, kind), amount)


def _setup(company: Company, row: Row) -> Row:
    pair = row["VAT Bus. Posting Group"], row["VAT Prod. Posting Group"]
    return company.database.existing(vat.SETUP, *pair)
