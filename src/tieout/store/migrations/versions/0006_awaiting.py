"""Commands whose lines wait in a journal of NAV until a person posts them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

STATES = (
    "state IN ('intended', 'done', 'refused', 'unknown', 'abandoned', 'awaiting', 'withdrawn',"
    " 'removed')"
)


def upgrade() -> None:
    """Allow the states of the pages-only route."""
    name = op.f("ck_command_state")
    op.drop_constraint(name, "command", schema="tieout", type_="check")
    op.create_check_constraint(name, "command", STATES, schema="tieout")
    op.create_index(
        "ix_command_awaiting",
        "command",
        ["pair_id", "seq"],
        schema="tieout",
        postgresql_where=sa.text("state = 'awaiting'"),
    )
