"""I5: the receivables accounts of the general ledger equal the customer ledger, and both equal what FreshBooks says is owed."""

from __future__ import annotations

from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.money import total


def control(sides: Sides) -> Check:
    """The general ledger's receivables against the customer ledger (NAV's own house), and what of it is ours and in local currency against FreshBooks.

    Local amounts of foreign money exist in NAV only; that money is compared in its own currency, customer by customer.
    """
    nav, ours = sides.nav, set(sides.customer_nos.values())
    ledger = total(entry.amount_lcy for entry in nav.details)
    others = total(
        entry.amount_lcy
        for entry in nav.details
        if entry.customer_no not in ours or entry.currency_code
    )
    owed = total(amount for (_, currency), amount in sides.owed.items() if currency == sides.lcy)
    stands = nav.control - others
    found: list[Difference] = []
    if ledger != nav.control:
        text = "the receivables accounts differ from the customer ledger"
        found.append(_difference(Break.CONTROL, ledger, nav.control, text))
    if owed != stands:
        kind, text = _cause(sides, owed, stands)
        found.append(_difference(kind, owed, stands, text))
    return Check(
        invariant="I5",
        name="receivables control",
        compared=2,
        freshbooks=owed,
        nav=stands,
        found=tuple(found),
    )


RECEIVABLES = "receivables"
TEXT = "the receivables accounts differ from what FreshBooks says is owed"


def _cause(sides: Sides, owed: Decimal, stands: Decimal) -> tuple[Break, str]:
    strange = total(a for (_, currency), a in sides.strange_balances.items() if not currency)
    if sides.flight.explains_control(owed - stands):
        return Break.IN_FLIGHT, TEXT
    if strange == stands - owed:
        return Break.NAV_ONLY, f"{TEXT}, by what is not from FreshBooks"
    return Break.CONTROL, TEXT


def _difference(kind: Break, freshbooks: Decimal, nav: Decimal, text: str) -> Difference:
    return Difference(
        invariant="I5",
        kind=kind,
        subject=RECEIVABLES,
        freshbooks=freshbooks,
        nav=nav,
        text=text,
    )
