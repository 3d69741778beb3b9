"""What a plan rests on: whether it would come out the same if nobody but us posted in NAV."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.unit.core.books import Bench, invoice, line, payment

from tieout.core.decision.decide import decide
from tieout.core.decision.untouched import reaches_beyond, untouched
from tieout.core.records.document import Visibility
from tieout.core.records.invoice import Invoice

BILL = invoice("960.00", line("10", "80.00"))


def posted(*more: Invoice) -> Bench:
    bench = Bench()
    bench.show(BILL, *more)
    bench.do(decide(bench.facts()))
    return bench


def rests_on_others(bench: Bench) -> bool:
    facts = bench.facts()
    return decide(untouched(facts)) != decide(facts)


@pytest.mark.parametrize("visibility", [Visibility.ACTIVE, Visibility.DELETED])
def test_a_plan_rests_on_a_reversal(visibility: Visibility) -> None:
    bench = posted()
    bench.show(replace(BILL, visibility=visibility))
    assert not rests_on_others(bench)
    bench.ledger.items["Invoice", "FB0000101"].reversed = True
    assert rests_on_others(bench)


def test_a_plan_rests_on_what_closed_a_claim_that_is_due_on_another_day() -> None:
    bench = posted()
    bench.show(payment("960.00"))
    bench.do(decide(bench.facts()))
    assert not rests_on_others(bench), "what is paid and as it was told is nothing to wonder at"
    bench.show(replace(BILL, due_on=date(2026, 9, 1)))
    assert rests_on_others(bench)


def test_a_plan_rests_on_a_number_that_is_in_use() -> None:
    bench = Bench()
    bench.show(BILL)
    assert not rests_on_others(bench)
    bench.known["taken"] = frozenset({("Invoice", "FB0000101")})
    assert rests_on_others(bench)


def test_what_stands_as_it_was_posted_is_untouched() -> None:
    facts = replace(posted().facts(), taken=frozenset())
    assert untouched(facts) == facts


def test_what_came_after_an_entry_is_told_by_its_number() -> None:
    facts = posted().facts()
    assert not reaches_beyond(facts, 0)
    undone = {e: replace(item, reversed=True, reversed_by=7) for e, item in facts.items.items()}
    assert reaches_beyond(replace(facts, items=undone), 6)
    assert not reaches_beyond(replace(facts, items=undone), 7)
    keyed = replace(next(iter(facts.items.values())), entry_no=8)
    assert reaches_beyond(replace(facts, strangers=(keyed,)), 7)
