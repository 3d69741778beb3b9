"""I4: each customer owes the same in each currency in both books."""

from __future__ import annotations

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.money import total


def balances(sides: Sides) -> Check:
    """What customers owe in each currency; several clients may be one customer."""
    theirs, ours = sides.owed_by_account, sides.balances
    differing = [
        place
        for place in sorted({*theirs, *ours})
        if theirs.get(place, ZERO) != ours.get(place, ZERO)
    ]
    return Check(
        invariant="I4",
        name="customer balances",
        compared=len(sides.clients),
        freshbooks=total(theirs.values()),
        nav=total(ours.values()),
        found=tuple(_difference(sides, place) for place in differing),
    )


def _difference(sides: Sides, place: Account) -> Difference:
    theirs, ours = sides.owed_by_account.get(place, ZERO), sides.balances.get(place, ZERO)
    kind, text = Break.BALANCE, ""
    if sides.flight.explains_balance(place, theirs - ours):
        kind = Break.IN_FLIGHT
    elif sides.strange_balances.get(place, ZERO) == ours - theirs:
        kind = Break.NAV_ONLY
        text = "the difference is what stands on this customer in NAV that is not from FreshBooks"
    return Difference(
        invariant="I4",
        kind=kind,
        subject=place_name(sides, place),
        freshbooks=theirs,
        nav=ours,
        text=text,
    )


def place_name(sides: Sides, place: Account) -> str:
    """A customer as both books call it."""
    no, currency = place
    keys = ", ".join(sorted(sides.clients.get(no, {no})))
    linked = no if no in sides.customer_nos.values() else "none"
    return f"client {keys} = customer {linked}" + (f" in {currency}" if currency else "")
