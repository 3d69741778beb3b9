"""Where the ledger and the reports are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.envelope import encode, single
from tieout_sandboxes.freshbooks.guard import Guard
from tieout_sandboxes.freshbooks.ledger.balances import Accounts
from tieout_sandboxes.freshbooks.ledger.by_hand import ByHand
from tieout_sandboxes.freshbooks.ledger.feed import Feed
from tieout_sandboxes.freshbooks.ledger.journal import Journal
from tieout_sandboxes.freshbooks.ledger.manual import KIND
from tieout_sandboxes.freshbooks.ledger.reports.aging import accounts_aging
from tieout_sandboxes.freshbooks.ledger.reports.asked import Asked, asked
from tieout_sandboxes.freshbooks.ledger.reports.general_ledger import general_ledger
from tieout_sandboxes.freshbooks.ledger.reports.payments_collected import payments_collected
from tieout_sandboxes.freshbooks.ledger.reports.profit_loss import profit_loss
from tieout_sandboxes.freshbooks.ledger.reports.tax_summary import tax_summary
from tieout_sandboxes.freshbooks.ledger.reports.trial_balance import trial_balance
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.tokens import Grants

Report = Callable[[Journal, Asked], dict[str, Any]]
ACCOUNT = "/accounting/account/{account}"
# The name in the address, the name in the answer, and the report.
REPORTS: Mapping[str, tuple[str, Report]] = {
    "trial_balance": ("trial_balance", trial_balance),
    "profitloss_entity": ("profitloss", profit_loss),
    "profitloss": ("profitloss", profit_loss),
    "payments_collected": ("payments_collected", payments_collected),
    "taxsummary": ("taxsummary", tax_summary),
    "accounts_aging": ("accounts_aging", accounts_aging),
    "general_ledger": ("general_ledger", general_ledger),
}


class LedgerEndpoints(Guard):
    """Accounts, details and entries by hand."""

    def __init__(self, core: Core, grants: Grants, journal: Journal) -> None:
        super().__init__(core, grants, "accounting")
        self._feed = Feed(journal)
        self._accounts = Accounts(journal)
        self._by_hand = ByHand(journal)

    def routes(self) -> list[Route]:
        """`journal_entries/...` and `journal_entry_accounts/...`."""
        entries = f"{ACCOUNT}/journal_entries"
        accounts = f"{ACCOUNT}/journal_entry_accounts/journal_entry_accounts"
        details, by_hand = f"{entries}/journal_entry_details", f"{entries}/journal_entries"
        return [
            Route(accounts, self._guarded(self._list_accounts), methods=["GET"]),
            Route(details, self._guarded(self._list_details), methods=["GET"]),
            Route(by_hand, self._guarded(self._create), methods=["POST"]),
        ]

    def _asked_scope(self) -> str:
        return "journal_entries"

    async def _list_accounts(self, request: Request) -> Response:
        return self._answer(self._accounts.listing(Query(request.url.query)))

    async def _list_details(self, request: Request) -> Response:
        return self._answer(self._feed.listing(Query(request.url.query)))

    async def _create(self, request: Request) -> Response:
        return self._answer(self._by_hand.create(await self._body(request, KIND)))


class ReportEndpoints(Guard):
    """The reports, one address each."""

    def __init__(self, core: Core, grants: Grants, journal: Journal) -> None:
        super().__init__(core, grants, "accounting")
        self._journal = journal

    def routes(self) -> list[Route]:
        """`reports/accounting/<name>`."""
        root = f"{ACCOUNT}/reports/accounting"
        return [
            Route(f"{root}/{name}", self._guarded(self._answering(*report)), methods=["GET"])
            for name, report in REPORTS.items()
        ]

    def _asked_scope(self) -> str:
        return "reports"

    def _answering(self, key: str, report: Report) -> Any:
        async def answer(request: Request) -> Response:
            wanted = asked(Query(request.url.query), self._core)
            return self._answer(single(key, encode(report(self._journal, wanted))))

        return answer
