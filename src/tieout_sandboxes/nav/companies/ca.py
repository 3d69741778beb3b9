"""Company CA: local currency CAD, sales tax by tax areas."""

from __future__ import annotations

from decimal import Decimal

from tieout_sandboxes.nav.companies.demo import Demo

CA = Demo(
    name="Tieout Demo (CA) Inc.",
    lcy="CAD",
    vat={"VAT0": Decimal(0)},
    rates={"EUR": ("1.49", "1.50"), "USD": ("1.37", "1.36"), "GBP": ("1.75", "1.72")},
    sales_tax=True,
)
