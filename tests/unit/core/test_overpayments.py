"""Overpayments: which credit is whose, what is asked where FreshBooks does not say, and how that ends by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.unit.core.books import Bench, credit_note, invoice, line, payment, pounds
from tests.unit.core.test_decide import keys, settle

from tieout.core.decision.plan import State
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.payment import Payment

DAY = date(2026, 4, 2)
BILL = invoice("120.00", line("1", "100.00"))
NOWHERE = Ref(Kind.CREDIT_NOTE, "99")


def rest(total: str, key: str, number: str = "0000001", day: date = DAY) -> CreditNote:
    note = credit_note(total, key=key, credit_type="overpayment")
    return replace(note, issued_on=day, number=number)


def paid(overpayment: Ref, key: str = "10301") -> Payment:
    return replace(payment("120.00", key=key), overpayment=overpayment)


FIRST, SECOND = rest("20.00", "1"), rest("30.00", "2", "0000002")


def edited() -> Bench:
    """140.00 came in for 120.00; then the payment was edited to 150.00, and FreshBooks made another credit of 30.00."""
    bench = Bench()
    bench.show(BILL, paid(FIRST.ref), FIRST)
    settle(bench)
    bench.show(paid(SECOND.ref), SECOND)
    return bench


def received(bench: Bench) -> Decimal:
    return sum((-i.amount for i in bench.items.values() if not i.reversed and i.amount < 0), Decimal(0))  # fmt: skip


def test_a_credit_left_from_before_an_edit_is_asked_about() -> None:
    bench = edited()
    verdict = settle(bench)[FIRST.ref]
    assert verdict.state is State.HELD
    (finding,) = verdict.findings
    assert finding.rule == "OVERPAYMENT_UNMATCHED"
    assert "credit note 0000001 (20.00 GBP)" in finding.text
    assert "payment/10301, the only one of that day" in finding.text
    assert "names 0000002 (30.00 GBP)" in finding.text
    assert "add the amount to 0000002; in any case delete 0000001. " in finding.remedy
    assert received(bench) == Decimal("150.00")


@pytest.mark.parametrize(("added", "came"), [("30.00", "150.00"), ("50.00", "170.00")])
def test_it_goes_on_by_itself_once_the_credit_is_deleted(added: str, came: str) -> None:
    bench = edited()
    settle(bench)
    bench.show(replace(FIRST, visibility=Visibility.DELETED), replace(SECOND, amount=pounds(added)))
    verdicts = settle(bench)
    assert verdicts[FIRST.ref].state is State.EXCLUDED
    assert verdicts[SECOND.ref].reason == "received with payment/10301"
    assert received(bench) == Decimal(came)
    assert keys(bench) == []


def test_what_uses_it_has_to_use_another_first() -> None:
    bench = edited()
    bench.show(replace(FIRST, used=pounds("5.00")))
    assert "once the payments that use it use another credit" in settle(bench)[FIRST.ref].reason


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ((), "with no payment."),
        ((paid(NOWHERE, key="1"), paid(NOWHERE, key="2")), "with payment/1, payment/2."),
        ((replace(paid(NOWHERE), paid_on=date(2026, 4, 3)),), "with no payment."),
    ],
)
def test_a_credit_of_no_payment_or_of_one_of_several_is_entered_as_money(
    others: tuple[Payment, ...], told: str
) -> None:
    bench = Bench()
    bench.show(BILL, FIRST, *others)
    (finding,) = settle(bench)[FIRST.ref].findings
    assert finding.text.endswith(told)
    assert "enter it as a prepayment of that day" in finding.remedy


def test_of_two_credits_of_a_day_the_one_that_is_not_deleted_is_meant() -> None:
    """FreshBooks may give an ``overpaymentid`` that is in no list."""
    bench = Bench()
    bench.show(BILL, paid(NOWHERE), FIRST, SECOND)
    (finding,) = settle(bench)[paid(NOWHERE).ref].findings
    assert "it must be the client's only one of 2026-04-02" in finding.text
    bench.show(replace(FIRST, visibility=Visibility.DELETED))
    verdicts = settle(bench)
    assert verdicts[SECOND.ref].reason == "received with payment/10301"
    assert received(bench) == Decimal("150.00")
    bench.show(replace(SECOND, visibility=Visibility.DELETED))
    assert settle(bench)[paid(NOWHERE).ref].state is State.AGREED
    assert received(bench) == Decimal("120.00")


def test_a_credit_that_was_deleted_and_is_used_says_so() -> None:
    bench = Bench()
    gift = credit_note("24.00", line("1", "20.00"))
    use = payment("24.00", credit=gift.ref.key)
    bench.show(BILL, gift, use)
    settle(bench)
    bench.show(replace(gift, visibility=Visibility.DELETED))
    (finding,) = settle(bench)[use.ref].findings
    assert finding.text == "It uses credit_note/30947, which was deleted in FreshBooks."
    bench.show(gift)
    assert settle(bench)[use.ref].state is State.AGREED
