"""What a webhook from FreshBooks means for Tieout: a handshake to finish, or a document to look at."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

import structlog

from tieout.core.records.identity import DOCUMENTS, Ref
from tieout.engine.inbox import notify
from tieout.engine.ports import Pair, Store

log = structlog.get_logger()


class Notification(Protocol):
    """A webhook as parsed: ``ref`` is the record it names (None if of a kind that Tieout does not keep), ``verifier`` is set in a handshake."""

    @property
    def object_id(self) -> str: ...
    @property
    def verifier(self) -> str: ...
    @property
    def ref(self) -> Ref | None: ...


async def take_notification(
    pair: Pair,
    notification: Notification,
    *,
    signed: bool,
    store: Store,
    now: Callable[[], datetime],
    wake: Callable[[], Awaitable[None]],
    verify: Callable[[str, str], Awaitable[bool]],
) -> tuple[int, str]:
    """The HTTP status and word to answer with.

    A handshake is not signed (its verifier is the secret to come): it is handed to ``verify``.
    Anything else without a valid signature is refused. ``wake`` asks for the work, after the inbox
    row is committed.
    """
    if notification.verifier:
        if await verify(notification.object_id, notification.verifier):
            return 200, "verified"
        return 404, "no such webhook"
    if not signed:
        log.warning("webhook_refused", pair=pair.name)
        return 401, "signature not valid"
    if notification.ref is None or notification.ref.kind not in DOCUMENTS:
        return 200, "not kept in agreement"
    await notify(pair, [notification.ref], store, now)
    await wake()
    return 200, "noted"
