"""Which pages lead to which: `Payment_Terms_Code_Link` from a customer to its payment terms.

A field has an association where its TableRelation names a table whose LookupPageId is a page
that is published too (Microsoft, "Using Containments and Associations"). Relations under
conditions (IF .. ELSE) have none, since their end is not one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tieout_sandboxes.nav.business.tables import TABLES
from tieout_sandboxes.nav.pages import Column, Page

_GEN = {
    "Gen. Bus. Posting Group": "Gen. Business Posting Group",
    "Gen. Prod. Posting Group": "Gen. Product Posting Group",
}
_VAT = {
    "VAT Bus. Posting Group": "VAT Business Posting Group",
    "VAT Prod. Posting Group": "VAT Product Posting Group",
}
_CODES = {"Source Code": "Source Code", "Reason Code": "Reason Code"}
_SUBLEDGER = {"Currency Code": "Currency", **_CODES}
_BALANCING = {f"Bal. {field}": table for field, table in {**_GEN, **_VAT}.items()}

LOOKUP_PAGES = {
    "Customer": 22,
    "Payment Terms": 4,
    "Currency": 5,
    "Country/Region": 10,
    "Customer Posting Group": 110,
    "Gen. Business Posting Group": 312,
    "Gen. Product Posting Group": 313,
    "VAT Business Posting Group": 470,
    "VAT Product Posting Group": 471,
    "Source Code": 257,
    "Reason Code": 259,
}
"""LookupPageId of the tables, by number of the page."""

_BESIDE: dict[str, dict[str, str]] = {
    "Customer": {
        "Invoice Disc. Code": "Customer",
        "Cash Flow Payment Terms Code": "Payment Terms",
    },
    "General Ledger Setup": {"Additional Reporting Currency": "Currency"},
    "G/L Entry": {**_GEN, **_CODES},
    "Cust. Ledger Entry": {"Customer No.": "Customer", **_SUBLEDGER},
    "Detailed Cust. Ledg. Entry": {"Customer No.": "Customer", **_SUBLEDGER},
    "VAT Entry": {**_GEN, **_VAT, "Country/Region Code": "Country/Region"},
    "Bank Account Ledger Entry": _SUBLEDGER,
    "Gen. Journal Line": _BALANCING,
}
"""TableRelations of fields that this server does not keep, or does not check when it writes."""
_CONDITIONAL = {("Gen. Journal Line", "Bill-to/Pay-to No.")}


@dataclass(frozen=True)
class Link:
    """A navigation property; `field` holds the key of the one record at its end, else it is many."""

    name: str
    target: Page
    field: str = ""

    @property
    def many(self) -> bool:
        """True from a company to its sets."""
        return not self.field


def links_of(page: Page, pages: Mapping[str, Page]) -> tuple[Link, ...]:
    """The associations of a page, in the order of its columns."""
    by_number = {each.number: each for each in reversed(list(pages.values()))}
    found = []
    for column in page.columns:
        target = by_number.get(LOOKUP_PAGES.get(_related(page, column), 0))
        if target is not None:
            found.append(Link(f"{column.name}_Link", target, column.field))
    return tuple(found)


def links_of_company(pages: Iterable[Page]) -> tuple[Link, ...]:
    """From a company to every set."""
    return tuple(Link(page.service, page) for page in pages)


_RELATIONS = {
    (table.name, field.name): field.relation for table in TABLES for field in table.fields
}


def _related(page: Page, column: Column) -> str:
    """The table that a field relates to, or nothing."""
    place = (page.table, column.field)
    if column.unbound or place in _CONDITIONAL:
        return ""
    return _RELATIONS.get(place) or _BESIDE.get(page.table, {}).get(column.field, "")
