"""What a client owes and is owed, by currency, for lists that ask for it with `include[]`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal

from tieout_sandboxes.freshbooks.clients import Client
from tieout_sandboxes.freshbooks.credit_notes import CreditNotes, remaining
from tieout_sandboxes.freshbooks.envelope import encode
from tieout_sandboxes.freshbooks.invoice import Invoice, past_due
from tieout_sandboxes.freshbooks.invoices import Invoices
from tieout_sandboxes.freshbooks.money import Money
from tieout_sandboxes.freshbooks.resource import Include
from tieout_sandboxes.freshbooks.table import Row

Balance = tuple[str, Decimal]


def balances(invoices: Invoices, credit_notes: CreditNotes) -> dict[str, Include[Client]]:
    """The includes of a client that add up its documents."""

    def owed(wanted: Callable[[Invoice], bool]) -> Callable[[int], Iterator[Balance]]:
        def each(client: int) -> Iterator[Balance]:
            for row in invoices.table.rows_having("customer", client):
                if not row.deleted and wanted(row.wire):
                    yield row.wire.currency_code, row.wire.outstanding.amount

        return each

    def credit(client: int) -> Iterator[Balance]:
        for row in credit_notes.table.rows_having("client", client):
            if not row.deleted:
                yield row.wire.currency_code, remaining(row.wire)

    outstanding = owed(lambda invoice: invoice.v3_status != "draft")
    return {
        "outstanding_balance": _rendered(outstanding),
        "draft_balance": _rendered(owed(lambda invoice: invoice.v3_status == "draft")),
        "overdue_balance": _rendered(
            owed(
                lambda invoice: (
                    invoice.v3_status == "overdue" or past_due(invoice, invoices.core.today())
                )
            )
        ),
        "credit_balance": _rendered(credit),
        "grand_total_balance": _rendered(outstanding),
    }


def _rendered(each: Callable[[int], Iterator[Balance]]) -> Include[Client]:
    def include(row: Row[Client]) -> bytes:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for code, amount in each(row.id):
            sums[code] += amount
        return encode([{"amount": Money(amount, code)} for code, amount in sums.items()])

    return include
