"""Plays the firm's year in a FreshBooks sandbox through its public API, moving the sandbox's clock along day by day."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any

import httpx2

from tieout_sandboxes import people
from tieout_sandboxes.retail.api import (
    Connection,
    FreshBooksApi,
    KeepTokens,
    LoadFailed,
    Refused,
    Wire,
    forget,
)
from tieout_sandboxes.retail.load import PROGRESS_EVERY_S, Say, connected, silence
from tieout_sandboxes.service_firm.acts import Act, Excess, IdOf, Owed, Received, Usable
from tieout_sandboxes.service_firm.rates import key_in_rates
from tieout_sandboxes.service_firm.year import ServiceFirm, acts_of

CENT = Decimal("0.01")
MORNING = "T09:00:00Z"
Order = Callable[[str, dict[str, Any]], Awaitable[Wire]]
MonthEnded = Callable[[date], Awaitable[None]]


@dataclass(frozen=True)
class Played:
    """What was done in a year. `moot` are acts that had become pointless, such as paying what nothing is owed on."""

    made: Mapping[str, int]
    changed: Mapping[str, int]
    moot: int
    refused: tuple[str, ...]
    seconds: float


async def go_on(_day: date) -> None:
    """Does nothing at the end of a month."""


async def load_service_firm(
    firm: ServiceFirm,
    connection: Connection,
    *,
    nav: people.NavReader | None = None,
    keep_tokens: KeepTokens = forget,
    say: Say = silence,
    month_ended: MonthEnded = go_on,
) -> Played:
    """Writes the year in the order of time; `month_ended` is awaited after the last act of each month.

    `nav` is given the exchange rates of the year, which FreshBooks does not know.
    LoadFailed where FreshBooks cannot be used, is not a sandbox with --control, or already has invoices.
    """
    begun = time.monotonic()
    acts = acts_of(firm)
    async with connected(connection, keep_tokens) as api, people.browser() as http:
        order = _Orders(connection.url, http)
        await order.free()
        if await api.every("invoice"):
            raise LoadFailed(
                "FreshBooks has invoices already, and a year cannot be told in the middle of another; "
                "start a fresh `tieout sandbox --empty --control`"
            )
        if nav is not None:
            await key_in_rates(firm, nav)
        desk = _Desk(api, order.give)
        try:
            await _play(acts, desk, order, say, month_ended)
        finally:
            await order.free()
    return desk.played(round(time.monotonic() - begun, 2))


async def _play(
    acts: list[Act], desk: _Desk, order: _Orders, say: Say, month_ended: MonthEnded
) -> None:
    done, told = 0, time.monotonic()
    for _, month in groupby(acts, key=lambda act: (act.day.year, act.day.month)):
        for day, of_day in groupby(month, key=lambda act: act.day):
            await order.morning(day)
            for act in of_day:
                await desk.do(act)
                done += 1
            if time.monotonic() - told >= PROGRESS_EVERY_S:
                told = time.monotonic()
                say(f"{day}: {done:,} of {len(acts):,} acts")
        say(f"{day:%B %Y} ended: {done:,} of {len(acts):,} acts")
        await month_ended(day)


class _Orders:
    """What only a sandbox with --control can be told: the day, and what happens outside of FreshBooks' API."""

    def __init__(self, url: str, http: httpx2.AsyncClient) -> None:
        self._url, self._http = url, http

    async def morning(self, day: date) -> None:
        """It is the morning of this day."""
        await self.give("clock", {"now": f"{day.isoformat()}{MORNING}"})

    async def free(self) -> None:
        """The clock shows the real time again."""
        await self.give("clock", {"real": True})

    async def give(self, name: str, body: dict[str, Any]) -> Wire:
        """Gives an order and returns the answer."""
        try:
            answer: Wire = await people.control(self._http, self._url, name, body)
        except (people.Refused, httpx2.TransportError) as error:
            raise LoadFailed(
                f"{self._url} does not do as it is told ({error}). A year is played in a sandbox only: "
                "start it with `tieout sandbox --empty --control --limits off`"
            ) from None
        return answer


class _Desk:
    """Where the firm's acts are done, with what FreshBooks answered to the earlier ones."""

    def __init__(self, api: FreshBooksApi, order: Order) -> None:
        self._api, self._order = api, order
        self._records: dict[str, Wire] = {}
        self._made: Counter[str] = Counter()
        self._changed: Counter[str] = Counter()
        self._moot = 0
        self._refused: list[str] = []

    def played(self, seconds: float) -> Played:
        """What came of it."""
        refused = tuple(self._refused)
        return Played(self._made, self._changed, self._moot, refused, seconds)

    async def do(self, act: Act) -> None:
        """Does one act; what FreshBooks refuses is noted, in its words."""
        try:
            body = {name: await self._value(value) for name, value in act.fields.items()}
            self._records[act.name] = await self._done(act, body)
        except _Moot:
            self._moot += 1
        except Refused as refusal:
            self._refused.append(f"{act.day} {act.verb} {act.kind} {act.name}: {refusal}")

    async def _done(self, act: Act, body: Wire) -> Wire:
        match act.verb:
            case "create":
                record = await self._api.create(act.kind, body)
            case "change":
                record = await self._api.change(act.kind, self._id(IdOf(act.name)), body)
            case _:
                record = (await self._order(act.verb, body))["payment"]
        counted = self._made if act.verb in ("create", "charge") else self._changed
        counted[act.kind] += 1
        return record

    async def _value(self, value: Any) -> Any:
        match value:
            case IdOf() | Excess():
                return self._id(value)
            case Owed(invoice, share):
                owed = _amount((await self._now("invoice", IdOf(invoice)))["outstanding"])
                return self._money(owed * share, invoice)
            case Usable(credit, invoice):
                owed = _amount((await self._now("invoice", IdOf(invoice)))["outstanding"])
                note = await self._now("credit_note", credit)
                return self._money(
                    min(owed, _amount(note["amount"]) - _amount(note["paid"])), invoice
                )
            case Received(payment, share):
                return self._part(self._record(payment)["amount"], share)
        return value

    async def _now(self, kind: str, of: IdOf | Excess) -> Wire:
        return await self._api.one(kind, self._id(of))

    def _id(self, of: IdOf | Excess) -> int:
        if isinstance(of, IdOf):
            return int(self._record(of.name)["id"])
        excess = self._record(of.payment)["overpaymentid"]
        if excess is None:
            raise _Moot
        return int(excess)

    def _record(self, name: str) -> Wire:
        """What FreshBooks last said of a record; what depends on an act that came to nothing comes to nothing too."""
        if name not in self._records:
            raise _Moot
        return self._records[name]

    def _money(self, amount: Decimal, invoice: str) -> Wire:
        cents = amount.quantize(CENT, ROUND_HALF_UP)
        if cents <= 0:
            raise _Moot
        return {"amount": f"{cents}", "code": self._record(invoice)["currency_code"]}

    def _part(self, money: Wire, share: Decimal) -> Wire:
        cents = (_amount(money) * share).quantize(CENT, ROUND_HALF_UP)
        return {"amount": f"{cents}", "code": money["code"]}


class _Moot(Exception):
    """The act has become pointless."""


def _amount(money: Wire) -> Decimal:
    return Decimal(money["amount"])
