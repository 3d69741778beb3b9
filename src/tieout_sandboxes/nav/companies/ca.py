"""Company CA: local currency CAD. It opens and posts without tax; sales tax is not kept here."""

from __future__ import annotations

from decimal import Decimal

from tieout_sandboxes.nav.companies.demo import Demo

CA = Demo(
    name="Tieout Demo (CA) Inc.",
    lcy="CAD",
    vat={"VAT0": Decimal(0)},
    foreign=("EUR", "USD", "GBP"),
)
