"""Entries of NAV that a person accepted as FreshBooks documents which Tieout never posted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"

TIME = sa.DateTime(timezone=True)
KINDS = "kind IN ('customer', 'invoice', 'credit_note', 'payment')"
STANDS = sa.text("stands")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "adoption",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("withdrawn_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption")),
        sa.ForeignKeyConstraint(["pair_id"], ["tieout.pair.id"], name=op.f("fk_adoption_pair_id")),
        sa.CheckConstraint("btrim(by) <> ''", name=op.f("ck_adoption_by")),
        sa.CheckConstraint(
            "(btrim(withdrawn_by) <> '') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_adoption_withdrawn"),
        ),
        schema="tieout",
    )
    _documents()
    _entries()


def _documents() -> None:
    op.create_table(
        "adopted_document",
        sa.Column("adoption_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("substance", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.PrimaryKeyConstraint("adoption_id", "kind", "key", name=op.f("pk_adopted_document")),
        sa.ForeignKeyConstraint(
            ["adoption_id"], ["tieout.adoption.id"], name=op.f("fk_adopted_document_adoption_id")
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["tieout.pair.id"], name=op.f("fk_adopted_document_pair_id")
        ),
        sa.CheckConstraint(KINDS, name=op.f("ck_adopted_document_kind")),
        schema="tieout",
    )
    _once("adopted_document", ["pair_id", "kind", "key"])


def _entries() -> None:
    op.create_table(
        "adopted_entry",
        sa.Column("adoption_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_no", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("document_type", sa.Text(), nullable=False),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("customer_no", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("posting_date", sa.Date(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False, server_default=sa.text("true")),
        sa.PrimaryKeyConstraint("adoption_id", "entry_no", name=op.f("pk_adopted_entry")),
        sa.ForeignKeyConstraint(
            ["adoption_id"], ["tieout.adoption.id"], name=op.f("fk_adopted_entry_adoption_id")
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["tieout.nav_company.id"], name=op.f("fk_adopted_entry_company_id")
        ),
        schema="tieout",
    )
    _once("adopted_entry", ["company_id", "entry_no"])


def _once(table: str, columns: list[str]) -> None:
    """What is adopted and not taken back is so once."""
    op.create_index(
        f"uq_{table}_standing",
        table,
        columns,
        unique=True,
        schema="tieout",
        postgresql_where=STANDS,
    )
