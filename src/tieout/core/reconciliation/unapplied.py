"""I14: no payment or credit lies open in NAV beside an open invoice of the same customer that FreshBooks shows paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import total


def unapplied(sides: Sides) -> Check:
    """Invoices that are paid in FreshBooks; a reminder would go out for what NAV has open of them."""
    paid = [i for i in sides.freshbooks.live_invoices if i.amount.amount > 0]
    owed = {i.ref for i in paid if sides.freshbooks.outstanding(i) > 0}
    paid = [invoice for invoice in paid if invoice.ref not in _with_owed(sides, owed)]
    found = tuple(_differences(sides, paid, _in_favour(sides)))
    return Check(
        invariant="I14",
        name="nothing unapplied",
        compared=len(paid),
        freshbooks=ZERO,
        nav=total(difference.nav for difference in found),
        found=found,
    )


def _with_owed(sides: Sides, owed: set[Ref]) -> set[Ref]:
    """What is owed, and what people keyed as one entry with it: of which of them that is open NAV cannot say."""
    groups = [group for group in sides.nav.adopted.groups if group & owed]
    return owed.union(*groups)


def _in_favour(sides: Sides) -> Mapping[Account, tuple[CustomerEntry, ...]]:
    """What lies open in favour of each customer, whoever posted it."""
    found: dict[Account, list[CustomerEntry]] = defaultdict(list)
    for entry in sides.nav.entries:
        if sides.nav.remaining(entry) < 0:
            found[entry.customer_no, entry.currency_code].append(entry)
    return {account: tuple(entries) for account, entries in found.items()}


def _open(sides: Sides, invoice: Invoice) -> list[CustomerEntry]:
    family = sides.nav.families.get(invoice.ref, ())
    return [entry for entry in family if sides.nav.remaining(entry) > 0]


def _differences(
    sides: Sides, paid: list[Invoice], favour: Mapping[Account, tuple[CustomerEntry, ...]]
) -> Iterator[Difference]:
    for invoice in paid:
        for entry in _open(sides, invoice):
            beside = favour.get((entry.customer_no, entry.currency_code), ())
            if beside:
                yield _difference(sides, invoice, entry, beside)


def _difference(
    sides: Sides, invoice: Invoice, entry: CustomerEntry, beside: tuple[CustomerEntry, ...]
) -> Difference:
    left = sides.nav.remaining(entry)
    moving = sides.flight.explains_open(invoice.ref, sides.freshbooks.outstanding(invoice) - left)
    others = ", ".join(
        f"{one.document_type} {one.document_no} ({sides.nav.remaining(one)})".strip()
        for one in beside
    )
    return Difference(
        invariant="I14",
        kind=Break.IN_FLIGHT if moving else Break.UNAPPLIED,
        subject=str(invoice.ref),
        freshbooks=sides.freshbooks.outstanding(invoice),
        nav=left,
        text=f"paid in FreshBooks; in NAV {entry.document_no} is open beside {others}",
    )
