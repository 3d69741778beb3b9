"""The posting engine: journal lines become ledger entries, all of them or none.

`post` writes G/L, VAT, customer, detailed customer and bank entries and one register, and
asserts double entry itself. The caller holds the transaction of the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.posting.check import check_document, check_line
from tieout_sandboxes.nav.posting.lines import post_line
from tieout_sandboxes.nav.posting.transaction import Transaction


@dataclass(frozen=True)
class Posted:
    """The register of a posting and the number of its first customer entry (0: none)."""

    register_no: int
    customer_entry_no: int


def post(company: Company, lines: Sequence[Row]) -> Posted:
    """Posts the lines of one document; raises NavError where NAV refuses."""
    for line in lines:
        check_line(company, line)
    check_document(lines)
    first = lines[0]
    transaction = Transaction.start(company, first["Source Code"], first["Journal Batch Name"])
    for line in lines:
        post_line(transaction, line)
    register = transaction.finish()
    entry = transaction.customers[0]["Entry No."] if transaction.customers else 0
    return Posted(register, entry)
