"""The VAT set-up of a company with value added tax: which pair of groups bears which rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from tieout_sandboxes.nav.database import Row

CASH = "CASHVAT"
BUSINESS = ("DOMESTIC", "EXPORT", "EU", "FOREIGN", CASH)
AT_HOME = ("DOMESTIC", CASH)
CORRECTIONS = {"BDR-FULL": ("1340", "1340"), "BDR-REPAY": ("2240", "2240")}
"""Full VAT for bad debt: the relief that is claimed, and the relief that is repaid."""
REVERSE_CHARGE = "RC20"


def products(rates: Mapping[str, Decimal]) -> list[str]:
    """The VAT product posting groups; without a rate there are no special ones."""
    special = [*CORRECTIONS, REVERSE_CHARGE] if any(rates.values()) else []
    return [*rates, *special]


def pairs(rates: Mapping[str, Decimal]) -> Iterator[Row]:
    """The rows of the VAT Posting Setup."""
    for business in BUSINESS:
        for product, rate in rates.items():
            yield _normal(business, product, rate if business in AT_HOME else Decimal(0))
    if any(rates.values()):
        for business in AT_HOME:
            for product, accounts in CORRECTIONS.items():
                yield _full(business, product, *accounts)
        for business in ("EU", "FOREIGN"):
            yield _reverse_charge(business)


def _pair(business: str, product: str) -> Row:
    return {
        "VAT Bus. Posting Group": business,
        "VAT Prod. Posting Group": product,
        "Sales VAT Account": "2200",
        "Purchase VAT Account": "1300",
    }


def _normal(business: str, product: str, rate: Decimal) -> Row:
    row = {
        **_pair(business, product),
        "VAT Identifier": product if business in AT_HOME else "VAT0",
        "VAT %": rate,
    }
    if business == CASH:
        accounts = {"Sales VAT Unreal. Account": "2205", "Purch. VAT Unreal. Account": "1300"}
        row |= {"Unrealized VAT Type": "Percentage", **accounts}
    return row


def _full(business: str, product: str, sales: str, purchases: str) -> Row:
    return {
        **_pair(business, product),
        "VAT Identifier": product,
        "VAT Calculation Type": "Full VAT",
        "Sales VAT Account": sales,
        "Purchase VAT Account": purchases,
    }


def _reverse_charge(business: str) -> Row:
    return {
        **_pair(business, REVERSE_CHARGE),
        "VAT Identifier": REVERSE_CHARGE,
        "VAT Calculation Type": "Reverse Charge VAT",
        "VAT %": Decimal(20),
        "Reverse Chrg. VAT Acc.": "2230",
    }
