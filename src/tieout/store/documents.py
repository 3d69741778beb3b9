"""What is known of documents: for deciding about them, and for people who look."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tieout.core.decision.plan import State
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Observation, Pair, Stored
from tieout.store.commands import commands_of
from tieout.store.database import Database, ref_of, refs_json
from tieout.store.inbox import note
from tieout.store.observed import observation_of

_DOCUMENTS = """
SELECT d.kind, d.key, d.state, d.reason, o.content, o.hash, o.updated_at, o.deleted FROM tieout.document d
LEFT JOIN tieout.observation o ON (o.pair_id, o.kind, o.key) = (d.pair_id, d.kind, d.key)
WHERE d.pair_id = :pair AND (d.kind, d.key) IN
  (SELECT kind, key FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS wanted (kind text, key text))
"""

_SEEN = """
SELECT kind, key FROM tieout.document
WHERE pair_id = :pair AND (kind, key) IN
  (SELECT kind, key FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS wanted (kind text, key text))
"""

_OBSERVATIONS = """
SELECT kind, key, content, hash, updated_at, deleted FROM tieout.observation
WHERE pair_id = :pair AND (kind, key) IN
  (SELECT kind, key FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS wanted (kind text, key text))
"""

# Invoices and their payments; credits and the payments that use them; overpayments and the payments they are the rest of, by id or by client,
# currency and day (FreshBooks does not document what an overpaymentid is).
_RELATED = """
SELECT kind, key FROM tieout.document
WHERE pair_id = :pair AND kind = 'payment' AND invoice <> '' AND invoice = ANY (CAST(:invoices AS text[]))
UNION
SELECT 'invoice', invoice FROM tieout.document
WHERE pair_id = :pair AND kind = 'payment' AND invoice <> '' AND key = ANY (CAST(:payments AS text[]))
UNION
SELECT kind, key FROM tieout.document
WHERE pair_id = :pair AND credit <> '' AND credit = ANY (CAST(:credits AS text[]))
UNION
SELECT 'credit_note', credit FROM tieout.document
WHERE pair_id = :pair AND kind = 'payment' AND credit <> '' AND key = ANY (CAST(:payments AS text[]))
UNION
SELECT n.kind, n.key FROM tieout.document p JOIN tieout.document n
  ON n.pair_id = p.pair_id AND n.kind = 'credit_note'
  AND (n.key = p.overpayment OR (n.customer, n.currency, n.dated) = (p.customer, p.currency, p.dated))
WHERE p.pair_id = :pair AND p.overpayment <> '' AND p.key = ANY (CAST(:payments AS text[]))
UNION
SELECT p.kind, p.key FROM tieout.document n JOIN tieout.document p
  ON p.pair_id = n.pair_id AND p.overpayment <> ''
  AND (n.key = p.overpayment OR (n.customer, n.currency, n.dated) = (p.customer, p.currency, p.dated))
WHERE n.pair_id = :pair AND n.kind = 'credit_note' AND n.key = ANY (CAST(:credits AS text[]))
"""

_LINKED = """
SELECT key, nav_no FROM tieout.link
WHERE pair_id = :pair AND kind = 'customer' AND nav_kind = 'customer' AND key = ANY (CAST(:keys AS text[]))
"""

_CLIENTS = """
SELECT key, nav_no FROM tieout.link
WHERE pair_id = :pair AND kind = 'customer' AND nav_kind = 'customer' AND nav_no = ANY (CAST(:nos AS text[]))
"""

_STATUS = """
SELECT kind, count(*) AS seen,
  count(*) FILTER (WHERE state = 'pending') AS pending, count(*) FILTER (WHERE state = 'agreed') AS agreed,
  count(*) FILTER (WHERE state = 'held') AS held, count(*) FILTER (WHERE state = 'dead') AS dead,
  count(*) FILTER (WHERE state = 'excluded') AS excluded,
  count(*) FILTER (WHERE state = 'pending' AND reason = 'awaiting_posting') AS awaiting_posting
FROM tieout.document WHERE pair_id = :pair GROUP BY ROLLUP (kind) ORDER BY kind
"""

_IN_STATES = """
SELECT kind, key, state, number, reason, findings, since FROM tieout.document
WHERE pair_id = :pair AND state = ANY (CAST(:states AS text[]))
ORDER BY since, kind, length(key), key
"""

_STUCK = """
SELECT kind, key FROM tieout.document WHERE pair_id = :pair AND state IN ('held', 'dead')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many documents were seen and where they stand; the five states add up to ``seen``.

    ``awaiting_posting`` are those of the pending that wait for a person who posts NAV's journal.
    """

    seen: int = 0
    pending: int = 0
    agreed: int = 0
    held: int = 0
    dead: int = 0
    excluded: int = 0
    awaiting_posting: int = 0

    def __post_init__(self) -> None:
        stand = self.pending + self.agreed + self.held + self.dead + self.excluded
        assert self.seen == stand, f"{self.seen} documents seen, {stand} in a state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Counts):
    """The counts of a pair, in all and by kind."""

    by_kind: Mapping[Kind, Counts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A document that a person should look at: what it is called, why it stopped, since when."""

    ref: Ref
    state: State
    number: str
    reason: str
    findings: tuple[Finding, ...]
    since: datetime


class Documents(Database):
    """What is stored of documents."""

    async def seen(self, pair: Pair, refs: Collection[Ref]) -> frozenset[Ref]:
        if not refs:
            return frozenset()
        async with self.transaction() as tx:
            return frozenset(map(ref_of, await tx.rows(_SEEN, pair=pair.id, rows=refs_json(refs))))

    async def documents(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Stored]:
        """What is stored of these documents; one that was never seen is absent."""
        if not refs:
            return {}
        async with self.transaction() as tx:
            rows = await tx.rows(_DOCUMENTS, pair=pair.id, rows=refs_json(refs))
            commands = await commands_of(tx, pair.id, refs)
        found = {ref_of(row): row for row in rows}
        return {
            ref: Stored(
                ref=ref,
                state=State(row.state),
                reason=row.reason,
                observation=observation_of(row),
                commands=tuple(commands.get(ref, ())),
            )
            for ref, row in found.items()
        }

    async def observations(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Observation]:
        """The last content received of these records, of any kind."""
        if not refs:
            return {}
        async with self.transaction() as tx:
            rows = await tx.rows(_OBSERVATIONS, pair=pair.id, rows=refs_json(refs))
        return {each.ref: each for row in rows if (each := observation_of(row))}

    async def related(self, pair: Pair, refs: Collection[Ref]) -> frozenset[Ref]:
        """What these documents settle or are settled by, one step away, by what their shelves say."""
        async with self.transaction() as tx:
            rows = await tx.rows(
                _RELATED,
                pair=pair.id,
                invoices=[ref.key for ref in refs if ref.kind is Kind.INVOICE],
                payments=[ref.key for ref in refs if ref.kind is Kind.PAYMENT],
                credits=[ref.key for ref in refs if ref.kind is Kind.CREDIT_NOTE],
            )
        return frozenset(map(ref_of, rows)).difference(refs)

    async def customers(self, pair: Pair, keys: Collection[str]) -> Mapping[str, str]:
        """FreshBooks client id to NAV customer number."""
        async with self.transaction() as tx:
            rows = await tx.rows(_LINKED, pair=pair.id, keys=list(keys))
        return {row.key: row.nav_no for row in rows}

    async def clients_of(self, pair: Pair, nos: Collection[str]) -> Mapping[str, str]:
        """The FreshBooks clients that are linked to these NAV customers, with the customer's number."""
        async with self.transaction() as tx:
            rows = await tx.rows(_CLIENTS, pair=pair.id, nos=list(nos))
        return {row.key: row.nav_no for row in rows}

    async def status(self, pair: Pair) -> Status:
        """How many documents were seen, and in which state they are."""
        async with self.transaction() as tx:
            rows = await tx.rows(_STATUS, pair=pair.id)
        counts = {row.kind: _counted(row._asdict()) for row in rows}
        by_kind = {Kind(kind): Counts(**each) for kind, each in counts.items() if kind}
        return Status(**counts[None], by_kind=by_kind)

    async def held(
        self, pair: Pair, states: Collection[State] = (State.HELD, State.DEAD)
    ) -> Sequence[Waiting]:
        """The documents in these states, the longest there first."""
        async with self.transaction() as tx:
            rows = await tx.rows(_IN_STATES, pair=pair.id, states=[str(state) for state in states])
        return [
            Waiting(
                ref=ref_of(row),
                state=State(row.state),
                number=row.number,
                reason=row.reason,
                findings=tuple(Finding(**finding) for finding in row.findings),
                since=row.since,
            )
            for row in rows
        ]

    async def retry(self, pair: Pair, ref: Ref | None, *, now: datetime) -> int:
        """A person says *look again*: this held or dead document (None: all of them) becomes pending and is due now; how many did."""
        async with self.transaction() as tx:
            await tx.lock_pair(pair.id)
            stuck = {ref_of(row) for row in await tx.rows(_STUCK, pair=pair.id)}
            chosen = stuck if ref is None else stuck & {ref}
            return await note(tx, pair.id, chosen, now=now, cause="person", changed=True)


def _counted(row: dict[str, Any]) -> dict[str, int]:
    return {name: count for name, count in row.items() if name != "kind"}
