"""A call to the gateway is bounded by number and by size, and the size is counted on the safe side."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.core.books import Bench, customer, invoice, line

from tieout.connectors.nav.gateway import MAX_REQUEST
from tieout.connectors.nav.wire.gateway import FUNCTIONS
from tieout.core.decision.decide import decide
from tieout.core.decision.plan import Command
from tieout.engine.settle import CALL_BYTES, COMMAND_BYTES, COMMANDS_PER_CALL, LINE_BYTES, _calls

ENVELOPE_BYTES = 1_000


def a_posting(lines: int = 1) -> Command:
    """A posting with the longest text that NAV takes, every character of which XML must escape."""
    bench = Bench()
    bench.show(invoice("960.00", line("10", "80.00"), number="&" * 60))
    (command,) = decide(bench.facts()).commands
    row = {**command.payload["lines"][0], "description": "&" * 50, "account_no": "9" * 20}
    return replace(command, payload={**command.payload, "lines": [row] * lines})


def size(command: Command) -> int:
    _, port = FUNCTIONS[command.role]
    return len(port.render([command]).encode())


def test_the_estimate_is_on_the_safe_side() -> None:
    for lines in (1, 2, 50):
        assert size(a_posting(lines)) <= COMMAND_BYTES + LINE_BYTES * lines
    bench = Bench(replace(customer(), organization="&" * 100, street="&" * 100, city="&" * 30))
    bench.customer_no = None
    bench.show(invoice("960.00", line("10", "80.00")))
    (creating,) = decide(bench.facts()).commands
    assert size(creating) * COMMANDS_PER_CALL <= CALL_BYTES, "these are bounded by their number"
    assert CALL_BYTES + ENVELOPE_BYTES <= MAX_REQUEST


def test_large_documents_go_in_more_calls_and_none_is_lost() -> None:
    large = [replace(a_posting(20), key=f"FB-INV-{n}-1") for n in range(COMMANDS_PER_CALL)]
    calls = list(_calls(large))
    assert [command for call in calls for command in call] == large
    assert len(calls) > 1
    assert all(sum(map(size, call)) + ENVELOPE_BYTES <= MAX_REQUEST for call in calls)
    assert [len(call) for call in _calls([a_posting()] * (COMMANDS_PER_CALL + 1))] == [
        COMMANDS_PER_CALL,
        1,
    ]
