"""Customer ledger entries as an application names them."""

from __future__ import annotations

from dataclasses import dataclass

from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.posting.transaction import CUSTOMER


@dataclass(frozen=True)
class Named:
    """A customer ledger entry by its document."""

    customer_no: str
    document_type: str
    document_no: str


def find_entry(company: Company, named: Named, *, open_only: bool) -> Row:
    """The entry; raises NavError "record_not_found" in NAV's words."""
    for row in company.database.find(CUSTOMER, {"Document No.": named.document_no}):
        same = (row["Customer No."], row["Document Type"]) == (
            named.customer_no,
            named.document_type,
        )
        if same and (row["Open"] or not open_only):
            return row
    raise NavError(
        "record_not_found",
        "There is no Cust. Ledger Entry within the filter. Filters: Document No.: "
        f"{named.document_no}, Document Type: {named.document_type}, Customer No.: "
        f"{named.customer_no}" + (", Open: Yes" if open_only else ""),
    )
