"""What NAV's customer ledger should hold if FreshBooks is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.reconciliation.books import OVERPAYMENT, FreshbooksBooks
from tieout.core.records.identity import Ref

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a FreshBooks document should be in NAV's customer ledger: debit positive, currency in NAV's words."""

    ref: Ref
    customer_no: str
    currency_code: str
    amount: Decimal
    client: str = ""

    @property
    def account(self) -> str:
        """The customer, or the client where it is not linked to one."""
        return self.customer_no or self.client


def expected_documents(
    books: FreshbooksBooks, customer_nos: Mapping[str, str], lcy: str
) -> Iterator[Expected]:
    """Every document that should stand in NAV, zero amounts included."""

    def one(ref: Ref, customer: Ref, currency: str, amount: Decimal) -> Expected:
        return Expected(
            ref=ref,
            customer_no=customer_nos.get(customer.key, ""),
            currency_code="" if currency == lcy else currency,
            amount=amount,
            client=customer.key,
        )

    for invoice in books.live_invoices:
        yield one(invoice.ref, invoice.customer, invoice.currency, invoice.amount.amount)
    for note in books.live_credit_notes:
        if note.credit_type != OVERPAYMENT and note.ref not in books.deferred:
            yield one(note.ref, note.customer, note.currency, -note.amount.amount)
    live = {payment.ref for payment in books.live_payments}
    for payment in books.money:
        if payment.ref in books.recoveries:
            continue
        rest = books.overpayments.get(payment.ref)
        money = payment.amount.amount if payment.ref in live else ZERO
        if books.moves(payment) and (payment.ref in live or rest):
            whole = money + (rest.amount.amount if rest else ZERO)
            yield one(payment.ref, payment.customer, payment.currency, -whole)
