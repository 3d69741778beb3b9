"""A consent that a person has given anew takes the place of the one that FreshBooks refused; nothing else changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tieout.engine.ports import Pair
from tieout.store.database import Database, Transaction, to_json
from tieout.store.errors import StoreError

TABLE = "freshbooks_connection"
SECRET = ("client_secret", "access_token", "refresh_token")

_TAKEN = """
SELECT other.id FROM tieout.freshbooks_connection other
JOIN tieout.freshbooks_connection mine ON (other.url, other.account_id) = (mine.url, mine.account_id)
WHERE mine.id = :id AND other.id <> :id AND other.client_id = :client_id
"""

_RENEW = """
UPDATE tieout.freshbooks_connection
SET client_id = :client_id, client_secret = :client_secret, access_token = :access_token,
  refresh_token = :refresh_token, expires_at = :expires_at, needs_consent = false
WHERE id = :id
"""

_REDIRECT = """
UPDATE tieout.pair SET settings = settings || CAST(:settings AS jsonb) WHERE id = :pair
"""

# What waited for the consent is due at once, for every pair that lives on it.
_DUE = """
UPDATE tieout.inbox i SET due_at = least(i.due_at, :now), attempts = 0
FROM tieout.pair p
WHERE p.id = i.pair_id AND p.freshbooks_id = :id AND i.version > i.settled_version
"""

# The connection was left alone for refusing us; it need not be any more.
_CLOSE = "DELETE FROM tieout.breaker WHERE system = 'freshbooks' AND connection_id = :id"


class Consents(Database):
    """The consents of FreshBooks' owners."""

    async def renew_consent(
        self,
        pair: Pair,
        connection_id: int,
        given: Mapping[str, str],
        *,
        expires_at: datetime,
        redirect_uri: str,
        now: datetime,
    ) -> int:
        """Store a consent; how many documents waited for it, which are due now.

        ``given`` has client_id, client_secret, access_token and refresh_token. Call it with the connection's lease, so that no renewal of the old tokens
        is under way. Raises StoreError if another connection reaches this business through that application.
        """
        async with self.transaction() as tx:
            await _check_free(tx, connection_id, given["client_id"])
            secret = {
                name: self.secrets.seal(given[name], TABLE, name, connection_id) for name in SECRET
            }
            await tx.run(
                _RENEW,
                id=connection_id,
                client_id=given["client_id"],
                expires_at=expires_at,
                **secret,
            )
            await tx.run(_REDIRECT, pair=pair.id, settings=to_json({"redirect_uri": redirect_uri}))
            await tx.run(_CLOSE, id=connection_id)
            waited = await tx.run(_DUE, id=connection_id, now=now)
        return waited.rowcount


async def _check_free(tx: Transaction, connection_id: int, client_id: str) -> None:
    if await tx.row(_TAKEN, id=connection_id, client_id=client_id) is not None:
        raise StoreError(
            "Another pair reaches this business through that application already; give another client_id."
        )
