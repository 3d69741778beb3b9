"""The accounts on which a pair has posted: all that NAV's ledgers have of them, whoever posted it, and what NAV itself says that they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from tieout.core.records.ledger import BankEntry, GLEntry

# NAV's own balance of each account, as often as it was read: before the ledger and after it. Local currency, debit positive.
Stands = Mapping[str, tuple[Decimal, ...]]
# The source code of what closes the income statement, in NAV as it is delivered (table 242, Close Income Statement).
CLOSES_THE_YEAR = "CLSINCOME"


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Whole accounts of the general ledger and the whole bank ledger; ``accounts``, ``banks`` and ``customers`` are NAV's own balances by number.

    ``first_of_all`` is given where these entries are a part of the ledgers.

    NAV adds those up by itself (the FlowFields *Balance* of table 15, *Balance (LCY)* of tables 18 and 270), over all entries up to today.
    """

    prefix: str
    entries: Sequence[GLEntry]
    bank_entries: Sequence[BankEntry] = ()
    accounts: Stands = field(default_factory=dict)
    banks: Stands = field(default_factory=dict)
    customers: Stands = field(default_factory=dict)
    as_of: date | None = None
    first_of_all: date | None = None

    def is_ours(self, entry: GLEntry) -> bool:
        """Whether it carries a key of the pair."""
        return entry.external_document_no.startswith(self._key)

    def is_beside(self, entry: GLEntry) -> bool:
        """Whether somebody posted it beside the pair, since that began; not the closing of a year."""
        others = not self.is_ours(entry) and self.counts(entry.posting_date)
        return others and entry.posting_date >= self.first_day and entry.source != CLOSES_THE_YEAR

    def counts(self, day: date) -> bool:
        """Whether what is dated so is compared."""
        return self.as_of is None or day <= self.as_of

    @cached_property
    def _key(self) -> str:
        return f"{self.prefix}-"

    @cached_property
    def first_day(self) -> date:
        """The first day of anything that the pair has posted: what others dated before it is the opening."""
        if self.first_of_all is not None:
            return self.first_of_all
        return min((e.posting_date for e in self.entries if self.is_ours(e)), default=date.min)
