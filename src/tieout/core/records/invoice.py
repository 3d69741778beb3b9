"""An invoice as FreshBooks holds it: a claim on a customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tieout.core.records.document import Line, Visibility
from tieout.core.records.identity import Ref
from tieout.core.records.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One invoice.

    ``amount`` is the total with tax; ``outstanding`` what is still owed; ``discount`` the whole-invoice discount in money (positive, zero if
    none), ``discount_percent`` the same as FreshBooks computed it. ``draft`` means not yet sent. ``tax_included`` means that line amounts contain their tax.
    ``status`` is FreshBooks' word for how far it has come (``sent``, ``overdue``, ``disputed``), empty if unknown. ``updated_on`` is the moment of the
    last change, none if FreshBooks does not say.
    """

    ref: Ref
    number: str
    customer: Ref
    issued_on: date
    due_on: date | None
    amount: Money
    outstanding: Money
    discount: Money
    draft: bool
    visibility: Visibility
    lines: tuple[Line, ...]
    tax_included: bool = False
    purchase_order: str = ""
    discount_percent: Decimal = Decimal(0)
    status: str = ""
    updated_on: datetime | None = None

    @property
    def currency(self) -> str:
        return self.amount.currency
