"""A call to the gateway is bounded by number and by size, and the size is counted on the safe side."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.core.books import Bench, customer, invoice, line

from tieout.connectors.nav.gateway import MAX_REQUEST
from tieout.connectors.nav.wire.gateway import FUNCTIONS
from tieout.core.decision.decide import decide
from tieout.core.decision.plan import Command, Role
from tieout.engine.calls import (
    CALL_BYTES,
    CALL_S_AIM,
    COMMAND_BYTES,
    COMMANDS_PER_CALL,
    FIRST_CALL,
    LINE_BYTES,
    Tempo,
    calls,
)

ENVELOPE_BYTES = 1_000


def a_posting(lines: int = 1) -> Command:
    """A posting with the longest text that NAV takes, every character of which XML must escape."""
    bench = Bench()
    bench.show(invoice("960.00", line("10", "80.00"), number="&" * 60))
    (command,) = decide(bench.facts()).commands
    row = {**command.payload["lines"][0], "description": "&" * 50, "account_no": "9" * 20}
    return replace(command, payload={**command.payload, "lines": [row] * lines})


def quick() -> Tempo:
    """What a NAV has taught that takes no time."""
    tempo = Tempo()
    while tempo.at_once(Role.POST) < COMMANDS_PER_CALL:
        tempo.took(Role.POST, tempo.at_once(Role.POST), 0.001)
    return tempo


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
    sent = list(calls(large, quick()))
    assert [command for call in sent for command in call] == large
    assert len(sent) > 1
    assert all(sum(map(size, call)) + ENVELOPE_BYTES <= MAX_REQUEST for call in sent)
    assert [len(call) for call in calls([a_posting()] * (COMMANDS_PER_CALL + 1), quick())] == [
        COMMANDS_PER_CALL,
        1,
    ]


def test_calls_to_a_slow_nav_stay_within_their_seconds() -> None:
    tempo, seconds = Tempo(), []
    for call in calls([a_posting()] * 60, tempo):
        seconds.append(1.0 * len(call))
        tempo.took(Role.POST, len(call), seconds[-1])
    assert seconds[0] == FIRST_CALL
    assert max(seconds[1:]) <= CALL_S_AIM
    assert min(seconds[1:-1]) > CALL_S_AIM / 2, "its time is used"
    assert sum(seconds) == 60


def test_a_small_call_teaches_only_that_nav_is_slower() -> None:
    tempo = Tempo()
    tempo.took(Role.POST, FIRST_CALL, 0.001)
    assert tempo.at_once(Role.POST) == 4 * FIRST_CALL
    tempo.took(Role.POST, 1, 0.001)
    assert tempo.at_once(Role.POST) == 4 * FIRST_CALL
    tempo.took(Role.POST, 2, 8.0)
    assert tempo.at_once(Role.POST) == 1


def test_a_nav_that_becomes_quick_again_gets_larger_calls() -> None:
    tempo = Tempo()
    tempo.took(Role.POST, FIRST_CALL, 40.0)
    assert tempo.at_once(Role.POST) == 1
    for _ in range(4):
        tempo.took(Role.POST, tempo.at_once(Role.POST), 0.001)
    assert tempo.at_once(Role.POST) == COMMANDS_PER_CALL
    assert tempo.at_once(Role.APPLY) == FIRST_CALL, "each function has its own"


def test_a_call_is_as_large_as_its_limit_allows_and_the_next_one_too() -> None:
    full = 125
    assert full * (COMMAND_BYTES + 6 * LINE_BYTES) == CALL_BYTES
    assert [len(call) for call in calls([a_posting(6)] * (2 * full), quick())] == [full, full]
