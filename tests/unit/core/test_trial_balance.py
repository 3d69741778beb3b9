"""FreshBooks against itself: its trial balance, its general ledger, and what its invoices have outstanding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.unit.core.books import credit_note, invoice, payment

from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.difference import Break, Check
from tieout.core.reconciliation.tieout import tie_out
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.feed import FeedLine, OwnBalances
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import Money
from tieout.core.records.payment import Payment

BILL = invoice("960.00")
PAID = payment("400.00")
OWED = replace(BILL, outstanding=Money(Decimal("560.00"), "GBP"))
CREDIT = credit_note("50.00")
DAY = date(2026, 3, 10)
Balances = dict[str, str]
LEDGER = {"1000": "400", "1200": "560", "2001": "-160", "4000": "-800"}


def lines(document: Ref | None, day: date = DAY, **amounts: str) -> list[FeedLine]:
    """An entry; accounts are written as a1200."""
    return [
        FeedLine(
            entry=1,
            document=document,
            day=day,
            account_number=account[1:],
            amount=Decimal(amount),
            currency="GBP",
        )
        for account, amount in amounts.items()
    ]


BOOKED = [
    *lines(BILL.ref, a1200="960", a4000="-800", a2001="-160"),
    *lines(PAID.ref, a1000="400", a1200="-400"),
]


def own(after: Balances, before: Balances | None = None) -> OwnBalances:
    def of(balances: Balances) -> Mapping[str, Mapping[str, Decimal]]:
        return {"GBP": {no: Decimal(amount) for no, amount in balances.items()}}

    earlier = after if before is None else before
    return OwnBalances(
        first=date(2000, 1, 1), last=date(2026, 3, 31), before=of(earlier), after=of(after)
    )


def check(
    balances: OwnBalances | None,
    ledger: Sequence[FeedLine] | None = BOOKED,
    invoices: Sequence[Invoice] = (OWED,),
    payments: Sequence[Payment] = (PAID,),
    notes: Sequence[CreditNote] = (),
) -> Check:
    books = FreshbooksBooks(
        invoices=invoices,
        credit_notes=notes,
        payments=payments,
        ledger_lines=ledger,
        own_balances=balances,
    )
    nav = NavBooks(customer_entries=[], detailed_entries=[], receivable_entries=[], prefix="FB")
    (one,) = [c for c in tie_out(books, nav, {}, "GBP").checks if c.invariant == "I16"]
    return one


def told(one: Check) -> list[tuple[str, str, Decimal, Decimal]]:
    return [(str(d.kind), d.subject, d.freshbooks, d.nav) for d in one.found]


def test_books_that_agree() -> None:
    one = check(own(LEDGER))
    assert one.agrees
    assert not one.not_compared
    assert one.compared == 5, "four accounts, and receivables against the invoices"
    assert (one.freshbooks, one.nav) == (Decimal(560), Decimal(560))


def test_a_line_that_the_ledger_does_not_show() -> None:
    one = check(own({**LEDGER, "1000": "500", "4000": "-900"}))
    assert told(one) == [
        ("POPULATION", "FreshBooks account 1000 GBP", Decimal(400), Decimal(500)),
        ("POPULATION", "FreshBooks account 4000 GBP", Decimal(-800), Decimal(-900)),
    ]


def test_an_account_that_only_one_of_both_has() -> None:
    more = [*BOOKED, *lines(None, a1000="7", a3000="-7")]
    assert told(check(own(LEDGER), ledger=more)) == [
        ("POPULATION", "FreshBooks account 1000 GBP", Decimal(407), Decimal(400)),
        ("POPULATION", "FreshBooks account 3000 GBP", Decimal(-7), Decimal(0)),
    ]


def test_a_trial_balance_that_does_not_balance() -> None:
    one = check(own({**LEDGER, "5000": "3"}))
    assert told(one)[0] == (
        "POPULATION", "FreshBooks trial balance GBP", Decimal(963), Decimal(960)
    )  # fmt: skip


def test_invoices_that_have_something_else_outstanding() -> None:
    one = check(own(LEDGER), invoices=[BILL])
    assert told(one) == [
        ("POPULATION", "FreshBooks account 1200 GBP", Decimal(960), Decimal(560)),
    ]
    assert one.found[0].text.startswith("FreshBooks' receivables")


def test_what_is_booked_while_it_is_read_is_on_its_way() -> None:
    before = own({**LEDGER, "1000": "500", "1200": "460"}, before=LEDGER)
    assert check(before).agrees, "the ledger was read before it was booked"
    moving = check(own({**LEDGER, "4000": "-900", "1000": "500"}, before={"1200": "560"}))
    assert {d.kind for d in moving.found} == {Break.IN_FLIGHT}


def test_payments_of_a_deleted_invoice_and_credits_are_no_part_of_what_is_outstanding() -> None:
    gone = replace(BILL, visibility=Visibility.DELETED)
    ledger = lines(PAID.ref, a1000="400", a1200="-400")
    balances = own({"1000": "400", "1200": "-400"})
    assert check(balances, ledger=ledger, invoices=[gone]).agrees
    noted = [*BOOKED, *lines(CREDIT.ref, a4000="50", a1200="-50")]
    lower = own({**LEDGER, "1200": "510", "4000": "-750"})
    assert check(lower, ledger=noted, notes=[CREDIT]).agrees


def test_what_is_dated_otherwise_or_in_another_currency_is_not_asked_for() -> None:
    late = lines(None, day=date(2026, 4, 1), a1000="7", a3000="-7")
    dollars = [replace(line, currency="USD") for line in lines(None, a1000="7", a3000="-7")]
    assert check(own(LEDGER), ledger=[*BOOKED, *late, *dollars]).agrees


def test_what_was_not_read_is_not_compared() -> None:
    assert "pair connect" in check(None).not_compared
    assert "ledger" in check(own(LEDGER), ledger=None).not_compared
