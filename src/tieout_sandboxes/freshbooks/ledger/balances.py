"""`journal_entry_accounts`: the chart with a balance on each account, all on one page.

Keys: SDK model JournalEntryAccount and the sample published with the API, which writes a balance
without needless zeros: "340.54", "-500", "0".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from tieout_sandboxes.freshbooks import search
from tieout_sandboxes.freshbooks.clock import eastern
from tieout_sandboxes.freshbooks.envelope import encode, listing
from tieout_sandboxes.freshbooks.errors import FILTER_DATE
from tieout_sandboxes.freshbooks.ledger.accounts import Account, Place
from tieout_sandboxes.freshbooks.ledger.chart import Known
from tieout_sandboxes.freshbooks.ledger.entries import Entry
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.money import ZERO
from tieout_sandboxes.freshbooks.paging import Page
from tieout_sandboxes.freshbooks.query import Query

KIND = "journal_entry_account"


def booked(
    entries: Iterable[Entry], code: str, first: str = "", last: str = "9999-12-31"
) -> dict[Place, Decimal]:
    """What was booked to each account in one currency from one day to another, both included."""
    sums: dict[Place, Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        if entry.code == code and first <= entry.date <= last:
            for booking in entry.bookings:
                sums[booking.place] += booking.amount
    return sums


class Accounts:
    """The chart of accounts with its balances."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._core = journal.books.core

    def listing(self, query: Query) -> bytes:
        """Every parent with the accounts below it."""
        code, first, last = self._asked(query)
        found = self._journal.entries()
        balances = booked(found, code, first, last)
        posted = {booking.place for entry in found for booking in entry.bookings}
        chart = self._journal.chart.ids
        records = [encode(self._parent(account, code, balances, posted)) for account in chart]
        return listing("journal_entry_accounts", records, Page(1, len(records)), len(records))

    def _asked(self, query: Query) -> tuple[str, str, str]:
        """Currency and days; the business's own currency and all days unless filters are assumed to work."""
        switches, own = self._core.switches, self._core.business.currency
        if not switches.journal_accounts_filters:
            return own, "", "9999-12-31"
        status = switches.query_error_status
        first = search.scalar(query, "start_date", search.day, FILTER_DATE, KIND, status)
        last = search.scalar(query, "end_date", search.day, FILTER_DATE, KIND, status)
        return query.scalars.get("currency_code", own), first or "", last or "9999-12-31"

    def _parent(
        self, account: Account, code: str, balances: Mapping[Place, Decimal], posted: set[Place]
    ) -> dict[str, Any]:
        below = list(self._journal.chart.below(account))
        total = sum((balances.get(known.place, ZERO) for known in below), ZERO)
        number = self._journal.chart.ids[account]
        return {
            "account_name": account.name,
            "account_number": account.number,
            "account_type": account.type,
            "accountid": number,
            "balance": _plain(natural(account, total)),
            "created_at": eastern(self._journal.chart.since),
            "currency_code": code,
            "id": number,
            "sub_accounts": [
                self._below(known, code, balances.get(known.place, ZERO), known.place in posted)
                for known in below
            ],
        }

    def _below(
        self,
        known: Known,
        code: str,
        balance: Decimal,
        posted: bool,  # noqa: FBT001 - a fact
    ) -> dict[str, Any]:
        account = known.place.account
        return {
            "account_sub_name": known.place.name,
            "account_sub_number": known.number,
            "account_type": account.type,
            "balance": _plain(natural(account, balance)),
            "created_at": eastern(known.since),
            "currency_code": code,
            "custom": False,
            "id": known.id,
            "parentid": self._journal.chart.ids[account],
            "sub_accountid": known.id,
            "transaction_posted": posted,
        }


def natural(account: Account, balance: Decimal) -> Decimal:
    """A balance as its account shows it: above zero on the side where it usually is."""
    return balance if account.debit else -balance


def _plain(amount: Decimal) -> str:
    """`340.54`, `-500`, `0`: without needless zeros."""
    return f"{amount.normalize():f}" if amount else "0"
