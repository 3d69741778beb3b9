"""How old it is what customers owe, in both books side by side: the same items as in the balances, by days past their due date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.money import total

# The bands by the last day that they hold; what is older is in the last. What is in the customer's favour is in none of them.
BANDS = (0, 30, 60, 90)
UNUSED = len(BANDS) + 1
Bands = list[Decimal]


def _empty() -> Bands:
    return [ZERO] * (UNUSED + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """What a customer owes in one currency in both books: not due, up to 30, 60 and 90 days past due, older, and credit that is not used (negative)."""

    customer_no: str
    currency: str
    clients: tuple[str, ...]
    freshbooks: Bands = field(default_factory=_empty)
    nav: Bands = field(default_factory=_empty)

    @property
    def agrees(self) -> bool:
        return self.freshbooks == self.nav


def ageing(sides: Sides, day: date) -> tuple[Aged, ...]:
    """Every customer that FreshBooks manages and that owes something in either book, or has a credit there, at the end of a day."""
    theirs = _summed(_freshbooks_items(sides), day)
    ours = _summed(_nav_items(sides), day)
    return tuple(
        Aged(
            customer_no=account[0],
            currency=account[1] or sides.lcy,
            clients=tuple(sorted(sides.clients.get(account[0], ()))),
            freshbooks=theirs.get(account, _empty()),
            nav=ours.get(account, _empty()),
        )
        for account in sorted({*theirs, *ours}, key=lambda a: (a[1], a[0]))
        if any(theirs.get(account, ())) or any(ours.get(account, ()))
    )


def band(due: date, day: date) -> int:
    """Which band an amount belongs to.

    >>> day = date(2026, 3, 31)
    >>> [band(date(2026, 3, due), day) for due in (31, 30, 1)], band(date(2026, 2, 28), day)
    ([0, 1, 1], 2)
    """
    late = (day - due).days
    return next((n for n, last in enumerate(BANDS) if late <= last), len(BANDS))


def _summed(
    items: Iterator[tuple[Account, date, Decimal]], day: date
) -> defaultdict[Account, Bands]:
    sums: defaultdict[Account, Bands] = defaultdict(_empty)
    for account, due, amount in items:
        sums[account][band(due, day) if amount > 0 else UNUSED] += amount
    return sums


def _freshbooks_items(sides: Sides) -> Iterator[tuple[Account, date, Decimal]]:
    """What FreshBooks says is open: the parts of what each client owes (I4)."""
    books = sides.freshbooks
    for invoice in books.live_invoices:
        account = sides.account(invoice.customer.key, invoice.currency)
        yield account, invoice.due_on or invoice.issued_on, books.outstanding(invoice)
    for note in books.live_credit_notes:
        account = sides.account(note.customer.key, note.currency)
        yield account, note.issued_on, -books.unused(note)
    for payment in books.orphans:
        account = sides.account(payment.customer.key, payment.currency)
        yield account, payment.paid_on, -payment.amount.amount


def _nav_items(sides: Sides) -> Iterator[tuple[Account, date, Decimal]]:
    """What is open of the entries of the same customers, whoever posted them."""
    for entry in sides.nav.entries:
        if entry.customer_no in sides.clients:
            due = entry.due_on or entry.posting_date
            yield (entry.customer_no, entry.currency_code), due, sides.nav.remaining(entry)


def sum_of(bands: Bands) -> Decimal:
    """What a customer owes in all."""
    return total(bands)
