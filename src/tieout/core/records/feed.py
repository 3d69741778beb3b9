"""FreshBooks' own general ledger, line by line: what its documents come to in its own books."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.records.identity import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """One debit or credit (FreshBooks: journal_entry_details); ``amount`` debit positive, in ``currency``.

    ``entry`` numbers the entry that it is part of; ``document`` is what the entry comes from, none if that is something that Tieout does not carry.
    """

    entry: int
    document: Ref | None
    day: date
    account_number: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBalances:
    """FreshBooks' trial balance of the days from ``first`` to ``last``, read before its general ledger and after: by currency and account, debit positive.

    What it leaves out is zero.
    """

    first: date
    last: date
    before: Mapping[str, Mapping[str, Decimal]]
    after: Mapping[str, Mapping[str, Decimal]]
