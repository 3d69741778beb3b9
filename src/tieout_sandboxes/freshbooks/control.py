"""The control API, with which a test tells the sandbox to misbehave (docs/protocols/sandbox-control.md).

FreshBooks has nothing like it. It is only there when the sandbox was started with control.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tieout_sandboxes.freshbooks.answers import json_answer
from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.door import CONTROL, Door
from tieout_sandboxes.freshbooks.errors import OAuthRefusal, Refusal
from tieout_sandboxes.freshbooks.faults import Faults
from tieout_sandboxes.freshbooks.given import Given, money
from tieout_sandboxes.freshbooks.outside import GATEWAY, Outside
from tieout_sandboxes.freshbooks.placing import Placing
from tieout_sandboxes.freshbooks.webhooks import Webhooks

Order = Callable[[dict[str, Any]], Awaitable[Any]]


class Control:
    """The orders a test can give."""

    def __init__(
        self, books: Books, door: Door, faults: Faults, webhooks: Webhooks, outside: Outside
    ) -> None:
        self._books = books
        self._door = door
        self._faults = faults
        self._webhooks = webhooks
        self._outside = outside

    def routes(self) -> list[Route]:
        """One address per order."""
        orders: dict[str, Order] = {
            "clock": self.clock,
            "latency": self.latency,
            "switches": self.switches,
            "faults": self.add_fault,
            "reset_counters": self.reset_counters,
            "next_id": self.next_id,
            "place": self.place,
            "autobill": self.autobill,
            "charge": self.charge,
            "refund": self.refund,
            "bulk_payment": self.bulk_payment,
            "flush_webhooks": self.flush_webhooks,
            "authorization_code": self.authorization_code,
        }
        found = [
            Route(CONTROL + name, _order(order), methods=["POST"]) for name, order in orders.items()
        ]
        found.append(Route(CONTROL + "state", self.state, methods=["GET"]))
        found.append(Route(CONTROL + "faults", self.clear_faults, methods=["DELETE"]))
        return found

    async def state(self, _request: Request) -> Response:
        """Everything that can be ordered, as it stands, and what has been counted."""
        return json_answer(self._state())

    async def clear_faults(self, _request: Request) -> Response:
        """Removes all faults and lets go of deliveries that were held back."""
        self._faults.clear()
        self._webhooks.release()
        return json_answer({})

    async def clock(self, wanted: dict[str, Any]) -> Any:
        """Sets, moves or frees the clock."""
        clock = self._books.core.clock
        if wanted.get("real"):
            clock.free()
        elif "now" in wanted:
            clock.set(datetime.fromisoformat(wanted["now"]))
        elif "advance_s" in wanted:
            clock.advance(float(wanted["advance_s"]))
        else:
            raise ValueError("the clock takes one of: now, advance_s, real")
        self._books.core.catch_up()
        return {"now": clock.now().isoformat()}

    async def latency(self, wanted: dict[str, Any]) -> Any:
        """Makes every answer wait."""
        self._door.latency_ms = int(_named(wanted, "ms"))
        return {}

    async def switches(self, wanted: dict[str, Any]) -> Any:
        """Sets assumptions."""
        self._books.core.switches.change(wanted)
        return self._state()["switches"]

    async def add_fault(self, wanted: dict[str, Any]) -> Any:
        """Orders a fault."""
        return {"id": self._faults.add(wanted)}

    async def reset_counters(self, _wanted: dict[str, Any]) -> Any:
        """Starts counting afresh."""
        self._door.requests.clear()
        self._faults.hits.clear()
        return {}

    async def next_id(self, wanted: dict[str, Any]) -> Any:
        """Sets the id of the next new record of a kind."""
        kinds = {resource.single: resource.table for resource in self._books.all()}
        for kind, number in wanted.items():
            if kind not in kinds:
                raise ValueError(f"no kind {kind!r}; there are: {', '.join(sorted(kinds))}")
            kinds[kind].next_id = int(number)
        return {}

    async def place(self, wanted: dict[str, Any]) -> Any:
        """Puts records into the books as they are to be: one of a kind, or a list of them."""
        return {kind: self._placed(kind, values) for kind, values in wanted.items()}

    def _placed(self, kind: str, values: Any) -> Any:
        if isinstance(values, list):
            return [self._placed(kind, one) for one in values]
        if not isinstance(values, dict):
            raise TypeError(f"{kind!r} takes a record or a list of records")
        try:
            return msgspec.Raw(Placing(self._books).place(kind, values))
        except (Refusal, ValueError) as problem:
            said = _said(problem) if isinstance(problem, Refusal) else str(problem)
            message = f"{kind} {values.get('id')}: {said}; what came before it is placed"
            raise ValueError(message) from None

    async def autobill(self, wanted: dict[str, Any]) -> Any:
        """A saved card is charged for an invoice, or for all that a recurring profile makes."""
        if "invoice_profile" in wanted:
            told = self._outside.autobill_profile(
                wanted["invoice_profile"], _named(wanted, "outcome")
            )
            return {"invoice_profile": msgspec.Raw(told.json())}
        row = self._outside.autobill(_named(wanted, "invoice"), _named(wanted, "outcome"))
        return {"invoice": msgspec.Raw(row.json())}

    async def charge(self, wanted: dict[str, Any]) -> Any:
        """A client pays an invoice online."""
        amount = Given("charge", wanted)
        found = self._books.invoices.find(_named(wanted, "invoice"), 422).wire
        asked = money(amount, "amount", found.currency_code) if "amount" in wanted else None
        paid = asked.amount if asked is not None else found.outstanding.amount
        row = self._outside.charge(found.id, paid, wanted.get("gateway", GATEWAY))
        return {"payment": msgspec.Raw(row.json())}

    async def refund(self, wanted: dict[str, Any]) -> Any:
        """A processor gives back a payment or a part of it."""
        row = self._outside.refund(
            _named(wanted, "payment"), wanted.get("amount"), wanted.get("note")
        )
        return {"payment": msgspec.Raw(row.json())}

    async def bulk_payment(self, wanted: dict[str, Any]) -> Any:
        """Several invoices are paid at once."""
        today = self._books.core.today().isoformat()
        rows = self._outside.bulk_payment(
            _named(wanted, "invoices"), wanted.get("type", "Check"), wanted.get("date", today)
        )
        return {"payments": [msgspec.Raw(row.json()) for row in rows]}

    async def flush_webhooks(self, _wanted: dict[str, Any]) -> Any:
        """Delivers all that is still to be delivered."""
        await self._webhooks.flush()
        return {}

    async def authorization_code(self, wanted: dict[str, Any]) -> Any:
        """Stands for the owner's consent: mints a code, for all scopes unless some are named."""
        redirect, scope = wanted.get("redirect_uri", ""), wanted.get("scope", "")
        return {"code": self._books.grants.mint_code(redirect, scope)}

    def _state(self) -> dict[str, Any]:
        core = self._books.core
        return {
            "clock": core.clock.now().isoformat(),
            "latency_ms": self._door.latency_ms,
            "faults": self._faults.shown(),
            "switches": vars(core.switches),
            "requests": self._door.requests,
            "hits": self._faults.hits,
        }


def _named(wanted: dict[str, Any], name: str) -> Any:
    if name not in wanted:
        raise ValueError(f"{name!r} is missing; the order takes: {name}")
    return wanted[name]


def _said(refusal: Refusal) -> str:
    """A refusal of the API in one line."""
    where = f"{refusal.kind}, field {refusal.field!r}, value {refusal.value!r}"
    return f"{refusal} ({where})"


def _order(order: Order) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        body = await request.body()
        try:
            wanted = msgspec.json.decode(body or b"{}", type=dict[str, Any])
            return json_answer(await order(wanted))
        except Refusal as refusal:
            return json_answer({"error": _said(refusal)}, 422)
        except (ValueError, TypeError, OAuthRefusal) as problem:
            return json_answer({"error": str(problem)}, 422)

    return answer
