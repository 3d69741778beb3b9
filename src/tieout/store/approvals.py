"""What persons agreed to, and which NAV customer they linked a client to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Pair
from tieout.store.database import Database, ref_of, refs_json
from tieout.store.errors import StoreError
from tieout.store.inbox import note

# An approval without a value is of the document as it was seen then; one with a value is a fact about it (a bank charge, a VAT group) and stays.
_APPROVE = """
INSERT INTO tieout.approval (pair_id, kind, key, rule, value, hash, by, at)
VALUES (:pair, :kind, :key, :rule, :value, coalesce((
  SELECT o.hash FROM tieout.observation o WHERE :value = '' AND (o.pair_id, o.kind, o.key) = (:pair, :kind, :key)), ''), :by, :at)
ON CONFLICT (pair_id, kind, key, rule) DO UPDATE
SET value = excluded.value, hash = excluded.hash, by = excluded.by, at = excluded.at
"""

_APPROVALS = """
SELECT a.kind, a.key, a.rule, a.value FROM tieout.approval a
LEFT JOIN tieout.observation o ON (o.pair_id, o.kind, o.key) = (a.pair_id, a.kind, a.key)
WHERE a.pair_id = :pair AND (a.hash = '' OR a.hash = o.hash) AND (a.kind, a.key) IN
  (SELECT kind, key FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS wanted (kind text, key text))
"""

_WAITING = """
SELECT kind, key FROM tieout.document WHERE pair_id = :pair AND (
  (kind, key) = (:kind, :key)
  OR (:kind = 'customer' AND customer = :key AND state = 'held')
  OR (:kind = 'invoice' AND invoice = :key AND state = 'held'))
"""

_LINK = """
INSERT INTO tieout.link (pair_id, kind, key, nav_kind, nav_no) VALUES (:pair, 'customer', :key, 'customer', :no)
ON CONFLICT (pair_id, kind, key) DO NOTHING
"""

_LINKED_NOS = """
SELECT nav_no FROM tieout.link l JOIN tieout.pair p ON p.id = l.pair_id
WHERE p.company_id = :company AND nav_kind = 'customer'
"""


class Approvals(Database):
    """Decisions of persons."""

    async def approve(
        self, pair: Pair, ref: Ref, rule: str, value: str, *, by: str, now: datetime
    ) -> int:
        """Note that a person agreed to a finding; the document, or those of the customer, are due now. How many that are."""
        async with self.transaction() as tx:
            await tx.lock_pair(pair.id)
            where = {"pair": pair.id, "kind": ref.kind, "key": ref.key}
            await tx.run(_APPROVE, **where, rule=rule, value=value, by=by, at=now)
            waiting = {ref_of(row) for row in await tx.rows(_WAITING, **where)}
            return await note(tx, pair.id, waiting, now=now, cause="person", changed=True)

    async def approvals(self, pair: Pair, refs: Collection[Ref]) -> Mapping[Ref, Mapping[str, str]]:
        """What was agreed to for these records, as far as it still holds: rule and value."""
        found: dict[Ref, dict[str, str]] = {}
        async with self.transaction() as tx:
            for row in await tx.rows(_APPROVALS, pair=pair.id, rows=refs_json(refs)):
                found.setdefault(ref_of(row), {})[row.rule] = row.value
        return found

    async def link_customer(self, pair: Pair, ref: Ref, no: str, *, now: datetime) -> int:
        """Link a client to a customer that is in NAV; its held documents are due now. Raises StoreError if it is linked already."""
        async with self.transaction() as tx:
            await tx.lock_pair(pair.id)
            done = await tx.run(_LINK, pair=pair.id, key=ref.key, no=no)
            if not done.rowcount:
                raise StoreError(f"{ref} is linked to a NAV customer already.")
            where = {"pair": pair.id, "kind": Kind.CUSTOMER, "key": ref.key}
            waiting = {ref_of(row) for row in await tx.rows(_WAITING, **where)}
            return await note(tx, pair.id, waiting, now=now, cause="person", changed=True)

    async def linked_customers(self, pair: Pair) -> frozenset[str]:
        """The NAV customers of the company that a client of any of its businesses is linked to."""
        async with self.transaction() as tx:
            return frozenset(
                row.nav_no for row in await tx.rows(_LINKED_NOS, company=pair.company_id)
            )
