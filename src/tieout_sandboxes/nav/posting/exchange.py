"""Exchange gains and losses of customer ledger entries in a foreign currency (codeunit 12)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from tieout_sandboxes.nav.business import money
from tieout_sandboxes.nav.business.flow import details, remaining
from tieout_sandboxes.nav.business.wording import require
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.posting.transaction import Transaction, receivables_account

CORRECTION = "Correction of Remaining Amount"
UNREALIZED = ("Unrealized Gain", "Unrealized Loss")
REALIZED = ("Realized Gain", "Realized Loss")
Detail = Callable[[Row, str, Decimal, Decimal], Row]
"""Makes a detailed entry: of which entry, of which type, amount, amount in local currency."""


def release_unrealized(
    transaction: Transaction, row: Row, part: Decimal, document: Row, make: Detail
) -> None:
    """Takes back the unrealised gain or loss on the part of the entry that is applied."""
    company, number = transaction.company, row["Entry No."]
    left, _ = remaining(company, number)
    known = [d for d in details(company, number) if d["Entry Type"] in UNREALIZED]
    total = sum((d["Amount (LCY)"] for d in known), Decimal(0))
    if total and left:
        back = money.round_amount(company, total * abs(part / left))
        kind = UNREALIZED[total < 0]
        post(transaction, make(row, kind, Decimal(0), -back), document)


def realize(
    transaction: Transaction,
    row: Row,
    parts: tuple[Decimal, Decimal],
    document: Row,
    make: Detail,
) -> None:
    """The difference between the rate of the application and the rate of the entry."""
    amount, lcy = parts
    own = money.to_lcy(transaction.company, amount, row["Original Currency Factor"])
    gain = lcy - own
    if gain:
        post(transaction, make(row, REALIZED[gain < 0], Decimal(0), gain), document)


def correct_remaining(transaction: Transaction, row: Row, document: Row, make: Detail) -> None:
    """What rounding has left over is booked off: open amount and rate must agree."""
    company = transaction.company
    left, left_lcy = remaining(company, row["Entry No."])
    factor = row["Adjusted Currency Factor"] or row["Original Currency Factor"]
    difference = money.to_lcy(company, left, factor) - left_lcy
    if difference:
        post(transaction, make(row, CORRECTION, Decimal(0), difference), document)


def post(transaction: Transaction, detail: Row, document: Row) -> Row:
    """Writes a detailed entry that changes what a customer owes, and its two G/L entries."""
    company = transaction.company
    written = transaction.add_detail(detail)
    entry = company.database.existing("Cust. Ledger Entry", written["Cust. Ledger Entry No."])
    control = receivables_account(company, entry["Customer Posting Group"])
    lcy = written["Amount (LCY)"]
    customer = {"Source Type": "Customer", "Source No.": entry["Customer No."]}
    transaction.add_gl(document, control, lcy, **customer)
    transaction.add_gl(document, _account(company, entry, written), -lcy)
    return written


def _account(company: Company, entry: Row, detail: Row) -> str:
    kind, lcy = detail["Entry Type"], detail["Amount (LCY)"]
    if kind == CORRECTION:
        table, key = "Customer Posting Group", entry["Customer Posting Group"]
        name = f"{'Debit' if (lcy < 0) != detail['Unapplied'] else 'Credit'} Rounding Account"
    else:
        table, key = "Currency", entry["Currency Code"]
        name = f"{'Realized' if kind in REALIZED else 'Unrealized'} {_word(kind)} Acc."
    row = company.database.existing(table, key)
    require(company, table, row, name)
    return str(row[name])


def _word(kind: str) -> str:
    return "Gains" if kind.endswith("Gain") else "Losses"
