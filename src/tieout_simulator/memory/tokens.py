"""The tokens of a FreshBooks connection: used by many, renewed by one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from tieout.store.errors import StoreError
from tieout.store.tokens import LEASE_S, TURN_S, UNKNOWN_EXPIRY
from tieout_simulator.memory.tables import Memory


class MemoryTokens:
    """See store.tokens."""

    def __init__(
        self, memory: Memory, connection_id: int, owner: str, clock: Callable[[], datetime]
    ) -> None:
        self._memory, self._id, self._owner, self._clock = memory, connection_id, owner, clock

    async def read(self) -> tuple[str, str, datetime]:
        """Access token, refresh token and when the access token expires, as last written by anyone."""
        await self._memory._turn()
        row = self._memory.consents.get(self._id)
        if row is None:
            raise StoreError(f"There is no FreshBooks connection {self._id}.")
        return row.access_token, row.refresh_token, row.expires_at or UNKNOWN_EXPIRY

    @asynccontextmanager
    async def refreshing(self) -> AsyncIterator[None]:
        """The exclusive right to renew, for 60 seconds at most; waits its turn."""
        owner = f"{self._owner}/{self._memory.next_place()}"
        while not self._take(owner):  # noqa: ASYNC110 - the lease is in the store
            await asyncio.sleep(TURN_S)
        try:
            yield
        finally:
            row = self._memory.consents[self._id]
            if row.refresh_owner == owner:
                self._put(replace_owner=None)

    async def write(
        self, access_token: str, refresh_token: str, expires_at: datetime, *, spent: str
    ) -> bool:
        """Store the tokens for which ``spent`` was given. False, and nothing is stored, if another token than that is stored by now."""
        await self._memory._turn()
        with self._memory.transaction():
            row = self._memory.consents[self._id]
            if row.refresh_token != spent:
                return False
            renewed = replace(
                row,
                access_token=access_token,
                refresh_token=refresh_token,
                expires_at=expires_at,
                needs_consent=False,
            )
            self._memory.consents.put(self._id, renewed)
        return True

    async def refused(self, refresh_token: str) -> bool:
        """FreshBooks refused this token: only a person can renew the consent. False if it is not the stored one any more."""
        await self._memory._turn()
        with self._memory.transaction():
            row = self._memory.consents[self._id]
            if row.refresh_token != refresh_token:
                return False
            self._memory.consents.put(self._id, replace(row, needs_consent=True))
        return True

    def _take(self, owner: str) -> bool:
        row, now = self._memory.consents[self._id], self._clock()
        if row.refresh_owner is not None and row.refresh_until > now:
            return False
        self._put(replace_owner=owner, until=now + timedelta(seconds=LEASE_S))
        return True

    def _put(self, *, replace_owner: str | None, until: datetime | None = None) -> None:
        with self._memory.transaction():
            row = self._memory.consents[self._id]
            self._memory.consents.put(
                self._id,
                replace(row, refresh_owner=replace_owner, refresh_until=until or row.refresh_until),
            )
