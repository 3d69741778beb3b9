"""I14: no payment or credit that FreshBooks has used lies open in NAV beside an invoice of the same customer of which FreshBooks shows more paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tieout.core.reconciliation.cause import caused
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import total


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies open in a customer's favour, whoever posted it."""

    entry_no: int
    left: Decimal
    told: str


class Unapplied:
    """Invoices that are paid in FreshBooks, in full or in part; a reminder would go out for what NAV has open of them."""

    def __init__(self) -> None:
        self._compared = 0
        self._more: list[tuple[tuple[Account, ...], Difference]] = []
        self._favour: dict[Account, list[Beside]] = defaultdict(list)
        self._usable: dict[Account, Decimal] = defaultdict(Decimal)

    def add(self, traces: Traces) -> Iterable[Difference]:
        sides = traces.sides
        paid = _paid(sides)
        self._compared += len(paid)
        self._more += [(at, caused(more, traces)) for at, more in _with_more_open(sides, paid)]
        for entry in sides.nav.entries:
            left = sides.nav.remaining(entry)
            if left < 0:
                told = f"{entry.document_type} {entry.document_no} ({left})".strip()
                account = entry.customer_no, entry.currency_code
                self._favour[account].append(Beside(entry.entry_no, left, told))
        for account, amount in _usable(sides).items():
            self._usable[account] += amount
        return ()

    def check(self) -> Check:
        found = tuple(self._found())
        return Check(
            invariant="I14",
            name="nothing unapplied",
            compared=self._compared,
            freshbooks=total(difference.freshbooks for difference in found),
            nav=total(difference.nav for difference in found),
            found=found,
        )

    def _found(self) -> Iterator[Difference]:
        """Where more lies open in the customer's favour than FreshBooks says that he may still use."""
        for accounts, more in self._more:
            told = [
                one.told
                for account in accounts
                if self._is_unused(account)
                for one in sorted(self._favour[account], key=lambda one: one.entry_no)
            ]
            if told:
                yield replace(more, text=f"{more.text} beside {', '.join(told)}")

    def _is_unused(self, account: Account) -> bool:
        beside = self._favour.get(account, ())
        return -total(one.left for one in beside) > self._usable.get(account, ZERO)


def _paid(sides: Sides) -> Sequence[Invoice]:
    books, vague = sides.freshbooks, _with_owed(sides)
    paid = [i for i in books.live_invoices if max(books.outstanding(i), ZERO) < i.amount.amount]
    return [invoice for invoice in paid if invoice.ref not in vague]


def _with_owed(sides: Sides) -> frozenset[Ref]:
    """What people keyed as one entry of which something is owed: of which of them NAV cannot say."""
    books = sides.freshbooks
    owed = {i.ref for i in books.live_invoices if books.outstanding(i) > 0}
    return frozenset().union(*(group for group in sides.nav.adopted.groups if group & owed))


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


def _with_more_open(
    sides: Sides, paid: Sequence[Invoice]
) -> Iterator[tuple[tuple[Account, ...], Difference]]:
    """One of each invoice of which more is open than is owed, with the customers on whose accounts it stands."""
    for invoice in paid:
        family = sides.nav.families.get(invoice.ref, ())
        items = [entry for entry in family if sides.nav.remaining(entry) > 0]
        left = total(sides.nav.remaining(entry) for entry in items)
        if left > max(sides.freshbooks.outstanding(invoice), ZERO):
            accounts = sorted({(entry.customer_no, entry.currency_code) for entry in items})
            yield tuple(accounts), _difference(sides, invoice, items, left)


def _difference(
    sides: Sides, invoice: Invoice, items: Sequence[CustomerEntry], left: Decimal
) -> Difference:
    owed = sides.freshbooks.outstanding(invoice)
    moving = sides.flight.explains_open(invoice.ref, owed - left)
    numbers = ", ".join(entry.document_no for entry in items)
    return Difference(
        invariant="I14",
        kind=Break.IN_FLIGHT if moving else Break.UNAPPLIED,
        subject=str(invoice.ref),
        freshbooks=owed,
        nav=left,
        text=f"paid in FreshBooks but for {owed}; in NAV {numbers} is open by {left}",
    )
