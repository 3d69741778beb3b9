"""The entry that stands in NAV for an adopted document, in the words of a command that nobody ever sent: so that money can be applied to it as to ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from tieout.core.decision.facts import Facts
from tieout.core.decision.payload import Entry, journal_payload
from tieout.core.decision.plan import Command, Role
from tieout.core.journal.lines import AccountType, DocumentType, Journal, JournalLine
from tieout.core.records.adoption import Adoption
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry


def adopted_document(facts: Facts, ref: Ref) -> Command | None:
    """The entry that money for an adopted document is applied to; of several the largest. None if NAV cannot tell it from another, or does not have it."""
    adoption = facts.adoptions.get(ref)
    entry = _applied_to(facts, adoption) if adoption else None
    if entry is None:
        return None
    return Command(
        key=f"adopted as NAV entry {entry.entry_no}",
        ref=ref,
        revision=1,
        role=Role.POST,
        payload=journal_payload(_journal(entry)),
    )


def adopted_entries(facts: Facts) -> Mapping[Entry, CustomerEntry]:
    """What NAV shows of all adopted entries of a round, by type and number."""
    numbers = {no for adoption in facts.adoptions.values() for no in adoption.entry_nos}
    shown = (item for item in facts.adopted_items if item.entry_no in numbers)
    return {(item.document_type, item.document_no): item for item in shown}


def settled(entry: CustomerEntry) -> Decimal:
    """How much of an entry is settled, whoever did it."""
    return abs(entry.amount) - abs(entry.remaining)


def _applied_to(facts: Facts, adoption: Adoption) -> CustomerEntry | None:
    shown = [item for item in facts.adopted_items if item.entry_no in adoption.entry_nos]
    if not shown:
        return None
    entry = max(shown, key=lambda item: (abs(item.amount), -item.entry_no))
    known = entry.document_type in set(DocumentType) and not entry.reversed
    return entry if known and _is_alone(entry, facts.adopted_items) else None


def _is_alone(entry: CustomerEntry, others: Iterable[CustomerEntry]) -> bool:
    """Whether its customer has no other entry of the same type and number: people number payments as they like."""
    place = (entry.customer_no, entry.document_type, entry.document_no)
    return [(o.customer_no, o.document_type, o.document_no) for o in others].count(place) == 1


def _journal(entry: CustomerEntry) -> Journal:
    """The customer's line; what stands on the other side is not known, and nobody asks."""
    line = JournalLine(
        account_type=AccountType.CUSTOMER, account_no=entry.customer_no, amount=entry.amount
    )
    other = JournalLine(account_type=AccountType.GL_ACCOUNT, account_no="", amount=-entry.amount)
    return Journal(
        document_type=DocumentType(entry.document_type),
        document_no=entry.document_no,
        posting_date=entry.posting_date,
        document_date=entry.posting_date,
        due_date=None,
        currency_code=entry.currency_code,
        template="",
        batch="",
        lines=(line, other),
    )
