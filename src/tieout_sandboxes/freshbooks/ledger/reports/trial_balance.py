"""`trial_balance`: every account with its balance on one side, in one currency.

Keys and one-sided rows: sample published with the API; by accrual and in one currency: help article
360006684752.
"""

from __future__ import annotations

from typing import Any

from tieout_sandboxes.freshbooks.ledger.balances import booked
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.ledger.reports.asked import Asked, download_token
from tieout_sandboxes.freshbooks.money import ZERO, Money


def trial_balance(journal: Journal, wanted: Asked) -> dict[str, Any]:
    """The accounts that have a balance, by number."""
    core = journal.books.core
    movements = core.switches.trial_balance_period == "movements"
    first = wanted.first if movements else ""
    balances = booked(journal.entries(), wanted.code, first, wanted.last)
    accounts = [known for account in journal.chart.ids for known in journal.chart.below(account)]
    return {
        "company_name": core.business.name,
        "currency_code": wanted.code,
        "data": [
            {
                "account_name": known.place.account.name,
                "account_number": known.place.account.number,
                "account_sub_name": known.place.name,
                "account_sub_number": known.number,
                "credit": Money(max(-balance, ZERO), wanted.code),
                "debit": Money(max(balance, ZERO), wanted.code),
                "sub_accountid": known.id,
            }
            for known in accounts
            if (balance := balances.get(known.place, ZERO))
        ],
        "download_token": download_token("trial_balance", wanted),
        "end_date": wanted.last,
        "start_date": wanted.first,
    }
