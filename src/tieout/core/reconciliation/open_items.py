"""I3: each invoice is open by the same amount in both books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import total


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice and what both books say is open of it, together with what is left of its payments; ``refs`` are all of these."""

    invoice: Invoice
    account: Account
    freshbooks: Decimal
    nav: Decimal
    refs: tuple[Ref, ...] = ()


def open_items(sides: Sides) -> Check:
    """What is open of an invoice, together with what is left of its payments: one that was cut below what was paid leaves a credit, an overpayment too."""
    items = together(tuple(_items(sides)), sides.nav.adopted.groups)
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
        account = sides.account(invoice.customer.key, invoice.currency)
        refs = (invoice.ref, *paid[invoice.ref])
        family = [e for ref in refs for e in nav.families.get(ref, ())]
        yield OpenItem(invoice, account, left, total(nav.remaining(e) for e in family), refs)


def together(items: Sequence[OpenItem], groups: Sequence[frozenset[Ref]]) -> tuple[OpenItem, ...]:
    """The items whose documents people keyed as one entry as one item: what is open of each of them NAV cannot say."""
    heads = list(range(len(items)))
    places = {ref: n for n, item in enumerate(items) for ref in item.refs} if groups else {}
    for group in groups:
        first, *others = sorted({_head(heads, places[ref]) for ref in group & places.keys()}) or [0]
        for other in others:
            heads[other] = first
    found: dict[int, list[OpenItem]] = defaultdict(list)
    for n, item in enumerate(items):
        found[_head(heads, n)].append(item)
    return tuple(_sum(some) if len(some) > 1 else some[0] for some in found.values())


def _head(heads: Sequence[int], place: int) -> int:
    while heads[place] != place:
        place = heads[place]
    return place


def _sum(items: Sequence[OpenItem]) -> OpenItem:
    return replace(
        items[0],
        freshbooks=total(item.freshbooks for item in items),
        nav=total(item.nav for item in items),
        refs=tuple(ref for item in items for ref in item.refs),
    )


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
