"""What may still be changed of a posted customer ledger entry (codeunit 103, which page 25 runs)."""

from __future__ import annotations

from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row

TABLE = "Cust. Ledger Entry"
DETAILS = "Detailed Cust. Ledg. Entry"
_WHILE_OPEN = (
    "Due Date",
    "Pmt. Discount Date",
    "Pmt. Disc. Tolerance Date",
    "Remaining Pmt. Disc. Possible",
    "Max. Payment Tolerance",
    "Payment Method Code",
)


def edit(company: Company, row: Row, before: Row) -> None:
    """Only On Hold is taken once the entry is closed; a new due date goes to its details, too."""
    if not before["Open"]:
        row.update({name: before[name] for name in _WHILE_OPEN if name in before})
        return
    for detail in company.database.find(DETAILS, {"Cust. Ledger Entry No.": row["Entry No."]}):
        due = {**detail, "Initial Entry Due Date": row["Due Date"]}
        company.database.modify(DETAILS, due)
