"""Loads a retailer's invoices from a file into FreshBooks, through its public API."""

from tieout_sandboxes.retail.api import Connection, FreshBooksApi, LoadFailed
from tieout_sandboxes.retail.load import Summary, load_retail
from tieout_sandboxes.retail.rows import Issue, LayoutError
from tieout_sandboxes.retail.starter import PLACES, Place, make_starter_company

__all__ = [
    "PLACES",
    "Connection",
    "FreshBooksApi",
    "Issue",
    "LayoutError",
    "LoadFailed",
    "Place",
    "Summary",
    "load_retail",
    "make_starter_company",
]
