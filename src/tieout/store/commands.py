"""Commands: stored before they are written to NAV, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tieout.core.decision.plan import Command, Receipt, Role, Status, StoredCommand
from tieout.core.failures import Outdated, Unstorable
from tieout.core.records.identity import Ref
from tieout.engine.ports import Lease, Pair
from tieout.store.adoptions import adopted_of
from tieout.store.database import Database, Row, Transaction, ref_of, refs_json, to_json
from tieout.store.lease import hold

# A command that is not done may be intended again. Another payload may take its key only if it certainly had no effect (refused, abandoned);
# while it is not known what became of it, another payload is a collision.
_INTEND = """
INSERT INTO tieout.command AS stored
  (company_id, command_key, pair_id, kind, key, revision, role, payload, hash, depends_on, setup_version, epoch, state)
SELECT :company, command_key, :pair, kind, key, revision, role, payload, hash, depends_on, setup_version, :epoch, 'intended'
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (place int, command_key text, kind text, key text,
  revision int, role text, payload jsonb, hash text, depends_on text[], setup_version int)
ORDER BY place
ON CONFLICT (company_id, command_key) DO UPDATE
SET state = 'intended', role = excluded.role, receipt = NULL, intended_at = now(), epoch = excluded.epoch, seq = excluded.seq,
  payload = excluded.payload, hash = excluded.hash,
  depends_on = excluded.depends_on, setup_version = excluded.setup_version
WHERE stored.pair_id = excluded.pair_id AND stored.state NOT IN ('done', 'awaiting', 'withdrawn', 'removed')
  AND (stored.hash = excluded.hash OR stored.state IN ('refused', 'abandoned'))
RETURNING command_key
"""

_ABANDON = """
UPDATE tieout.command SET state = CASE WHEN state = 'awaiting' THEN 'removed' ELSE 'abandoned' END
WHERE company_id = :company AND pair_id = :pair AND state IN ('intended', 'unknown', 'awaiting')
  AND command_key = ANY (CAST(:keys AS text[]))
"""

_UNKNOWN = """
UPDATE tieout.command SET state = 'unknown'
WHERE company_id = :company AND pair_id = :pair AND state = 'intended'
  AND command_key = ANY (CAST(:keys AS text[]))
"""

# What is done stays done, whatever a later answer says.
_RECEIVE = """
UPDATE tieout.command stored
SET state = CASE WHEN stored.state = 'done' THEN 'done' ELSE new.state END,
  receipt = CASE WHEN stored.state = 'done' THEN stored.receipt ELSE new.receipt END
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (command_key text, state text, receipt jsonb)
WHERE stored.company_id = :company AND stored.pair_id = :pair AND stored.command_key = new.command_key
"""

_LINK = """
INSERT INTO tieout.link (pair_id, kind, key, nav_kind, nav_no)
SELECT pair_id, kind, key, 'customer', receipt ->> 'no' FROM tieout.command
WHERE company_id = :company AND role = 'create_customer' AND state = 'done'
  AND command_key = ANY (CAST(:keys AS text[]))
ORDER BY kind, key
ON CONFLICT (pair_id, kind, key) DO NOTHING
"""

# Lines that waited in a journal and were taken back are not there any more.
_WITHDRAW = """
UPDATE tieout.command drafted SET state = 'withdrawn'
FROM tieout.command back
WHERE back.company_id = :company AND back.role = 'take_back' AND back.state = 'done'
  AND back.command_key = ANY (CAST(:keys AS text[]))
  AND drafted.company_id = :company AND drafted.state = 'awaiting'
  AND drafted.command_key = back.payload ->> 'document_key'
"""

_AWAITING = """
SELECT * FROM tieout.command WHERE pair_id = :pair AND state = 'awaiting' ORDER BY seq
"""

_UNFINISHED = """
SELECT * FROM tieout.command
WHERE pair_id = :pair AND state IN ('intended', 'unknown') ORDER BY seq
"""


_OF_REFS = """
SELECT * FROM tieout.command
WHERE pair_id = :pair AND (kind, key) IN
  (SELECT kind, key FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS wanted (kind text, key text))
ORDER BY seq
"""


class Commands(Database):
    """What is, was or may have been written to NAV."""

    async def commands(
        self, pair: Pair, refs: Collection[Ref]
    ) -> Mapping[str, tuple[StoredCommand, ...]]:
        """All commands of these records of one kind, by FreshBooks id; those that never caused one are absent."""
        if not refs:
            return {}
        async with self.transaction() as tx:
            found = await commands_of(tx, pair.id, refs)
        return {ref.key: tuple(stored) for ref, stored in found.items()}

    async def intend(self, pair: Pair, lease: Lease, commands: Sequence[Command]) -> None:
        """Store commands before they are written.

        A command without effect may be intended again with the same payload. Raises Unstorable when a key is taken by another command or is done
        already, and Outdated for a document that a person has adopted since it was decided; then nothing is stored.
        """
        rows = [_row_of(place, command) for place, command in enumerate(commands)]
        async with self.transaction("intend") as tx:
            await hold(tx, lease)
            posted = [c.ref for c in commands if c.role is Role.POST]
            adopted = await adopted_of(tx, pair, posted) if posted else ()
            if adopted:
                raise adopted_meanwhile(adopted)
            stored = await tx.rows(
                _INTEND,
                company=lease.company_id,
                pair=pair.id,
                epoch=lease.epoch,
                rows=to_json(rows),
            )
            taken = {command.key for command in commands} - {row.command_key for row in stored}
            if taken:
                raise key_taken(taken)

    async def abandon(self, pair: Pair, lease: Lease, keys: Sequence[str]) -> None:
        """Give up unfinished commands that NAV does not have and never will; lines that awaited posting were removed by a person. Others stay as they are."""
        async with self.transaction() as tx:
            await hold(tx, lease)
            await tx.run(_ABANDON, company=lease.company_id, pair=pair.id, keys=list(keys))

    async def unfinished(self, pair: Pair) -> Sequence[StoredCommand]:
        """What was intended and not answered, in the order intended."""
        async with self.transaction() as tx:
            return [command_of(row) for row in await tx.rows(_UNFINISHED, pair=pair.id)]

    async def awaiting(self, pair: Pair) -> Sequence[StoredCommand]:
        """Whose lines wait in NAV's journals to be posted, in the order intended."""
        async with self.transaction() as tx:
            return [command_of(row) for row in await tx.rows(_AWAITING, pair=pair.id)]


async def write_receipts(
    tx: Transaction, pair: Pair, lease: Lease, receipts: Sequence[Receipt], unknown: Sequence[str]
) -> None:
    """What NAV answered, and which commands it did not answer. A created customer becomes a link."""
    company = lease.company_id
    if unknown:
        await tx.run(_UNKNOWN, company=company, pair=pair.id, keys=list(unknown))
    if not receipts:
        return
    latest = {receipt.key: receipt for receipt in receipts}
    rows = [
        {"command_key": key, "state": _state_after(receipt.status), "receipt": _json_of(receipt)}
        for key, receipt in latest.items()
    ]
    done = await tx.run(_RECEIVE, company=company, pair=pair.id, rows=to_json(rows))
    assert done.rowcount == len(latest), "a receipt for a command that was never intended"
    await tx.run(_LINK, company=company, keys=list(latest))
    await tx.run(_WITHDRAW, company=company, keys=list(latest))


async def commands_of(
    tx: Transaction, pair_id: int, refs: Collection[Ref]
) -> Mapping[Ref, Sequence[StoredCommand]]:
    """All commands of these records in the order intended; a record that never caused one is absent."""
    found: dict[Ref, list[StoredCommand]] = {}
    for row in await tx.rows(_OF_REFS, pair=pair_id, rows=refs_json(refs)):
        found.setdefault(ref_of(row), []).append(command_of(row))
    return found


def command_of(row: Row) -> StoredCommand:
    """A row of table ``command``."""
    command = Command(
        key=row.command_key,
        ref=ref_of(row),
        revision=row.revision,
        role=Role(row.role),
        payload=row.payload,
        depends_on=tuple(row.depends_on),
        setup_version=row.setup_version,
    )
    return StoredCommand(
        command=command,
        state=row.state,
        receipt=row.receipt and _receipt_of(row.receipt),
        place=row.seq,
    )


def key_taken(keys: Collection[str]) -> Unstorable:
    """Why commands cannot be intended."""
    words = f"{', '.join(sorted(keys))} was used for another command or is done; a key is used once"
    return Unstorable("database", words)


def adopted_meanwhile(refs: Collection[Ref]) -> Outdated:
    """Why a document is not posted: it stands in NAV already."""
    return Outdated("database", f"{', '.join(sorted(map(str, refs)))} was adopted meanwhile")


def _state_after(status: Status) -> str:
    """What an answer makes of a command; one that NAV did not try is not there and will not be, so that it is decided anew."""
    if status.done:
        return "done"
    if status is Status.AWAITING:
        return "awaiting"
    return "refused" if status in (Status.REFUSED, Status.CONFLICT) else "abandoned"


def _row_of(place: int, command: Command) -> dict[str, Any]:
    return {
        "place": place,
        "command_key": command.key,
        "kind": command.ref.kind,
        "key": command.ref.key,
        "revision": command.revision,
        "role": command.role,
        "payload": command.payload,
        "hash": command.hash,
        "depends_on": command.depends_on,
        "setup_version": command.setup_version,
    }


def _json_of(receipt: Receipt) -> dict[str, Any]:
    return {
        "key": receipt.key,
        "status": receipt.status,
        "no": receipt.no,
        "register_no": receipt.register_no,
        "entry_no": receipt.entry_no,
        "amount": str(receipt.amount),
        "posted_at": receipt.posted_at,
        "text": receipt.text,
    }


def _receipt_of(stored: dict[str, Any]) -> Receipt:
    return Receipt(
        **{
            **stored,
            "status": Status(stored["status"]),
            "amount": Decimal(stored["amount"]),
        }
    )
