"""Company GB: local currency GBP, value added tax of 20, 5 and 0 percent."""

from __future__ import annotations

from decimal import Decimal

from tieout_sandboxes.nav.companies.demo import Demo

GB = Demo(
    name="Tieout Demo (GB) Ltd.",
    lcy="GBP",
    vat={"VAT20": Decimal(20), "VAT5": Decimal(5), "VAT0": Decimal(0)},
    rates={"EUR": ("0.85", "0.87"), "USD": ("0.79", "0.80"), "CAD": ("0.57", "0.58")},
)
