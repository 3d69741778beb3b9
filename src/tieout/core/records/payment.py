"""A payment as FreshBooks holds it: money (or credit) set against one invoice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.money import Money

# FreshBooks' own word for *no invoice*: what was paid too much may stand in its list as a payment of none.
NO_INVOICE = Ref(Kind.INVOICE, "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment of one invoice.

    ``method`` is FreshBooks' payment type (``Bank Transfer``). ``from_credit`` means that no cash moved: ``credit`` was used instead.
    ``overpayment`` is the credit note that holds what was paid too much. ``gateway`` is the processor of an online payment (``Stripe``), empty
    for one that a person entered; ``note`` is what that person wrote. ``updated_on`` is the moment of the last change, none if FreshBooks does not say.
    """

    ref: Ref
    invoice: Ref
    customer: Ref
    amount: Money
    paid_on: date
    method: str
    from_credit: bool
    credit: Ref | None
    overpayment: Ref | None
    visibility: Visibility
    gateway: str = ""
    note: str = ""
    updated_on: datetime | None = None

    @property
    def is_rest(self) -> bool:
        """Whether it only shows what was paid too much with another payment; ``credit`` holds it, and no money came with it."""
        return self.invoice == NO_INVOICE

    @property
    def currency(self) -> str:
        return self.amount.currency
