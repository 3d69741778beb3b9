"""Raw FreshBooks content as rows: compressed on the way in, unpacked on the way out."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence

from tieout.core.records.identity import Ref
from tieout.engine.ports import Observation
from tieout.store.database import Row, Transaction, ref_of, to_json

# What is news: other content than stored, or a document that was never noted (its content may have been read with another one's).
# A page may have been read before what is stored: content is newer only if FreshBooks says so. Where it gives no stamp, we cannot tell and take it.
_NEWS = """
SELECT new.kind, new.key, o.hash IS NOT NULL AND o.hash <> new.hash AND new.updated_at <= o.updated_at IS TRUE AS doubtful
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, key text, hash text, updated_at timestamptz)
LEFT JOIN tieout.observation o ON (o.pair_id, o.kind, o.key) = (:pair, new.kind, new.key)
LEFT JOIN tieout.document d ON (d.pair_id, d.kind, d.key) = (:pair, new.kind, new.key)
WHERE o.hash IS DISTINCT FROM new.hash OR d.key IS NULL
"""

# Content that waits to be looked at is not overwritten by what a round read before it came.
_OLDER = """
SELECT new.kind, new.key
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS new (kind text, key text, hash text)
LEFT JOIN tieout.observation o ON (o.pair_id, o.kind, o.key) = (:pair, new.kind, new.key)
LEFT JOIN tieout.inbox i ON (i.pair_id, i.kind, i.key) = (:pair, new.kind, new.key)
WHERE o.hash IS DISTINCT FROM new.hash AND (o.version > i.settled_version) IS NOT TRUE
"""

_WRITE = """
INSERT INTO tieout.observation (pair_id, kind, key, content, hash, version, updated_at, deleted)
SELECT :pair, new.kind, new.key, new.content, new.hash, CASE WHEN :arrived THEN i.version ELSE 0 END, new.updated_at, new.deleted
FROM unnest(CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:contents AS bytea[]), CAST(:hashes AS text[]),
    CAST(:updated AS timestamptz[]), CAST(:deleted AS boolean[]))
  AS new (kind, key, content, hash, updated_at, deleted)
LEFT JOIN tieout.inbox i ON (i.pair_id, i.kind, i.key) = (:pair, new.kind, new.key)
ON CONFLICT (pair_id, kind, key) DO UPDATE
SET content = excluded.content, hash = excluded.hash, version = excluded.version,
  updated_at = excluded.updated_at, deleted = excluded.deleted, unlisted = false
"""


async def news(
    tx: Transaction, pair_id: int, observations: Iterable[Observation]
) -> tuple[Sequence[Observation], frozenset[Ref]]:
    """Those of what arrived that say something new, and the documents of which it cannot be told whether what arrived is newer than what is stored."""
    latest = {each.ref: each for each in observations}
    rows = await _compared(tx, _NEWS, pair_id, latest)
    fresh = sorted(ref_of(row) for row in rows if not row.doubtful)
    return [latest[ref] for ref in fresh], frozenset(ref_of(r) for r in rows if r.doubtful)


async def fresher(
    tx: Transaction, pair_id: int, observations: Iterable[Observation]
) -> Sequence[Observation]:
    """Those of what a round read that are to replace what is stored."""
    # A page may show a record twice; the later one counts.
    latest = {each.ref: each for each in observations}
    rows = await _compared(tx, _OLDER, pair_id, latest)
    return [latest[ref] for ref in sorted(map(ref_of, rows))]


async def write_observations(
    tx: Transaction, pair_id: int, observations: Sequence[Observation], *, arrived: bool
) -> None:
    """Store contents; those that ``arrived`` with the version of their inbox row."""
    if observations:
        await tx.run(
            _WRITE,
            pair=pair_id,
            arrived=arrived,
            kinds=[str(each.ref.kind) for each in observations],
            keys=[each.ref.key for each in observations],
            contents=[zlib.compress(each.content, 1) for each in observations],
            hashes=[each.hash for each in observations],
            updated=[each.updated_at for each in observations],
            deleted=[each.deleted for each in observations],
        )


def observation_of(row: Row) -> Observation | None:
    """The observation in a row with ``content`` and ``hash``, None if the row has none."""
    if row.content is None:
        return None
    return Observation(
        ref=ref_of(row),
        content=zlib.decompress(row.content),
        hash=row.hash,
        updated_at=row.updated_at,
        deleted=row.deleted,
    )


async def _compared(
    tx: Transaction, sql: str, pair_id: int, latest: Mapping[Ref, Observation]
) -> list[Row]:
    if not latest:
        return []
    rows = [
        {"kind": ref.kind, "key": ref.key, "hash": each.hash, "updated_at": each.updated_at}
        for ref, each in latest.items()
    ]
    return await tx.rows(sql, pair=pair_id, rows=to_json(rows))
