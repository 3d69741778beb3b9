"""The first shape: pairs, connections, documents, inbox, commands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "freshbooks_connection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.LargeBinary(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refresh_owner", sa.Text(), nullable=True),
        sa.Column("refresh_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("needs_consent", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "(refresh_owner IS NULL) = (refresh_until IS NULL)",
            name=op.f("ck_freshbooks_connection_refresh"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freshbooks_connection")),
        sa.UniqueConstraint(
            "url",
            "client_id",
            "account_id",
            name=op.f("uq_freshbooks_connection_url_client_id_account_id"),
        ),
        schema="tieout",
    )
    op.create_table(
        "nav_company",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(lease_owner IS NULL) = (lease_until IS NULL)", name=op.f("ck_nav_company_lease")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nav_company")),
        sa.UniqueConstraint("identity", name=op.f("uq_nav_company_identity")),
        schema="tieout",
    )
    op.create_table(
        "nav_connection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("odata_url", sa.Text(), nullable=False),
        sa.Column("soap_url", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("access_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nav_connection")),
        schema="tieout",
    )
    op.create_table(
        "pair",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("freshbooks_id", sa.BigInteger(), nullable=False),
        sa.Column("nav_id", sa.BigInteger(), nullable=False),
        sa.Column("settings", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["tieout.nav_company.id"], name=op.f("fk_pair_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["freshbooks_id"],
            ["tieout.freshbooks_connection.id"],
            name=op.f("fk_pair_freshbooks_id"),
        ),
        sa.ForeignKeyConstraint(
            ["nav_id"], ["tieout.nav_connection.id"], name=op.f("fk_pair_nav_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair")),
        sa.UniqueConstraint(
            "company_id", "freshbooks_id", name=op.f("uq_pair_company_id_freshbooks_id")
        ),
        sa.UniqueConstraint("company_id", "prefix", name=op.f("uq_pair_company_id_prefix")),
        sa.UniqueConstraint("name", name=op.f("uq_pair_name")),
        schema="tieout",
    )
    op.create_table(
        "callback",
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("callback_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), server_default="", nullable=False),
        sa.Column("uri", sa.Text(), server_default="", nullable=False),
        sa.Column("verifier", sa.LargeBinary(), nullable=True),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "NOT verified OR verifier IS NOT NULL", name=op.f("ck_callback_verifier")
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["tieout.pair.id"], name=op.f("fk_callback_pair_id")),
        sa.PrimaryKeyConstraint("pair_id", "callback_id", name=op.f("pk_callback")),
        schema="tieout",
    )
    op.create_table(
        "cursor",
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["tieout.pair.id"], name=op.f("fk_cursor_pair_id")),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_cursor")),
        schema="tieout",
    )
    op.create_table(
        "document",
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "findings", postgresql.JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("number", sa.Text(), server_default="", nullable=False),
        sa.Column("customer", sa.Text(), server_default="", nullable=False),
        sa.Column("invoice", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('customer', 'invoice', 'credit_note', 'payment')",
            name=op.f("ck_document_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'agreed', 'held', 'dead', 'excluded')",
            name=op.f("ck_document_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('held', 'dead', 'excluded') OR btrim(reason) <> ''",
            name=op.f("ck_document_reason"),
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["tieout.pair.id"], name=op.f("fk_document_pair_id")),
        sa.PrimaryKeyConstraint("pair_id", "kind", "key", name=op.f("pk_document")),
        schema="tieout",
    )
    op.create_index(
        "ix_document_invoice",
        "document",
        ["pair_id", "invoice"],
        unique=False,
        schema="tieout",
        postgresql_where=sa.text("invoice <> ''"),
    )
    op.create_index(
        "ix_document_state", "document", ["pair_id", "state"], unique=False, schema="tieout"
    )
    op.create_table(
        "link",
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("nav_kind", sa.Text(), nullable=False),
        sa.Column("nav_no", sa.Text(), nullable=False),
        sa.CheckConstraint("nav_no <> ''", name=op.f("ck_link_nav_no")),
        sa.ForeignKeyConstraint(["pair_id"], ["tieout.pair.id"], name=op.f("fk_link_pair_id")),
        sa.PrimaryKeyConstraint("pair_id", "kind", "key", name=op.f("pk_link")),
        sa.UniqueConstraint(
            "pair_id", "nav_kind", "nav_no", name=op.f("uq_link_pair_id_nav_kind_nav_no")
        ),
        schema="tieout",
    )
    op.create_table(
        "observation",
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "kind IN ('customer', 'invoice', 'credit_note', 'payment')",
            name=op.f("ck_observation_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["tieout.pair.id"], name=op.f("fk_observation_pair_id")
        ),
        sa.PrimaryKeyConstraint("pair_id", "kind", "key", name=op.f("pk_observation")),
        schema="tieout",
    )
    op.create_table(
        "posting_setup",
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_posting_setup_counted_from_one")),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["tieout.pair.id"], name=op.f("fk_posting_setup_pair_id")
        ),
        sa.PrimaryKeyConstraint("pair_id", "version", name=op.f("pk_posting_setup")),
        schema="tieout",
    )
    op.create_table(
        "command",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("company_id", sa.BigInteger(), nullable=False),
        sa.Column("command_key", sa.Text(), nullable=False),
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("depends_on", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("setup_version", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("receipt", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('customer', 'invoice', 'credit_note', 'payment')",
            name=op.f("ck_command_kind"),
        ),
        sa.CheckConstraint(
            "role IN ('create_customer', 'unapply', 'reverse', 'post', 'apply')",
            name=op.f("ck_command_role"),
        ),
        sa.CheckConstraint(
            "state IN ('intended', 'done', 'refused', 'unknown', 'abandoned')",
            name=op.f("ck_command_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('done', 'refused') OR receipt IS NOT NULL",
            name=op.f("ck_command_receipt"),
        ),
        sa.CheckConstraint("revision > 0 AND epoch > 0", name=op.f("ck_command_counted_from_one")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["tieout.nav_company.id"], name=op.f("fk_command_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["pair_id", "setup_version"],
            ["tieout.posting_setup.pair_id", "tieout.posting_setup.version"],
            name="fk_command_posting_setup",
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["tieout.pair.id"], name=op.f("fk_command_pair_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_command")),
        sa.UniqueConstraint(
            "company_id", "command_key", name=op.f("uq_command_company_id_command_key")
        ),
        schema="tieout",
    )
    op.create_index(
        "ix_command_ref", "command", ["pair_id", "kind", "key"], unique=False, schema="tieout"
    )
    op.create_index(
        "ix_command_unfinished",
        "command",
        ["pair_id", "seq"],
        unique=False,
        schema="tieout",
        postgresql_where=sa.text("state IN ('intended', 'unknown')"),
    )
    op.create_table(
        "inbox",
        sa.Column("pair_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("settled_version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "0 <= settled_version AND settled_version <= version",
            name=op.f("ck_inbox_settled_version"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_inbox_attempts")),
        sa.ForeignKeyConstraint(
            ["pair_id", "kind", "key"],
            ["tieout.document.pair_id", "tieout.document.kind", "tieout.document.key"],
            name="fk_inbox_document",
        ),
        sa.ForeignKeyConstraint(["pair_id"], ["tieout.pair.id"], name=op.f("fk_inbox_pair_id")),
        sa.PrimaryKeyConstraint("pair_id", "kind", "key", name=op.f("pk_inbox")),
        schema="tieout",
    )
    op.create_index(
        "ix_inbox_due",
        "inbox",
        ["pair_id", "due_at"],
        unique=False,
        schema="tieout",
        postgresql_where=sa.text("version > settled_version"),
    )
