"""What is on its way: FreshBooks has it, and Tieout has not carried it to NAV yet.

A difference that is exactly what these documents still have to change is none of the books, but of the moment: it is told apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.expected import ZERO, Expected
from tieout.core.records.identity import Ref
from tieout.core.records.money import total
from tieout.core.records.payment import Payment

# A customer (or, unlinked, a client) and a currency in NAV's words.
Account = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A document on its way: what both systems have of it."""

    ref: Ref
    freshbooks: Decimal
    nav: Decimal


@dataclass(frozen=True, kw_only=True)
class Flight:
    """All documents on their way, and what they will change: of the open amount of invoices, and of what customers owe."""

    pending: tuple[Pending, ...]
    invoices: Mapping[Ref, Decimal]
    accounts: Mapping[Account, Decimal]

    @cached_property
    def _refs(self) -> frozenset[Ref]:
        return frozenset(each.ref for each in self.pending)

    def explains(self, ref: Ref) -> bool:
        """Whether a document is on its way."""
        return ref in self._refs

    def explains_open(self, invoice: Ref, difference: Decimal) -> bool:
        """Whether the open amount of an invoice differs by what is on its way, to the cent."""
        return bool(difference) and self.invoices.get(invoice, ZERO) == difference


def flight_of(
    refs: Collection[Ref], expected: Sequence[Expected], books: FreshbooksBooks, nav: NavBooks
) -> Flight:
    """What these documents still have to change, from both systems' own figures."""
    wanted = {each.ref: each for each in expected if each.ref in set(refs)}
    standing = {ref: nav.families.get(ref, ()) for ref in refs}
    accounts: dict[Account, Decimal] = defaultdict(Decimal)
    for each in wanted.values():
        accounts[each.account, each.currency_code] += each.amount
    for entries in standing.values():
        for entry in entries:
            accounts[entry.customer_no, entry.currency_code] -= entry.amount
    pending = tuple(
        Pending(
            ref=ref,
            freshbooks=wanted[ref].amount if ref in wanted else ZERO,
            nav=total(entry.amount for entry in standing[ref]),
        )
        for ref in sorted(refs)
    )
    return Flight(pending=pending, invoices=_invoices(pending, books), accounts=accounts)


def _invoices(pending: Sequence[Pending], books: FreshbooksBooks) -> Mapping[Ref, Decimal]:
    """An invoice is open differently by what is on its way of itself, of its payments, and of credits used for it or out of it."""
    payments = {payment.ref: payment for payment in books.money}
    sources = {note.ref: payments[ref].invoice for ref, note in books.overpayments.items()}
    changes: dict[Ref, Decimal] = defaultdict(Decimal)
    for each in pending:
        payment = payments.get(each.ref)
        if payment is None:
            changes[each.ref] += each.freshbooks - each.nav
        elif books.moves(payment):
            changes[payment.invoice] += each.freshbooks - each.nav
        elif payment in books.live_payments:
            _use(payment, sources, changes)
    return changes


def _use(payment: Payment, sources: Mapping[Ref, Ref], changes: dict[Ref, Decimal]) -> None:
    """A credit that is used moves no money; what it pays is open less, and what it was the rest of is used up."""
    changes[payment.invoice] -= payment.amount.amount
    source = sources.get(payment.credit) if payment.credit else None
    if source is not None:
        changes[source] += payment.amount.amount
