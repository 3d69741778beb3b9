"""Cutting a plan into gateway calls: one function after another, bounded in number, in size and in seconds.

A call that takes long keeps whatever has come meanwhile waiting. How many commands fit is learnt from the calls before.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from tieout.core.decision.plan import Command, Role

COMMANDS_PER_CALL = 200
# NAV takes 1,024 KB; a command and a journal line are at most about so long as XML.
CALL_BYTES, COMMAND_BYTES, LINE_BYTES = 900_000, 1_200, 1_000
# Reversals and documents go through the same gateway function, in one call.
FUNCTIONS = {Role.REVERSE: Role.POST}
# A first call is small, because nobody knows yet how slow this NAV is; then fourfold each time while calls stay under the aim.
CALL_S_AIM, FIRST_CALL, GROWTH = 2.0, 4, 4


class Tempo:
    """How many commands of each function one NAV company carries out in the time that a call may take."""

    def __init__(self) -> None:
        self._at_once: dict[Role, int] = {}

    def at_once(self, role: Role) -> int:
        """How many to send in the next call."""
        return self._at_once.get(function_of(role), FIRST_CALL)

    def took(self, role: Role, count: int, seconds: float) -> None:
        """Learn from a call."""
        before = self.at_once(role)
        fit = COMMANDS_PER_CALL if seconds <= 0 else max(1, int(count * CALL_S_AIM / seconds))
        if fit < before or count >= before:
            self._at_once[function_of(role)] = min(fit, before * GROWTH, COMMANDS_PER_CALL)


def calls(commands: Sequence[Command], tempo: Tempo) -> Iterator[tuple[Command, ...]]:
    """Commands of one gateway function after another, in bounded numbers and sizes. What the tempo learns meanwhile counts at once."""
    for role, group in itertools.groupby(commands, key=lambda command: function_of(command.role)):
        call: list[Command] = []
        size = 0
        for command in group:
            weight = COMMAND_BYTES + LINE_BYTES * len(command.payload.get("lines", ()))
            if call and (len(call) >= tempo.at_once(role) or size + weight > CALL_BYTES):
                yield tuple(call)
                call, size = [], 0
            call.append(command)
            size += weight
        yield tuple(call)


def function_of(role: Role) -> Role:
    """The role that names the gateway function of a role."""
    return FUNCTIONS.get(role, role)
