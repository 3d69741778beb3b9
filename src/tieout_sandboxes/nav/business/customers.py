"""What happens when a customer is typed in: number, search name, groups."""

from __future__ import annotations

from tieout_sandboxes.nav.business.numbers import check_manual, next_number
from tieout_sandboxes.nav.business.wording import missing
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError

TABLE = "Customer"


def number_typed(company: Company, row: Row) -> None:
    """A number may be typed only if the series allows it."""
    if row["No."]:
        check_manual(company, _series(company))


def business_group_typed(company: Company, row: Row) -> None:
    """The VAT group that goes with the business group is proposed."""
    group = company.database.get("Gen. Business Posting Group", row["Gen. Bus. Posting Group"])
    if group and group["Auto Insert Default"]:
        row["VAT Bus. Posting Group"] = group["Def. VAT Bus. Posting Group"]


def insert(company: Company, row: Row) -> None:
    """Gives the next number of the customer number series."""
    if not row["No."]:
        row["No."] = next_number(company, _series(company))
    row["Last Date Modified"] = company.today()


def modify(company: Company, row: Row) -> None:
    """Notes the day of the change."""
    row["Last Date Modified"] = company.today()


def delete(company: Company, row: Row) -> None:
    """A customer with ledger entries stays."""
    if company.database.find("Cust. Ledger Entry", {"Customer No.": row["No."]}):
        raise NavError(
            "dialog",
            f"You cannot delete Customer {row['No.']} because it has ledger entries in a fiscal "
            "year that has not been closed yet.",
        )


def check_not_blocked(customer: Row, document_type: str) -> None:
    """Raises NavError "dialog" if nothing of this type may be posted for the customer."""
    number, blocked = customer["No."], customer["Blocked"]
    refusal = f"You cannot post this type of document when Customer {number} is blocked"
    if customer["Privacy Blocked"]:
        raise NavError("dialog", f"{refusal} for privacy.")
    if blocked == "All" or (blocked == "Invoice" and document_type in ("Invoice", " ")):
        raise NavError("dialog", f"{refusal} with type {blocked}")


def _series(company: Company) -> str:
    setup = company.database.existing("Sales & Receivables Setup", "")
    if not setup["Customer Nos."]:
        raise missing(company, "Sales & Receivables Setup", setup, "Customer Nos.")
    return str(setup["Customer Nos."])
