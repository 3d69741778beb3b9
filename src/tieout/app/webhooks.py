"""Webhooks fitted together: FreshBooks' parsing, the store's secrets, the engine's inbox, the queue."""

from __future__ import annotations

import asyncio
import re

import structlog

from tieout.api.webhooks import Receive
from tieout.app.installation import Installation
from tieout.connectors.freshbooks.webhooks import EVENTS, is_signed
from tieout.connectors.freshbooks.webhooks import notification as parse_notification
from tieout.core.failures import Failure, Refused, Unintelligible
from tieout.engine.jobs import Jobs
from tieout.engine.ports import Pair
from tieout.engine.webhooks import take_notification
from tieout.store.connections import NAME
from tieout.store.errors import StoreError

log = structlog.get_logger()

HANDSHAKE_LOOKS, HANDSHAKE_LOOK_S = 15, 0.2

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

        async def verify(callback_id: str, verifier: str) -> bool:
            return await finish_handshake(installation, pair, callback_id, verifier)

        return await take_notification(
            pair,
            notification,
            signed=any(c.verifier and is_signed(c.verifier, body, signature) for c in callbacks),
            store=installation.store,
            now=installation.host.now,
            wake=wake,
            verify=verify,
        )

    return receive


async def finish_handshake(
    installation: Installation, pair: Pair, callback_id: str, verifier: str
) -> bool:
    """Confirm a webhook that we registered to FreshBooks, and keep its secret once FreshBooks agrees.

    Anybody can send us a verifier: one for a webhook that we did not register, or that FreshBooks did not send, comes to nothing.
    """
    if not await _registered(installation, pair, callback_id):
        log.warning("handshake_of_unknown_webhook", pair=pair.name)
        return False
    source = await installation.source(pair)
    try:
        await source.verify_callback(callback_id, verifier)
    except Refused as refusal:
        log.warning("handshake_refused", pair=pair.name, reason=refusal.text)
        return False
    await installation.store.set_verifier(pair, callback_id, verifier)
    await installation.store.callback_verified(pair, callback_id)
    return True


async def _registered(installation: Installation, pair: Pair, callback_id: str) -> bool:
    """Whether the webhook is ours; the handshake may overtake the answer to its registration."""
    for _ in range(HANDSHAKE_LOOKS):
        if callback_id in {c.callback_id for c in await installation.store.callbacks(pair)}:
            return True
        await asyncio.sleep(HANDSHAKE_LOOK_S)
    return False


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
    """One registration for each kind of document; FreshBooks sends create, update and delete for it.

    One whose handshake was never finished, or whose secret we do not have, is made anew.
    """
    source, store = await installation.source(pair), installation.store
    secrets = {c.callback_id for c in await store.callbacks(pair) if c.verified}
    working = set()
    for callback in await source.list_callbacks():
        if callback.uri != uri:
            continue
        if callback.verified and callback.id in secrets:
            working.add(callback.event)
        else:
            await source.delete_callback(callback.id)
            await store.drop_callback(pair, callback.id)
    for event in EVENTS:
        if event not in working:
            made = await source.register_callback(event, uri)
            await store.add_callback(pair, made.id, event=event, uri=uri)
