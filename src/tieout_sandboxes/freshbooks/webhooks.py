"""Deliveries: a signed form for every event to every callback that listens, one after another.

FreshBooks promises neither speed nor order nor a single delivery; faults make use of that freedom.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx2

from tieout_sandboxes.freshbooks.callbacks import EVENTS, Callback, Callbacks
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.faults import WEBHOOK_KINDS, Faults
from tieout_sandboxes.freshbooks.signature import HEADER, sign
from tieout_sandboxes.freshbooks.table import Row

TIMEOUT_SECONDS = 5.0
USER_AGENT = "FreshHooks/0.4"
Fields = list[tuple[str, str]]


@dataclass(frozen=True)
class Delivery:
    """One form on its way to one address."""

    callback: int
    uri: str
    name: str
    fields: Fields
    signature: str | None
    tries: int = 0


class Webhooks:
    """Turns events into deliveries and carries them out in the background."""

    def __init__(
        self,
        core: Core,
        callbacks: Callbacks,
        faults: Faults,
        http: httpx2.AsyncClient | None = None,
    ) -> None:
        self._core = core
        self._callbacks = callbacks
        self._faults = faults
        self._queue: asyncio.Queue[Delivery] = asyncio.Queue()
        self._held: list[Delivery] = []
        self._waiting: set[asyncio.Task[None]] = set()
        self._hurry = asyncio.Event()
        self._http = http
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins delivering."""
        self._worker = asyncio.create_task(self._deliver())

    async def stop(self) -> None:
        """Ends delivering; what is still queued is lost."""
        tasks = [*self._waiting, *([self._worker] if self._worker else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()

    def announce(self, event: str, object_id: int) -> None:
        """Queues the notification of an event for every callback that listens."""
        if event not in EVENTS:
            return
        for row in self._callbacks.listening(event):
            delivery = self._delivery(row, event, [("name", event), ("object_id", str(object_id))])
            self._send_out(delivery)

    def shake_hands(self, row: Row[Callback]) -> None:
        """Queues the message that carries a callback's verifier."""
        by_event = self._core.switches.handshake_name == "event"
        name = row.wire.event if by_event else "callback.verify"
        secret = ("verifier", self._callbacks.verifiers[row.id])
        fields = [("name", name), ("object_id", str(row.id)), secret]
        signed = self._core.switches.handshake_signed
        self._queue.put_nowait(self._delivery(row, name, fields, signed=signed))

    async def flush(self) -> None:
        """Delivers everything that is queued, held back or delayed."""
        self._hurry.set()
        self.release()
        await self._queue.join()
        while self._waiting:
            await asyncio.wait(self._waiting)
            await self._queue.join()
        self._hurry.clear()

    def _delivery(
        self, row: Row[Callback], name: str, about: Fields, *, signed: bool = True
    ) -> Delivery:
        business = self._core.business
        fields = [
            *about,
            ("account_id", business.account_id),
            ("business_id", str(business.business_id)),
            ("identity_id", str(business.identity_id)),
            ("user_id", "1"),
        ]
        secrets.SystemRandom().shuffle(fields)
        signature = sign(self._callbacks.verifiers[row.id], fields) if signed else None
        return Delivery(row.id, row.wire.uri, name, fields, signature)

    def _send_out(self, delivery: Delivery) -> None:
        faults = {one.kind: one for one in self._faults.firing(WEBHOOK_KINDS, "", delivery.name)}
        if "webhook_lose" in faults:
            return
        if "webhook_reorder" in faults:
            self._held.append(delivery)
            return
        copies = 2 if "webhook_duplicate" in faults else 1
        slow = faults["webhook_delay"].ms / 1000 if "webhook_delay" in faults else 0.0
        for _copy in range(copies):
            self._later(delivery, slow + self._core.switches.webhook_delay_seconds)
        self.release()

    def release(self) -> None:
        """Lets go of what was held back until the next delivery."""
        for held in self._held:
            self._queue.put_nowait(held)
        self._held.clear()

    def _later(self, delivery: Delivery, seconds: float) -> None:
        if seconds <= 0:
            self._queue.put_nowait(delivery)
            return
        task = asyncio.create_task(self._wait_for(delivery, seconds))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def _wait_for(self, delivery: Delivery, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), seconds)
        self._queue.put_nowait(delivery)

    async def _deliver(self) -> None:
        while True:
            delivery = await self._queue.get()
            try:
                if not await self._accepted(delivery):
                    self._try_again(delivery)
            finally:
                self._queue.task_done()

    async def _accepted(self, delivery: Delivery) -> bool:
        headers = {
            "User-Agent": USER_AGENT,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if delivery.signature is not None:
            headers[HEADER] = delivery.signature
        body = urlencode(delivery.fields).encode()
        try:
            answer = await self._client().post(delivery.uri, content=body, headers=headers)
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return False
        return 200 <= answer.status_code < 300

    def _client(self) -> httpx2.AsyncClient:
        """Made when first needed: most sandboxes never deliver anything."""
        if self._http is None:
            self._http = httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
        return self._http

    def _try_again(self, delivery: Delivery) -> None:
        switches = self._core.switches
        tries = delivery.tries + 1
        if tries < switches.webhook_tries:
            again = Delivery(
                delivery.callback, delivery.uri, delivery.name, delivery.fields,
                delivery.signature, tries,
            )  # fmt: skip
            self._later(again, switches.webhook_retry_seconds)
        elif switches.webhook_after_tries == "delete_callback":
            row = self._callbacks.table.get(delivery.callback)
            if row is not None:
                self._callbacks.table.remove(row)
