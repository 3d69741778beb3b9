"""What NAV will make of the tax of each part, and where a cent goes that it makes differently.

FreshBooks' total always stands. A difference in tax is posted as NAV's VAT difference where that is allowed; else NAV's own tax stands and the cent goes to
the rounding account; more than its limit holds the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.tax import Taxed, nav_tax
from tieout.core.records.finding import Finding
from tieout.core.records.money import round_half_away, total


def fitted(
    setup: PostingSetup, rows: Sequence[Taxed], places: int
) -> tuple[tuple[Taxed, ...], Decimal, tuple[Finding, ...]]:
    """The parts as NAV can post them, and the amount for the rounding account (zero for none); or a finding."""
    fit = tuple(row if _accepted(setup, row, places) else _as_nav(row, places) for row in rows)
    cents = total(row.gross for row in rows) - total(row.gross for row in fit)
    if not cents:
        return fit, cents, ()
    limit = in_units(setup.max_rounding, places) if setup.rounding_account else Decimal(0)
    if abs(cents) > limit:
        return (), Decimal(0), (_too_much(setup, cents, limit),)
    return fit, cents, ()


def in_units(money: Decimal, places: int) -> Decimal:
    """A limit in money of two decimals, as the same number of smallest units of another currency.

    >>> in_units(Decimal("0.05"), 0), in_units(Decimal("0.05"), 3)
    (Decimal('5'), Decimal('0.005'))
    """
    return money.scaleb(2 - places)


def _accepted(setup: PostingSetup, row: Taxed, places: int) -> bool:
    """Whether NAV posts this very tax: it is its own, or differs by an allowed VAT difference (table 81, field 44)."""
    difference = abs(row.tax - nav_tax(row.part, row.gross, places))
    if row.tax and row.tax * row.gross <= 0:
        return False
    if not difference:
        return True
    allowed = setup.vat_difference and row.part.target.sales_tax is None and row.part.rates.taxed
    return allowed and difference <= in_units(setup.max_vat_difference, places)


def _as_nav(row: Taxed, places: int) -> Taxed:
    """The same net amount with the tax that NAV computes; of prices that include tax NAV's tax is used anyway."""
    net = row.gross - row.tax
    tax = round_half_away(net * (row.part.rates.gross_of_one - 1), places)
    return replace(row, gross=net + tax, tax=tax)


def _too_much(setup: PostingSetup, cents: Decimal, limit: Decimal) -> Finding:
    where = f"account {setup.rounding_account}" if setup.rounding_account else "rounding"
    return Finding(
        rule="ROUNDING_LIMIT",
        text=f"FreshBooks' tax differs by {cents} from what NAV computes; {where} takes at most {limit}.",
        remedy="Allow VAT differences in NAV and the setup, or split the document in FreshBooks.",
    )
