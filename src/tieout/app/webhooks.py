"""Webhooks fitted together: FreshBooks' parsing, the store's secrets, the engine's inbox, the queue."""

from __future__ import annotations

import re

import structlog

from tieout.api.webhooks import Receive
from tieout.app.installation import Installation, utc_now
from tieout.connectors.freshbooks.webhooks import EVENTS, is_signed
from tieout.connectors.freshbooks.webhooks import notification as parse_notification
from tieout.core.failures import Failure, Refused, Unintelligible
from tieout.engine.jobs import Jobs
from tieout.engine.ports import Pair
from tieout.engine.webhooks import take_notification
from tieout.store.connections import NAME
from tieout.store.errors import StoreError

log = structlog.get_logger()

ID = re.compile(r"[0-9]{1,18}")


def receiver(installation: Installation, jobs: Jobs) -> Receive:
    """What the webhook endpoint calls."""

    async def receive(name: str, body: bytes, signature: str) -> tuple[int, str]:
        try:
            if not NAME.fullmatch(name):
                return 404, "no such pair"
            pair = await installation.store.pair(name)
        except StoreError:
            return 404, "no such pair"
        try:
            notification = parse_notification(body)
        except Unintelligible as failure:
            return 400, failure.text
        if notification.verifier and not ID.fullmatch(notification.object_id):
            return 400, "a handshake without the id of a callback"
        callbacks = await installation.store.callbacks(pair)

        async def wake() -> None:
            await jobs.settle(pair.company_id)

        async def verify(callback_id: str, verifier: str) -> None:
            await finish_handshake(installation, pair, callback_id, verifier)

        return await take_notification(
            pair,
            notification,
            signed=any(c.verifier and is_signed(c.verifier, body, signature) for c in callbacks),
            store=installation.store,
            now=utc_now,
            wake=wake,
            verify=verify,
        )

    return receive


async def finish_handshake(
    installation: Installation, pair: Pair, callback_id: str, verifier: str
) -> None:
    """Confirm a webhook to FreshBooks, and keep its secret only if FreshBooks agrees that it is right: anybody can send us a verifier."""
    source = await installation.source(pair)
    try:
        callback = await source.verify_callback(callback_id, verifier)
    except Refused as refusal:
        log.warning("handshake_refused", pair=pair.name, reason=refusal.text)
        return
    store = installation.store
    await store.add_callback(pair, callback.id, event=callback.event, uri=callback.uri)
    await store.set_verifier(pair, callback.id, verifier)
    await store.callback_verified(pair, callback.id)


async def register_callbacks(installation: Installation) -> None:
    """Register what is missing for every pair that has a public address; a pair without one lives by polling."""
    for pair in await installation.store.all_pairs():
        address = str(pair.settings.get("webhook_url", ""))
        if not address:
            continue
        try:
            await _register(
                installation, pair, f"{address.rstrip('/')}/webhooks/freshbooks/{pair.name}"
            )
        except Failure as failure:
            log.warning("webhooks_not_registered", pair=pair.name, reason=failure.text)


async def _register(installation: Installation, pair: Pair, uri: str) -> None:
    """One registration for each kind of document; FreshBooks sends create, update and delete for it."""
    source = await installation.source(pair)
    known = {c.event for c in await source.list_callbacks() if c.uri == uri}
    for event in EVENTS:
        if event not in known:
            callback = await source.register_callback(event, uri)
            await installation.store.add_callback(pair, callback.id, event=event, uri=uri)
