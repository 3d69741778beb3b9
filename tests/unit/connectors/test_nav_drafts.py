"""Looking for drafts while people post them: NAV shows what is not committed, and it may be rolled back."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.unit.connectors.test_nav_odata import CONNECTION

from tieout.connectors.http import Http
from tieout.connectors.nav.pages.target import PagesTarget
from tieout.core.decision.plan import Command, Role, Status
from tieout.core.records.identity import Kind, Ref

BATCH = {"template_name": "GENERAL", "batch_name": "FRESHBOOKS"}
REF = Ref(Kind.INVOICE, "1")
KEY = "FB-INV-1-1"


def line(account_type: str, account_no: str, amount: str, number: int = 10_000) -> dict[str, Any]:
    return {
        "Journal_Template_Name": "GENERAL",
        "Journal_Batch_Name": "FRESHBOOKS",
        "Line_No": number,
        "External_Document_No": KEY,
        "Document_Type": "Invoice",
        "Document_No": "FB1",
        "Account_Type": account_type,
        "Account_No": account_no,
        "Amount": Decimal(amount),
    }


DRAFT = [line("Customer", "C1", "10"), line("G/L Account", "4000", "-10", 20_000)]
POSTING = {
    "document_type": "Invoice",
    "document_no": "FB1",
    "lines": [
        {"account_type": "Customer", "account_no": "C1", "amount": "10.00"},
        {"account_type": "G/L Account", "account_no": "4000", "amount": "-10.00"},
    ],
    **BATCH,
}
POST = Command(key=KEY, ref=REF, revision=1, role=Role.POST, payload=POSTING)
BACK = Command(
    key="FB-INV-1-1X",
    ref=REF,
    revision=1,
    role=Role.TAKE_BACK,
    payload={"document_key": KEY, "lines_count": "2", **BATCH},
)


class Nav:
    """A NAV whose journal shows, look by look, what is given; the last look is repeated. Nothing is in the ledger."""

    def __init__(self, *looks: list[dict[str, Any]]) -> None:
        self.looks, self.asked = list(looks), Counter[str]()
        http = Http(transport=httpx2.MockTransport(self.answer))
        batches = [("GENERAL", "FRESHBOOKS"), ("CASHRCPT", "FRESHBOOKS")]
        self.target = PagesTarget(CONNECTION, http, batches, 60.0)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        page = urlsplit(str(request.url)).path.rpartition("/")[2]
        self.asked[page] += 1
        rows = []
        if page == "GeneralJournal":
            rows = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return httpx2.Response(200, json={"value": [_plain(row) for row in rows]})


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "Amount": float(row["Amount"])}


@pytest.mark.parametrize(("command", "before"), [(POST, Status.AWAITING), (BACK, None)])
async def test_a_posting_that_is_rolled_back_between_two_looks_is_not_believed(
    command: Command, before: Status | None
) -> None:
    """The journal was empty while somebody posted it, and nothing is in the ledger once that was rolled back: the lines are there all the same."""
    nav = Nav([], DRAFT)
    found = (await nav.target.find([command])).get(command.key)
    assert (found and found.status) == before
    assert nav.asked["GeneralJournal"] == 2


async def test_what_waits_is_looked_for_once() -> None:
    nav = Nav(DRAFT)
    found = await nav.target.find([POST, BACK])
    assert {key: receipt.status for key, receipt in found.items()} == {KEY: Status.AWAITING}
    assert nav.asked["GeneralJournal"] == 2, "once for what was written, once for what was deleted"


async def test_what_is_in_neither_was_never_written_and_what_was_deleted_is_gone() -> None:
    nav = Nav([])
    found = await nav.target.find([POST, BACK])
    assert {key: receipt.status for key, receipt in found.items()} == {BACK.key: Status.POSTED}


async def test_what_was_deleted_in_part_is_told() -> None:
    nav = Nav(DRAFT[:1])
    found = await nav.target.find([POST, BACK])
    assert {r.status for r in found.values()} == {Status.INCOMPLETE}
