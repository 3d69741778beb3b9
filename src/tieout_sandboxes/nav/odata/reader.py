"""Reads what an address and its options ask for: sets, entities, and what they lead to."""

from __future__ import annotations

from collections.abc import Callable

from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.odata import expand
from tieout_sandboxes.nav.odata.associations import Link
from tieout_sandboxes.nav.odata.failure import bad_request, unknown_property
from tieout_sandboxes.nav.odata.model import COMPANY, Companies, Model
from tieout_sandboxes.nav.odata.notation import Notation
from tieout_sandboxes.nav.odata.query import Query, Source, link
from tieout_sandboxes.nav.odata.shape import Expansion, Feed, Shape
from tieout_sandboxes.nav.pages import Page
from tieout_sandboxes.nav.records import Records
from tieout_sandboxes.nav.state import State

OF_AN_ENTITY = ("$select", "$expand", "$filter", "$format")
OF_A_LINK = ("$select", "$expand")


class Reader:
    """Reads one model in one notation, `size` rows at a time."""

    def __init__(self, state: State, model: Model, notation: Notation, size: int) -> None:
        self.state, self.model, self.size = state, model, size
        self.style, self.language, self.places = notation.style, notation.language, notation.places
        self.opaque = state.switches["skiptoken"] == "opaque"

    def open(self, page: Page) -> Source:
        """The records behind a page."""
        if page is COMPANY:
            return Companies(self.state.company)
        return Records(self.state.company, page, self.state.switches)

    def query(self, source: Source, options: dict[str, str]) -> Query:
        """The options of a request against a set."""
        return Query(source, options, self.language, opaque=self.opaque)

    def feed(self, source: Source, options: dict[str, str]) -> Feed:
        """One server page of a set."""
        address = self.places.url(source.page)
        query = self.query(source, options)
        result = query.run(self.size)
        more = None if result.more is None else link(address, result.more)
        count = result.count if query.counted else None
        return Feed(self.shape(query.records, options), result.rows, count, more)

    def one(self, source: Source, row: Row, options: dict[str, str]) -> tuple[Shape, Row]:
        """One entity; a filter that it does not pass hides it."""
        for name in options:
            if name.startswith("$") and name not in OF_AN_ENTITY:
                raise bad_request(f"The query parameter '{name}' is not supported.")
        query = self.query(source, options)
        if not query.passes(row):
            raise NavError("record_not_found", "There is no record within the filter.")
        return self.shape(query.records, options), row

    def shape(self, source: Source, options: dict[str, str]) -> Shape:
        """How the rows are shown: selected columns and expanded links."""
        page = source.page
        links = self.model.links[page.service]
        select = options.get("$select", "")
        own = expand.own_select(select, {each.name for each in links})
        if select.strip() and not own:
            own = ",".join(column.name for column in page.key_columns)
        expansions = self._expansions(page, options)
        return Shape(source, self.style, self.language, own, links, expansions)

    def _expansions(self, page: Page, options: dict[str, str]) -> tuple[Expansion, ...]:
        wanted = expand.wanted(options, self.language)
        if "*" in wanted:
            wanted = {each.name: wanted["*"] for each in self.model.links[page.service]}
        return tuple(self._expansion(page, name, inner) for name, inner in wanted.items())

    def _expansion(self, page: Page, name: str, options: dict[str, str]) -> Expansion:
        found = self.model.link(page, name)
        if found is None:
            raise unknown_property(name, page.service)
        source = self.open(found.target)
        if found.many:
            return self._many(found, source, options)
        for option in options:
            if option not in OF_A_LINK:
                raise bad_request(f"The query parameter '{option}' is not supported.")
        return Expansion(found, self.shape(source, options), self.follow(found, source))

    def _many(self, found: Link, source: Source, options: dict[str, str]) -> Expansion:
        feed = self.feed(source, options)
        return Expansion(found, feed.shape, lambda _: feed)

    def follow(self, found: Link, source: Source) -> Callable[[Row], Row | None]:
        """A function that gives the record at the end of a row's link, or None."""
        assert isinstance(source, Records)
        return lambda row: source.get((row.get(found.field, ""),))
