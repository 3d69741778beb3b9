"""The pages this NAV publishes, by the name of their web service."""

from __future__ import annotations

from tieout_sandboxes.nav.pages import (
    accounts,
    administration,
    currencies,
    customers,
    journals,
    ledgers,
    setup,
)
from tieout_sandboxes.nav.pages.model import Column, Page, columns

__all__ = ["PAGES", "Column", "Page", "columns"]

PAGES: dict[str, Page] = {
    page.service: page
    for module in (customers, accounts, ledgers, journals, setup, currencies, administration)
    for page in module.PAGES
}
