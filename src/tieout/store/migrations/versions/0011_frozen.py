"""What both books held up to the days that persons froze."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "frozen",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_frozen")),
        sa.ForeignKeyConstraint(["pair_id"], ["tieout.pair.id"], name=op.f("fk_frozen_pair_id")),
        schema="tieout",
    )
    op.create_index("ix_frozen_day", "frozen", ["pair_id", "day"], schema="tieout")
