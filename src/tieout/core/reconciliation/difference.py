"""What a tie-out finds: each invariant in figures, and a named difference for whatever breaks it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum


class Break(StrEnum):
    """What kind of disagreement it is."""

    MISSING_IN_NAV = "MISSING_IN_NAV"
    MISSING_IN_FB = "MISSING_IN_FB"
    NAV_REVERSED = "NAV_REVERSED"
    DUPLICATE = "DUPLICATE"
    AMOUNT = "AMOUNT"
    ACCOUNT_MAPPING = "ACCOUNT_MAPPING"
    TAX = "TAX"
    LINE_ATTRIBUTES = "LINE_ATTRIBUTES"
    VAT_GROUP = "VAT_GROUP"
    VAT_PERIOD = "VAT_PERIOD"
    ROUNDING = "ROUNDING"
    CURRENCY = "CURRENCY"
    RATE = "RATE"
    CUSTOMER_MISMATCH = "CUSTOMER_MISMATCH"
    OPEN_AMOUNT = "OPEN_AMOUNT"
    UNAPPLIED = "UNAPPLIED"
    DUE_DATE = "DUE_DATE"
    BALANCE = "BALANCE"
    CONTROL = "CONTROL"
    ROLL_FORWARD = "ROLL_FORWARD"
    NAV_ONLY = "NAV_ONLY"
    POPULATION = "POPULATION"
    PROVENANCE = "PROVENANCE"
    REFUND = "REFUND"
    BANK_CHARGE = "BANK_CHARGE"
    CUT_OFF = "CUT_OFF"
    IN_FLIGHT = "IN_FLIGHT"
    DATE_PERIOD = "DATE_PERIOD"
    PRIOR_PERIOD_CHANGE = "PRIOR_PERIOD_CHANGE"
    NOT_EXPLAINED = "NOT_EXPLAINED"
    BACKDATED = "BACKDATED"
    FROZEN_PAST = "FROZEN_PAST"
    SETUP = "SETUP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One disagreement: where, of which kind, both figures, and in words; and its first cause: the entry or change that it comes from, by whom and when."""

    invariant: str
    kind: Break
    subject: str
    freshbooks: Decimal
    nav: Decimal
    text: str = ""
    cause: str = ""

    def as_(self, kind: Break, text: str = "") -> Difference:
        """The same, known to be of another kind."""
        return replace(self, kind=kind, text=text or self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One invariant in figures: how many things were compared, both totals, and what differs.

    ``explained`` are disagreements that a rule recomputes to the cent from what stands in NAV; they are listed and break nothing.
    ``not_compared`` says why nothing could be compared, empty if it was; ``left_out`` which documents could not, and why.
    """

    invariant: str
    name: str
    compared: int
    freshbooks: Decimal
    nav: Decimal
    found: tuple[Difference, ...] = ()
    explained: tuple[Difference, ...] = ()
    not_compared: str = ""
    left_out: str = ""

    @property
    def differences(self) -> int:
        return len(self.found)

    @property
    def agrees(self) -> bool:
        return not self.found
