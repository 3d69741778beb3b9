"""Laws of adopting, for any history that people keyed and any order of what they do afterwards.

It comes to rest; what is adopted is never posted, reversed or altered; and unless a person is asked, both books owe the same.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.properties.shop import Deed, Shop, deeds, live
from tests.properties.test_decisions import refuse, rest
from tests.unit.core.history import History
from tests.unit.core.ledger import Item, NavSaysNo, Place

from tieout.core.decision.decide import decide
from tieout.core.decision.facts import DocumentRecord
from tieout.core.decision.plan import Role, State
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment

pytestmark = pytest.mark.timeout(300)

BEGINNING: list[Deed] = [
    ("send", "1", "10", 1),
    ("pay", "1", "10", 7),
    ("send", "2", "1", 1),
    ("credit", "1", "1", 9),
]
HELD = ("ADOPTED_CHANGED", "PAYMENT_CHANGED", "WAITS", "CREDIT_WAITS")
MAKES = {Role.POST, Role.REVERSE, Role.TAKE_BACK}


@settings(max_examples=1_000, deadline=None)
@given(deeds, st.sampled_from(range(2**12)), deeds)
def test_history_is_never_posted_again(past: list[Deed], which: int, story: list[Deed]) -> None:
    history = History()
    shop = Shop(history)
    for deed in [*BEGINNING, *past]:
        if deed[0] not in ("rest", "refuse"):
            shop.act(deed)
    keyed = adopt(shop, history, which)
    event(f"adopted: {min(len(keyed), 3)}")
    for deed in story:
        play(shop, deed)
    rest(history)
    assert all(made not in history.adoptions for made in written(history))
    assert {
        place: (i.amount, i.reversed) for place, i in history.ledger.items.items() if place in keyed
    } == keyed
    reasons = [v.reason for v in decide(history.facts()).verdicts if v.state is State.HELD]
    assert all(reason.startswith(HELD) for reason in reasons), reasons
    event("held" if reasons else "agreed")
    if not reasons:
        left = sum((item.remaining for item in history.items.values()), Decimal(0))
        assert left == shop.balance()


def play(shop: Shop, deed: Deed) -> None:
    if deed[0] == "rest":
        rest(shop.bench)
    elif deed[0] == "refuse":
        refuse(shop.bench, deed[3])
    else:
        shop.act(deed)


def written(history: History) -> set[object]:
    """The documents of which something was posted or undone."""
    return {
        stored.command.ref
        for some in history.history.values()
        for stored in some
        if stored.command.role in MAKES
    }


def adopt(shop: Shop, history: History, which: int) -> dict[Place, tuple[Decimal, bool]]:
    """Key what the bits choose of all that is in the books now, adopt it, and apply some of it by hand."""
    places: dict[object, Place] = {}
    for n, record in enumerate([r for r in history.records.values() if in_a_ledger(r)]):
        if which >> n % 16 & 1:
            place = (TYPES[type(record)], f"K{n}")
            history.key(place, str(amount(shop, record)))
            history.adopt(record, places=(place,))
            places[record.ref] = place
    for record in list(history.records.values()):
        if (
            isinstance(record, Payment)
            and {record.ref, record.invoice} <= places.keys()
            and which & 1
        ):
            money, bill = (
                history.ledger.items[places[ref]] for ref in (record.ref, record.invoice)
            )
            by_hand(history, money, bill)
    return {place: (history.ledger.items[place].amount, False) for place in places.values()}


def by_hand(history: History, money: Item, bill: Item) -> None:
    try:
        history.ledger._apply(money, bill, max(money.day, bill.day), "")
    except NavSaysNo:
        event("not to be applied by hand")


TYPES: dict[type, str] = {Invoice: "Invoice", CreditNote: "Credit Memo", Payment: "Payment"}


def in_a_ledger(record: DocumentRecord) -> bool:
    if isinstance(record, Payment):
        return live(record) and not record.from_credit and bool(record.amount)
    if isinstance(record, CreditNote) and record.credit_type == "overpayment":
        return False
    return live(record) and not record.draft and bool(record.amount)


def amount(shop: Shop, record: DocumentRecord) -> Decimal:
    """As it stands on the customer's account; what was paid too much came with its payment."""
    if isinstance(record, Invoice):
        return record.amount.amount
    rest_of = (
        shop.bench.records.get(record.overpayment)
        if isinstance(record, Payment) and record.overpayment
        else None
    )
    more = (
        rest_of.amount.amount if isinstance(rest_of, CreditNote) and live(rest_of) else Decimal(0)
    )
    return -record.amount.amount - more
