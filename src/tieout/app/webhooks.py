"""Webhooks fitted together: FreshBooks' parsing, the store's secrets, the engine's inbox, the queue."""

from __future__ import annotations

import structlog

from tieout.api.webhooks import Receive
from tieout.app.installation import Installation, utc_now
from tieout.connectors.freshbooks.webhooks import parse_notification, signature_is_valid
from tieout.core.failures import Failure
from tieout.engine.jobs import Jobs
from tieout.engine.ports import Pair
from tieout.engine.webhooks import take_notification
from tieout.store.errors import StoreError

log = structlog.get_logger()

# One registration for each kind of document; FreshBooks sends create, update and delete for it.
EVENTS = ("invoice", "credit_note", "payment")


def receiver(installation: Installation, jobs: Jobs) -> Receive:
    """What the webhook endpoint calls."""

    async def receive(name: str, body: bytes, signature: str) -> tuple[int, str]:
        try:
            pair = await installation.store.pair(name)
        except StoreError:
            return 404, "no such pair"
        notification = parse_notification(body)
        callbacks = await installation.store.callbacks(pair)

        async def wake() -> None:
            await jobs.settle(pair.company_id)

        async def verify(callback_id: str, verifier: str) -> None:
            await finish_handshake(installation, pair, callback_id, verifier)

        return await take_notification(
            pair,
            notification,
            signed=any(
                c.verifier and signature_is_valid(body, signature, c.verifier) for c in callbacks
            ),
            store=installation.store,
            now=utc_now,
            wake=wake,
            verify=verify,
        )

    return receive


async def finish_handshake(
    installation: Installation, pair: Pair, callback_id: str, verifier: str
) -> None:
    """Keep the secret of a webhook that we registered, and confirm it to FreshBooks; one that we did not register is ignored."""
    known = {c.callback_id for c in await installation.store.callbacks(pair)}
    if callback_id not in known:
        log.warning("handshake_of_unknown_webhook", pair=pair.name)
        return
    await installation.store.set_verifier(pair, callback_id, verifier)
    source = await installation.source(pair)
    await source.verify_callback(callback_id, verifier)
    await installation.store.callback_verified(pair, callback_id)


async def register_callbacks(installation: Installation) -> None:
    """Register what is missing for every pair that has a public address; a pair without one lives by polling."""
    for pair in await installation.store.all_pairs():
        address = str(pair.settings.get("webhook_url", ""))
        if not address:
            continue
        try:
            await _register(installation, pair, f"{address.rstrip('/')}/webhooks/freshbooks/{pair.name}")
        except Failure as failure:
            log.warning("webhooks_not_registered", pair=pair.name, reason=failure.text)


async def _register(installation: Installation, pair: Pair, uri: str) -> None:
    source = await installation.source(pair)
    known = {c.event: c for c in await installation.store.callbacks(pair) if c.uri == uri}
    for event in EVENTS:
        if event not in known:
            callback_id = await source.register_callback(event, uri)
            await installation.store.add_callback(pair, callback_id, event=event, uri=uri)
