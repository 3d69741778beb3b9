"""When each pair is to be polled next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tieout.engine.ports import Pair
from tieout.store.database import Database

DEFAULT_S = 20

# Whoever sets the next time has the poll; a pair that was never polled is due at once.
_TAKE = """
INSERT INTO tieout.poll AS stored (pair_id, next_at)
SELECT id, :now + make_interval(secs => COALESCE((settings ->> 'poll_interval_s')::float8, :default_s))
FROM tieout.pair
ON CONFLICT (pair_id) DO UPDATE SET next_at = excluded.next_at WHERE stored.next_at <= :now
RETURNING pair_id
"""


class Polls(Database):
    """The timetable of polls."""

    async def polls_due(self, *, now: datetime) -> Sequence[int]:
        """Pairs whose time to poll has come; each is given to one caller only, and its next time is set."""
        async with self.transaction() as tx:
            return [row.pair_id for row in await tx.rows(_TAKE, now=now, default_s=DEFAULT_S)]

    async def swept_at(self, pair: Pair) -> datetime | None:
        """When the lists of this pair were last read whole."""
        async with self.transaction() as tx:
            row = await tx.row(
                "SELECT swept_at FROM tieout.poll WHERE pair_id = :pair", pair=pair.id
            )
        return row and row.swept_at

    async def swept(self, pair: Pair, *, now: datetime) -> None:
        """Note that the lists of this pair were read whole."""
        async with self.transaction() as tx:
            await tx.run(
                """INSERT INTO tieout.poll (pair_id, next_at, swept_at) VALUES (:pair, :now, :now)
                ON CONFLICT (pair_id) DO UPDATE SET swept_at = excluded.swept_at""",
                pair=pair.id,
                now=now,
            )

    async def poll_at(self, pair: Pair, *, now: datetime) -> None:
        """Let this pair be polled next at this time."""
        async with self.transaction() as tx:
            await tx.run(
                """INSERT INTO tieout.poll (pair_id, next_at) VALUES (:pair, :now)
                ON CONFLICT (pair_id) DO UPDATE SET next_at = excluded.next_at""",
                pair=pair.id,
                now=now,
            )
