"""A document as matching looks at it: the same few marks whichever side it is from, read once."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tieout.core.matching.documents import FreshbooksDocument, NavDocument
from tieout.core.matching.words import number_key, numbers_in
from tieout.core.records.identity import Kind

# NAV's words for what FreshBooks calls an invoice, a credit note and a payment.
TYPES = {
    "Invoice": Kind.INVOICE,
    "Credit Memo": Kind.CREDIT_NOTE,
    "Payment": Kind.PAYMENT,
}


@dataclass(frozen=True, slots=True, eq=False)
class Freshbooks:
    """``units`` is the amount in ten-thousandths, exact; ``day`` counts days.

    ``numbers`` are the keys that NAV may name it by, ``written`` the same as they are written.
    """

    document: FreshbooksDocument
    units: int
    day: int
    numbers: frozenset[str]
    number: str
    written: tuple[str, ...]

    @property
    def debit(self) -> bool:
        return self.units > 0


@dataclass(frozen=True, slots=True, eq=False)
class Nav:
    """``keyed`` are the keys of its own two numbers, ``external`` that of the external one alone, ``told`` those in its description.

    ``written`` is all of it where a person may have written the number of a document. ``kind`` is None if NAV has no type for it.
    """

    document: NavDocument
    units: int
    day: int
    external: str
    keyed: frozenset[str]
    told: frozenset[str]
    written: str
    kind: Kind | None

    @property
    def debit(self) -> bool:
        return self.units > 0


def units(amount: Decimal) -> int:
    """An amount as a whole number of ten-thousandths: no currency has smaller coins.

    >>> units(Decimal("-960.05"))
    -9600500
    """
    return int(amount.scaleb(4))


def freshbooks_card(document: FreshbooksDocument) -> Freshbooks:
    """The marks of a FreshBooks document."""
    number = number_key(document.number)
    named = {number_key(each) for each in document.named} - {""}
    numbers = {number} if number else named | numbers_in(document.reference)
    return Freshbooks(
        document=document,
        units=units(document.amount),
        day=document.day.toordinal(),
        numbers=frozenset(numbers),
        number=number,
        written=(document.number,) if number else document.named,
    )


def nav_card(document: NavDocument) -> Nav:
    """The marks of a NAV entry."""
    external = number_key(document.external_no)
    keyed = {external, number_key(document.document_no)} - {""}
    told = numbers_in(document.description) | numbers_in(document.external_no)
    return Nav(
        document=document,
        units=units(document.amount),
        day=document.posting_date.toordinal(),
        external=external,
        keyed=frozenset(keyed),
        told=told - keyed,
        written=f"{document.external_no} {document.description}",
        kind=TYPES.get(document.type),
    )
