"""Number series: the next number of a customer, a document, a batch."""

from __future__ import annotations

import re

from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.errors import NavError

_LAST_NUMBER = re.compile(r"^(.*?)(\d+)(\D*)$")


def increase(number: str, by: int = 1) -> str:
    """NAV's INCSTR: the last number in the text rises, its leading zeros stay.

    >>> increase("C00010", 10)
    'C00020'
    """
    found = _LAST_NUMBER.match(number)
    if found is None:
        return ""
    head, digits, tail = found.groups()
    return f"{head}{int(digits) + by:0{len(digits)}d}{tail}"


def next_number(company: Company, series: str) -> str:
    """Takes the next number of a series; raises NavError "dialog" if it has none left."""
    database = company.database
    for key in database.first_keys("No. Series Line", series):
        line = dict(database.existing("No. Series Line", *key))
        if not line["Open"]:
            continue
        last = line["Last No. Used"]
        number = increase(last, line["Increment-by No."]) if last else line["Starting No."]
        last_one = line["Ending No."]
        if last_one and (len(number), number) > (len(last_one), last_one):
            raise NavError(
                "dialog",
                f"You cannot assign numbers greater than {last_one} "
                f"from the number series {series}.",
            )
        line |= {"Last No. Used": number, "Last Date Used": company.today()}
        database.modify("No. Series Line", line)
        return number
    raise NavError("dialog", f"You cannot assign new numbers from the number series {series}.")


def check_manual(company: Company, series: str) -> None:
    """Raises NavError "dialog" if numbers of the series may not be typed in."""
    if not company.database.existing("No. Series", series)["Manual Nos."]:
        raise NavError(
            "dialog",
            "You may not enter numbers manually. If you want to enter numbers manually, "
            f"please activate Manual Nos. in No. Series {series}.",
        )
