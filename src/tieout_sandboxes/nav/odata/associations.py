"""Which pages lead to which: `Payment_Terms_Code_Link` from a customer to its payment terms.

A field has an association where its TableRelation names a table whose LookupPageId is a page
that is published too (Microsoft, "Using Containments and Associations"). Relations under
conditions (IF .. ELSE) have none, since their end is not one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tieout_sandboxes.nav.business.relations import related
from tieout_sandboxes.nav.pages import Page

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
        named = "" if column.unbound else related(page.table, column.field)
        target = by_number.get(LOOKUP_PAGES.get(named, 0))
        if target is not None:
            found.append(Link(f"{column.name}_Link", target, column.field))
    return tuple(found)


def links_of_company(pages: Iterable[Page]) -> tuple[Link, ...]:
    """From a company to every set."""
    return tuple(Link(page.service, page) for page in pages)
