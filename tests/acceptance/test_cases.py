"""The accounting cases that this version must get right, each through the real path; the expected entries are read back over OData.

The cases themselves are shared material beside the repository; where that is absent the test is skipped and says so. ``test_order_to_cash.py`` holds our own.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.acceptance.world import World

from tieout.core.records.identity import Kind, Ref

CASES = Path(__file__).parents[2].parent / "shared" / "reference" / "accounting_cases.yaml"
# What this version covers.
WANTED = ["W01", "W02", "W06", "W07", "W09", "W12", "W19", "W20"]
WANTED += ["E01", "E02", "E10", "E24", "E25", "E26", "E35"]
STATUSES = {"draft": 1, "sent": 2, "viewed": 3, "partial": 2, "paid": 2}

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="../shared/reference is not here")


def all_cases() -> dict[str, dict[str, Any]]:
    """The cases by id; every scalar is text, so that no number passes through float."""
    document = yaml.load(CASES.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return {case["id"]: case for case in document["cases"]}


class Player:
    """Plays the events of a case in FreshBooks, as people would."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._made: set[tuple[str, str]] = set()

    async def given(self, case: dict[str, Any], cases: dict[str, dict[str, Any]]) -> None:
        """What stood before: another case, or documents named in words."""
        await self._world.person.create(
            "client",
            7001,
            organization="Acme Ltd",
            email="ap@acme.test",
            p_country="United Kingdom",
        )
        given = case.get("given", {})
        before = given.get("after") or ("W01" if case["id"] == "W12" else None)
        if before:
            await self.events(cases[before]["events"])
        for words in given.get("posted", ()):
            await self.posted(words)

    async def posted(self, words: str) -> None:
        """An invoice of which the case says only number and total, like ``FB0000201 960.00 (id 35001), reversed``."""
        number, amount = words.split(maxsplit=1)[0].removeprefix("FB"), words.split()[1]
        net = Decimal(amount) / Decimal("1.2")
        event = {
            "object": "invoice",
            "id": "35001",
            "invoice_number": number,
            "create_date": "2026-03-10",
            "v3_status": "sent",
            "vis_state": "0",
            "lines": [
                {
                    "name": "Consulting",
                    "qty": "10",
                    "unit_cost": str(net / 10),
                    "taxName1": "VAT",
                    "taxAmount1": "20",
                }
            ],
            "amount": amount,
        }
        await self.events([event])
        if "reversed" in words:
            await self.events([{**event, "vis_state": "1"}])

    async def events(self, events: list[dict[str, Any]]) -> None:
        for event in events:
            if event.get("fault") == "nav_timeout_after_commit":
                continue
            await (self._payment(event) if event["object"] == "payment" else self._invoice(event))
            await self._world.sync()

    async def fault_first(self, events: list[dict[str, Any]]) -> None:
        """The answer to the posting call is lost after NAV has committed: the call after Claim and, for a new customer, CreateCustomers."""
        calls = 1 if await self._world.nav.rows("Customer") else 2
        if any("fault" in event for event in events):
            await self._world.nav.control(
                "faults",
                {
                    "kind": "drop_after",
                    "path": "/Codeunit/TieoutGateway",
                    "times": 1,
                    "after": calls,
                },
            )

    async def payment_first(self, events: list[dict[str, Any]]) -> None:
        """The notification of the payment arrives before that of its invoice."""
        payment, invoice = events
        await self._invoice(invoice)
        await self._payment(payment)
        await self._world.webhook(Ref(Kind.PAYMENT, payment["id"]))
        await self._world.settle()
        await self._world.sync()

    async def _invoice(self, event: dict[str, Any]) -> None:
        person, number = self._world.person, int(event["id"])
        if event["vis_state"] == "1":
            await person.update("invoice", number, vis_state=1)
            return
        fields = {
            "customerid": 7001,
            "create_date": event["create_date"],
            "invoice_number": event["invoice_number"],
            "currency_code": "GBP",
            "due_offset_days": int(event.get("due_offset_days", 30)),
            "lines": [_line(row) for row in event["lines"]],
            **{name: event[name] for name in ("notes", "po_number") if name in event},
        }
        if event.get("tax_included"):
            fields["tax_included"] = event["tax_included"]
        if event.get("tax_total") == "20.01":
            await person.control("switches", {"tax_rounding": "per_line"})
        if event["v3_status"] != "partial":
            fields["status"] = STATUSES[event["v3_status"]]
        if ("invoice", event["id"]) in self._made:
            made = await person.update("invoice", number, **fields)
        else:
            made = await person.create("invoice", number, **fields)
            self._made.add(("invoice", event["id"]))
        assert made["amount"]["amount"] == event["amount"], "the sandbox computes another total"

    async def _payment(self, event: dict[str, Any]) -> None:
        money = {"amount": event["amount"], "code": event["code"]}
        await self._world.person.create(
            "payment",
            int(event["id"]),
            invoiceid=int(event["invoiceid"]),
            amount=money,
            date=event["date"],
            type=event["type"],
        )


def _line(row: dict[str, Any]) -> dict[str, Any]:
    taxes = {name: row[name] for name in ("taxName1", "taxAmount1") if name in row}
    cost = {"amount": row["unit_cost"], "code": "GBP"}
    return {"type": 0, "name": row["name"], "qty": row["qty"], "unit_cost": cost, **taxes}


@pytest.mark.parametrize("name", WANTED)
async def test_case(world: World, name: str) -> None:
    cases = all_cases()
    case, player = cases[name], Player(world)
    await player.given(case, cases)
    before = await documents(world)
    await player.fault_first(case["events"])
    if name == "E26":
        await player.payment_first(case["events"])
    else:
        await player.events(case["events"])
    await world.nav.clear_faults()
    await world.sync()
    expected = case["expected"]
    for posting in expected["postings"]:
        await check_posting(world, posting)
    assert len(await documents(world)) - len(before) == len(expected["postings"])
    assert (await world.tie_out()).agrees
    assert set(await world.states()) <= {"agreed", "excluded"}


async def documents(world: World) -> set[str]:
    return {row["External_Document_No"] for row in await world.nav.rows("GeneralLedgerEntries")}


async def check_posting(world: World, posting: dict[str, Any]) -> None:
    """Numbers, dates, G/L entries and open items of one expected posting."""
    header = posting["header"]
    key = header["external_document_no"]
    rows = await world.nav.rows("GeneralLedgerEntries", f"External_Document_No eq '{key}'")
    assert {row["Document_No"] for row in rows} == {header["document_no"]}, key
    assert {row["Document_Type"] for row in rows} == {header["document_type"]}, key
    assert {row["Posting_Date"] for row in rows} == {header["posting_date"]}, key
    entries = {
        entry["account"]: Decimal(entry.get("debit", "0")) - Decimal(entry.get("credit", "0"))
        for entry in posting["gl_entries"]
    }
    assert await world.nav.posted(key) == entries, key
    await check_customer_entry(world, posting)
    if "customer_open_items_after" in posting:
        items = {
            i["document_no"]: Decimal(i["remaining"]) for i in posting["customer_open_items_after"]
        }
        found = await world.nav.open_items()
        mine = {no: left for no, left in found.items() if no.startswith(header["document_no"][:9])}
        assert mine == items, key


async def check_customer_entry(world: World, posting: dict[str, Any]) -> None:
    """The customer line: number, amount and due date."""
    header, customer = posting["header"], posting["lines"][0]
    assert customer["account_type"] == "Customer"
    where = f"Document_No eq '{header['document_no']}'"
    (row,) = await world.nav.rows("CustomerLedgerEntries", where)
    assert row["Customer_No"] == customer["account_no"]
    assert Decimal(str(row["Original_Amount"])) == Decimal(customer["amount"])
    if "due_date" in header:
        assert row["Due_Date"] == header["due_date"]
    rows = await world.nav.rows("VATEntries", where)
    vat = sum(Decimal(str(row["Amount"])) for row in rows)
    assert vat == sum(Decimal(line.get("vat_amount", "0")) for line in posting["lines"])
