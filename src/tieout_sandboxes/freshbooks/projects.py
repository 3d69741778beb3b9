"""Projects: work for a client or for the business itself. Deleting one removes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.envelope import encode
from tieout_sandboxes.freshbooks.flat import (
    FlatResource,
    Test,
    moment,
    page_figures,
    requires,
    same,
    sized_page,
)
from tieout_sandboxes.freshbooks.given import (
    Given,
    day_or_null,
    flag,
    text,
    text_or_null,
    whole_or_null,
)
from tieout_sandboxes.freshbooks.identity import OWNER
from tieout_sandboxes.freshbooks.paging import Page
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID, GROUP_OFFSET = 13_312_426, 14_987_713
ABILITIES = (
    "can_edit", "can_archive", "can_generate_invoice", "can_delete", "can_invite_team_member",
    "can_manage_services", "can_view_team_time", "can_edit_hourly_budget", "can_edit_client",
    "can_edit_project_manager", "can_view_invoices_tab", "can_view_fixed_price",
    "can_edit_fixed_price", "can_edit_end_date", "can_edit_flat_rate", "can_edit_project_type",
    "can_edit_service_estimate_type", "can_edit_title", "can_view_review_tab",
    "can_view_discuss_tab", "can_track_time", "can_create_comment",
)  # fmt: skip


class Project(msgspec.Struct, kw_only=True):
    """A project as lists show it; alone, it has its `group` in full."""

    id: int
    title: str = ""
    description: str | None = None
    due_date: str | None = None
    client_id: int | None = None
    internal: bool = False
    budget: int | None = None
    fixed_price: str | None = None
    rate: str | None = None
    billing_method: str = "project_rate"
    project_type: str = "hourly_rate"
    project_manager_id: int | None = None
    active: bool = True
    complete: bool = False
    sample: bool = False
    created_at: str
    updated_at: str = ""
    logged_duration: int | None = None
    services: list[Any] = []
    billed_amount: str = "0.00"
    billed_status: str = "unbilled"
    retainer_id: int | None = None
    expense_markup: str = "0"
    service_estimate_type: str = "total_hours"
    group_id: int


class Projects(FlatResource[Project]):
    """`/projects/business/{business_id}/projects`, one of them also under `project`."""

    record = Project
    single = "project"
    id_name = "id"
    plural = "projects"
    path = "projects"
    scope = "projects"
    edits = {  # noqa: RUF012 - fixed at class level, never changed
        **dict.fromkeys(("title", "billing_method", "expense_markup", "project_type"), text),
        **dict.fromkeys(("description", "fixed_price", "rate"), text_or_null),
        **dict.fromkeys(
            ("budget", "client_id", "project_manager_id", "retainer_id"), whole_or_null
        ),
        **dict.fromkeys(("active", "complete", "internal"), flag),
        "due_date": day_or_null,
        "service_estimate_type": text,
    }

    def __init__(self, core: Core) -> None:
        super().__init__(core, Table(FIRST_ID))

    def new(self, given: Given) -> Row[Project]:
        requires(given, "title")
        number, now = self.table.take_id(), self.core.clock.now()
        project = Project(created_at=_plain(now), group_id=number + GROUP_OFFSET, id=number)
        return Row(number, project, now)

    def stamp(self, wire: Project, now: datetime) -> None:
        wire.updated_at = _plain(now)

    def tests(self, query: Query) -> list[Test[Project]]:
        found = same(query, "active", "complete", "internal", "client_id")
        since = moment(query, "updated_since", self.single)
        return found if since is None else [*found, lambda row: row.updated >= since]

    def page(self, query: Query, _total: int) -> Page:
        return sized_page(query, self.core.switches.query_error_status)

    def meta(self, query: Query, page: Page, rows: Sequence[Row[Project]]) -> dict[str, Any]:
        sort = query.bare("sort")
        return {"sort": [] if sort is None else [sort], **page_figures(page, len(rows))}

    def arranged(self, query: Query, rows: list[Row[Project]]) -> list[Row[Project]]:
        sort = query.bare("sort") or ""
        name = sort.removeprefix("-")
        if name in ("title", "due_date", "created_at"):
            return sorted(
                rows, key=lambda row: (getattr(row.wire, name) or "", row.id), reverse=sort != name
            )
        return rows[::-1] if sort else rows

    def member(self, row: Row[Project]) -> Any:
        return row.wire

    def whole(self, row: Row[Project]) -> dict[str, Any]:
        shown: dict[str, Any] = msgspec.to_builtins(row.wire)
        shown["group"] = self._group(shown.pop("group_id"))
        return {
            self.single: shown,
            "abilities": [{"name": name, "value": True} for name in ABILITIES],
        }

    def create(self, given: Given, _query: Query) -> bytes:
        """A new project answers as it does later, but for `pending_invitations`, which are null."""
        shown = self.whole(self.add(given))
        shown[self.single]["group"]["pending_invitations"] = None
        return encode(shown)

    def _group(self, number: int) -> dict[str, Any]:
        business = self.core.business
        owner = {
            "id": number + 1, "identity_id": business.identity_id, "role": "owner", **OWNER,
            "company": business.name, "active": True,
        }  # fmt: skip
        return {"id": number, "members": [owner], "pending_invitations": []}


def _plain(at: datetime) -> str:
    """`2026-06-29T16:50:50`: UTC, and no zone to say so."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat("T", "seconds")
