"""What FreshBooks' own records say that each document and each client must come to.

Amounts are those of the document's currency, positive where the client owes more by them. Every document belongs to one *family*: the key that NAV's entries
for it carry. What was paid too much is one receipt with its payment, though FreshBooks keeps it as a credit note.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Family = tuple[str, int]
DELETED = 1
ZERO = Decimal(0)


@dataclass(frozen=True)
class Wanted:
    """A document as it must stand in NAV; `open` is None where its credit may lie on any of several entries."""

    client: int
    currency: str
    total: Decimal
    net: Decimal = ZERO
    tax: Decimal = ZERO
    cash: Decimal = ZERO
    open: Decimal | None = None


@dataclass
class FreshbooksSide:
    """Documents by family, and balances by client and currency."""

    documents: dict[Family, Wanted] = field(default_factory=dict)
    balances: dict[tuple[int, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @classmethod
    def of(
        cls, invoices: Iterable[Row], payments: Sequence[Row], credit_notes: Iterable[Row]
    ) -> FreshbooksSide:
        """Works everything out from the records as the API shows them, deleted ones among them."""
        side = cls()
        payments = _naming_notes(payments)
        money = [one for one in payments if one["vis_state"] != DELETED]
        live = {one["id"]: one for one in invoices if _stands(one)}
        notes = {one["id"]: one for one in credit_notes if one["vis_state"] != DELETED}
        side._add_invoices(live)
        side._add_payments(money, live, notes)
        side._add_what_outlives_its_payment(payments, notes)
        side._add_credit_notes(notes, [one for one in money if one["invoiceid"] in live], live)
        return side

    def _add_invoices(self, live: Mapping[int, Row]) -> None:
        for number, one in live.items():
            total, tax, owed = _amount(one["amount"]), _tax(one), _amount(one["outstanding"])
            client, currency = one["customerid"], one["currency_code"]
            self.documents["INV", number] = Wanted(
                client, currency, total, net=total - tax, tax=tax, open=max(owed, min(total, ZERO))
            )
            self.balances[client, currency] += owed

    def _add_payments(
        self, money: Iterable[Row], live: Mapping[int, Row], notes: Mapping[int, Row]
    ) -> None:
        for one in money:
            client, currency = one["clientid"], one["amount"]["code"]
            amount = _amount(one["amount"])
            from_credit = one["from_credit"] or one["type"] == "Credit"
            # The use of a credit that is itself deleted, for an invoice that is deleted, is worth nothing.
            worthless = from_credit and one["creditid"] not in notes
            if one["invoiceid"] not in live and not worthless:
                self.balances[client, currency] -= amount
            if from_credit:
                continue
            excess = notes.get(one["overpaymentid"])
            cash = amount + (_amount(excess["amount"]) if excess else ZERO)
            self.documents["PMT", one["id"]] = Wanted(client, currency, -cash, cash=cash)

    def _add_what_outlives_its_payment(
        self, payments: Iterable[Row], notes: Mapping[int, Row]
    ) -> None:
        """A payment that was deleted leaves the credit of what was paid too much, if FreshBooks keeps that: so much of its receipt stands."""
        for one in payments:
            excess = notes.get(one["overpaymentid"])
            if one["vis_state"] == DELETED and excess is not None:
                rest = _amount(excess["amount"])
                where = ("PMT", one["id"])
                self.documents[where] = Wanted(
                    one["clientid"], one["amount"]["code"], -rest, cash=rest
                )

    def _add_credit_notes(
        self, notes: Mapping[int, Row], uses: Sequence[Row], live: Mapping[int, Row]
    ) -> None:
        """What is used of a credit is applied in NAV, unless the invoice was cut below what was paid: then there is not room for all of it."""
        used: dict[int, Decimal] = defaultdict(Decimal)
        without_room: set[int] = set()
        for one in uses:
            if one["creditid"] is not None:
                used[one["creditid"]] += _amount(one["amount"])
                if _amount(live[one["invoiceid"]]["outstanding"]) < 0:
                    without_room.add(one["creditid"])
        for number, one in notes.items():
            total, currency, client = _amount(one["amount"]), one["currency_code"], one["clientid"]
            self.balances[client, currency] -= total - _amount(one["paid"])
            if one["credit_type"] == "overpayment":
                continue
            tax = _tax(one)
            goodwill = one["credit_type"] == "goodwill"
            self.documents["CRN", number] = Wanted(
                client,
                currency,
                -total,
                net=tax - total if goodwill else ZERO,
                tax=-tax if goodwill else ZERO,
                cash=ZERO if goodwill else total,
                open=None if number in without_room else used[number] - total,
            )


def _naming_notes(payments: Sequence[Row]) -> list[Row]:
    """Payments whose ``overpaymentid`` is that of a credit note.

    FreshBooks does not say what the field names. It may be a payment of no invoice, which only stands for the credit note: that is no money of its own.
    """
    stand_ins = {
        one["id"]: one["creditid"]
        for one in payments
        if one["invoiceid"] is None and one["creditid"] is not None and not one["from_credit"]
    }
    return [
        {**one, "overpaymentid": stand_ins.get(one["overpaymentid"], one["overpaymentid"])}
        for one in payments
        if one["id"] not in stand_ins
    ]


def _stands(invoice: Row) -> bool:
    """Whether an invoice is in FreshBooks' reports: not deleted, and no draft."""
    return bool(invoice["vis_state"] != DELETED and invoice["display_status"] != "draft")


def _tax(document: Row) -> Decimal:
    """What is left of a total when its lines and the discount are taken away; FreshBooks shows no amount of tax."""
    lines = sum((_amount(one["amount"]) for one in document["lines"]), ZERO)
    off = abs(_amount(document["discount_total"])) if "discount_total" in document else ZERO
    return _amount(document["amount"]) - (lines - off)


def _amount(money: Mapping[str, str]) -> Decimal:
    return Decimal(money["amount"])
