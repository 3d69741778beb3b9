"""What both books held up to a day, kept when a person froze it; for I25.

A person freezes a day once its month is closed (``tieout freeze``): what FreshBooks shows and NAV's ledgers hold up to it is kept, with NAV's highest entry
number and the set-up and rates in force. FreshBooks rewrites its past when a document is edited; that is explained where NAV was corrected for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from tieout.core.records.identity import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A FreshBooks document as it stood."""

    day: date
    client: str
    amount: Decimal
    currency: str

    def is_of_same(self, other: Document) -> bool:
        """Whether only its amount is another, if anything is."""
        return replace(self, amount=other.amount) == other

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} of {self.day.isoformat()}, client {self.client}"


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """What both books held up to ``day`` when ``by`` froze it.

    ``entry_no`` is NAV's highest entry number then, ``accounts`` what each G/L account came to by entries dated up to the day, ``debits`` their debits.
    ``setup`` are rows of NAV's set-up and rates in force up to the day, in words, by their names.
    """

    day: date
    at: datetime
    by: str
    entry_no: int
    accounts: Mapping[str, Decimal]
    debits: Decimal
    documents: Mapping[Ref, Document]
    setup: Mapping[str, str]
