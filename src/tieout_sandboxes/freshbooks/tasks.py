"""Tasks: kinds of work that can be put on an invoice. Name and description come under two names each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from tieout_sandboxes.freshbooks.clock import eastern
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import Given, flag, money, text, whole
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key, equals
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 58_301


class Task(msgspec.Struct, kw_only=True):
    """A task as the API shows it; tax1 and tax2 are tax ids, 0 for none."""

    billable: bool = True
    description: str = ""
    id: int
    name: str = ""
    rate: Money
    taskid: int
    tax1: int = 0
    tax2: int = 0
    tdesc: str = ""
    tname: str = ""
    updated: str = ""
    vis_state: int = 0


class Tasks(Resource[Task]):
    """`projects/tasks`."""

    record = Task
    single = "task"
    plural = "tasks"
    path = "projects/tasks"
    scope = "projects"
    event = "service"
    settled = frozenset({"description", "name", "rate", "tdesc", "tname"})
    edits = {"billable": flag, "tax1": whole, "tax2": whole}  # noqa: RUF012 - fixed at class level

    def __init__(self, core: Core) -> None:
        super().__init__(core, Table(FIRST_ID))

    def asked_scope(self) -> str:
        return self.core.switches.task_scope

    def keys(self) -> Mapping[str, Key[Task]]:
        return {"vis_state": equals(lambda row: row.wire.vis_state, int)}

    def new(self, given: Given) -> Row[Task]:
        if "tname" not in given:
            given.require("name")
        number = self.table.take_id()
        nothing = Money(ZERO, self.core.business.currency)
        return Row(number, Task(id=number, rate=nothing, taskid=number), self.core.clock.now())

    def settle(self, row: Row[Task], given: Given) -> None:
        task = row.wire
        for name, twin in (("tname", "name"), ("tdesc", "description")):
            for written in (name, twin):
                if written in given:
                    value = text(given, written)
                    setattr(task, name, value)
                    setattr(task, twin, value)
        if "rate" in given:
            task.rate = money(given, "rate", task.rate.code)

    def update(self, number: int, given: Given, query: Query) -> bytes:
        """As usual; `visState`, as the vendor's JavaScript client spells it, only if assumed."""
        if "visState" in given and self.core.switches.task_vis_state == "both":
            given = Given(given.kind, {"vis_state": given.raw("visState")})
        return super().update(number, given, query)

    def stamp(self, wire: Task, now: datetime) -> None:
        wire.updated = eastern(now)

    def _announce(self, verb: str, number: int) -> None:
        if self.core.switches.task_emits_service:
            super()._announce(verb, number)
