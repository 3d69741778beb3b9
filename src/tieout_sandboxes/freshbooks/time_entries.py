"""Time entries: what was worked, when, for whom. A deleted one is only seen when asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.clock import iso_utc
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.envelope import EMPTY
from tieout_sandboxes.freshbooks.flat import (
    FlatResource,
    Test,
    moment,
    page_figures,
    requires,
    same,
    sized_page,
)
from tieout_sandboxes.freshbooks.given import Given, flag, text_or_null, whole, whole_or_null
from tieout_sandboxes.freshbooks.paging import Page
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 343_714_461
REPLACED = ("client_id", "project_id", "service_id", "task_id", "note")


class TimeEntry(msgspec.Struct, kw_only=True):
    """A time entry as the API shows it; `duration` is in seconds. It has no moment of change."""

    id: int
    identity_id: int
    is_logged: bool = True
    local_started_at: str = ""
    local_timezone: str
    started_at: str = ""
    created_at: str
    client_id: int | None = None
    project_id: int | None = None
    pending_client: str | None = None
    pending_project: str | None = None
    pending_task: str | None = None
    task_id: int | None = None
    service_id: int | None = None
    note: str | None = None
    active: bool = True
    billable: bool = True
    billed: bool = False
    internal: bool = False
    retainer_id: int | None = None
    duration: int = 0
    timer: dict[str, Any] | None = None


def _moment(given: Given, name: str) -> str:
    try:
        found = datetime.fromisoformat(given.raw(name))
    except (TypeError, ValueError):
        raise given.refuse(name, errors.FIELD_REQUIRED, "not a valid datetime") from None
    return iso_utc(found if found.tzinfo else found.replace(tzinfo=UTC))


class TimeEntries(FlatResource[TimeEntry]):
    """`/timetracking/business/{business_id}/time_entries`."""

    record = TimeEntry
    single = "time_entry"
    id_name = "id"
    plural = "time_entries"
    path = "time_entries"
    scope = "time_entries"
    edits = {  # noqa: RUF012 - fixed at class level, never changed
        **dict.fromkeys(
            ("client_id", "project_id", "retainer_id", "service_id", "task_id"), whole_or_null
        ),
        **dict.fromkeys(("active", "billable", "billed", "internal", "is_logged"), flag),
        "duration": whole,
        "note": text_or_null,
        "started_at": _moment,
    }

    def __init__(self, core: Core) -> None:
        super().__init__(core, Table(FIRST_ID))

    def new(self, given: Given) -> Row[TimeEntry]:
        requires(given, "is_logged", "duration", "started_at")
        number, now = self.table.take_id(), self.core.clock.now()
        entry = TimeEntry(
            created_at=iso_utc(now),
            id=number,
            identity_id=self.core.business.identity_id,
            local_timezone=self.core.business.timezone,
        )
        return Row(number, entry, now)

    def settle(self, row: Row[TimeEntry], _given: Given) -> None:
        entry = row.wire
        started = datetime.fromisoformat(entry.started_at)
        local = started.astimezone(ZoneInfo(entry.local_timezone)).replace(tzinfo=None)
        entry.local_started_at = local.isoformat("T", "seconds")

    def edit(self, row: Row[TimeEntry], given: Given) -> None:
        """A PUT says the whole entry: client, project, service, task and note are gone if it is silent."""
        gone = {name: None for name in REPLACED if name not in given}
        super().edit(row, Given(self.single, {**gone, **{name: given.raw(name) for name in given}}))

    def delete(self, number: int) -> bytes:
        row = self.find(number)
        row.wire.active = False
        self.save(row, "delete")
        return EMPTY

    def tests(self, query: Query) -> list[Test[TimeEntry]]:
        found = same(query, "billable", "billed", "client_id", "project_id", "identity_id")
        if (query.bare("include_deleted") or "").lower() != "true":
            found.append(lambda row: row.wire.active)
        if (query.bare("include_unlogged") or "").lower() != "true":
            found.append(lambda row: row.wire.is_logged)
        return [*found, *self._spans(query)]

    def _spans(self, query: Query) -> list[Test[TimeEntry]]:
        since = moment(query, "updated_since", self.single)
        first = moment(query, "started_from", self.single)
        last = moment(query, "started_to", self.single)
        spans: list[Test[TimeEntry]] = []
        if since is not None:
            spans.append(lambda row: row.updated >= since)
        if first is not None:
            spans.append(lambda row: _started(row) >= first)
        if last is not None:
            spans.append(lambda row: _started(row) <= last)
        return spans

    def page(self, query: Query, total: int) -> Page:
        """Without page and size, everything is on one page."""
        if query.bare("page") is None and query.bare("per_page") is None:
            return Page(1, max(total, 1))
        return sized_page(query, self.core.switches.query_error_status)

    def meta(self, _query: Query, page: Page, rows: Sequence[Row[TimeEntry]]) -> dict[str, Any]:
        entries = [row.wire for row in rows]
        return {
            **page_figures(page, len(rows)),
            "total_logged": _logged(entries),
            "total_unbilled": _logged([one for one in entries if not one.billed]),
            "total_logged_per_team_member": [
                {
                    "identity_id": who,
                    "total_logged": _logged(theirs),
                    "total_logged_per_client": [
                        {**client, "total_logged_per_project": _by("project_id", of_client)}
                        for client, of_client in _grouped("client_id", theirs)
                    ],
                    "total_logged_per_day": _days(theirs),
                }
                for who, theirs in _split("identity_id", entries)
            ],
            "total_logged_per_client": [
                {**client, "total_logged_per_team_member": _by("identity_id", of_client)}
                for client, of_client in _grouped("client_id", entries)
            ],
        }

    def arranged(self, _query: Query, rows: list[Row[TimeEntry]]) -> list[Row[TimeEntry]]:
        return rows

    def member(self, row: Row[TimeEntry]) -> Any:
        return row.wire

    def whole(self, row: Row[TimeEntry]) -> dict[str, Any]:
        return {self.single: row.wire}


def _started(row: Row[TimeEntry]) -> datetime:
    return datetime.fromisoformat(row.wire.started_at)


def _logged(entries: Sequence[TimeEntry]) -> int:
    return sum(entry.duration for entry in entries if entry.is_logged)


def _split(name: str, entries: Sequence[TimeEntry]) -> list[tuple[Any, list[TimeEntry]]]:
    found: dict[Any, list[TimeEntry]] = defaultdict(list)
    for entry in entries:
        found[getattr(entry, name)].append(entry)
    return list(found.items())


def _grouped(
    name: str, entries: Sequence[TimeEntry]
) -> list[tuple[dict[str, Any], list[TimeEntry]]]:
    split = _split(name, entries)
    return [({name: value, "total_logged": _logged(some)}, some) for value, some in split]


def _by(name: str, entries: Sequence[TimeEntry]) -> list[dict[str, Any]]:
    return [total for total, _some in _grouped(name, entries)]


def _days(entries: Sequence[TimeEntry]) -> list[dict[str, Any]]:
    """What was logged on each day, where the work was done."""
    days: dict[str, list[TimeEntry]] = defaultdict(list)
    for entry in entries:
        days[entry.local_started_at[:10]].append(entry)
    return [
        {
            "date": day,
            "total_logged": _logged(some),
            "total_logged_per_client": _by("client_id", some),
        }
        for day, some in sorted(days.items())
    ]
