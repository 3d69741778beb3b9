"""What a books check is given: the documents of one side as that side shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.records.identity import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshbooksDocument:
    """An invoice, credit note or payment of FreshBooks.

    ``amount`` is what it changes the customer's balance by, in ``currency`` and with tax: an invoice is positive, a credit note or a payment negative.
    ``tax`` and ``open`` (what of it is not settled yet) have the same sign; None where FreshBooks does not say. ``number`` is empty for a payment;
    ``named`` are the numbers of the invoices that a payment pays. ``reference`` is what a person wrote on it (a note, a purchase order). ``categories``
    are what its lines are called, or how a payment was made. ``substance`` is the hash of what of it belongs in a ledger.
    """

    ref: str
    kind: Kind
    number: str
    client: str
    client_name: str
    amount: Decimal
    currency: str
    day: date
    tax: Decimal | None = None
    open: Decimal | None = None
    named: tuple[str, ...] = ()
    reference: str = ""
    categories: frozenset[str] = frozenset()
    substance: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavDocument:
    """A customer ledger entry of NAV (page 25) with what other ledgers say of it.

    ``amount``, ``remaining`` and ``tax`` are signed as on the page, debit positive, in ``currency`` (never empty: the local one is named). ``tax`` is None
    where it is not known, as it is for a foreign currency. ``type`` is NAV's word (``Invoice``, ``Credit Memo``, ``Payment``, empty). ``accounts`` are the
    G/L accounts on the other side of it: revenue, or the bank. ``document_date`` is None where the page does not show it.
    """

    entry_no: int
    type: str
    document_no: str
    external_no: str
    customer_no: str
    customer_name: str
    amount: Decimal
    remaining: Decimal
    currency: str
    posting_date: date
    document_date: date | None = None
    description: str = ""
    tax: Decimal | None = None
    accounts: frozenset[str] = frozenset()

    @property
    def ref(self) -> str:
        return str(self.entry_no)

    @property
    def day(self) -> date:
        return self.posting_date


Document = FreshbooksDocument | NavDocument
