"""The tokens of a FreshBooks connection: used by many, renewed by one at a time.

A refresh token works once and answers with the next one, so a renewal that is not stored at once is a consent lost. Hence the lease.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

from tieout.core.failures import Unreachable
from tieout.store.database import Database, Transaction
from tieout.store.errors import StoreError

LEASE_S = 60.0
TURN_S = 0.05
# FreshBooks says only with a renewal how long a token lives; until then it is used until it is refused.
UNKNOWN_EXPIRY = datetime(9999, 1, 1, tzinfo=UTC)
TABLE = "freshbooks_connection"

_TAKE = """
UPDATE tieout.freshbooks_connection SET refresh_owner = :owner, refresh_until = :until
WHERE id = :id AND (refresh_owner IS NULL OR refresh_until <= :now)
"""

_GIVE_BACK = """
UPDATE tieout.freshbooks_connection SET refresh_owner = NULL, refresh_until = NULL
WHERE id = :id AND refresh_owner = :owner
"""

_WRITE = """
UPDATE tieout.freshbooks_connection
SET access_token = :access, refresh_token = :refresh, expires_at = :expires_at, needs_consent = false
WHERE id = :id
"""

_STORED = "SELECT refresh_token FROM tieout.freshbooks_connection WHERE id = :id FOR UPDATE"
_REFUSED = "UPDATE tieout.freshbooks_connection SET needs_consent = true WHERE id = :id"


class ConnectionTokens:
    """Read, renew under the lease, write. ``owner`` names the process, for people who look into the table."""

    def __init__(
        self, store: Database, connection_id: int, owner: str, clock: Callable[[], datetime]
    ) -> None:
        self._store, self._id, self._owner, self._clock = store, connection_id, owner, clock

    async def read(self) -> tuple[str, str, datetime]:
        """Access token, refresh token and when the access token expires (UTC), as last written by anyone."""
        async with self._store.transaction() as tx:
            row = await tx.row(
                """SELECT access_token, refresh_token, expires_at FROM tieout.freshbooks_connection
                WHERE id = :id""",
                id=self._id,
            )
        if row is None:
            raise StoreError(f"There is no FreshBooks connection {self._id}.")
        secrets = self._store.secrets
        return (
            secrets.open(row.access_token, TABLE, "access_token", self._id),
            secrets.open(row.refresh_token, TABLE, "refresh_token", self._id),
            row.expires_at.astimezone(UTC) if row.expires_at else UNKNOWN_EXPIRY,
        )

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        """The exclusive right to renew, for 60 seconds at most; waits its turn. Read again inside: another may just have renewed."""
        owner = f"{self._owner}/{uuid.uuid4().hex}"
        while not await self._take(owner):  # noqa: ASYNC110 - the lease is in the database
            await asyncio.sleep(TURN_S)
        try:
            yield
        finally:
            # A lease that cannot be given back runs out by itself.
            with suppress(Unreachable):
                async with self._store.transaction() as tx:
                    await tx.run(_GIVE_BACK, id=self._id, owner=owner)

    async def write(
        self, access_token: str, refresh_token: str, expires_at: datetime, *, spent: str
    ) -> bool:
        """Store the tokens for which ``spent`` was given; when this returns they are safe and may be used.

        False, and nothing is stored, if another token than that is stored by now: a person has given the consent anew.
        """
        secrets = self._store.secrets
        async with self._store.transaction() as tx:
            if not await self._is_stored(tx, spent):
                return False
            await tx.run(
                _WRITE,
                id=self._id,
                access=secrets.seal(access_token, TABLE, "access_token", self._id),
                refresh=secrets.seal(refresh_token, TABLE, "refresh_token", self._id),
                expires_at=expires_at,
            )
        return True

    async def refused(self, refresh_token: str) -> bool:
        """FreshBooks refused this token: only a person can renew the consent. False if it is not the stored one any more."""
        async with self._store.transaction() as tx:
            if not await self._is_stored(tx, refresh_token):
                return False
            await tx.run(_REFUSED, id=self._id)
        return True

    async def _is_stored(self, tx: Transaction, refresh_token: str) -> bool:
        """Whether this is the refresh token as it is stored; nobody changes it before the end of the transaction."""
        row = await tx.row(_STORED, id=self._id)
        return row is not None and refresh_token == self._store.secrets.open(
            row.refresh_token, TABLE, "refresh_token", self._id
        )

    async def _take(self, owner: str) -> bool:
        now = self._clock()
        async with self._store.transaction() as tx:
            taken = await tx.run(
                _TAKE, id=self._id, owner=owner, now=now, until=now + timedelta(seconds=LEASE_S)
            )
        return taken.rowcount == 1
