"""The newer addresses of the ledger, by the business's uuid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.answers import json_answer
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.envelope import encode, single
from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.guard import Guard
from tieout_sandboxes.freshbooks.ledger.accounts import Account, Place
from tieout_sandboxes.freshbooks.ledger.chart_of_accounts import (
    TYPES,
    LedgerAccounts,
    Names,
    chart_of_accounts,
)
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.ledger.reports.asked import Asked, asked
from tieout_sandboxes.freshbooks.ledger.reports.general_ledger import (
    Naming,
    lines_of,
    report,
    sides,
)
from tieout_sandboxes.freshbooks.money import Money
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.tokens import Grants

BUSINESS = "/accounting/businesses/{account}"


class LedgerAccountEndpoints(Guard):
    """Ledger accounts and their types: flat answers, errors in style B."""

    def __init__(self, core: Core, grants: Grants, journal: Journal) -> None:
        super().__init__(core, grants, "accounting")
        self._accounts = LedgerAccounts(journal)

    def routes(self) -> list[Route]:
        """`ledger_accounts/accounts`, one of them, and `types`."""
        accounts = f"{BUSINESS}/ledger_accounts/accounts"
        types = "/accounting/ledger_accounts/types"
        return [
            Route(accounts, self._guarded(self._list), methods=["GET"]),
            Route(accounts + "/{uuid}", self._guarded(self._one), methods=["GET"]),
            Route(types, self._guarded(self._types), methods=["GET"]),
        ]

    def _asked_scope(self) -> str:
        return self._core.switches.ledger_accounts_scope

    def _scope_id(self) -> str:
        return self._core.business.business_uuid

    def _refused(self, refusal: Refusal) -> Response:
        return json_answer(errors.style_b(refusal), refusal.status)

    async def _list(self, _request: Request) -> Response:
        return json_answer({"data": self._accounts.all()})

    async def _one(self, request: Request) -> Response:
        return json_answer({"data": self._accounts.one(request.path_params["uuid"])})

    async def _types(self, _request: Request) -> Response:
        return json_answer({"data": [{"name": name} for name in TYPES]})


class BusinessReportEndpoints(Guard):
    """The reports that are documented by business."""

    def __init__(self, core: Core, grants: Grants, journal: Journal) -> None:
        super().__init__(core, grants, "accounting")
        self._journal = journal

    def routes(self) -> list[Route]:
        """`reports/general_ledger` and `reports/chart_of_accounts`."""
        reports = f"{BUSINESS}/reports"
        chart = f"{reports}/chart_of_accounts"
        return [
            Route(f"{reports}/general_ledger", self._guarded(self._ledger), methods=["GET"]),
            Route(chart, self._guarded(self._chart), methods=["GET"]),
        ]

    def _asked_scope(self) -> str:
        return "reports"

    def _scope_id(self) -> str:
        return self._core.business.business_uuid

    async def _ledger(self, request: Request) -> Response:
        query = Query(request.url.query)
        found = general_ledger(self._journal, asked(query, self._core), query)
        return self._answer(single("general_ledger", encode(found)))

    async def _chart(self, request: Request) -> Response:
        wanted = asked(Query(request.url.query), self._core)
        found = chart_of_accounts(self._journal, wanted)
        return self._answer(single("journal_entry_accounts", encode(found)))


def general_ledger(journal: Journal, wanted: Asked, query: Query) -> dict[str, Any]:
    """The report by business: uuids, and `accountid` narrows it to one account."""
    names, only = Names(journal.books.core), query.bare("accountid")
    lines = {
        place: some
        for place, some in lines_of(journal, wanted).items()
        if only in (None, names.place(place), names.account(place.account))
    }
    _debit, credit = sides(line for some in lines.values() for line in some)
    return {
        **report(journal, wanted, lines, _by_uuid(journal, names)),
        "locale": query.bare("locale") or "en",
        "summary": {"total_credit": Money(credit, wanted.code)},
    }


def _by_uuid(journal: Journal, names: Names) -> Naming:
    def account(parent: Account) -> Mapping[str, Any]:
        return {"accountid": names.account(parent), "account_number": parent.number}

    def below(place: Place) -> Mapping[str, Any]:
        number = f"{place.account.number}-{journal.chart.of(place).number}"
        return {"sub_accountid": names.place(place), "sub_account_number": number}

    return Naming(account, below)
