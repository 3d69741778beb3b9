"""Recording: the outcome of one round of settling, all of it or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from tieout.core.decision.plan import Verdict
from tieout.core.records.identity import DOCUMENTS, Ref
from tieout.engine.ports import Lease, Observation, Pair, Settlement, Shelf
from tieout.store.commands import write_receipts
from tieout.store.database import Database, Transaction, refs_json, to_json
from tieout.store.events import derive_paid
from tieout.store.inbox import note
from tieout.store.lease import hold
from tieout.store.observed import fresher, write_observations

_VERDICTS = """
INSERT INTO tieout.document AS stored (pair_id, kind, key, state, reason, findings, since, verified_at)
SELECT :pair, kind, key, state, reason, findings, :now, CASE WHEN state = 'agreed' THEN CAST(:now AS timestamptz) END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, key text, state text, reason text, findings jsonb)
ON CONFLICT (pair_id, kind, key) DO UPDATE
SET state = excluded.state, reason = excluded.reason, findings = excluded.findings,
  since = CASE WHEN stored.state = excluded.state THEN stored.since ELSE excluded.since END,
  verified_at = coalesce(excluded.verified_at, stored.verified_at)
"""

_SETTLE = """
UPDATE tieout.inbox stored
SET settled_version = greatest(stored.settled_version, new.version), attempts = 0, failures = 0, reason = ''
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, key text, version bigint)
WHERE (stored.pair_id, stored.kind, stored.key) = (:pair, new.kind, new.key)
"""

# What is settled already and must be looked at again needs a version that is not.
_RETRY = """
INSERT INTO tieout.inbox AS stored (pair_id, kind, key, due_at, attempts, failures, reason, cause)
SELECT :pair, kind, key, due_at, 1, failed, reason, 'retry'
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, key text, due_at timestamptz, failed int, reason text)
ON CONFLICT (pair_id, kind, key) DO UPDATE
SET version = greatest(stored.version, stored.settled_version + 1), due_at = excluded.due_at,
  attempts = stored.attempts + 1, failures = stored.failures + excluded.failures, reason = excluded.reason
"""

_SEEN = """
INSERT INTO tieout.document (pair_id, kind, key, state, since)
SELECT :pair, kind, key, 'pending', :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, key text)
ON CONFLICT (pair_id, kind, key) DO NOTHING
"""

_SHELVE = """
UPDATE tieout.document stored
SET number = new.number, customer = new.customer, invoice = new.invoice, credit = new.credit, overpayment = new.overpayment, currency = new.currency,
  amount = new.amount, dated = new.dated, due_on = new.due_on, outstanding = new.outstanding
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, key text, number text, customer text,
  invoice text, credit text, overpayment text, currency text, amount numeric, dated date, due_on date, outstanding numeric)
WHERE (stored.pair_id, stored.kind, stored.key) = (:pair, new.kind, new.key)
"""

# A verdict on content that has been overtaken does not stand.
_OVERTAKEN = """
UPDATE tieout.document stored SET state = 'pending', reason = '', findings = '[]', since = :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, key text), tieout.observation o, tieout.inbox i
WHERE (stored.pair_id, stored.kind, stored.key) = (:pair, new.kind, new.key)
  AND (o.pair_id, o.kind, o.key) = (:pair, new.kind, new.key)
  AND (i.pair_id, i.kind, i.key) = (:pair, new.kind, new.key)
  AND o.version > i.settled_version AND stored.state <> 'pending'
"""


class Settling(Database):
    """The recording transaction."""

    async def record(self, pair: Pair, lease: Lease, settlement: Settlement) -> None:
        """Write the outcome of a round. Raises Superseded, and then nothing is written."""
        now = self.clock()
        judged = {verdict.ref for verdict in settlement.verdicts}
        async with self.transaction("record") as tx:
            await hold(tx, lease)
            await tx.lock_pair(pair.id)
            await write_receipts(tx, pair, lease, settlement.receipts, settlement.unknown)
            await _write_verdicts(tx, pair.id, settlement.verdicts, now)
            await _write_inbox(tx, pair.id, settlement, now)
            read = await fresher(tx, pair.id, settlement.observations)
            await write_observations(tx, pair.id, read, arrived=False)
            looked_at = judged | settlement.settled.keys() | settlement.retry.keys()
            await _note_unjudged(tx, pair.id, read, looked_at, now)
            await _write_shelves(tx, pair.id, settlement.shelves)
            await derive_paid(tx, pair.id, settlement.shelves, now)
            await _reopen(tx, pair.id, judged - settlement.retry.keys(), now)


async def _write_verdicts(
    tx: Transaction, pair_id: int, verdicts: Sequence[Verdict], now: datetime
) -> None:
    latest = {verdict.ref: verdict for verdict in verdicts}
    rows = [
        {
            "kind": ref.kind,
            "key": ref.key,
            "state": verdict.state,
            "reason": verdict.reason,
            "findings": [
                {"rule": finding.rule, "text": finding.text, "remedy": finding.remedy}
                for finding in verdict.findings
            ],
        }
        for ref, verdict in sorted(latest.items())
    ]
    if rows:
        await tx.run(_VERDICTS, pair=pair_id, rows=to_json(rows), now=now)


async def _write_inbox(
    tx: Transaction, pair_id: int, settlement: Settlement, now: datetime
) -> None:
    """Settle what was looked at, except what must be looked at again."""
    settled = [
        {"kind": ref.kind, "key": ref.key, "version": version}
        for ref, version in settlement.settled.items()
        if ref not in settlement.retry
    ]
    if settled:
        await tx.run(_SETTLE, pair=pair_id, rows=to_json(settled))
    again = [
        {
            "kind": ref.kind,
            "key": ref.key,
            "due_at": due_at,
            "reason": reason,
            "failed": int(ref in settlement.failed),
        }
        for ref, (due_at, reason) in sorted(settlement.retry.items())
    ]
    if again:
        await tx.run(_SEEN, pair=pair_id, rows=refs_json(settlement.retry), now=now)
        await tx.run(_RETRY, pair=pair_id, rows=to_json(again))


async def _note_unjudged(
    tx: Transaction,
    pair_id: int,
    read: Collection[Observation],
    looked_at: Collection[Ref],
    now: datetime,
) -> None:
    """New content of a document that this round did not judge is due: a later poll sees the stored hash and would drop it."""
    unjudged = {
        each.ref for each in read if each.ref.kind in DOCUMENTS and each.ref not in looked_at
    }
    await note(tx, pair_id, unjudged, now=now, cause="related", changed=True)


async def _write_shelves(tx: Transaction, pair_id: int, shelves: Sequence[Shelf]) -> None:
    rows = [
        {
            "kind": shelf.ref.kind,
            "key": shelf.ref.key,
            "number": shelf.number,
            "customer": shelf.customer,
            "invoice": shelf.invoice,
            "credit": shelf.credit,
            "overpayment": shelf.overpayment,
            "currency": shelf.currency,
            "amount": shelf.amount,
            "dated": shelf.dated,
            "due_on": shelf.due_on,
            "outstanding": shelf.outstanding,
        }
        for shelf in shelves
    ]
    if rows:
        await tx.run(_SHELVE, pair=pair_id, rows=to_json(rows))


async def _reopen(tx: Transaction, pair_id: int, refs: Collection[Ref], now: datetime) -> None:
    if refs:
        await tx.run(_OVERTAKEN, pair=pair_id, rows=refs_json(refs), now=now)
