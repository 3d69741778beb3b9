"""`general_ledger`: every account with what was booked to it, line by line, and the document of each.

Only the latest version of an entry is shown, at its own date (help article 360046884431). Keys by
account id: a fork of the Node SDK (model GeneralLedger). Keys by business: api/general-ledger-report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieout_sandboxes.freshbooks.ledger.accounts import Account, Place
from tieout_sandboxes.freshbooks.ledger.entries import Booking, Entry
from tieout_sandboxes.freshbooks.ledger.feed import ENTITIES
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.ledger.reports.asked import Asked, client_name, download_token
from tieout_sandboxes.freshbooks.money import ZERO, Money

IDS = {
    "bill": "billid", "bill_payment": "bill_paymentid", "credit": "creditid",
    "expense": "expenseid", "income": "incomeid", "invoice": "invoiceid", "payment": "paymentid",
}  # fmt: skip
Line = tuple[Entry, Booking]


@dataclass(frozen=True)
class Naming:
    """How accounts are named: each family of addresses has ids of its own."""

    account: Callable[[Account], Mapping[str, Any]]
    below: Callable[[Place], Mapping[str, Any]]


def by_number(journal: Journal) -> Naming:
    """Numbers, as the addresses by account id have them."""

    def account(parent: Account) -> Mapping[str, Any]:
        number = journal.chart.ids[parent]
        return {"accountid": number, "id": number, "account_number": parent.number}

    def below(place: Place) -> Mapping[str, Any]:
        known = journal.chart.of(place)
        return {"id": known.id, "sub_accountid": known.id, "sub_account_number": known.number}

    return Naming(account, below)


def general_ledger(journal: Journal, wanted: Asked) -> dict[str, Any]:
    """The report by account id."""
    lines = lines_of(journal, wanted)
    return report(journal, wanted, lines, by_number(journal)) | {"summary": _summary(lines, wanted)}


def lines_of(journal: Journal, wanted: Asked) -> dict[Place, list[Line]]:
    """What was booked to each account in the days and the currency asked for, in the order of time."""
    found: dict[Place, list[Line]] = defaultdict(list)
    for entry in sorted(journal.entries(), key=lambda entry: (entry.date, entry.source)):
        if entry.code == wanted.code and wanted.within(entry.date):
            for booking in entry.bookings:
                found[booking.place].append((entry, booking))
    return found


def report(
    journal: Journal, wanted: Asked, lines: Mapping[Place, list[Line]], naming: Naming
) -> dict[str, Any]:
    """What the report of both families has in common."""
    return {
        "company_name": journal.books.core.business.name,
        "currency_code": wanted.code,
        "data": [
            _account(journal, account, lines, naming, wanted.code)
            for account in journal.chart.ids
            if any(place.account == account for place in lines)
        ],
        "download_token": download_token("general_ledger", wanted),
        "end_date": wanted.last,
        "start_date": wanted.first,
        "summary_only": False,
    }


def _summary(lines: Mapping[Place, list[Line]], wanted: Asked) -> dict[str, Money]:
    every = [line for some in lines.values() for line in some]
    debit, credit = sides(every)
    return {"total_credit": Money(credit, wanted.code), "total_debit": Money(debit, wanted.code)}


def sides(lines: Iterable[Line]) -> tuple[Decimal, Decimal]:
    """What all debits and all credits come to."""
    amounts = [booking.amount for _entry, booking in lines]
    debit = sum((amount for amount in amounts if amount > 0), ZERO)
    return debit, debit - sum(amounts, ZERO)


def _account(
    journal: Journal,
    account: Account,
    lines: Mapping[Place, list[Line]],
    naming: Naming,
    code: str,
) -> dict[str, Any]:
    below = [known.place for known in journal.chart.below(account) if known.place in lines]
    return {
        "account_name": account.name,
        **naming.account(account),
        **_movement([line for place in below for line in lines[place]], code),
        "sub_accounts": [_below(journal, place, lines[place], naming, code) for place in below],
    }


def _below(
    journal: Journal, place: Place, lines: list[Line], naming: Naming, code: str
) -> dict[str, Any]:
    return {
        "sub_account_name": place.name,
        **naming.below(place),
        **_movement(lines, code),
        "transactions": [_transaction(journal, entry, booking) for entry, booking in lines],
    }


def _movement(lines: list[Line], code: str) -> dict[str, Money]:
    debit, credit = sides(lines)
    return {
        "credit": Money(credit, code),
        "debit": Money(debit, code),
        "net_movement_credit": Money(max(credit - debit, ZERO), code),
        "net_movement_debit": Money(max(debit - credit, ZERO), code),
    }


def _transaction(journal: Journal, entry: Entry, booking: Booking) -> dict[str, Any]:
    client = None if entry.client is None else client_name(journal.books, entry.client)
    source = {name: entry.number if kind == entry.kind else None for kind, name in IDS.items()}
    return {
        "client_name": client,
        "clientid": entry.client,
        "credit": Money(max(-booking.amount, ZERO), entry.code),
        "date": entry.date,
        "debit": Money(max(booking.amount, ZERO), entry.code),
        "description": entry.description,
        "entity_type": ENTITIES.get(entry.kind, entry.kind),
        "reference": entry.name,
        **source,
    }
