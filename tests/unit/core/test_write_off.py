"""VAT of a bad debt is claimed back once the debt is old enough: more than six months after it was due (VAT Notice 700/18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.unit.core.books import Bench, invoice, line, payment

from tieout.core.decision.decide import decide
from tieout.core.decision.outcome import outcome

WORK = line("10", "80.00")
CLAIMED = [("C00010", "-960.00"), ("6400", "800.00"), ("1340", "160.00")]
NOT_YET = [("C00010", "-960.00"), ("6400", "960.00")]


def written_off(due: date, day: date) -> list[tuple[str, str]]:
    """The lines of the write-off."""
    bench = Bench()
    bench.show(replace(invoice("960.00", WORK), due_on=due))
    plan = decide(bench.facts())
    outcome(plan, bench.do(plan))
    asks = replace(payment("960.00", method="Other", day=day), note="WRITE-OFF")
    bench.show(asks)
    bench.known["approvals"] = {asks.ref: {"WRITE_OFF": ""}}
    (command,) = decide(bench.facts()).commands
    return [(row["account_no"], row["amount"]) for row in command.payload["lines"]]


@pytest.mark.parametrize(
    ("due", "day", "lines"),
    [
        (date(2026, 4, 9), date(2026, 10, 9), NOT_YET),
        (date(2026, 4, 9), date(2026, 10, 10), CLAIMED),
        (date(2026, 8, 31), date(2027, 2, 28), NOT_YET),
        (date(2026, 8, 31), date(2027, 3, 1), CLAIMED),
        (date(2026, 6, 30), date(2026, 12, 30), NOT_YET),
        (date(2026, 6, 30), date(2026, 12, 31), CLAIMED),
    ],
)
def test_vat_is_claimed_back_after_six_months(
    due: date, day: date, lines: list[tuple[str, str]]
) -> None:
    assert written_off(due, day) == lines


def test_a_setup_without_an_account_for_it_claims_nothing() -> None:
    bench = Bench()
    rules = bench.facts().setup
    assert rules.write_off is not None
    rules = replace(rules, write_off=replace(rules.write_off, relief_account=""))
    bench.known |= {"setup": rules, "setups": {1: rules}}
    bench.show(replace(invoice("960.00", WORK), due_on=date(2026, 4, 9)))
    bench.do(decide(bench.facts()))
    asks = replace(payment("960.00", method="Other", day=date(2027, 1, 1)), note="WRITE-OFF")
    bench.show(asks)
    bench.known["approvals"] = {asks.ref: {"WRITE_OFF": ""}}
    (command,) = decide(bench.facts()).commands
    lines = [(row["account_no"], row["amount"]) for row in command.payload["lines"]]
    assert lines == NOT_YET
