"""What an OData service shows: the published pages, their FlowFilters, and how they hang together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.odata.associations import Link, links_of, links_of_company
from tieout_sandboxes.nav.odata.failure import not_found
from tieout_sandboxes.nav.odata.flow_filters import with_flow_filters
from tieout_sandboxes.nav.pages import Page, columns, published

COMPANY = Page("Company", 0, "Companies", "Company", ("Name",), columns("Name:Text30"))
"""The set of companies: no page, but it is read like one."""


@dataclass(frozen=True)
class Model:
    """Pages and their navigation properties, by the name of the service."""

    pages: dict[str, Page]
    links: dict[str, tuple[Link, ...]]

    def page(self, name: str) -> Page:
        """The page published under this name, or the companies; raises 404 in NAV's words."""
        page = COMPANY if name == COMPANY.service else self.pages.get(name)
        if page is None:
            raise not_found(name)
        return page

    def link(self, page: Page, name: str) -> Link | None:
        """The navigation property of that name."""
        return next((link for link in self.links[page.service] if link.name == name), None)


@lru_cache(maxsize=32)
def model_of(unpublished: str, *, associations: bool) -> Model:
    """The model of what is published."""
    pages = {name: with_flow_filters(page) for name, page in published(unpublished).items()}
    return build(pages, associations=associations)


def build(pages: dict[str, Page], *, associations: bool) -> Model:
    """The model of these pages."""
    links = {name: links_of(page, pages) if associations else () for name, page in pages.items()}
    return Model(pages, {**links, COMPANY.service: links_of_company(pages.values())})


class Companies:
    """The one company of this server, read like the records of a page."""

    def __init__(self, company: Company) -> None:
        self.page = COMPANY
        self.row: Row = {"Name": company.name}

    def all(self) -> Iterable[Row]:
        """Every company."""
        return [self.row]

    def existing(self, key: tuple[str, ...]) -> Row:
        """The company of that name."""
        if key != (self.row["Name"],):
            raise NavError("record_not_found", f"The Company does not exist. Name='{key[0]}'")
        return self.row

    def indexed(self, _field: str, _values: list[object]) -> None:
        """There is no index over one row."""

    def flow(self, row: Row) -> Row:
        """A company has no FlowFields."""
        return row
