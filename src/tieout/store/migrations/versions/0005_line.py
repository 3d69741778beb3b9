"""Live before backfill, stopped lines, breakers, derived events, and what tells old content from new."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TIME = sa.DateTime(timezone=True)
PAIR = ["pair_id"], ["tieout.pair.id"]


def upgrade() -> None:
    """Add the columns and create the tables."""
    _columns()
    op.drop_index("ix_inbox_due", "inbox", schema="tieout")
    op.create_index(
        "ix_inbox_due",
        "inbox",
        ["pair_id", "priority", "due_at"],
        schema="tieout",
        postgresql_where=sa.text("version > settled_version"),
    )
    op.create_check_constraint(
        op.f("ck_inbox_priority"), "inbox", "priority IN (0, 1)", schema="tieout"
    )
    op.create_check_constraint(op.f("ck_inbox_failures"), "inbox", "failures >= 0", schema="tieout")
    op.create_table(
        "line_stop",
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_line_stop_reason")),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_line_stop")),
        sa.ForeignKeyConstraint(*PAIR, name=op.f("fk_line_stop_pair_id")),
        schema="tieout",
    )
    op.create_table(
        "breaker",
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("connection_id", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", TIME, nullable=True),
        sa.Column("since", TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("system IN ('freshbooks', 'nav')", name=op.f("ck_breaker_system")),
        sa.CheckConstraint("failures > 0", name=op.f("ck_breaker_failures")),
        sa.PrimaryKeyConstraint("system", "connection_id", name=op.f("pk_breaker")),
        schema="tieout",
    )
    _events()


def _columns() -> None:
    for table, column in (
        ("inbox", sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="0")),
        ("inbox", sa.Column("failures", sa.Integer(), nullable=False, server_default="0")),
        ("observation", sa.Column("updated_at", TIME, nullable=True)),
        (
            "observation",
            sa.Column("deleted", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        ),
        (
            "observation",
            sa.Column("unlisted", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        ),
        ("document", sa.Column("due_on", sa.Date(), nullable=True)),
        ("document", sa.Column("outstanding", sa.Numeric(), nullable=True)),
        (
            "command",
            sa.Column("intended_at", TIME, nullable=False, server_default=sa.text("now()")),
        ),
        ("poll", sa.Column("swept_at", TIME, nullable=True)),
    ):
        op.add_column(table, column, schema="tieout")


def _events() -> None:
    op.create_table(
        "derived_event",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.CheckConstraint(
            "name IN ('invoice.paid', 'invoice.overdue')", name=op.f("ck_derived_event_name")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_derived_event")),
        sa.ForeignKeyConstraint(*PAIR, name=op.f("fk_derived_event_pair_id")),
        schema="tieout",
    )
    op.create_index(
        "uq_derived_event_open",
        "derived_event",
        ["pair_id", "name", "key"],
        unique=True,
        schema="tieout",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
