"""The webhooks registered in FreshBooks, and the secret that each delivery is signed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tieout.engine.ports import Pair
from tieout.store.database import Database, Row

_REGISTERED = """
INSERT INTO tieout.callback (pair_id, callback_id, event, uri) VALUES (:pair, :id, :event, :uri)
ON CONFLICT (pair_id, callback_id) DO UPDATE SET event = excluded.event, uri = excluded.uri
"""

# FreshBooks may send the verifier before the answer to the registration is stored.
_VERIFIER = """
INSERT INTO tieout.callback (pair_id, callback_id, verifier) VALUES (:pair, :id, :verifier)
ON CONFLICT (pair_id, callback_id) DO UPDATE SET verifier = excluded.verifier
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """One registered webhook; ``verifier`` is empty until FreshBooks has sent it."""

    callback_id: str
    event: str
    uri: str
    verifier: str = field(repr=False)
    verified: bool


class Callbacks(Database):
    """What is registered, and with which secret."""

    async def add_callback(self, pair: Pair, callback_id: str, *, event: str, uri: str) -> None:
        """Note a webhook that was registered in FreshBooks."""
        async with self.transaction() as tx:
            await tx.run(_REGISTERED, pair=pair.id, id=callback_id, event=event, uri=uri)

    async def set_verifier(self, pair: Pair, callback_id: str, verifier: str) -> None:
        """Keep the secret that FreshBooks sent for a webhook."""
        sealed = self.secrets.seal(verifier, "callback", "verifier", pair.id, callback_id)
        async with self.transaction() as tx:
            await tx.run(_VERIFIER, pair=pair.id, id=callback_id, verifier=sealed)

    async def callback_verified(self, pair: Pair, callback_id: str) -> None:
        """FreshBooks accepted our confirmation: deliveries may be trusted from now on."""
        async with self.transaction() as tx:
            await tx.run(
                """UPDATE tieout.callback SET verified = true
                WHERE pair_id = :pair AND callback_id = :id""",
                pair=pair.id,
                id=callback_id,
            )

    async def drop_callback(self, pair: Pair, callback_id: str) -> None:
        """Forget a webhook that is no longer registered."""
        async with self.transaction() as tx:
            await tx.run(
                "DELETE FROM tieout.callback WHERE pair_id = :pair AND callback_id = :id",
                pair=pair.id,
                id=callback_id,
            )

    async def callbacks(self, pair: Pair) -> Sequence[Callback]:
        """All webhooks of a pair."""
        async with self.transaction() as tx:
            rows = await tx.rows(
                "SELECT * FROM tieout.callback WHERE pair_id = :pair ORDER BY callback_id",
                pair=pair.id,
            )
        return [self._callback_of(row) for row in rows]

    def _callback_of(self, row: Row) -> Callback:
        place = ("callback", "verifier", row.pair_id, row.callback_id)
        return Callback(
            callback_id=row.callback_id,
            event=row.event,
            uri=row.uri,
            verifier=self.secrets.open(row.verifier, *place) if row.verifier else "",
            verified=row.verified,
        )
