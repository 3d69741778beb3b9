"""The bank ledger against its accounts in the general ledger: a bank entry has the number of its G/L entry (codeunit 12); for I21."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tieout.core.reconciliation.accounts import Accounts
from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.records.ledger import GLEntry

# So many entries are named.
NAMED = 4


@dataclass(slots=True)
class _Account:
    """A G/L account: both ledgers' sums since the pair began, and the first entries that are past the bank ledger."""

    is_control: bool = False
    bank_ledger: Decimal = ZERO
    general: Decimal = ZERO
    strays: list[GLEntry] = field(default_factory=list)


class BankControl:
    """Account by account, part by part."""

    def __init__(self) -> None:
        self._accounts: dict[str, _Account] = {}

    def add(self, accounts: Accounts) -> None:
        """The entries of a part, bank entries with their G/L entries."""
        banks = {entry.entry_no: entry for entry in accounts.bank_entries}
        strays: dict[str, list[GLEntry]] = {}
        for entry in accounts.entries:
            one = self._accounts.get(entry.gl_account_no)
            if one is None:
                one = self._accounts[entry.gl_account_no] = _Account()
            bank = banks.get(entry.entry_no)
            one.is_control = one.is_control or bank is not None
            if not _in_period(accounts, entry.posting_date):
                continue
            one.bank_ledger += bank.amount_lcy if bank else ZERO
            one.general += entry.amount
            if bank is None or bank.amount_lcy != entry.amount:
                some = strays.setdefault(entry.gl_account_no, [])
                if len(some) < NAMED:
                    some.append(entry)
        self._keep(strays)

    def _keep(self, strays: dict[str, list[GLEntry]]) -> None:
        for no, some in strays.items():
            one = self._accounts[no]
            one.strays = sorted([*one.strays, *some], key=lambda entry: entry.entry_no)[:NAMED]

    def found(self) -> Iterator[Difference]:
        """The accounts on which the ledgers differ."""
        for no, one in sorted(self._accounts.items()):
            if one.is_control and one.bank_ledger != one.general:
                yield _difference(no, one.bank_ledger, one.general, one.strays)


def _in_period(accounts: Accounts, day: date) -> bool:
    return accounts.first_day <= day and accounts.counts(day)


def _difference(
    no: str, bank_ledger: Decimal, general: Decimal, strays: Sequence[GLEntry]
) -> Difference:
    told = ", ".join(
        f"{e.document_no} of {e.posting_date.isoformat()} by {e.user or 'nobody'} ({e.amount}, entry {e.entry_no})"
        for e in strays
    )
    first = strays[0]
    return Difference(
        invariant="I21",
        kind=Break.CONTROL,
        subject=f"account {no}",
        freshbooks=bank_ledger,
        nav=general,
        text=f"the account differs from the bank ledger: {told}",
        cause=f"entry {first.entry_no} of {first.posting_date.isoformat()} was posted by {first.user or 'nobody'} past the bank ledger ({first.amount})",
    )
