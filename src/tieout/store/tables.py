"""The tables: what Tieout remembers, and what can never be true of it, whatever the programs do.

All are in schema ``tieout``. The migrations create them; a test holds that both say the same. Times are UTC instants, amounts are exact.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

SCHEMA = "tieout"
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(schema=SCHEMA, naming_convention=NAMES)

KINDS = "kind IN ('customer', 'invoice', 'credit_note', 'payment')"


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


def _time(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _ref() -> tuple[Column[int], Column[str], Column[str]]:
    return (
        Column("pair_id", BigInteger, ForeignKey(f"{SCHEMA}.pair.id"), primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("key", Text, primary_key=True),
    )


# A NAV company: what has one writer at a time. ``epoch`` only ever grows.
nav_company = Table(
    "nav_company",
    metadata,
    _id(),
    Column("identity", Text, nullable=False, unique=True),
    _number("epoch"),
    Column("lease_owner", Text),
    _time("lease_until", nullable=True),
    CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="lease"),
)

freshbooks_connection = Table(
    "freshbooks_connection",
    metadata,
    _id(),
    Column("url", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("business_id", Text, nullable=False),
    Column("client_secret", LargeBinary, nullable=False),
    Column("access_token", LargeBinary, nullable=False),
    Column("refresh_token", LargeBinary, nullable=False),
    _time("expires_at", nullable=True),
    Column("refresh_owner", Text),
    _time("refresh_until", nullable=True),
    Column("needs_consent", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("url", "client_id", "account_id"),
    CheckConstraint("(refresh_owner IS NULL) = (refresh_until IS NULL)", name="refresh"),
)

nav_connection = Table(
    "nav_connection",
    metadata,
    _id(),
    Column("odata_url", Text, nullable=False),
    Column("soap_url", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("user", Text, nullable=False),
    Column("access_key", LargeBinary, nullable=False),
)

# One business feeds one company at most once, and under a prefix of its own.
pair = Table(
    "pair",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("prefix", Text, nullable=False),
    Column("company_id", BigInteger, ForeignKey(nav_company.c.id), nullable=False),
    Column("freshbooks_id", BigInteger, ForeignKey(freshbooks_connection.c.id), nullable=False),
    Column("nav_id", BigInteger, ForeignKey(nav_connection.c.id), nullable=False),
    Column("settings", JSONB, nullable=False),
    UniqueConstraint("company_id", "prefix"),
    UniqueConstraint("company_id", "freshbooks_id"),
)

# Which account for what; a version that a command was decided under is never changed.
posting_setup = Table(
    "posting_setup",
    metadata,
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", JSONB, nullable=False),
    CheckConstraint("version > 0", name="counted_from_one"),
)

# Every document ever seen is here once, in exactly one state; what is not agreed or pending says why.
document = Table(
    "document",
    metadata,
    *_ref(),
    Column("state", Text, nullable=False),
    _text("reason"),
    Column("findings", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    _time("since"),
    _time("verified_at", nullable=True),
    _text("number"),
    _text("customer"),
    _text("invoice"),
    _text("credit"),
    _text("overpayment"),
    _text("currency"),
    Column("amount", Numeric),
    Column("dated", Date),
    Column("due_on", Date),
    Column("outstanding", Numeric),
    CheckConstraint(KINDS, name="kind"),
    CheckConstraint("state IN ('pending', 'agreed', 'held', 'dead', 'excluded')", name="state"),
    CheckConstraint(
        "state NOT IN ('held', 'dead', 'excluded') OR btrim(reason) <> ''", name="reason"
    ),
)
Index(
    "ix_document_invoice",
    document.c.pair_id,
    document.c.invoice,
    postgresql_where=text("invoice <> ''"),
)
for _name in ("credit", "overpayment"):
    Index(
        f"ix_document_{_name}",
        document.c.pair_id,
        document.c[_name],
        postgresql_where=text(f"{_name} <> ''"),
    )

# What a person agreed to. With a hash, only for that content of the document.
approval = Table(
    "approval",
    metadata,
    *_ref(),
    Column("rule", Text, primary_key=True),
    _text("value"),
    _text("hash"),
    Column("by", Text, nullable=False),
    _time("at"),
    CheckConstraint("btrim(by) <> ''", name="by"),
    CheckConstraint(KINDS, name="kind"),
)
Index("ix_document_state", document.c.pair_id, document.c.state)

# What is to be looked at again. Due: version > settled_version and due_at reached. Priority 0 is live, 1 is backfill.
# ``attempts`` grows with each look that came to nothing, ``failures`` with each that failed because of this document alone.
inbox = Table(
    "inbox",
    metadata,
    *_ref(),
    Column("version", BigInteger, nullable=False, server_default="1"),
    _number("settled_version"),
    _time("due_at"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _text("reason"),
    _text("cause"),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    ForeignKeyConstraint(
        ["pair_id", "kind", "key"],
        [document.c.pair_id, document.c.kind, document.c.key],
        name="fk_inbox_document",
    ),
    CheckConstraint("0 <= settled_version AND settled_version <= version", name="settled_version"),
    CheckConstraint("attempts >= 0", name="attempts"),
    CheckConstraint("priority IN (0, 1)", name="priority"),
    CheckConstraint("failures >= 0", name="failures"),
)
Index(
    "ix_inbox_due",
    inbox.c.pair_id,
    inbox.c.priority,
    inbox.c.due_at,
    postgresql_where=text("version > settled_version"),
)

# The last content received; ``version`` is the inbox version it came with, 0 if it was read while settling. ``updated_at`` is FreshBooks' own stamp.
# ``unlisted``: no list shows it, which a person has accepted.
observation = Table(
    "observation",
    metadata,
    *_ref(),
    Column("content", LargeBinary, nullable=False),
    Column("hash", Text, nullable=False),
    _number("version"),
    _time("updated_at", nullable=True),
    Column("deleted", Boolean, nullable=False, server_default=text("false")),
    Column("unlisted", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint(KINDS, name="kind"),
)

# Which NAV record a FreshBooks record is: each at most once, in both directions.
link = Table(
    "link",
    metadata,
    *_ref(),
    Column("nav_kind", Text, nullable=False),
    Column("nav_no", Text, nullable=False),
    UniqueConstraint("pair_id", "nav_kind", "nav_no"),
    CheckConstraint("nav_no <> ''", name="nav_no"),
)

# Every write to NAV, stored before it is made. A key is used once in a NAV company.
command = Table(
    "command",
    metadata,
    Column("seq", BigInteger, Identity(always=False), primary_key=True),
    Column("company_id", BigInteger, ForeignKey(nav_company.c.id), nullable=False),
    Column("command_key", Text, nullable=False),
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("role", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("hash", Text, nullable=False),
    Column("depends_on", ARRAY(Text), nullable=False),
    Column("setup_version", Integer, nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("receipt", JSONB),
    Column("intended_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    UniqueConstraint("company_id", "command_key"),
    ForeignKeyConstraint(
        ["pair_id", "setup_version"],
        [posting_setup.c.pair_id, posting_setup.c.version],
        name="fk_command_posting_setup",
    ),
    CheckConstraint(KINDS, name="kind"),
    CheckConstraint(
        "role IN ('create_customer', 'unapply', 'reverse', 'take_back', 'post', 'apply', 'set_on_hold', 'set_due_date')",
        name="role",
    ),
    CheckConstraint(
        "state IN ('intended', 'done', 'refused', 'unknown', 'abandoned', 'awaiting', 'withdrawn', 'removed')",
        name="state",
    ),
    CheckConstraint("state NOT IN ('done', 'refused') OR receipt IS NOT NULL", name="receipt"),
    CheckConstraint("revision > 0 AND epoch > 0", name="counted_from_one"),
)
Index("ix_command_ref", command.c.pair_id, command.c.kind, command.c.key)
Index(
    "ix_command_unfinished",
    command.c.pair_id,
    command.c.seq,
    postgresql_where=text("state IN ('intended', 'unknown')"),
)
Index(
    "ix_command_awaiting",
    command.c.pair_id,
    command.c.seq,
    postgresql_where=text("state = 'awaiting'"),
)

# Where the last accepted page of a poll ended.
cursor = Table(
    "cursor",
    metadata,
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), primary_key=True),
    Column("value", JSONB, nullable=False),
)

# The webhooks registered in FreshBooks; the verifier is the secret that signs deliveries.
callback = Table(
    "callback",
    metadata,
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), primary_key=True),
    Column("callback_id", Text, primary_key=True),
    _text("event"),
    _text("uri"),
    Column("verifier", LargeBinary),
    Column("verified", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("NOT verified OR verifier IS NOT NULL", name="verifier"),
)

# When each pair is to be polled next, and when its lists were last read whole.
poll = Table(
    "poll",
    metadata,
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), primary_key=True),
    _time("next_at"),
    _time("swept_at", nullable=True),
)

# A line that stands still until a person releases it.
line_stop = Table(
    "line_stop",
    metadata,
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), primary_key=True),
    Column("cause", Text, nullable=False),
    Column("reason", Text, nullable=False),
    _time("since"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
)

# A connection whose last calls failed; open: it is left alone until then. One that works has no row.
breaker = Table(
    "breaker",
    metadata,
    Column("system", Text, primary_key=True),
    Column("connection_id", BigInteger, primary_key=True, autoincrement=False),
    Column("failures", Integer, nullable=False),
    _time("open_until", nullable=True),
    _time("since"),
    Column("reason", Text, nullable=False),
    CheckConstraint("system IN ('freshbooks', 'nav')", name="system"),
    CheckConstraint("failures > 0", name="failures"),
)

# What FreshBooks does not announce. One that is no longer true has an end, and may happen again.
derived_event = Table(
    "derived_event",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), nullable=False),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    _time("at"),
    _time("ended_at", nullable=True),
    CheckConstraint("name IN ('invoice.paid', 'invoice.overdue')", name="name"),
)
Index(
    "uq_derived_event_open",
    derived_event.c.pair_id,
    derived_event.c.name,
    derived_event.c.key,
    unique=True,
    postgresql_where=text("ended_at IS NULL"),
)

# When each pair is to be tied out next.
tie_out_due = Table(
    "tie_out_due",
    metadata,
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), primary_key=True),
    _time("next_at"),
)

# Each tie-out of both books as they were then, and whether it found nothing but what was on its way.
tie_out = Table(
    "tie_out",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), nullable=False),
    _time("at"),
    Column("agrees", Boolean, nullable=False),
    Column("daily", Boolean, nullable=False, server_default=text("false")),
    Column("snapshot", JSONB),
)
Index("ix_tie_out_at", tie_out.c.pair_id, tie_out.c.at)

# What both books held up to a day that a person froze; of a day that was frozen anew, the last one counts.
frozen = Table(
    "frozen",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), nullable=False),
    Column("day", Date, nullable=False),
    _time("at"),
    Column("by", Text, nullable=False),
    Column("content", JSONB, nullable=False),
)
Index("ix_frozen_day", frozen.c.pair_id, frozen.c.day)

# A difference, from the first tie-out that found it to the first that did not.
difference = Table(
    "difference",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), nullable=False),
    Column("invariant", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("freshbooks", Numeric, nullable=False),
    Column("nav", Numeric, nullable=False),
    _text("text"),
    _text("cause"),
    _time("since"),
    _time("seen"),
    _time("ended_at", nullable=True),
)
Index(
    "uq_difference_open",
    difference.c.pair_id,
    difference.c.invariant,
    difference.c.kind,
    difference.c.subject,
    unique=True,
    postgresql_where=text("ended_at IS NULL"),
)

# A person accepted entries of NAV as FreshBooks documents that Tieout never posted. One that was taken back is kept.
adoption = Table(
    "adoption",
    metadata,
    Column("id", BigInteger, Identity(always=False), primary_key=True),
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), nullable=False),
    Column("tier", Text, nullable=False),
    Column("score", Integer, nullable=False),
    Column("reasons", JSONB, nullable=False),
    _text("note"),
    Column("by", Text, nullable=False),
    _time("at"),
    _text("withdrawn_by"),
    _time("withdrawn_at", nullable=True),
    CheckConstraint("btrim(by) <> ''", name="by"),
    CheckConstraint("(btrim(withdrawn_by) <> '') = (withdrawn_at IS NOT NULL)", name="withdrawn"),
)

# Its documents as they were then. Of those that stand, each is adopted once.
adopted_document = Table(
    "adopted_document",
    metadata,
    Column("adoption_id", BigInteger, ForeignKey(adoption.c.id), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("pair_id", BigInteger, ForeignKey(pair.c.id), nullable=False),
    Column("substance", Text, nullable=False),
    Column("amount", Numeric, nullable=False),
    Column("currency", Text, nullable=False),
    Column("stands", Boolean, nullable=False, server_default=text("true")),
    CheckConstraint(KINDS, name="kind"),
)
Index(
    "uq_adopted_document_standing",
    adopted_document.c.pair_id,
    adopted_document.c.kind,
    adopted_document.c.key,
    unique=True,
    postgresql_where=text("stands"),
)

# Its entries as they were then. Of those that stand, each is adopted once in a NAV company, whichever pair it is of.
adopted_entry = Table(
    "adopted_entry",
    metadata,
    Column("adoption_id", BigInteger, ForeignKey(adoption.c.id), primary_key=True),
    Column("entry_no", BigInteger, primary_key=True, autoincrement=False),
    Column("company_id", BigInteger, ForeignKey(nav_company.c.id), nullable=False),
    Column("document_type", Text, nullable=False),
    Column("document_no", Text, nullable=False),
    Column("customer_no", Text, nullable=False),
    Column("amount", Numeric, nullable=False),
    Column("currency", Text, nullable=False),
    Column("posting_date", Date, nullable=False),
    Column("stands", Boolean, nullable=False, server_default=text("true")),
)
Index(
    "uq_adopted_entry_standing",
    adopted_entry.c.company_id,
    adopted_entry.c.entry_no,
    unique=True,
    postgresql_where=text("stands"),
)
