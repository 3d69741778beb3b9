"""The sales tax of the Canadian company: areas, jurisdictions, rates.

GST, HST, QST and PST are the rates in force in 2026. TAXA and TAXB are fictitious: no Canadian
tax is charged on top of another since 2013.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from tieout_sandboxes.nav.database import Row

GROUPS = {"TAXABLE": "Taxable", "NONTAXABLE": "Not taxable"}
AREAS = {
    "QC": ("GST", "QST"),
    "ON": ("HST-ON",),
    "BC": ("GST", "PST-BC"),
    "AB": ("GST",),
    "FICT-COMP": ("TAXB", "TAXA"),
}
"""Jurisdictions in calculation order: the last is worked first, and TAXB taxes it."""
_JURISDICTIONS = {
    "GST": ("2210", "5", dt.date(2008, 1, 1)),
    "QST": ("2220", "9.975", dt.date(2013, 1, 1)),
    "HST-ON": ("2210", "13", dt.date(2010, 7, 1)),
    "PST-BC": ("2220", "7", dt.date(2013, 4, 1)),
    "TAXA": ("2210", "5", dt.date(2008, 1, 1)),
    "TAXB": ("2220", "9.975", dt.date(2008, 1, 1)),
}


def tables() -> Iterator[tuple[str, Iterable[Row]]]:
    """All rows, tables in the order in which they need each other."""
    yield "Tax Group", [{"Code": c, "Description": text} for c, text in GROUPS.items()]
    yield "Tax Area", [{"Code": code, "Description": code} for code in AREAS]
    yield "Tax Jurisdiction", [_jurisdiction(code) for code in _JURISDICTIONS]
    yield "Tax Area Line", [row for area in AREAS for row in _lines(area)]
    yield "Tax Detail", [_detail(code) for code in _JURISDICTIONS]
    # The pair of blank VAT groups is what makes a line without VAT groups one with sales tax.
    yield "VAT Posting Setup", [{"VAT Calculation Type": "Sales Tax", "Description": "Sales tax"}]


def _jurisdiction(code: str) -> Row:
    accounts = {"Tax Account (Sales)": _JURISDICTIONS[code][0], "Tax Account (Purchases)": "1310"}
    return {"Code": code, "Description": code, **accounts}


def _lines(area: str) -> Iterator[Row]:
    for order, code in enumerate(AREAS[area], start=1):
        yield {"Tax Area": area, "Tax Jurisdiction Code": code, "Calculation Order": order}


def _detail(code: str) -> Row:
    _, rate, since = _JURISDICTIONS[code]
    return {
        "Tax Jurisdiction Code": code,
        "Tax Group Code": "TAXABLE",
        "Effective Date": since,
        "Tax Below Maximum": Decimal(rate),
        "Calculate Tax on Tax": code == "TAXB",
        "Expense/Capitalize": code == "PST-BC",
    }
