"""A credit note as FreshBooks holds it: a reduction of what a customer owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tieout.core.records.document import Line, Visibility
from tieout.core.records.identity import Ref
from tieout.core.records.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote:
    """One credit note; ``amount`` is positive where it lowers what the customer owes, and so are line amounts.

    ``credit_type`` is FreshBooks' word: ``goodwill``, ``overpayment`` or ``prepayment``. ``used`` is how much of it has been applied to invoices.
    ``updated_on`` is the moment of the last change, none if FreshBooks does not say.
    """

    ref: Ref
    number: str
    customer: Ref
    credit_type: str
    issued_on: date
    amount: Money
    used: Money
    draft: bool
    visibility: Visibility
    lines: tuple[Line, ...]
    updated_on: datetime | None = None

    @property
    def currency(self) -> str:
        return self.amount.currency
