"""Reading a list that changes while it is read.

FreshBooks cuts its lists into pages by position. What is created meanwhile pushes records onto the next page, so that they come twice; what is
deleted meanwhile pulls them back, so that one is skipped. Either shows in FreshBooks' own count. Therefore a list is read again until its count stood
still and was reached, or until a whole further reading brought nothing new. No order is assumed. What the count cannot show, because as many came as
went, the reader of the list and of what is deleted of it notices (``changes``).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from tieout.connectors.freshbooks.api import FreshbooksApi, Page, Params, Row

PER_PAGE = 100  # FreshBooks caps at this, silently


class Listed(Protocol):
    """Where a list is, and what its rows are called."""

    @property
    def path(self) -> str: ...
    @property
    def plural(self) -> str: ...
    @property
    def has_lines(self) -> bool: ...


async def pages(
    api: FreshbooksApi, resource: Listed, params: Params
) -> AsyncIterator[tuple[Row, ...]]:
    """The rows of a list, page by page, each record once."""
    seen: set[str] = set()
    while True:
        before, number, pages = len(seen), 0, 1
        round_ids: set[str] = set()
        totals: set[int] = set()
        while number < pages:
            number += 1
            page = await page_at(api, resource, params, number)
            pages = page.pages
            totals.add(page.total)
            round_ids.update(row.id for row in page.rows)
            fresh = tuple({row.id: row for row in page.rows if row.id not in seen}.values())
            seen.update(row.id for row in fresh)
            if fresh:
                yield fresh
        if totals == {len(round_ids)} or len(seen) == before:
            return


async def total(api: FreshbooksApi, resource: Listed, params: Params) -> int:
    """How many records a list has, for the price of one row."""
    query = [*params, ("page", "1"), ("per_page", "1")]
    return (await api.page(resource.path, resource.plural, query)).total


async def page_at(api: FreshbooksApi, resource: Listed, params: Params, number: int) -> Page:
    """One page, with lines if the records have any."""
    query = [*params, ("page", str(number)), ("per_page", str(PER_PAGE)), *includes(resource)]
    return await api.page(resource.path, resource.plural, query)


def includes(resource: Listed) -> Params:
    """FreshBooks leaves the lines out unless asked for them."""
    return (("include[]", "lines"),) if resource.has_lines else ()
