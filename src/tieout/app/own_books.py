"""Reading FreshBooks' own books for a tie-out: its general ledger, and its trial balance before that and after."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

import structlog

from tieout.app.handing_on import Keep, handed_on
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.core.failures import Forbidden
from tieout.core.records.feed import OwnBalances

log = structlog.get_logger()

# All days: nobody knows whether a trial balance is of the days asked for or of all up to the last; and a document may be dated ahead.
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)


async def read_own_books(
    source: FreshbooksSource, currencies: Collection[str], as_of: date | None, keep: Keep
) -> tuple[bool, OwnBalances | None]:
    """Whether the ledger may be read, and the trial balances of these currencies up to a day, if one is given; None where the owner has not consented."""
    last = as_of or LAST
    before = await _trial_balances(source, currencies, last)
    has_ledger = await _ledger(source, keep)
    after = await _trial_balances(source, currencies, last)
    if before is None or after is None:
        return has_ledger, None
    return has_ledger, OwnBalances(first=FIRST, last=last, before=before, after=after)


async def _trial_balances(
    source: FreshbooksSource, currencies: Collection[str], last: date
) -> Mapping[str, Mapping[str, Decimal]] | None:
    try:
        return {code: await source.trial_balance(code, FIRST, last) for code in sorted(currencies)}
    except Forbidden as failure:
        # The tie-out says so (core.reconciliation.trial_balance).
        log.warning("trial_balance_not_read", reason=failure.text)
        return None


async def _ledger(source: FreshbooksSource, keep: Keep) -> bool:
    try:
        await handed_on(source.general_ledger(), keep)
    except Forbidden as failure:
        # The tie-out says so (core.reconciliation.population).
        log.warning("ledger_not_read", reason=failure.text)
        return False
    return True
