"""The pages this NAV publishes, by the name of their web service."""

from __future__ import annotations

from tieout_sandboxes.nav.pages import (
    accounts,
    administration,
    currencies,
    customers,
    dimensions,
    journals,
    ledgers,
    setup,
    taxes,
)
from tieout_sandboxes.nav.pages.model import Column, Page, columns

__all__ = ["PAGES", "Column", "Page", "columns", "published"]

MODULES = (
    customers,
    accounts,
    ledgers,
    journals,
    setup,
    currencies,
    dimensions,
    taxes,
    administration,
)

PAGES: dict[str, Page] = {page.service: page for module in MODULES for page in module.PAGES}


def published(unpublished: str) -> dict[str, Page]:
    """The pages whose web service is ticked Published; the others are named, with commas."""
    off = {name.strip() for name in unpublished.split(",")}
    return {name: page for name, page in PAGES.items() if name not in off}
