"""The customer of a document as NAV knows it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """NAV's customer number and the two business groups that decide accounts and VAT of what is sold to it."""

    customer_no: str
    gen_bus: str
    vat_bus: str
