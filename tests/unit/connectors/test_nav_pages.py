"""Drafting by pages: what is written, what is left when NAV refuses, and what is told of what was there already."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import httpx2
import pytest
from tests.unit.connectors.test_nav_journal import posted
from tests.unit.connectors.test_nav_odata import CONNECTION

from tieout.connectors.http import Http
from tieout.connectors.nav.pages.target import TWICE, PagesTarget
from tieout.core.decision.plan import Command, Role, Status
from tieout.core.failures import OutcomeUnknown
from tieout.core.records.identity import Kind, Ref

Row = dict[str, Any]
BILL, MONEY = posted()
TAG = 'W/"1"'


class Nav:
    """A NAV that keeps what is written to its pages; ``refuses`` says of a line why it is not taken."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {"PaymentTerms": [_terms("30 DAYS", "30D")]}
        self.refuses: Callable[[Row], str] = lambda row: ""
        self.changes: list[Row] = []
        self.closed = False
        http = Http(transport=httpx2.MockTransport(self.answer))
        batches = [("GENERAL", "FRESHBOOKS"), ("CASHRCPT", "FRESHBOOKS")]
        self.target = PagesTarget(CONNECTION, http, batches, 60.0)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        page, _, key = unquote(request.url.path).rpartition("/")[2].partition("(")
        rows = self.rows.setdefault(page, [])
        if request.method == "POST":
            return self._create(rows, json.loads(request.content))
        number = re.search(r"(?:Line|Entry)_No=(\d+)", key)
        mine = [
            row
            for row in rows
            if number and int(number[1]) in (row.get("Line_No"), row.get("Entry_No"))
        ]
        if not key:
            return httpx2.Response(200, json={"value": rows})
        if not mine:
            return httpx2.Response(404, json={"error": {"message": "not found"}})
        if request.method == "DELETE":
            rows.remove(mine[0])
            return httpx2.Response(204)
        if request.method == "PATCH" and not self.closed:
            self.changes.append(json.loads(request.content))
            mine[0].update(self.changes[-1])
        return httpx2.Response(200, json=mine[0])

    def _create(self, rows: list[Row], row: Row) -> httpx2.Response:
        if why := self.refuses(row):
            return httpx2.Response(400, json={"error": {"code": "x", "message": why}})
        rows.append({"@odata.etag": TAG, **row})
        return httpx2.Response(201, json=rows[-1])

    def lines(self) -> list[tuple[str, str]]:
        found = [*self.rows.get("GeneralJournal", []), *self.rows.get("CashReceiptJournal", [])]
        return [(row.get("External_Document_No", ""), row["Account_Type"]) for row in found]

    def post(self, command: Command, *, times: int = 1, number: int = 7) -> None:
        """The document stands in both ledgers, the customer's part as often as is said."""
        ledger = self.rows.setdefault("GeneralLedgerEntries", [])
        ledger.append(_gl(command.key, command.payload["document_no"]))
        entries = self.rows.setdefault("CustomerLedgerEntries", [])
        entries += [_entry(command, number + n) for n in range(times)]


def _terms(code: str, formula: str) -> Row:
    return {"Code": code, "Due_Date_Calculation": formula, "Discount_Percent": 0}


USER = {"User_ID": "ACCOUNTANT", "Reversed_Entry_No": 0, "Source_Code": "CASHRECJNL"}


def _gl(key: str, no: str) -> Row:
    numbers = {"Entry_No": 1, "G_L_Account_No": "2310", "Document_No": no, "Amount": 960}
    return {**numbers, "Document_Type": "Invoice", "External_Document_No": key, "Posting_Date": "2026-03-10", **USER}  # fmt: skip


def _entry(command: Command, number: int) -> Row:
    return {
        "@odata.etag": TAG,
        "Entry_No": number,
        "Document_Type": command.payload["document_type"],
        "Document_No": command.payload["document_no"],
        "Customer_No": "C00010",
        "Currency_Code": "",
        "Posting_Date": "2026-03-10",
        "Amount": 960,
        "Remaining_Amount": 960,
        "Open": True,
        "Reversed": False,
        "Reversed_by_Entry_No": 0,
        "Due_Date": "2026-04-09",
    }


async def test_a_document_is_drafted_once() -> None:
    nav = Nav()
    assert [r.status for r in await nav.target.execute(1, [BILL])] == [Status.AWAITING]
    assert nav.lines() == [(BILL.key, "Customer"), (BILL.key, "G/L Account")]
    (again,) = await nav.target.execute(1, [BILL])
    assert (again.status, again.no, again.text) == (Status.AWAITING, "FB0000101", BILL.hash)
    assert len(nav.lines()) == 2


async def test_what_builds_on_a_refused_document_is_not_drafted() -> None:
    nav = Nav()
    nav.refuses = lambda row: "No." if row["Account_Type"] == "G/L Account" else ""
    receipts = await nav.target.execute(1, [BILL, MONEY])
    assert [(r.status, r.text.rpartition("400: ")[2]) for r in receipts] == [
        (Status.REFUSED, "No."),
        (Status.SKIPPED, BILL.key),
    ]
    assert nav.lines() == [], "what was written of it is deleted again"


async def test_where_another_writes_at_the_same_time_nothing_is_deleted() -> None:
    nav = Nav()
    nav.refuses = lambda row: "The line already exists." if row["Line_No"] > 10_000 else ""
    with pytest.raises(OutcomeUnknown, match="another wrote to FRESHBOOKS meanwhile"):
        await nav.target.execute(1, [BILL])
    assert nav.lines() == [(BILL.key, "Customer")]


async def test_what_has_our_key_and_is_there_twice_is_a_conflict() -> None:
    nav = Nav()
    nav.post(BILL, times=2)
    (receipt,) = await nav.target.execute(1, [BILL])
    assert (receipt.status, receipt.text) == (Status.CONFLICT, TWICE)
    assert nav.lines() == []


async def test_what_is_posted_is_told_as_it_stands_in_the_ledger() -> None:
    nav = Nav()
    nav.post(BILL)
    (receipt,) = await nav.target.execute(1, [BILL])
    assert (receipt.status, receipt.no, receipt.entry_no) == (Status.POSTED, "FB0000101", 7)
    assert (receipt.amount, receipt.text) == (960, BILL.hash)
    nav.rows["CustomerLedgerEntries"].clear()
    (receipt,) = (await nav.target.find([BILL])).values()
    assert (receipt.status, receipt.entry_no) == (Status.POSTED, 0)


async def test_a_draft_is_withdrawn_and_nothing_else_is() -> None:
    nav = Nav()
    await nav.target.execute(1, [BILL, MONEY])
    payload = {"document_key": BILL.key, "lines_count": "2"}
    payload |= {name: BILL.payload[name] for name in ("template_name", "batch_name")}
    back = replace(BILL, key=f"{BILL.key}X", role=Role.TAKE_BACK, payload=payload)
    (receipt,) = await nav.target.execute(1, [back])
    assert (receipt.status, receipt.text) == (Status.POSTED, back.hash)
    assert {key for key, _ in nav.lines()} == {MONEY.key}
    nav.post(BILL)
    (receipt,) = await nav.target.execute(1, [back])
    assert (receipt.status, receipt.text) == (Status.NOT_TRIED, "it was posted meanwhile")


async def test_a_probe_leaves_nothing() -> None:
    nav = Nav()
    await nav.target.execute(1, [BILL])
    before = nav.lines()
    await nav.target.journals.probe(("GENERAL", "FRESHBOOKS"))
    assert nav.lines() == before


DUE = Command(
    key="FB-INV-34101-D1",
    ref=Ref(Kind.INVOICE, "34101"),
    revision=1,
    role=Role.SET_DUE_DATE,
    payload={
        "customer_no": "C00010",
        "document_type": "Invoice",
        "document_no": "FB0000101",
        "due_date": "2026-04-30",
    },
)


async def test_a_due_date_is_written_to_the_entry_of_its_document() -> None:
    nav = Nav()
    nav.post(replace(BILL, payload={**BILL.payload, "document_type": "Payment"}), number=1)
    (receipt,) = await nav.target.execute(1, [DUE])
    told = "There is no customer ledger entry of FB0000101."
    assert (receipt.status, receipt.text) == (Status.REFUSED, told)
    nav.post(BILL, number=9)
    (receipt,) = await nav.target.execute(1, [DUE])
    assert (receipt.status, receipt.no) == (Status.POSTED, "FB0000101")
    assert [row["Due_Date"] for row in nav.rows["CustomerLedgerEntries"]] == [
        "2026-04-09",
        "2026-04-30",
    ]
    await nav.target.execute(1, [DUE])
    assert nav.changes == [{"Due_Date": "2026-04-30"}], "what stands so already is not written"


async def test_the_due_date_of_an_entry_that_is_closed_stays() -> None:
    nav = Nav()
    nav.post(BILL)
    nav.closed = True
    (receipt,) = await nav.target.execute(1, [DUE])
    assert receipt.status is Status.REFUSED
    assert receipt.text == "FB0000101 is not open any more; NAV keeps its due date."
