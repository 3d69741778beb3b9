"""I3: each invoice is open by the same amount in both books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import total


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice and what both books say is open of it, together with what is left of its payments."""

    invoice: Invoice
    account: Account
    freshbooks: Decimal
    nav: Decimal


def open_items(sides: Sides) -> Check:
    """What is open of an invoice, together with what is left of its payments: one that was cut below what was paid leaves a credit, an overpayment too."""
    items = tuple(_items(sides))
    differing = [item for item in items if item.freshbooks != item.nav]
    return Check(
        invariant="I3",
        name="open items",
        compared=len(items),
        freshbooks=total(item.freshbooks for item in items),
        nav=total(item.nav for item in items),
        found=tuple(_difference(item, sides) for item in differing),
    )


def _items(sides: Sides) -> Iterator[OpenItem]:
    books, nav = sides.freshbooks, sides.nav
    paid: dict[Ref, list[Ref]] = defaultdict(list)
    for payment in books.money:
        if books.moves(payment):
            paid[payment.invoice].append(payment.ref)
    for invoice in books.live_invoices:
        rests = (books.overpayments.get(ref) for ref in paid[invoice.ref])
        left = books.outstanding(invoice) - total(books.unused(note) for note in rests if note)
        family = [e for ref in (invoice.ref, *paid[invoice.ref]) for e in nav.families.get(ref, ())]
        account = sides.account(invoice.customer.key, invoice.currency)
        yield OpenItem(invoice, account, left, total(nav.remaining(e) for e in family))


def _difference(item: OpenItem, sides: Sides) -> Difference:
    moving = sides.flight.explains_open(item.invoice.ref, item.freshbooks - item.nav)
    kind, text = Break.OPEN_AMOUNT, ""
    if moving:
        kind = Break.IN_FLIGHT
    elif sides.owed_by_account.get(item.account) == sides.balances.get(item.account):
        kind = Break.UNAPPLIED
        text = f"{item.account[0]} owes the same in both books; in NAV something is applied to another item, or not at all"
    return Difference(
        invariant="I3",
        kind=kind,
        subject=str(item.invoice.ref),
        freshbooks=item.freshbooks,
        nav=item.nav,
        text=text,
    )
