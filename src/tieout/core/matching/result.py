"""What a books check finds: matches, proposals, and a named difference for whatever is not the same in both books."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tieout.core.matching.documents import Document, FreshbooksDocument, NavDocument


class Break(StrEnum):
    """What kind of difference it is."""

    MISSING_IN_NAV = "MISSING_IN_NAV"
    MISSING_IN_FB = "MISSING_IN_FB"
    DUPLICATE = "DUPLICATE"
    AMOUNT = "AMOUNT"
    TAX = "TAX"
    DATE = "DATE"
    PERIOD = "PERIOD"
    CUSTOMER = "CUSTOMER"
    CURRENCY = "CURRENCY"
    ACCOUNT = "ACCOUNT"
    TYPE = "TYPE"
    NUMBER = "NUMBER"
    UNAPPLIED = "UNAPPLIED"
    OPEN_AMOUNT = "OPEN_AMOUNT"


class Tier(StrEnum):
    """How sure a match is made: by equal marks, by what speaks for it together, by a sum, or because a person says so."""

    EXACT = "EXACT"
    SCORED = "SCORED"
    SUMMED = "SUMMED"
    BY_HAND = "BY_HAND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Documents that are the same thing in both books: one and one, several and one, or one and several.

    ``reasons`` say why in words; ``score`` is in points.
    """

    freshbooks: tuple[FreshbooksDocument, ...]
    nav: tuple[NavDocument, ...]
    tier: Tier
    score: int
    reasons: tuple[str, ...]

    @property
    def documents(self) -> tuple[Document, ...]:
        return (*self.freshbooks, *self.nav)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One disagreement, both sides' documents, what it comes to in ``currency`` (``at_risk``, never negative), and in words."""

    kind: Break
    freshbooks: tuple[FreshbooksDocument, ...]
    nav: tuple[NavDocument, ...]
    at_risk: Decimal
    currency: str
    text: str

    @property
    def documents(self) -> tuple[Document, ...]:
        return (*self.freshbooks, *self.nav)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Which NAV customer a FreshBooks client is, and on how many documents that rests."""

    client: str
    client_name: str
    customer_no: str
    customer_name: str
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksCheck:
    """Everything found, in the days that were asked for; ``agreed`` are the matches without any difference.

    A proposal is a match below the automatic line: its documents count as missing until a person says otherwise.
    """

    freshbooks: tuple[FreshbooksDocument, ...]
    nav: tuple[NavDocument, ...]
    matches: tuple[Match, ...]
    proposals: tuple[Match, ...]
    differences: tuple[Difference, ...]
    customers: tuple[Customer, ...]
    agreed: tuple[Match, ...]

    @property
    def agrees(self) -> bool:
        return not self.differences
