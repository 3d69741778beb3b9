"""I14: no payment or credit that FreshBooks has used lies open in NAV beside an invoice of the same customer of which FreshBooks shows more paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import total


def unapplied(sides: Sides) -> Check:
    """Invoices that are paid in FreshBooks, in full or in part; a reminder would go out for what NAV has open of them."""
    books = sides.freshbooks
    vague = _with_owed(sides)
    paid = [i for i in books.live_invoices if max(books.outstanding(i), ZERO) < i.amount.amount]
    paid = [invoice for invoice in paid if invoice.ref not in vague]
    found = tuple(_differences(sides, paid, _in_favour(sides)))
    return Check(
        invariant="I14",
        name="nothing unapplied",
        compared=len(paid),
        freshbooks=total(difference.freshbooks for difference in found),
        nav=total(difference.nav for difference in found),
        found=found,
    )


def _with_owed(sides: Sides) -> frozenset[Ref]:
    """What people keyed as one entry of which something is owed: of which of them NAV cannot say."""
    books = sides.freshbooks
    owed = {i.ref for i in books.live_invoices if books.outstanding(i) > 0}
    return frozenset().union(*(group for group in sides.nav.adopted.groups if group & owed))


def _in_favour(sides: Sides) -> Mapping[Account, Sequence[CustomerEntry]]:
    """What lies open in favour of each customer, whoever posted it; where it is more than FreshBooks says that he may still use."""
    found: dict[Account, list[CustomerEntry]] = defaultdict(list)
    for entry in sides.nav.entries:
        if sides.nav.remaining(entry) < 0:
            found[entry.customer_no, entry.currency_code].append(entry)
    usable = _usable(sides)
    return {
        account: entries
        for account, entries in found.items()
        if -total(sides.nav.remaining(entry) for entry in entries) > usable.get(account, ZERO)
    }


def _usable(sides: Sides) -> Mapping[Account, Decimal]:
    """Credits that are left, money whose invoice was deleted, and what was paid of invoices beyond their amount."""
    books = sides.freshbooks
    usable: dict[Account, Decimal] = defaultdict(Decimal)
    for note in books.live_credit_notes:
        usable[sides.account(note.customer.key, note.currency)] += books.unused(note)
    for payment in books.orphans:
        usable[sides.account(payment.customer.key, payment.currency)] += payment.amount.amount
    for invoice in books.live_invoices:
        beyond = max(-books.outstanding(invoice), ZERO)
        usable[sides.account(invoice.customer.key, invoice.currency)] += beyond
    return usable


def _differences(
    sides: Sides, paid: Sequence[Invoice], favour: Mapping[Account, Sequence[CustomerEntry]]
) -> Iterator[Difference]:
    """One of an invoice of which more is open than is owed, while more lies open in its customer's favour than he may use."""
    for invoice in paid:
        family = sides.nav.families.get(invoice.ref, ())
        items = [entry for entry in family if sides.nav.remaining(entry) > 0]
        left = total(sides.nav.remaining(entry) for entry in items)
        places = {(entry.customer_no, entry.currency_code) for entry in items}
        beside = [entry for place in sorted(places) for entry in favour.get(place, ())]
        if beside and left > max(sides.freshbooks.outstanding(invoice), ZERO):
            yield _difference(sides, invoice, items, beside)


def _difference(
    sides: Sides,
    invoice: Invoice,
    items: Sequence[CustomerEntry],
    beside: Sequence[CustomerEntry],
) -> Difference:
    owed = sides.freshbooks.outstanding(invoice)
    left = total(sides.nav.remaining(entry) for entry in items)
    moving = sides.flight.explains_open(invoice.ref, owed - left)
    numbers = ", ".join(entry.document_no for entry in items)
    others = ", ".join(
        f"{one.document_type} {one.document_no} ({sides.nav.remaining(one)})".strip()
        for one in beside
    )
    return Difference(
        invariant="I14",
        kind=Break.IN_FLIGHT if moving else Break.UNAPPLIED,
        subject=str(invoice.ref),
        freshbooks=owed,
        nav=left,
        text=f"paid in FreshBooks but for {owed}; in NAV {numbers} is open by {left} beside {others}",
    )
