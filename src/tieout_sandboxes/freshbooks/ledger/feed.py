"""`journal_entry_details`: every debit and credit with its account and the document it comes from.

Keys: SDK model JournalEntryDetail and the sample published with the API; search keys: the API's
published Postman collection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from tieout_sandboxes.freshbooks import search
from tieout_sandboxes.freshbooks.envelope import encode, listing
from tieout_sandboxes.freshbooks.errors import FILTER_DATE, FILTER_NUMBER
from tieout_sandboxes.freshbooks.ledger.accounts import Place
from tieout_sandboxes.freshbooks.ledger.chart import Known
from tieout_sandboxes.freshbooks.ledger.entries import Booking, Entry
from tieout_sandboxes.freshbooks.ledger.journal import Journal, Numbered
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.paging import page_of
from tieout_sandboxes.freshbooks.query import Query

KIND = "journal_entry_detail"
ENTITIES = {"journal_entry": "adjustment"}  # the word of the general ledger report
IDS = {
    "invoice": "invoiceid", "expense": "expenseid", "payment": "paymentid", "credit": "creditid",
    "income": "incomeid",
}  # fmt: skip
Detail = tuple[Numbered, int, Booking]


class Feed:
    """The general ledger, line by line."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._core = journal.books.core
        # A long list is read page by page: its lines are laid out once for each state of the journal.
        self._of: Sequence[Numbered] = ()
        self._all: Sequence[Detail] = ()

    def listing(self, query: Query) -> bytes:
        """A page of details."""
        status, switches = self._core.switches.query_error_status, self._core.switches
        page = page_of(query, status)
        wanted = self._wanted(query, status)
        running = self._running()
        if switches.journal_details_order == "newest_first":
            wanted = wanted[::-1]
        records = [encode(self._shown(detail, running)) for detail in page.of(wanted)]
        return listing("journal_entry_details", records, page, len(wanted))

    def _wanted(self, query: Query, status: int) -> Sequence[Detail]:
        first = search.scalar(query, "start_date", search.day, FILTER_DATE, KIND, status)
        last = search.scalar(query, "end_date", search.day, FILTER_DATE, KIND, status)
        account = search.scalar(query, "sub_accountid", int, FILTER_NUMBER, KIND, status)
        if (first, last, account) == (None, None, None):
            return self._details()

        def fits(detail: Detail) -> bool:
            date = detail[0].entry.date
            return (
                (first is None or date >= first)
                and (last is None or date < last or (date == last and self._includes_end()))
                and (account is None or self._journal.chart.of(detail[2].place).id == account)
            )

        return list(filter(fits, self._details()))

    def _includes_end(self) -> bool:
        return self._core.switches.journal_details_end == "included"

    def _details(self) -> Sequence[Detail]:
        shown = self._journal.all()
        if shown is not self._of:
            self._of = shown
            self._all = [(each, *detail) for each in shown for detail in each.details()]
        return self._all

    def _running(self) -> dict[int, Decimal]:
        """The balance of each detail's account after it, in the order of time."""
        if self._core.switches.journal_details_balance == "amount":
            return {}
        sums: dict[tuple[Place, str], Decimal] = defaultdict(lambda: ZERO)
        found: dict[int, Decimal] = {}
        for numbered, number, booking in self._in_time():
            key = booking.place, numbered.entry.code
            sums[key] += natural(booking)
            found[number] = sums[key]
        return found

    def _in_time(self) -> Iterable[Detail]:
        return sorted(self._details(), key=lambda detail: (detail[0].entry.date, detail[1]))

    def _shown(self, detail: Detail, running: dict[int, Decimal]) -> dict[str, Any]:
        numbered, number, booking = detail
        entry, system = numbered.entry, self._core.business.account_id
        known = self._journal.chart.of(booking.place)
        return {
            "account": self._account(known),
            "accounting_systemid": system,
            "balance": Money(running.get(number, natural(booking)), entry.code),
            "credit": Money(-booking.amount, entry.code) if booking.amount < 0 else None,
            "debit": Money(booking.amount, entry.code) if booking.amount > 0 else None,
            "description": entry.description,
            "detail_type": self._type(entry),
            "detailid": number,
            "entry": self._entry(numbered),
            "id": number,
            "name": entry.name,
            "sub_account": self._sub_account(known),
            "user_entered_date": entry.date,
        }

    def _type(self, entry: Entry) -> str:
        if entry.kind == "invoice":
            return self._core.switches.journal_sales_type
        return ENTITIES.get(entry.kind, entry.kind)

    def _account(self, known: Known) -> dict[str, Any]:
        account = known.place.account
        number = self._journal.chart.ids[account]
        return {
            "account_name": account.name,
            "account_number": account.number,
            "account_type": account.type,
            "accountid": number,
            "accounting_systemid": self._core.business.account_id,
            "id": number,
        }

    def _sub_account(self, known: Known) -> dict[str, Any]:
        return {
            "account_sub_name": known.place.name,
            "account_sub_number": known.number,
            "accounting_systemid": self._core.business.account_id,
            "id": known.id,
            "parentid": self._journal.chart.ids[known.place.account],
            "sub_accountid": known.id,
        }

    def _entry(self, numbered: Numbered) -> dict[str, Any]:
        entry = numbered.entry
        source = {name: entry.number if kind == entry.kind else None for kind, name in IDS.items()}
        return {
            "accounting_systemid": self._core.business.account_id,
            "categoryid": entry.category,
            "clientid": entry.client,
            "entryid": numbered.id,
            "id": numbered.id,
            **source,
        }


def natural(booking: Booking) -> Decimal:
    """An amount as its account shows it: above zero where it raises the balance."""
    return booking.amount if booking.place.account.debit else -booking.amount
