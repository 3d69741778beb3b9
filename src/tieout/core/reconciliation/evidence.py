"""What a tie-out may be given besides customers' ledgers; what it is not given it does not compare, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tieout.core.reconciliation.accounts import Accounts
from tieout.core.reconciliation.difference import Break
from tieout.core.reconciliation.frozen import Frozen
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.limits import LIMITS, Limit
from tieout.core.reconciliation.rate_table import RateTable
from tieout.core.reconciliation.recorded import Recorded
from tieout.core.reconciliation.rules import Rules
from tieout.core.records.identity import Ref


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """NAV's other ledgers and exchange rates, the posting setup, and what Tieout has on record.

    ``dimensions`` are the codes of NAV's global dimensions.
    ``frozen`` is what both books held up to the day that was frozen last, ``nav_setup`` NAV's posting and VAT set-up in words, row by row by their names.
    ``limits`` is how much may be explained, ``today`` the day on which the books were read.
    ``first_open`` is the first day on which NAV takes money, ``first_open_vat`` documents with VAT: what is older had to be dated later.
    """

    general: GeneralLedger | None = None
    accounts: Accounts | None = None
    rates: RateTable | None = None
    rules: Rules | None = None
    recorded: Recorded | None = None
    dimensions: tuple[str, ...] = ()
    first_open: date = date.min
    first_open_vat: date = date.min
    limits: Mapping[Break, Limit] = field(default_factory=lambda: LIMITS)
    today: date | None = None
    frozen: Frozen | None = None
    nav_setup: Mapping[str, str] = field(default_factory=dict)

    def others_under(self, ref: Ref) -> frozenset[str]:
        """Who but Tieout's user has posted under the keys of a document; nobody is another where persons post what we draft."""
        if self.general is None or self.recorded is None or not self.recorded.user:
            return frozenset()
        users = {entry.user.upper() for entry in self.general.by_document.get(ref, ())}
        return frozenset(users - {self.recorded.user.upper()})


NOTHING = Evidence()
NOT_GIVEN = "NAV's general ledger or the posting setup was not given."
