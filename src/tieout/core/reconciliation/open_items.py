"""I3: each invoice is open by the same amount in both books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.reconciliation.books import FreshbooksBooks
from tieout.core.reconciliation.cause import caused
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.totals import Totals
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import total


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Invoices that are looked at together, usually one, and what both books say is open of them with what is left of their payments."""

    invoices: Sequence[Invoice]
    account: Account
    freshbooks: Decimal
    nav: Decimal
    moving: Decimal


class OpenItems:
    """What is open of an invoice, together with what is left of its payments: one that was cut below what was paid leaves a credit, an overpayment too."""

    def __init__(self, totals: Totals) -> None:
        self._totals = totals
        self._compared, self._freshbooks, self._nav = 0, ZERO, ZERO
        self._differing: list[tuple[Account, Difference]] = []

    def add(self, traces: Traces) -> Iterable[Difference]:
        items = tuple(_items(traces.sides))
        self._compared += sum(len(item.invoices) for item in items)
        self._freshbooks += total(item.freshbooks for item in items)
        self._nav += total(item.nav for item in items)
        self._differing += [
            (item.account, caused(_difference(item), traces))
            for item in items
            if item.freshbooks != item.nav
        ]
        return ()

    def check(self) -> Check:
        return Check(
            invariant="I3",
            name="open items",
            compared=self._compared,
            freshbooks=self._freshbooks,
            nav=self._nav,
            found=tuple(self._told(account, found) for account, found in self._differing),
        )

    def _told(self, account: Account, found: Difference) -> Difference:
        if found.kind is Break.IN_FLIGHT or not self._totals.agree(account):
            return found
        text = f"{account[0]} owes the same in both books; in NAV something is applied to another item, or not at all"
        return found.as_(Break.UNAPPLIED, text)


def _items(sides: Sides) -> Iterator[OpenItem]:
    nav, parts = sides.nav, _Parts(sides.freshbooks)
    for together in _together(sides, parts):
        some = [parts.invoices[ref] for ref in sorted(together) if ref in parts.invoices]
        family = [e for ref in together for one in parts.of(ref) for e in nav.families.get(one, ())]
        yield OpenItem(
            invoices=some,
            account=sides.account(some[0].customer.key, some[0].currency),
            freshbooks=total(parts.left(ref) for ref in together),
            nav=total(nav.remaining(entry) for entry in family),
            moving=total(sides.flight.invoices.get(ref, ZERO) for ref in together),
        )


class _Parts:
    """What open items are made of: invoices with their payments, credits by themselves, and payments whose invoice was deleted."""

    def __init__(self, books: FreshbooksBooks) -> None:
        self._books = books
        self.invoices = {invoice.ref: invoice for invoice in books.live_invoices}
        self._notes = {note.ref: note for note in books.live_credit_notes}
        self._orphans = {payment.ref: payment for payment in books.orphans}
        self._paid: dict[Ref, list[Ref]] = defaultdict(list)
        for payment in books.money:
            if books.moves(payment):
                self._paid[payment.invoice].append(payment.ref)
        self._homes = {ref: invoice for invoice, refs in self._paid.items() for ref in refs}

    def of(self, ref: Ref) -> Sequence[Ref]:
        """The documents of a part."""
        return [ref, *self._paid.get(ref, ())]

    def part_of(self, ref: Ref) -> Ref:
        """The part that a document belongs to: the invoice of a payment, if there is one, or itself."""
        home = self._homes.get(ref, ref)
        return home if home in self.invoices else ref

    def left(self, ref: Ref) -> Decimal:
        """What FreshBooks calls open of a part."""
        books = self._books
        rests = (books.overpayments.get(one) for one in self.of(ref))
        left = -total(books.unused(note) for note in rests if note)
        if ref in self.invoices:
            left += books.outstanding(self.invoices[ref])
        if ref in self._notes:
            left -= books.unused(self._notes[ref])
        if ref in self._orphans:
            left -= self._orphans[ref].amount.amount
        return left


def _together(sides: Sides, parts: _Parts) -> Sequence[set[Ref]]:
    """Each invoice by itself, with what it cannot be told apart from."""
    groups = {ref: {ref} for ref in parts.invoices}
    for tied in (*_tied_by_credits(sides.freshbooks, parts), *_keyed_as_one(sides, parts)):
        joined = set[Ref]().union(*(groups.get(ref, {ref}) for ref in tied))
        groups |= dict.fromkeys(joined, joined)
    return list({id(group): group for group in groups.values()}.values())


def _tied_by_credits(books: FreshbooksBooks, parts: _Parts) -> Iterator[set[Ref]]:
    """An invoice that was cut below what credits paid of it, and each of these: NAV has the rest there."""
    cut = {ref for ref, invoice in parts.invoices.items() if books.outstanding(invoice) < 0}
    receipts = {note.ref: ref for ref, note in books.overpayments.items()}
    for use in books.live_payments:
        credit = use.credit if use.from_credit else None
        if use.invoice in cut and credit is not None and credit not in books.deferred:
            yield {use.invoice, parts.part_of(receipts.get(credit, credit))}


def _keyed_as_one(sides: Sides, parts: _Parts) -> Iterator[set[Ref]]:
    """Documents that people keyed as one entry: what is open of each of them NAV cannot say."""
    for group in sides.nav.adopted.groups:
        yield {part for ref in group if (part := parts.part_of(ref)) in parts.invoices}


def _difference(item: OpenItem) -> Difference:
    moving = item.moving == item.freshbooks - item.nav
    return Difference(
        invariant="I3",
        kind=Break.IN_FLIGHT if moving else Break.OPEN_AMOUNT,
        subject=str(item.invoices[0].ref),
        freshbooks=item.freshbooks,
        nav=item.nav,
    )
