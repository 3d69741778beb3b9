"""Two more things that a command may do in NAV: take a receipt back, and mark an invoice on hold."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

ROLES = (
    "role IN ('create_customer', 'unapply', 'reverse', 'take_back', 'post', 'apply', 'set_on_hold')"
)


def upgrade() -> None:
    """Let the schema know them."""
    op.drop_constraint(op.f("ck_command_role"), "command", type_="check", schema="tieout")
    op.create_check_constraint(op.f("ck_command_role"), "command", ROLES, schema="tieout")
