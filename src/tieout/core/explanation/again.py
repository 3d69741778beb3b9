"""Making a posted journal again from the content that is kept, by the setup it was made with: if both do the same to the books, that content is its source."""

from __future__ import annotations

from decimal import Decimal

from tieout.core.decision.credit import GOODWILL, PREPAYMENT
from tieout.core.decision.invoice import journalizer
from tieout.core.decision.payload import payload_buyer, payload_journal, same_effect
from tieout.core.decision.plan import Command, Role
from tieout.core.decision.standing import is_beside
from tieout.core.journal.lines import DocumentType, Journal
from tieout.core.journal.payment import payment_to_journal, prepayment_to_journal
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import Money
from tieout.core.records.payment import Payment

Record = Invoice | CreditNote | Payment | Customer


def made_of(
    record: Record | None, command: Command, setup: PostingSetup, charge: Decimal = Decimal(0)
) -> bool:
    """Whether this record, journalized by this setup, does to the books what the command does.

    ``charge`` is what a bank kept of a payment, as a person has said. False for what is not made of one record alone: a refund, a write-off, what reverses.
    """
    if record is None or command.role is not Role.POST:
        return False
    journal = payload_journal(command.payload)
    again = _again(record, command, journal, setup, charge)
    return again is not None and same_effect(again, journal)


def _again(
    record: Record, command: Command, journal: Journal, setup: PostingSetup, charge: Decimal
) -> Journal | None:
    if isinstance(record, Payment):
        return _receipt(record, journal, setup, charge)
    if isinstance(record, CreditNote) and record.credit_type == PREPAYMENT:
        return _prepayment(record, journal, setup)
    goodwill = isinstance(record, CreditNote) and record.credit_type == GOODWILL
    buyer = payload_buyer(command.payload)
    if buyer is None or not (goodwill or isinstance(record, Invoice)):
        return None
    assert isinstance(record, Invoice | CreditNote)
    return journalizer(record)(setup, buyer, journal.document_no, _terms(journal))[0]


def _receipt(
    payment: Payment, journal: Journal, setup: PostingSetup, charge: Decimal
) -> Journal | None:
    # What was paid too much came in with it; FreshBooks keeps it as a credit note, which is a document of its own.
    more = payment.overpayment is not None and -journal.amount >= payment.amount.amount
    received = Money(-journal.amount, payment.currency) if more else payment.amount
    receipt = journal.document_type is DocumentType.PAYMENT
    if not receipt or received.amount in (0, charge):
        return None
    return payment_to_journal(
        payment,
        setup,
        journal.customer_no,
        journal.document_no,
        None,
        _terms(journal),
        received=received,
        charge=charge,
    )[0]


def _prepayment(note: CreditNote, journal: Journal, setup: PostingSetup) -> Journal | None:
    if not note.amount:
        return None
    no = journal.document_no
    return prepayment_to_journal(note, setup, journal.customer_no, no, _terms(journal))[0]


def _terms(journal: Journal) -> Terms:
    return Terms(posting_date=journal.posting_date, factor=journal.currency_factor)


def of_more_than_one(command: Command, record: Record | None) -> bool:
    """Whether what a command posts never comes of one record alone: a refund, VAT of a prepayment, and what a payment is that moves no money of a customer's
    invoice (a write-off, a recovery, the use of a credit).
    """
    kind = command.payload["document_type"]
    if kind == DocumentType.REFUND or is_beside(command):
        return True
    return isinstance(record, Payment) and kind != DocumentType.PAYMENT
