"""When each pair is to be polled next."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "poll",
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_poll")),
        sa.ForeignKeyConstraint(["pair_id"], ["tieout.pair.id"], name=op.f("fk_poll_pair_id_pair")),
        schema="tieout",
    )
