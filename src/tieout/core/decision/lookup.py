"""What the facts of a round hold, by what it is looked up by: so that each document finds its relations at once, however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tieout.core.decision.credit import overpayments, paid_with
from tieout.core.decision.facts import Facts
from tieout.core.decision.payload import Entry, entry_of
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Ref
from tieout.core.records.payment import Payment


class Lookup:
    """Payments by the invoice they pay, overpayments by both ends, and posted documents by type and number."""

    def __init__(self, facts: Facts) -> None:
        self._payments: dict[Ref, list[Payment]] = defaultdict(list)
        self._users: dict[Ref, list[Payment]] = defaultdict(list)
        for ref in sorted(facts.cases):
            record = facts.cases[ref].record
            if isinstance(record, Payment):
                self._payments[record.invoice].append(record)
                if record.credit and not record.is_rest:
                    self._users[record.credit].append(record)
        self._rests = overpayments(facts)
        self._owners = {note.ref: facts.cases[ref].record for ref, note in self._rests.items()}
        self.documents: dict[Entry, Mapping[str, Any]] = {
            entry: stored.command.payload
            for case in facts.cases.values()
            for stored in case.commands
            if stored.stands and (entry := entry_of(stored.command.payload))
        }

    def payments_of(self, invoice: Ref) -> list[Payment]:
        """The payments of an invoice, deleted ones too."""
        return self._payments[invoice]

    def live_payments_of(self, invoice: Ref) -> list[Payment]:
        """Those that FreshBooks counts."""
        payments = self._payments[invoice]
        return [p for p in payments if p.visibility is not Visibility.DELETED]

    def users_of(self, credit: Ref) -> list[Payment]:
        """The payments that use a credit, deleted ones too."""
        return self._users[credit]

    def rest_of(self, payment: Payment) -> CreditNote | None:
        """The credit note that holds what was paid too much with a payment."""
        return self._rests.get(payment.ref)

    def owner_of(self, note: CreditNote) -> Payment | None:
        """The payment that an overpayment credit came from."""
        owner = self._owners.get(note.ref)
        return owner if isinstance(owner, Payment) else None

    def paid_with(self, note: CreditNote) -> list[Payment]:
        """The payments that an overpayment credit may have come with, by client, currency and day."""
        return paid_with(note, [p for payments in self._payments.values() for p in payments])

    def received_with(self, payment: Payment) -> Decimal:
        """How much money came in with a payment: what it paid of its invoice, and what was too much."""
        live = payment.visibility is not Visibility.DELETED
        rest = self.rest_of(payment)
        kept = rest is not None and rest.visibility is not Visibility.DELETED
        paid = payment.amount.amount if live else Decimal(0)
        return paid + (rest.amount.amount if rest and kept else 0)
