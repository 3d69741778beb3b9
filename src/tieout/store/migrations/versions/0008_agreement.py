"""What tie-outs have found, and when each pair is to be tied out next."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TIME = sa.DateTime(timezone=True)
PAIR = ["pair_id"], ["tieout.pair.id"]


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "tie_out_due",
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_tie_out_due")),
        sa.ForeignKeyConstraint(*PAIR, name=op.f("fk_tie_out_due_pair_id")),
        schema="tieout",
    )
    op.create_table(
        "tie_out",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_tie_out")),
        sa.ForeignKeyConstraint(*PAIR, name=op.f("fk_tie_out_pair_id")),
        schema="tieout",
    )
    op.create_index("ix_tie_out_at", "tie_out", ["pair_id", "at"], schema="tieout")
    _differences()


def _differences() -> None:
    op.create_table(
        "difference",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("invariant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("freshbooks", sa.Numeric(), nullable=False),
        sa.Column("nav", sa.Numeric(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, server_default=""),
        sa.Column("since", TIME, nullable=False),
        sa.Column("seen", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_difference")),
        sa.ForeignKeyConstraint(*PAIR, name=op.f("fk_difference_pair_id")),
        schema="tieout",
    )
    op.create_index(
        "uq_difference_open",
        "difference",
        ["pair_id", "invariant", "kind", "subject"],
        unique=True,
        schema="tieout",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
