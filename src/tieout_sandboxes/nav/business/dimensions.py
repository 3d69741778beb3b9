"""Dimensions of journal lines: what accounts propose, what they demand, and sets of values."""

from __future__ import annotations

from collections.abc import Mapping

from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError

DEFAULTS = "Default Dimension"
SETS = "Dimension Set Entry"
VALUES = "Dimension Value"
TABLE_IDS = {"G/L Account": 15, "Customer": 18, "Bank Account": 270}
Values = Mapping[str, str]
"""Value code by dimension code."""


def proposed(company: Company, account_type: str, number: str) -> dict[str, str]:
    """The values that an account proposes for its journal lines."""
    rows = _defaults(company, account_type, number)
    found = {row["Dimension Code"]: row["Dimension Value Code"] for row in rows}
    return {code: value for code, value in found.items() if value}


def put(company: Company, row: Row, values: Values) -> None:
    """Gives a journal line these values; the two global dimensions follow from the set."""
    row["Dimension Set ID"] = set_id(company, values)
    for number in (1, 2):
        code = company.setup[f"Global Dimension {number} Code"]
        row[f"Shortcut Dimension {number} Code"] = values.get(code, "")


def of(company: Company, number: int) -> dict[str, str]:
    """The values of a dimension set; set 0 is empty."""
    keys = company.database.first_keys(SETS, number) if number else ()
    rows = [company.database.existing(SETS, *key) for key in keys]
    return {row["Dimension Code"]: row["Dimension Value Code"] for row in rows}


def set_id(company: Company, values: Values) -> int:
    """The number of the set with just these values; a new one if there is none."""
    if not values:
        return 0
    some = next(iter(values.values()))
    for row in company.database.find(SETS, {"Dimension Value Code": some}):
        if of(company, row["Dimension Set ID"]) == values:
            return int(row["Dimension Set ID"])
    last = company.database.last(SETS)
    number = int(last["Dimension Set ID"]) + 1 if last else 1
    for code, value in sorted(values.items()):
        entry = {"Dimension Code": code, "Dimension Value Code": value}
        company.database.insert(SETS, {"Dimension Set ID": number, **entry})
    return number


def existing_value(company: Company, dimension: str, value: str) -> tuple[str, str]:
    """Both codes as NAV writes them; raises NavError "record_not_found"."""
    row = company.database.existing(VALUES, dimension.strip().upper(), value.strip().upper())
    return row["Dimension Code"], row["Code"]


def shortcut_typed(company: Company, row: Row) -> None:
    """A global dimension that is typed on the line goes into its set."""
    values = of(company, row["Dimension Set ID"])
    for number in (1, 2):
        code, value = (
            company.setup[f"Global Dimension {number} Code"],
            row[f"Shortcut Dimension {number} Code"],
        )
        values.pop(code, None)
        if value:
            values[code] = existing_value(company, code, value)[1]
    put(company, row, values)


def check(company: Company, line: Row) -> None:
    """Raises NavError "dialog" if a value is blocked, or the account demands another."""
    values = of(company, line["Dimension Set ID"])
    account = line["Account Type"], line["Account No."]
    _refuse(line, _blocked(company, values) or _wrong_value(company, account, values))


def check_account(company: Company, line: Row, number: str) -> None:
    """The same for a G/L account that is not the line's own: of receivables, of VAT."""
    values = of(company, line["Dimension Set ID"])
    _refuse(line, _wrong_value(company, ("G/L Account", number), values))


def _refuse(line: Row, complaint: str) -> None:
    if complaint:
        place = f"{line['Journal Template Name']}, {line['Journal Batch Name']}, {line['Line No.']}"
        text = f"A dimension used in Gen. Journal Line {place} has caused an error. {complaint}"
        raise NavError("dialog", text)


def _blocked(company: Company, values: Values) -> str:
    for code, value in values.items():
        if company.database.existing("Dimension", code)["Blocked"]:
            return f"Dimension {code} is blocked."
        row = company.database.existing(VALUES, code, value)
        if row["Blocked"]:
            return f"Dimension Value {code} - {value} is blocked."
        if row["Dimension Value Type"] not in ("Standard", "Begin-Total"):
            kind = row["Dimension Value Type"]
            return f"Dimension Value Type for Dimension Value {code} - {value} must not be {kind}."
    return ""


def _wrong_value(company: Company, account: tuple[str, str], values: Values) -> str:
    """The complaint of the first default dimension that is not kept, in codeunit 408's words."""
    owner = " ".join(account)
    for row in _defaults(company, *account):
        code, wanted = row["Dimension Code"], row["Dimension Value Code"]
        named, given = f"Dimension Code {code} for {owner}", values.get(code, "")
        rule = row["Value Posting"]
        if rule == "Code Mandatory" and not given:
            return f"Select a Dimension Value Code for the {named}."
        if rule == "Same Code" and given != wanted:
            if wanted:
                return f"Select Dimension Value Code {wanted} for the {named}."
            return f"Dimension Value Code {given} must be blank for {named}."
        if rule == "No Code" and given:
            return f"Dimension Code {code} must not be mentioned for {owner}."
    return ""


def _defaults(company: Company, account_type: str, number: str) -> list[Row]:
    keys = company.database.first_keys(DEFAULTS, TABLE_IDS[account_type], number)
    return [company.database.existing(DEFAULTS, *key) for key in keys]
