"""The sheet of FreshBooks: one row for each document that its lists show, with what was open and used of it on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.money import NIL, of, summed

Row = Mapping[str, Any]
DELETED = 1


@dataclass(frozen=True)
class Item:
    """A line; taxes by name and percentage."""

    name: str
    amount: Decimal
    taxes: tuple[tuple[str, Decimal], ...]
    compound: bool

    def net(self, inclusive: bool) -> Decimal:
        """Without the tax that its price contains, if prices do."""
        if not inclusive:
            return self.amount
        parts = [percent / 100 for _, percent in self.taxes]
        both = parts[0] * parts[1] if self.compound and len(parts) == 2 else NIL
        return self.amount / (1 + sum(parts, both))


@dataclass(frozen=True, kw_only=True)
class Document:
    """An invoice, a credit note or a payment, whatever of this its kind has."""

    kind: str
    id: str
    client: str
    currency: str
    day: date
    amount: Decimal
    deleted: bool = False
    draft: bool = False
    items: tuple[Item, ...] = ()
    discount: Decimal = NIL
    inclusive: bool = False
    due: str | None = None
    outstanding: Decimal = NIL
    used: Decimal = NIL
    type: str = ""
    invoice: str = ""
    credit: str = ""
    rest: str = ""
    from_credit: bool = False
    method: str = ""
    gateway: str = ""
    note: str = ""

    @property
    def where(self) -> str:
        return f"{self.kind}/{self.id}"

    @property
    def lines_come_to(self) -> Decimal:
        return sum((item.amount for item in self.items), NIL)

    @property
    def counts(self) -> bool:
        return not self.deleted and not self.draft

    def is_by(self, until: date | None) -> bool:
        return until is None or self.day <= until

    def stands(self, until: date | None) -> bool:
        """Whether it counts on a day."""
        return self.counts and self.is_by(until)


@dataclass(frozen=True)
class FreshBooks:
    """All documents, live and draft, of whatever day; ``rests`` are the credits of what was paid too much, by payment.

    ``holders`` are payments that only stand for one of these.
    What is open and used, FreshBooks' own ledger and its trial balance are those of an earlier day, if there is one.
    """

    invoices: tuple[Document, ...]
    notes: tuple[Document, ...]
    payments: tuple[Document, ...]
    clients: Mapping[str, Row]
    journal: tuple[Row, ...]
    reports: tuple[Row, ...] = ()
    rests: Mapping[str, Document] = field(default_factory=dict)
    holders: tuple[Document, ...] = ()

    @classmethod
    def of(cls, pages: Mapping[str, list[Row]], until: date | None = None) -> FreshBooks:
        """The sheet. A payment of no invoice that holds a credit is no money: it only shows what was paid too much with another."""
        payments = [_payment(row) for row in (*pages["payments"], *pages["deleted_payments"])]
        holders = {one.id: one.credit for one in payments if _holds_a_rest(one)}
        money = tuple(one for one in payments if one.id not in holders)
        invoices = tuple(_invoice(row) for row in pages["invoices"])
        notes = tuple(_note(row) for row in pages["credit_notes"])
        if until is not None:
            invoices, notes = _as_of(until, invoices, notes, money)
        return cls(
            invoices=invoices,
            notes=notes,
            payments=money,
            clients={str(row["id"]): row for row in pages["clients"]},
            journal=tuple(row for row in pages["journal_entry_details"] if _is_by(until, row)),
            reports=tuple(pages[report_of(until)]),
            rests=dict(_rests(money, [one for one in notes if one.stands(until)], holders)),
            holders=tuple(one for one in payments if one.id in holders),
        )

    def all(self) -> tuple[Document, ...]:
        return (*self.invoices, *self.notes, *self.payments)


def report_of(until: date | None) -> str:
    """The name of the trial balances up to a day."""
    return f"trial_balance up to {until}" if until else "trial_balance"


def _is_by(until: date | None, line: Row) -> bool:
    return until is None or date.fromisoformat(line["user_entered_date"]) <= until


def _as_of(
    until: date,
    invoices: tuple[Document, ...],
    notes: tuple[Document, ...],
    money: tuple[Document, ...],
) -> tuple[tuple[Document, ...], tuple[Document, ...]]:
    """FreshBooks only says what is open now: by an earlier day it was the total less what is dated up to then."""
    by_then = [one for one in money if one.stands(until)]
    paid = summed((one.invoice, one.amount) for one in by_then)
    used = summed((one.credit, one.amount) for one in by_then if one.from_credit)
    return (
        tuple(replace(one, outstanding=one.amount - paid.get(one.id, NIL)) for one in invoices),
        tuple(replace(one, used=used.get(one.id, NIL)) for one in notes),
    )


def _holds_a_rest(payment: Document) -> bool:
    return not payment.invoice and bool(payment.credit) and not payment.from_credit


def _rests(
    money: tuple[Document, ...], notes: list[Document], holders: Mapping[str, str]
) -> Iterator[tuple[str, Document]]:
    """The credit that holds what was paid too much, by payment: the one it names, or else the only one of its client, currency and day."""
    kept = {one.id: one for one in notes if one.type == "overpayment"}
    on_day: dict[tuple[str, str, date], list[Document]] = {}
    for note in kept.values():
        on_day.setdefault((note.client, note.currency, note.day), []).append(note)
    for payment in money:
        if not payment.rest:
            continue
        same = on_day.get((payment.client, payment.currency, payment.day), [])
        only = same[0] if len(same) == 1 else None
        found = kept.get(payment.rest) or kept.get(holders.get(payment.rest, "")) or only
        if found is not None:
            yield payment.where, found


def _invoice(row: Row) -> Document:
    paid = of(row.get("paid"))
    unsent = row["status"] == 1 and (row.get("v3_status") or "draft") in ("draft", "created")
    return Document(
        kind="invoice",
        id=str(row["id"]),
        client=str(row["customerid"]),
        currency=row["amount"]["code"],
        day=date.fromisoformat(row["create_date"]),
        amount=of(row["amount"]),
        deleted=row.get("vis_state") == DELETED,
        draft=unsent and not paid and (row.get("payment_status") or "unpaid") == "unpaid",
        items=_items(row),
        discount=abs(of(row.get("discount_total"))),
        inclusive=row.get("tax_included") in (True, "true", "yes", "1", "inclusive"),
        due=row.get("due_date"),
        outstanding=of(row["outstanding"]),
    )


def _note(row: Row) -> Document:
    used = of(row.get("paid"))
    untouched = not used and (row.get("payment_status") or "unpaid") == "unpaid"
    return Document(
        kind="credit_note",
        id=str(row.get("id") or row["creditid"]),
        client=str(row["clientid"]),
        currency=row["amount"]["code"],
        day=date.fromisoformat(row["create_date"]),
        amount=of(row["amount"]),
        deleted=row.get("vis_state") == DELETED,
        draft=row.get("display_status") == "draft" and untouched,
        items=_items(row),
        used=used,
        type=row.get("credit_type") or "",
    )


def _payment(row: Row) -> Document:
    return Document(
        kind="payment",
        id=str(row["id"]),
        client=str(row["clientid"]),
        currency=row["amount"]["code"],
        day=date.fromisoformat(row["date"]),
        amount=of(row["amount"]),
        deleted=row.get("vis_state") == DELETED,
        invoice=str(row["invoiceid"] or ""),
        credit=str(row.get("creditid") or ""),
        rest=str(row.get("overpaymentid") or ""),
        from_credit=bool(row.get("from_credit")),
        method=(row.get("type") or "").strip(),
        gateway=(row.get("gateway") or "").strip(),
        note=row.get("note") or "",
    )


def _items(row: Row) -> tuple[Item, ...]:
    return tuple(
        Item(
            (line.get("name") or "").strip(),
            of(line["amount"]),
            tuple(_taxes(line)),
            bool(line.get("compounded_tax")),
        )
        for line in row["lines"]
    )


def _taxes(line: Row) -> Iterator[tuple[str, Decimal]]:
    for number in "12":
        name, percent = (
            (line.get(f"taxName{number}") or "").strip(),
            of(line.get(f"taxAmount{number}")),
        )
        if name or percent:
            yield name, percent
