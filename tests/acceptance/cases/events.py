"""Events of a case, done in FreshBooks as people (or FreshBooks itself) would do them, and what Tieout is told of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tests.acceptance.cases.choices import CUSTOMERS, Approval
from tests.acceptance.cases.clerk import Clerk
from tests.acceptance.world import World

from tieout.app.host import utc_now
from tieout.core.records.identity import Kind, Ref
from tieout.store.documents import Waiting

Event = Mapping[str, Any]
# What no person does in FreshBooks.
NOT_IN_FRESHBOOKS = ("bank.deposit", "processor.payout")


class Player:
    """Plays events one after the other; after each, Tieout is told and works until nothing is pending."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.made: set[str] = set()
        self.switches: Event = {}
        self.approvals: tuple[Approval, ...] = ()
        # What was not asked before it was approved, as sentences.
        self.unasked: list[str] = []
        self._numbered: set[str] = set()
        # After each event: the keys of what stands in NAV, and what is open.
        self.seen: list[tuple[set[str], dict[str, Any]]] = []

    async def play(self, events: Iterable[Event]) -> None:
        """All of them in order, but nothing is told of an object before what it belongs to exists in FreshBooks."""
        remaining = [event for event in events if "fault" not in event]
        while remaining:
            event = remaining.pop(0)
            event = _overpaid(event, remaining)
            later = self._needs(event, remaining)
            if later is not None:
                remaining.remove(later)
                await self.do(later)
            await self._approve(event, asked=False)
            ref = await self.do(event)
            await self._tell(ref, first_alone=later is not None)
            await self._approve(event, asked=True)

    def _needs(self, event: Event, remaining: Sequence[Event]) -> Event | None:
        """The later event that makes the invoice of a payment which is announced first."""
        invoice = event.get("invoiceid")
        if invoice is None or f"invoice:{invoice}" in self.made:
            return None
        return next((e for e in remaining if e.get("id") == invoice), None)

    async def _approve(self, event: Event, *, asked: bool) -> None:
        """What a person agrees to of this event: before it is told, or once the document is held for it and nothing of it stands in NAV."""
        for approval in self.approvals:
            on = f"{event.get('object')}/{event.get('id')}"
            if (approval.on or approval.ref, approval.asked) != (on, asked):
                continue
            if asked:
                await self._must_ask(approval)
            store, pair = self._world.installation.store, self._world.pair
            await store.approve(
                pair,
                Ref.parse(approval.ref),
                approval.rule,
                approval.value,
                by="controller",
                now=utc_now(),
            )
            if asked:
                await self._tell(None, first_alone=False)

    async def _must_ask(self, approval: Approval) -> None:
        """Nothing else is held by then but what waits for it."""
        held = {(ref, rule) for ref, rule in await held_rules(self._world) if rule != "WAITS"}
        if held != {(approval.ref, approval.rule)}:
            self.unasked.append(f"held before {approval.rule} is approved: {sorted(held)}")

    async def _tell(self, ref: Ref | None, *, first_alone: bool) -> None:
        if ref is not None:
            await self._world.webhook(ref)
        if first_alone:
            await self._world.settle()
        await self._world.sync()
        self.seen.append((await keys(self._world), await self._world.nav.open_items()))

    async def do(self, event: Event) -> Ref | None:
        """One event; answers what it happened to, None if that is nothing that Tieout keeps."""
        name = event.get("event", "")
        if name in NOT_IN_FRESHBOOKS:
            return None
        if name.startswith("nav."):
            await self._in_nav(event)
            return None
        if name.startswith("client."):
            await self._client(event)
            return None
        await self._next_customer(event)
        record, kind = _record(event), event["object"]
        if event.get("tax_total") == "20.01":
            await self._world.person.control("switches", {"tax_rounding": "per_line"})
        if "credit" in event:
            await self._world.person.control("next_id", {"credit_note": int(event["credit"])})
        answer = await self._world.person.place(kind, record)
        self.made.add(f"{kind}:{event['id']}")
        self._check_total(event, answer)
        return Ref(Kind(kind), event["id"])

    async def _next_customer(self, event: Event) -> None:
        """The number that NAV gives to the customer of a client that is new to it."""
        client = str(event.get("customerid") or event.get("clientid") or "")
        if client in CUSTOMERS and client not in self._numbered:
            self._numbered.add(client)
            await Clerk(self._world.nav).next_customer(CUSTOMERS[client])

    def _check_total(self, event: Event, answer: Mapping[str, Any]) -> None:
        told, made = event["amount"], answer["amount"]["amount"]
        aside = str(event.get("vis_state")) == "1" or "credit" in event
        assert aside or told == made, f"FreshBooks makes it {made}, the case says {told}"

    async def _client(self, event: Event) -> None:
        fields = {n: event[n] for n in ("email", "organization", "fname", "lname")}
        await self._world.person.create(
            "client", int(event["id"]), p_country="United Kingdom", **fields
        )

    async def _in_nav(self, event: Event) -> None:
        if event["event"] == "nav.gl_entry":
            head = {"document_no": event["document_no"], "posting_date": "2026-03-10"}
            clerk = Clerk(self._world.nav)
            await clerk.into_receivables(head, event["account"], event["amount"])
        else:
            assert event["event"] == "nav.bank_statement_line", event


def _overpaid(event: Event, remaining: list[Event]) -> Event:
    """A receipt above what is outstanding is entered once, whole: FreshBooks itself splits off the credit that the next event tells of."""
    if "overpaymentid" not in event:
        return event
    credit = next(e for e in remaining if e.get("credit_type") == "overpayment")
    remaining.remove(credit)
    whole = str(Decimal(event["amount"]) + Decimal(credit["amount"]))
    return {**event, "amount": whole, "credit": credit["id"]}


async def held_rules(world: World) -> set[tuple[str, str]]:
    """The documents that wait for a person, each with the rules that hold it."""
    held = await world.installation.store.held(world.pair)
    return {(str(one.ref), rule) for one in held for rule in _rules(one)}


def _rules(one: Waiting) -> list[str]:
    return [finding.rule for finding in one.findings] or [f"{one.state}: {one.reason}"]


async def keys(world: World) -> set[str]:
    """The external document numbers of all that is posted; the document number where there is none."""
    rows = await world.nav.rows("GeneralLedgerEntries")
    return {row["External_Document_No"] or row["Document_No"] for row in rows}


def _record(event: Event) -> dict[str, Any]:
    """The event's object in the shapes of the API."""
    makers = {"invoice": _invoice, "payment": _payment, "credit_note": _credit_note}
    record = makers[event["object"]](event)
    record["id"] = int(event["id"])
    if "updated" in event:
        record["updated"] = event["updated"]
    if "vis_state" in event:
        record["vis_state"] = int(event["vis_state"])
    return record


def _invoice(event: Event) -> dict[str, Any]:
    if event.get("vis_state") == "1":
        return {}
    same = ("create_date", "invoice_number", "currency_code", "v3_status", "notes", "po_number")
    more = ("tax_included", "discount_value")
    record = {name: event[name] for name in (*same, *more) if name in event}
    record["customerid"] = int(event["customerid"])
    record["due_offset_days"] = int(event.get("due_offset_days", 30))
    record["lines"] = [_line(row, event["currency_code"]) for row in event["lines"]]
    if "deposit_amount" in event:
        record["deposit_amount"] = _money(event["deposit_amount"], event["currency_code"])
    return record


def _payment(event: Event) -> dict[str, Any]:
    record: dict[str, Any] = {
        name: event[name] for name in ("date", "type", "note", "gateway") if name in event
    }
    record["invoiceid"] = int(event["invoiceid"])
    record["amount"] = _money(event["amount"], event["code"])
    if "creditid" in event:
        record["creditid"] = int(event["creditid"])
    return record


def _credit_note(event: Event) -> dict[str, Any]:
    same = ("create_date", "credit_number", "credit_type", "currency_code")
    record = {name: event[name] for name in same if name in event}
    code = event["currency_code"]
    plain = {"name": "Credit", "qty": "1", "unit_cost": event["amount"]}
    lines = event.get("lines") or [plain]
    return {
        **record,
        "clientid": int(event["clientid"]),
        "lines": [_line(row, code) for row in lines],
    }


def _line(row: Mapping[str, Any], code: str) -> dict[str, Any]:
    taxes = ("taxName1", "taxAmount1", "taxName2", "taxAmount2")
    line = {name: row[name] for name in taxes if name in row}
    if "compounded_tax" in row:
        line["compounded_tax"] = row["compounded_tax"] == "true"
    cost = _money(row["unit_cost"], code)
    return {"type": 0, "name": row["name"], "qty": row["qty"], "unit_cost": cost, **line}


def _money(amount: str, code: str) -> dict[str, str]:
    return {"amount": amount, "code": code}
