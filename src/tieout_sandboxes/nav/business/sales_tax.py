"""Sales tax: what the jurisdictions of an area take (codeunit 398).

Jurisdictions are worked from the highest calculation order down; *Calculate Tax on Tax* taxes
what the ones before have added. Amounts of a journal are gross and are calculated backwards.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from tieout_sandboxes.nav.business import money
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError

LINES, DETAILS = "Tax Area Line", "Tax Detail"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Share:
    """What one jurisdiction takes of a net amount."""

    detail: Row
    base: Decimal
    tax: Decimal


def net(company: Company, line: Row, gross: Decimal) -> Decimal:
    """The net amount inside a gross one, not rounded; the gross one if nothing is taxed."""
    rate = Decimal(0)
    if line["Tax Liable"]:
        for detail in _details(company, line):
            on_tax = detail["Calculate Tax on Tax"]
            rate += (1 + rate if on_tax else 1) * detail["Tax Below Maximum"] / 100
    return gross / (1 + rate)


def shares(company: Company, line: Row, amount: Decimal, wanted: Decimal) -> list[Share]:
    """The tax on a net amount by jurisdiction; it adds up to `wanted`, at most a cent away.

    Raises NavError "dialog" where it cannot.
    """
    found = _exact(company, line, amount)
    exact = sum((share.tax for share in found), Decimal(0))
    total = money.round_amount(company, exact)
    if found and total != wanted and abs(total - wanted) <= CENT:
        first = found[0]
        found[0] = Share(first.detail, first.base, first.tax - exact + wanted)
        total = wanted
    if total != wanted:
        raise NavError(
            "dialog",
            f"The sales tax amount for the {line['Tax Area Code']} Tax Area Code and the "
            f"{line['Tax Group Code']} Tax Group Code is incorrect. The calculated sales tax "
            f"amount is {total}, but was supposed to be {wanted}.",
        )
    return _rounded(company, found)


def _exact(company: Company, line: Row, amount: Decimal) -> list[Share]:
    """In the order of the jurisdictions' codes, which is the order of NAV's buffer."""
    tax, found = Decimal(0), []
    for detail in _details(company, line):
        base = amount + tax if detail["Calculate Tax on Tax"] else amount
        own = base * detail["Tax Below Maximum"] / 100 if line["Tax Liable"] else Decimal(0)
        tax += own
        found.append(Share(detail, base, own))
    return sorted(found, key=lambda share: str(share.detail["Tax Jurisdiction Code"]))


def _rounded(company: Company, found: list[Share]) -> list[Share]:
    """Each share is rounded; what is left over goes to the next."""
    left, rounded = Decimal(0), []
    for share in found:
        tax = money.round_amount(company, share.tax + left)
        left += share.tax - tax
        rounded.append(Share(share.detail, money.round_amount(company, share.base), tax))
    return rounded


def _details(company: Company, line: Row) -> list[Row]:
    """What the jurisdictions of the area take of this tax group on the posting date."""
    area, group = line["Tax Area Code"], line["Tax Group Code"]
    if not (area and group):
        return []
    database = company.database
    rows = [database.existing(LINES, *key) for key in database.first_keys(LINES, area)]
    rows.sort(key=lambda row: int(row["Calculation Order"]), reverse=True)
    found = []
    for row in rows:
        detail = _detail(company, row["Tax Jurisdiction Code"], group, line["Posting Date"])
        if detail is not None:
            found.append(detail)
    orders = [row["Calculation Order"] for row in rows]
    if len(set(orders)) < len(orders) and any(row["Calculate Tax on Tax"] for row in found):
        text = f"Calculation Order in Tax Area {area} must be filled in with unique values"
        raise NavError("dialog", f"{text} when Calculate Tax on Tax is Yes.")
    return found


def _detail(company: Company, jurisdiction: str, group: str, day: dt.date) -> Row | None:
    """The last rate in force: of the group, or of every group where there is none."""
    for code in (group, ""):
        for key in reversed(company.database.first_keys(DETAILS, jurisdiction, code, "Sales Tax")):
            if key[-1] is None or key[-1] <= day:
                return _without_maximum(company.database.existing(DETAILS, *key))
    return None


def _without_maximum(detail: Row) -> Row:
    if detail["Maximum Amount/Qty."]:
        raise NavError("dialog", "Maximum Amount/Qty. of a tax is not kept by this server.")
    return detail
