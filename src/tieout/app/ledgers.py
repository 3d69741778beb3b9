"""Reading NAV's ledgers for a tie-out, each of them once: whole accounts, and wherever else keys of the pair stand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection

from tieout.app.handing_on import Keep, handed_on
from tieout.connectors.nav.balances import Balances
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.setup import NavSetup
from tieout.core.reconciliation.rules import Rules
from tieout.core.records.ledger import BankEntry, GLEntry

# NAV's own balances from before the ledgers were read and from after.
Stood = tuple[Balances, Balances]


async def read_ledgers(
    target: NavTarget, setup: NavSetup, rules: Rules, prefix: str, keep: Keep
) -> Stood:
    """All ledgers up to now."""
    before, latest = await target.balances(), dict[str, int]()
    await handed_on(_noted(target.bank_entries(), latest), keep)
    controls = await target.accounts_of(latest[no] for no in latest.keys() & rules.banks)
    accounts = rules.gl_accounts | setup.tax_accounts | controls
    await _general(target, prefix, accounts | set(setup.customer_groups.values()), keep)
    for ledger in (target.customer_entries, target.detailed_entries, target.vat_entries):
        await handed_on(ledger(), keep)
    return before, await target.balances()


async def _noted(
    entries: AsyncIterator[BankEntry], latest: dict[str, int]
) -> AsyncIterator[BankEntry]:
    """The bank ledger; of each account the last number is noted."""
    async for entry in entries:
        latest[entry.bank_account_no] = entry.entry_no
        yield entry


async def _general(target: NavTarget, prefix: str, accounts: Collection[str], keep: Keep) -> None:
    """Whole accounts that are known to be ours; then what of ours is elsewhere (gains and losses of currencies, sales tax), and the rest of those accounts.

    An entry that both readings show is kept once.
    """
    known, ours = _Reading(), _Reading()
    await handed_on(known.of(target.gl_entries(accounts)), keep)
    keyed = target.keyed_entries(prefix, but=accounts)
    await handed_on(ours.of(e async for e in keyed if not known.has(e, accounts)), keep)
    elsewhere = ours.accounts - set(accounts)
    others = (
        entry
        async for entry in target.gl_entries(elsewhere)
        if not entry.external_document_no.startswith(f"{prefix}-") or entry.entry_no > ours.last
    )
    await handed_on(others, keep)


class _Reading:
    """What one reading of the general ledger has shown: on which accounts, and up to which entry."""

    def __init__(self) -> None:
        self.accounts, self.last = set[str](), 0

    async def of(self, entries: AsyncIterator[GLEntry]) -> AsyncIterator[GLEntry]:
        async for entry in entries:
            self.accounts.add(entry.gl_account_no)
            self.last = max(self.last, entry.entry_no)
            yield entry

    def has(self, entry: GLEntry, accounts: Collection[str]) -> bool:
        return entry.gl_account_no in accounts and entry.entry_no <= self.last
