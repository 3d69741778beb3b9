"""Which records of both books belong together, so that books of any size can be compared part by part.

A payment belongs to its invoice, an entry of NAV to the document whose key or number it has. Beyond that only few documents are tied to each other: by a credit
that paid one and came from another, by an overpayment, by an adoption, by a number that two of them share in NAV.
"""

from __future__ import annotations

from collections.abc import Iterator
from zlib import crc32

from tieout.core.reconciliation.books import OVERPAYMENT
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import BankEntry, CustomerEntry, GLEntry, VatEntry
from tieout.core.records.payment import Payment

Document = Invoice | CreditNote | Payment
Numbered = GLEntry | CustomerEntry | VatEntry | BankEntry


def place_of(document: Document) -> str:
    """Where a document is looked for: a payment with its invoice, everything else by itself.

    >>> str(Ref(Kind.INVOICE, "34101"))
    'invoice/34101'
    """
    if isinstance(document, Payment) and not document.is_rest:
        return str(document.invoice)
    return str(document.ref)


def ties_of(document: Document) -> tuple[str, ...]:
    """Itself and all that it is tied to; nothing, where it is tied to nothing but its invoice."""
    if isinstance(document, Payment):
        return tuple(_ties_of_payment(document)) if document.credit or document.overpayment else ()
    if isinstance(document, CreditNote) and document.credit_type == OVERPAYMENT:
        return str(document.ref), _same_day(document, document.issued_on.isoformat())
    return ()


def _ties_of_payment(payment: Payment) -> Iterator[str]:
    yield str(payment.ref)
    yield place_of(payment)
    if payment.credit is not None:
        yield str(payment.credit)
    if payment.overpayment is not None:
        # FreshBooks names the credit, or else the payment that shows it; where it names neither, the day tells.
        yield str(payment.overpayment)
        yield str(Ref(Kind.PAYMENT, payment.overpayment.key))
        yield _same_day(payment, payment.paid_on.isoformat())


def _same_day(document: CreditNote | Payment, day: str) -> str:
    return f"{document.customer}/{document.currency}/{day}"


def number_of(entry: Numbered) -> str:
    """What NAV's ledgers have in common of a document: its type and number."""
    return f"{entry.document_type}|{entry.document_no}"


def entry_place(number: int) -> str:
    """Where the details of a customer entry are looked for."""
    return f"entry|{number}"


def is_deleted(document: Document) -> bool:
    """Whether FreshBooks' lists show it no more."""
    return document.visibility is Visibility.DELETED


class Ties:
    """Places that are tied to each other; what nothing ties takes no room here.

    >>> ties = Ties()
    >>> ties.tie("invoice/1", "credit_note/7")
    >>> ties.tie("credit_note/7", "invoice/2")
    >>> ties.root("invoice/1") == ties.root("invoice/2"), ties.root("invoice/3")
    (True, 'invoice/3')
    """

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def tie(self, *places: str) -> None:
        """From now on these belong together."""
        roots = sorted({self.root(place) for place in places})
        for root in roots[1:]:
            self._above[root] = roots[0]

    def root(self, place: str) -> str:
        """One place for all that belong together."""
        while place in self._above:
            place = self._above[place]
        return place

    def part(self, place: str, parts: int) -> int:
        """In which of so many parts it is, from 1 on.

        >>> Ties().part("invoice/1", 1)
        1
        """
        return 1 + crc32(self.root(place).encode()) % parts
