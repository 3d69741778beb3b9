"""What each tie-out has compared: all, or what had changed; and the state of both systems that it was made of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns; those of before looked at all, and nobody knows at what state."""
    daily: sa.Column[bool] = sa.Column(
        "daily", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("tie_out", daily, schema="tieout")
    op.add_column("tie_out", sa.Column("snapshot", JSONB(), nullable=True), schema="tieout")
