"""What settles what: the application of a payment that stands in NAV, and the one that should."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.decision.facts import Case
from tieout.core.decision.payload import Entry, payload_customer
from tieout.core.decision.plan import Role, StoredCommand
from tieout.core.decision.standing import is_chargeback
from tieout.core.records.identity import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """An application that stands in NAV: a payment's source (its receipt, or a credit) settles a document; ``place`` in the order of commands.

    The document may be of an invoice that the payment no longer names, and of which this round knows nothing.
    """

    ref: Ref
    customer_no: str
    source: Entry
    target: Entry
    amount: Decimal
    day: date
    place: int

    @property
    def entries(self) -> frozenset[Entry]:
        return frozenset((self.source, self.target))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An application that should stand, as far as both entries have room. ``made`` says that the posting of this round makes it."""

    source: Entry
    target: Entry
    amount: Decimal
    made: bool = False


def applied(case: Case) -> Applied | None:
    """The application of a payment that stands in NAV now, by its own commands."""
    found: Applied | None = None
    for stored in case.commands:
        # What undoes a chargeback settles nothing of the payment, and frees nothing of it.
        if not stored.stands or is_chargeback(stored.command):
            continue
        role = stored.command.role
        if role is Role.POST:
            found = _posted(case.ref, stored) or found
        elif role is Role.APPLY:
            found = _made(case.ref, stored)
        elif role in (Role.UNAPPLY, Role.TAKE_BACK, Role.REVERSE):
            found = None
    return found


def _posted(ref: Ref, stored: StoredCommand) -> Applied | None:
    payload = stored.command.payload
    row = payload["lines"][0]
    if not row["applies_to_doc_no"] or payload["document_type"] == "Refund":
        return None
    return Applied(
        ref=ref,
        customer_no=payload_customer(payload),
        source=(payload["document_type"], payload["document_no"]),
        target=(row["applies_to_doc_type"], row["applies_to_doc_no"]),
        amount=abs(Decimal(row["amount"])),
        day=date.fromisoformat(payload["posting_date"]),
        place=stored.place,
    )


def _made(ref: Ref, stored: StoredCommand) -> Applied:
    payload = stored.command.payload
    return Applied(
        ref=ref,
        customer_no=payload["customer_no"],
        source=(payload["from_document_type"], payload["from_document_no"]),
        target=(payload["to_document_type"], payload["to_document_no"]),
        amount=Decimal(payload["amount"] or 0),
        day=date.fromisoformat(payload["posting_date"]),
        place=stored.place,
    )
