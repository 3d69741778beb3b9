"""The chart of accounts as the newer addresses show it, by business and with uuids.

`ledger_accounts`: keys from freshbooks-tools (verified live) and fixtures of the Python SDK.
`reports/chart_of_accounts`: keys, parameters and balances of three decimals from api/chart-of-accounts.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.clock import iso_microseconds
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.ledger.accounts import (
    CASH,
    CREDIT,
    DEFERRED,
    EQUIPMENT,
    EQUITY,
    GOODS_SOLD,
    OPERATING,
    PAYABLE,
    RECEIVABLE,
    REVENUE,
    TAXES_PAID,
    TAXES_PAYABLE,
    UNEARNED,
    Account,
    Place,
)
from tieout_sandboxes.freshbooks.ledger.balances import booked, natural
from tieout_sandboxes.freshbooks.ledger.chart import Known
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.ledger.reports.asked import Asked
from tieout_sandboxes.freshbooks.money import ZERO

TYPES = ("asset", "liability", "equity", "income", "expense")
SUB_TYPES = {
    CASH: "Cash & Bank", RECEIVABLE: "Current Asset", EQUIPMENT: "Non-Current Asset",
    DEFERRED: "Current Asset", PAYABLE: "Current Liability", TAXES_PAYABLE: "Current Liability",
    UNEARNED: "Current Liability", CREDIT: "Current Liability", EQUITY: "Equity",
    REVENUE: "Income", GOODS_SOLD: "Cost of Goods Sold", OPERATING: "Operating Expense",
    TAXES_PAID: "Operating Expense",
}  # fmt: skip


class Names:
    """The uuids of accounts: the same for the same business and account, always."""

    def __init__(self, core: Core) -> None:
        self._space = uuid.uuid5(uuid.NAMESPACE_OID, core.business.business_uuid)

    def account(self, account: Account) -> str:
        """A parent's uuid."""
        return str(uuid.uuid5(self._space, account.number))

    def place(self, place: Place) -> str:
        """The uuid of an account below a parent."""
        return str(uuid.uuid5(self._space, f"{place.account.number}/{place.name}"))


class LedgerAccounts:
    """`ledger_accounts/accounts`."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._names = Names(journal.books.core)

    def all(self) -> list[dict[str, Any]]:
        """Every account, each parent before those below it; there are no pages."""
        self._journal.all()  # accounts that something was booked to since are among them
        return list(self._shown())

    def one(self, wanted: str) -> dict[str, Any]:
        """An account by its uuid."""
        for account in self.all():
            if account["uuid"] == wanted:
                return account
        raise Refusal(404, errors.UNKNOWN_RESOURCE, "Not found.")

    def _shown(self) -> Iterator[dict[str, Any]]:
        for account in self._journal.chart.ids:
            yield self._parent(account)
            for known in self._journal.chart.below(account):
                yield self._below(known)

    def _parent(self, account: Account) -> dict[str, Any]:
        below = [self._names.place(known.place) for known in self._journal.chart.below(account)]
        return {
            "uuid": self._names.account(account),
            "name": account.name,
            "number": account.number,
            **_kind(account),
            "system_account_name": account.name,
            "parent_account": None,
            "sub_accounts": below,
            "auto_created": True,
            "state": "active",
            "updated_at": iso_microseconds(self._journal.chart.since),
            "category_id": None,
            "jea_id": self._journal.chart.ids[account],
            "jesa_id": None,
        }

    def _below(self, known: Known) -> dict[str, Any]:
        account = known.place.account
        return {
            "uuid": self._names.place(known.place),
            "name": known.place.name,
            "number": f"{account.number}-{known.number}",
            **_kind(account),
            "system_account_name": known.place.name if known.standard else None,
            "parent_account": self._names.account(account),
            "sub_accounts": [],
            "auto_created": False,
            "state": "active",
            "updated_at": iso_microseconds(known.since),
            "category_id": None,
            "jea_id": None,
            "jesa_id": known.id,
        }


def _kind(account: Account) -> dict[str, str]:
    return {"description": "", "type": account.type, "sub_type": SUB_TYPES[account]}


def chart_of_accounts(journal: Journal, wanted: Asked) -> list[dict[str, Any]]:
    """Every parent with its accounts, and what was booked to them in the days asked for."""
    names = Names(journal.books.core)
    movements = journal.books.core.switches.chart_of_accounts_period == "movements"
    first = wanted.since if movements else ""
    balances = booked(journal.entries(), wanted.code, first, wanted.until)
    return [
        _parent(journal, account, balances, names, wanted.code) for account in journal.chart.ids
    ]


def _parent(
    journal: Journal, account: Account, balances: Mapping[Place, Decimal], names: Names, code: str
) -> dict[str, Any]:
    below = list(journal.chart.below(account))
    total = sum((balances.get(known.place, ZERO) for known in below), ZERO)
    return {
        **_figures(account, total, code),
        "account_name": account.name,
        "account_number": account.number,
        "account_uuid": names.account(account),
        "auto_created": True,
        "sub_accounts": [
            {
                **_figures(account, balances.get(known.place, ZERO), code),
                "account_name": known.place.name,
                "account_number": f"{account.number}-{known.number}",
                "account_uuid": names.place(known.place),
                "auto_created": False,
                "parent_account_uuid": names.account(account),
                "system_account_name": known.place.name if known.standard else None,
            }
            for known in below
        ],
        "system_account_name": account.name,
    }


def _figures(account: Account, balance: Decimal, code: str) -> dict[str, Any]:
    return {
        "account_sub_type": SUB_TYPES[account],
        "account_type": account.type,
        "balance": f"{natural(account, balance):.3f}",
        "currency_code": code,
        "state": "active",
    }
