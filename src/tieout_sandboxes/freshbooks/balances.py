"""What a client owes and is owed, by currency, for lists that ask for it with `include[]`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal

from tieout_sandboxes.freshbooks.clients import Client
from tieout_sandboxes.freshbooks.credit_notes import CreditNotes, remaining
from tieout_sandboxes.freshbooks.envelope import encode
from tieout_sandboxes.freshbooks.invoice import Invoice
from tieout_sandboxes.freshbooks.invoices import Invoices
from tieout_sandboxes.freshbooks.money import Money
from tieout_sandboxes.freshbooks.resource import Include
from tieout_sandboxes.freshbooks.search import Key, boolean
from tieout_sandboxes.freshbooks.statuses import past_due
from tieout_sandboxes.freshbooks.table import Row

Balance = tuple[str, Decimal]
Each = Callable[[int], Iterator[Balance]]


class Balances:
    """Adds up a client's documents."""

    def __init__(self, invoices: Invoices, credit_notes: CreditNotes) -> None:
        self._invoices = invoices
        self._credit_notes = credit_notes

    def includes(self) -> dict[str, Include[Client]]:
        """The includes of a client that show a balance per currency."""
        return {
            "outstanding_balance": _rendered(self._outstanding),
            "draft_balance": _rendered(self._draft),
            "overdue_balance": _rendered(self._overdue),
            "credit_balance": _rendered(self._credit),
            "grand_total_balance": _rendered(self._outstanding),
        }

    def keys(self) -> dict[str, Key[Client]]:
        """The search keys of a client that ask whether there is such a balance."""
        return {
            "has_outstanding": _has(self._outstanding),
            "has_draft": _has(self._draft),
            "has_overdue": _has(self._overdue),
            "has_credit": _has(self._credit),
        }

    def _outstanding(self, client: int) -> Iterator[Balance]:
        return self._owed(client, lambda invoice: invoice.v3_status != "draft")

    def _draft(self, client: int) -> Iterator[Balance]:
        return self._owed(client, lambda invoice: invoice.v3_status == "draft")

    def _overdue(self, client: int) -> Iterator[Balance]:
        today = self._invoices.core.today()
        return self._owed(client, lambda invoice: past_due(invoice, today))

    def _credit(self, client: int) -> Iterator[Balance]:
        for row in self._credit_notes.table.rows_having("client", client):
            if not row.deleted:
                yield row.wire.currency_code, remaining(row.wire)

    def _owed(self, client: int, wanted: Callable[[Invoice], bool]) -> Iterator[Balance]:
        for row in self._invoices.table.rows_having("customer", client):
            if not row.deleted and wanted(row.wire):
                yield row.wire.currency_code, row.wire.outstanding.amount


def _rendered(each: Each) -> Include[Client]:
    def include(row: Row[Client]) -> bytes:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for code, amount in each(row.id):
            sums[code] += amount
        return encode([{"amount": Money(amount, code)} for code, amount in sums.items()])

    return include


def _has(each: Each) -> Key[Client]:
    return boolean(lambda row: any(amount > 0 for _code, amount in each(row.id)))
