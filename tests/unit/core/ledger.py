"""NAV's customer ledger in a few lines, with the rules that a plan must never run into (NAV 2018: codeunits 11, 12, 17 and 226)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tieout.core.decision.plan import Command, Role
from tieout.core.records.ledger import CustomerEntry

Place = tuple[str, str]


class NavSaysNo(Exception):
    """What NAV would refuse."""


@dataclass
class Item:
    """An open or closed item of a customer."""

    place: Place
    customer: str
    currency: str
    day: date
    amount: Decimal
    remaining: Decimal
    key: str
    reversed: bool = False
    due: str = ""


@dataclass
class Link:
    """An application of one item to another."""

    one: Item
    other: Item
    amount: Decimal
    active: bool = True

    def touches(self, *items: Item) -> bool:
        return any(item is self.one or item is self.other for item in items)


@dataclass
class Ledger:
    """Items by type and number, and the applications in the order they were made."""

    items: dict[Place, Item] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)

    def carry_out(self, command: Command) -> None:
        """Do what a command asks, or raise NavSaysNo and do nothing."""
        payload = command.payload
        if command.role in (Role.POST, Role.REVERSE):
            self._post(command.key, payload)
        elif command.role is Role.TAKE_BACK:
            self._take_back(payload["document_key"])
        elif command.role is Role.APPLY:
            one, other = self._both(payload)
            day = date.fromisoformat(payload["posting_date"])
            self._apply(one, other, day, payload["amount"])
        elif command.role is Role.UNAPPLY:
            self._unapply(*self._both(payload))
        elif command.role is Role.SET_DUE_DATE:
            place = (payload["document_type"], payload["document_no"])
            self._open(place).due = payload["due_date"]

    def entries(self) -> dict[Place, CustomerEntry]:
        """As the product reads them."""
        return {
            place: CustomerEntry(
                entry_no=number,
                document_type=place[0],
                document_no=place[1],
                customer_no=item.customer,
                currency_code=item.currency,
                posting_date=item.day,
                amount=item.amount,
                remaining=item.remaining,
                open=bool(item.remaining),
                reversed=item.reversed,
                due_on=date.fromisoformat(item.due) if item.due else None,
            )
            for number, (place, item) in enumerate(self.items.items(), start=1)
        }

    def _post(self, key: str, payload: Mapping[str, Any]) -> None:
        place = (payload["document_type"], payload["document_no"])
        rows = [row for row in payload["lines"] if row["account_type"] == "Customer"]
        if sum(Decimal(row["amount"]) for row in payload["lines"]):
            raise NavSaysNo(f"{place} is out of balance")
        if rows and place in self.items:
            raise NavSaysNo(f"{place} exists already")
        if place[0] in ("Invoice", "Refund") and any(Decimal(r["amount"]) < 0 for r in rows):
            raise NavSaysNo(f"{place} has the wrong sign")
        if place[0] in ("Payment", "Credit Memo") and any(Decimal(r["amount"]) > 0 for r in rows):
            raise NavSaysNo(f"{place} has the wrong sign")
        for row in rows:
            self._enter(key, place, payload, row)

    def _enter(
        self, key: str, place: Place, payload: Mapping[str, Any], row: Mapping[str, str]
    ) -> None:
        amount = Decimal(row["amount"])
        day = date.fromisoformat(payload["posting_date"])
        item = Item(place, row["account_no"], payload["currency_code"], day, amount, amount, key)
        target = (row["applies_to_doc_type"], row["applies_to_doc_no"])
        if target[1]:
            self._apply(item, self._open(target), day, "")
        item.due = payload["due_date"]
        self.items[place] = item

    def _apply(self, one: Item, other: Item, day: date, amount: str) -> None:
        if (one.customer, one.currency) != (other.customer, other.currency):
            raise NavSaysNo(f"{one.place} and {other.place} are not of one customer and currency")
        if one.remaining * other.remaining >= 0:
            raise NavSaysNo(f"{one.place} and {other.place} cannot settle each other")
        if day < max(one.day, other.day):
            raise NavSaysNo(f"{one.place} is applied to {other.place} before one of them")
        room = min(abs(one.remaining), abs(other.remaining))
        part = Decimal(amount) if amount else room
        if part > room:
            raise NavSaysNo(f"{part} of {one.place} does not fit {other.place}")
        self._move(one, other, part)
        self.links.append(Link(one, other, part))

    @staticmethod
    def _move(one: Item, other: Item, part: Decimal) -> None:
        sign = 1 if one.amount > 0 else -1
        one.remaining -= sign * part
        other.remaining += sign * part

    def _unapply(self, one: Item, other: Item) -> None:
        active = [link for link in self.links if link.active and link.touches(one, other)]
        last = active[-1] if active else None
        if last is None or not (last.touches(one) and last.touches(other)):
            raise NavSaysNo(f"{one.place} and {other.place}: not the last application")
        last.active = False
        self._move(last.one, last.other, -last.amount)

    def _take_back(self, key: str) -> None:
        item = next(item for item in self.items.values() if item.key == key)
        if item.reversed or any(link.active and link.touches(item) for link in self.links):
            raise NavSaysNo(f"{item.place} is applied or reversed")
        item.reversed, item.remaining = True, Decimal(0)

    def _both(self, payload: Mapping[str, Any]) -> tuple[Item, Item]:
        one = (payload["from_document_type"], payload["from_document_no"])
        other = (payload["to_document_type"], payload["to_document_no"])
        return self.items[one], self.items[other]

    def _open(self, place: Place) -> Item:
        item = self.items.get(place)
        if item is None or not item.remaining:
            raise NavSaysNo(f"{place} is not open")
        return item
