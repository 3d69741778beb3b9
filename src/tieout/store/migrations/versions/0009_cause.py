"""The first cause of each difference that tie-outs have found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the column; what was found before has none."""
    op.add_column(
        "difference",
        sa.Column("cause", sa.Text(), nullable=False, server_default=""),
        schema="tieout",
    )
