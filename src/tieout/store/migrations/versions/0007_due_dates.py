"""One more thing that a command may do in NAV: change the due date of an open invoice."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

ROLES = (
    "role IN ('create_customer', 'unapply', 'reverse', 'take_back', 'post', 'apply', 'set_on_hold',"
    " 'set_due_date')"
)


def upgrade() -> None:
    """Let the schema know it."""
    op.drop_constraint(op.f("ck_command_role"), "command", type_="check", schema="tieout")
    op.create_check_constraint(op.f("ck_command_role"), "command", ROLES, schema="tieout")
