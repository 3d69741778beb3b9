"""The sentences of NAV's standard refusals (TESTFIELD and FIELDERROR)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.errors import NavError


def record_name(company: Company, table: str, row: Mapping[str, Any]) -> str:
    """`Customer: No.='C00010'`."""
    key = company.database.table(table).primary_key
    return f"{table}: " + ",".join(f"{name}='{row[name]}'" for name in key)


def shown(value: Any) -> str:
    """A value as an error message shows it."""
    return ("Yes" if value else "No") if isinstance(value, bool) else str(value)


def missing(company: Company, table: str, row: Mapping[str, Any], name: str) -> NavError:
    """The field is empty and must not be."""
    record = record_name(company, table, row)
    return NavError(
        "testfield", f"{name} must have a value in {record}. It cannot be zero or empty."
    )


def field_error(
    company: Company, table: str, row: Mapping[str, Any], name: str, complaint: str
) -> NavError:
    """`Amount must be positive in Gen. Journal Line: ...`."""
    return NavError("testfield", f"{name} {complaint} in {record_name(company, table, row)}.")


def require(company: Company, table: str, row: Mapping[str, Any], name: str) -> None:
    """TESTFIELD(name): raises NavError "testfield" if the field is blank."""
    if row[name] in ("", " ", 0, None):
        raise missing(company, table, row, name)


def require_equal(
    company: Company, table: str, row: Mapping[str, Any], name: str, value: Any
) -> None:
    """TESTFIELD(name, value): raises NavError "testfield" if the field holds something else."""
    if row[name] != value:
        raise NavError(
            "testfield",
            f"{name} must be equal to '{shown(value)}' in {record_name(company, table, row)}. "
            f"Current value is '{shown(row[name])}'.",
        )
