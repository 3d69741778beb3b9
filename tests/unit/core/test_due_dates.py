"""An invoice that is due on another day: the open entry gets the day, and nothing is posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.unit.core.books import Bench, invoice, line, payment

from tieout.core.decision.decide import decide
from tieout.core.decision.plan import Role
from tieout.core.records.document import Visibility

WORK = line("10", "80.00")
APRIL, MAY, JUNE = date(2026, 4, 9), date(2026, 5, 9), date(2026, 6, 9)
BILL = replace(invoice("960.00", WORK), due_on=APRIL)
INVOICE = ("Invoice", "FB0000101")


def settled(bench: Bench) -> list[tuple[Role, str]]:
    """What a round does; the next one has nothing left to do."""
    plan = decide(bench.facts())
    bench.do(plan)
    assert decide(bench.facts()).commands == ()
    return [(command.role, command.key) for command in plan.commands]


def posted(*more: object) -> Bench:
    bench = Bench()
    bench.show(BILL, *more)  # type: ignore[arg-type]
    settled(bench)
    return bench


def test_every_change_of_the_day_is_one_command() -> None:
    bench = posted()
    bench.show(replace(BILL, due_on=MAY))
    assert settled(bench) == [(Role.SET_DUE_DATE, "FB-INV-34101-D1")]
    assert bench.items[INVOICE].due_on == MAY
    bench.show(replace(BILL, due_on=JUNE))
    assert settled(bench) == [(Role.SET_DUE_DATE, "FB-INV-34101-D2")]
    bench.show(BILL)
    assert settled(bench) == [(Role.SET_DUE_DATE, "FB-INV-34101-D3")]
    assert bench.items[INVOICE].due_on == APRIL


def test_the_gateway_is_told_the_entry_and_the_day() -> None:
    bench = posted()
    bench.show(replace(BILL, due_on=MAY))
    (command,) = decide(bench.facts()).commands
    assert command.payload == {
        "customer_no": "C00010",
        "document_type": "Invoice",
        "document_no": "FB0000101",
        "due_date": "2026-05-09",
    }


def test_a_refused_change_is_asked_for_again_under_its_key() -> None:
    bench = posted()
    bench.show(replace(BILL, due_on=MAY))
    bench.do(decide(bench.facts()), ("FB-INV-34101-D1",))
    assert bench.items[INVOICE].due_on == APRIL
    assert settled(bench) == [(Role.SET_DUE_DATE, "FB-INV-34101-D1")]


def test_a_new_revision_carries_its_own_day() -> None:
    bench = posted()
    bench.show(replace(BILL, due_on=MAY))
    settled(bench)
    bench.show(replace(invoice("1080.00", line("11.25", "80.00")), due_on=JUNE))
    assert {role for role, _ in settled(bench)} == {Role.REVERSE, Role.POST}
    assert bench.items["Invoice", "FB0000101-2"].due_on == JUNE


def test_a_paid_invoice_gets_its_day_when_it_is_open_again() -> None:
    paid = payment("960.00")
    bench = posted(paid)
    bench.show(replace(BILL, due_on=MAY))
    assert settled(bench) == []
    bench.show(replace(paid, visibility=Visibility.DELETED))
    roles = [role for role, _ in settled(bench)]
    assert roles == [Role.UNAPPLY, Role.SET_DUE_DATE, Role.TAKE_BACK]
    assert bench.items[INVOICE].due_on == MAY


def test_a_payment_of_the_same_round_comes_after_the_day() -> None:
    bench = posted()
    bench.show(replace(BILL, due_on=MAY), payment("960.00"))
    assert [role for role, _ in settled(bench)] == [Role.SET_DUE_DATE, Role.POST]


def test_a_claim_without_a_day_is_let_be() -> None:
    bench = posted()
    bench.show(replace(BILL, due_on=None))
    assert settled(bench) == []
