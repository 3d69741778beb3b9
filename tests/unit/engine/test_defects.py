"""A defect that shows when a round is decided stops the documents of that customer, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.core.books import CLIENTS, Bench, invoice, line

from tieout.core.decision.decide import decide
from tieout.core.decision.plan import State
from tieout.core.records.identity import Kind, Ref
from tieout.engine.deciding import decide_each

WORK = line("10", "80.00")


def test_a_defect_stops_the_documents_of_its_customer_only() -> None:
    bench = Bench()
    bench.customer_nos["7002"] = "C00020"
    other = Ref(Kind.CUSTOMER, CLIENTS[1])
    good = replace(invoice("960.00", WORK, key="3", number="3"), customer=other)
    bench.show(invoice("960.00", WORK, key="1", number="1"), good)
    bench.show(invoice("960.00", WORK, key="2", number="2"))
    # Both numbers that it could have are in use: its own and the one made from its id, which nobody else makes.
    bench.known["taken"] = frozenset({("Invoice", "FB1"), ("Invoice", "FBI-1")})
    with pytest.raises(AssertionError):
        decide(bench.facts())
    plan = decide_each(bench.facts())
    assert [command.key for command in plan.commands] == ["FB-INV-3-1"]
    verdicts = {verdict.ref.key: verdict for verdict in plan.verdicts}
    assert {key: verdict.state for key, verdict in verdicts.items()} == {
        "1": State.DEAD,
        "2": State.DEAD,
        "3": State.AGREED,
    }
    assert verdicts["1"].reason == "DEFECT: the number made from the id of invoice/1 is in use"
