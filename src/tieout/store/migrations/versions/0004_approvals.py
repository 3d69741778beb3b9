"""What a person agreed to, and what a payment has to do with credit notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the table, and the columns by which related documents are found."""
    op.create_table(
        "approval",
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("hash", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("btrim(by) <> ''", name=op.f("ck_approval_by")),
        sa.CheckConstraint(
            "kind IN ('customer', 'invoice', 'credit_note', 'payment')",
            name=op.f("ck_approval_kind"),
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["tieout.pair.id"], name=op.f("fk_approval_pair_id")),
        sa.PrimaryKeyConstraint("pair_id", "kind", "key", "rule", name=op.f("pk_approval")),
        schema="tieout",
    )
    for name in ("credit", "overpayment"):
        op.add_column(
            "document",
            sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False),
            schema="tieout",
        )
        op.create_index(
            f"ix_document_{name}",
            "document",
            ["pair_id", name],
            schema="tieout",
            postgresql_where=sa.text(f"{name} <> ''"),
        )
