"""Applying one customer ledger entry to another: amounts, exchange differences, VAT that falls due.

Only entries of one currency are applied (*Appln. between Currencies* is None).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tieout_sandboxes.nav.business import money
from tieout_sandboxes.nav.business.flow import remaining
from tieout_sandboxes.nav.business.wording import require_equal
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.posting import exchange, unrealized_vat
from tieout_sandboxes.nav.posting.transaction import CUSTOMER, Transaction


def settle(
    transaction: Transaction,
    new: Row,
    old: Row,
    document: Row,
    wanted: Decimal | None = None,
) -> None:
    """Applies `new` to `old`, at most `wanted`; `document` gives date, number and source."""
    company = transaction.company
    require_equal(company, CUSTOMER, old, "Positive", not new["Positive"])
    require_equal(company, CUSTOMER, old, "Currency Code", new["Currency Code"])
    amount = _amount(company, new, old, wanted)
    applied = amount if new["Positive"] else -amount
    # Both entries are applied at the rate of the older one; the other has the difference.
    lcy = money.to_lcy(company, applied, old["Original Currency Factor"])
    parts = ((new, (applied, lcy)), (old, (-applied, -lcy)))

    def make(row: Row, kind: str, amount: Decimal, amount_lcy: Decimal) -> Row:
        applied_to = {"Applied Cust. Ledger Entry No.": new["Entry No."]}
        return {**detail_of(row, kind, amount, amount_lcy, document), **applied_to}

    if new["Currency Code"]:
        for row, part in parts:
            exchange.release_unrealized(transaction, row, part[0], document, make)
        for row, part in parts:
            exchange.realize(transaction, row, part, document, make)
    for row, part in parts:
        transaction.add_detail(make(row, "Application", -part[0], -part[1]))
        if new["Currency Code"]:
            exchange.correct_remaining(transaction, row, document, make)
        _close_if_settled(company, row, new, document["Posting Date"])
    _make_vat_due(transaction, old, applied, document)
    # The VAT lines of the document that is posted now may stand below its customer.
    transaction.at_the_end.append(lambda: _make_vat_due(transaction, new, applied, document))


def _make_vat_due(transaction: Transaction, row: Row, applied: Decimal, document: Row) -> None:
    settled = money.to_lcy(transaction.company, applied, row["Original Currency Factor"])
    unrealized_vat.realize(transaction, row, settled, document)


def _amount(company: Company, new: Row, old: Row, wanted: Decimal | None) -> Decimal:
    """As much as both have left, or what is wanted of it."""
    rests = [(abs(remaining(company, row["Entry No."])[0]), row) for row in (new, old)]
    most, row = min(rests, key=lambda rest: rest[0])
    if wanted is not None and wanted > most:
        raise NavError(
            "dialog",
            "Amount to Apply must not be larger than Remaining Amount in Cust. Ledger Entry "
            f"Entry No.='{row['Entry No.']}'.",
        )
    return most if wanted is None else wanted


def detail_of(row: Row, kind: str, amount: Decimal, amount_lcy: Decimal, document: Row) -> Row:
    """A detailed entry of a customer ledger entry."""
    return {
        "Cust. Ledger Entry No.": row["Entry No."],
        "Entry Type": kind,
        "Posting Date": document["Posting Date"],
        "Document Type": document["Document Type"],
        "Document No.": document["Document No."],
        "Customer No.": row["Customer No."],
        "Currency Code": row["Currency Code"],
        "Amount": amount,
        "Amount (LCY)": amount_lcy,
        "Initial Entry Due Date": row["Due Date"],
        "Initial Document Type": row["Document Type"],
        "Source Code": document["Source Code"],
        "Reason Code": document["Reason Code"],
        "Ledger Entry Amount": kind != "Application",
    }


def _close_if_settled(company: Company, row: Row, new: Row, day: dt.date) -> None:
    if remaining(company, row["Entry No."])[0]:
        return
    closed = {"Open": False, "Closed by Entry No.": new["Entry No."], "Closed at Date": day}
    company.database.modify(CUSTOMER, {**row, **closed})
