"""FreshBooks' documents of a frozen past, then and now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.reconciliation.books import FreshbooksBooks
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.frozen import Document, Frozen
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """A document of the frozen past, then and now; None where it was not there, or is not any more."""

    ref: Ref
    then: Document | None
    now: Document | None

    @property
    def amount(self) -> Decimal:
        """By how much it was changed; all of it, where its day, its client or its currency was."""
        then, now = (one.amount if one else ZERO for one in (self.then, self.now))
        same = self.then is None or self.now is None or self.then.is_of_same(self.now)
        return abs(now - then) if same else max(abs(then), abs(now))


def restated(books: FreshbooksBooks, frozen: Frozen) -> Iterator[Restated]:
    """The documents dated up to the day that FreshBooks has changed, added or taken away since it was frozen; none that comes to nothing."""
    now = documents_of(books)
    for ref in sorted({*frozen.documents, *now}):
        then, one = frozen.documents.get(ref), now.get(ref)
        new = then is None and one is not None and one.day <= frozen.day
        if then != one and (then or new) and any(each and each.amount for each in (then, one)):
            yield Restated(ref=ref, then=then, now=one)


def documents_of(books: FreshbooksBooks) -> Mapping[Ref, Document]:
    """All documents that count, as they stand."""
    every: tuple[Invoice | CreditNote | Payment, ...] = (
        *books.live_invoices,
        *books.live_credit_notes,
        *books.live_payments,
    )
    return {
        one.ref: Document(
            day=one.paid_on if isinstance(one, Payment) else one.issued_on,
            client=one.customer.key,
            amount=one.amount.amount,
            currency=one.currency,
        )
        for one in every
    }
