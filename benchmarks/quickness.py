"""How quick the product is once it runs: with webhooks, by polling alone within the rate limit, and with a NAV that posts one document a second."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.live import Living, living, new_client, new_invoice, quantile, serving
from benchmarks.table import Limit
from chaos.retail import write_month
from tieout.app.demo import COMMAND

RATE_PER_MIN = 600
POLLED_P99_S, POLLED_SHARE = 90.0, 0.20
WEBHOOK_P50_S, WEBHOOK_P99_S = 0.3, 1.0
SLOW_OVERHEAD, OVERTAKES_S = 1.05, 5.0


async def webhooks(count: int = 160, per_second: float = 4.0) -> list[Limit]:
    """Invoices at four a second, each announced; the time from FreshBooks' answer to the entry in NAV, as a reader of NAV sees it."""
    async with living("real", webhooks=True, poll_interval_s=300) as alive:
        # FreshBooks takes 250 accounting POSTs a minute; that is not what is measured here.
        await alive.person.control("switches", {"limit_accounting_post": 1000})
        async with serving(alive):
            client = await new_client(alive)
            await _settled(alive, [await new_invoice(alive, client)])
            sent = []
            begun = time.monotonic()
            for number in range(count):
                await asyncio.sleep(max(0.0, begun + number / per_second - time.monotonic()))
                sent.append(await new_invoice(alive, client))
            took = await _settled(alive, sent)
    return [
        Limit(name="webhook to posted, p50, s", value=quantile(took, 0.5), at_most=WEBHOOK_P50_S),
        Limit(name="webhook to posted, p99, s", value=quantile(took, 0.99), at_most=WEBHOOK_P99_S),
    ]


async def polling(
    home: Path, documents: int = 10_000, seconds: int = 240, seed: int = 1
) -> list[Limit]:
    """No webhook, real limits, many documents of earlier days; new invoices one after another, seen by polling alone."""
    async with living("off") as alive:
        earlier = datetime.now(UTC) - timedelta(days=10)
        await alive.person.control("clock", {"now": earlier.isoformat()})
        await _load(alive, home, documents, seed)
        await alive.person.control("clock", {"real": True})
        client = await new_client(alive)
        await alive.tieout("sync", "main")
        known = (await alive.status())["seen"]
        _say(f"{known} documents are known")
        await alive.person.control("switches", {"limits": "real"})
        async with serving(alive):
            sent, requests, share = await _changes(alive, client, seconds, seed)
            took = await _settled(alive, sent, patience_s=180)
    _say(f"{len(sent)} changes, {requests} requests of the product")
    return [
        Limit(name="changes never posted", value=float(len(sent) - len(took)), at_most=0),
        Limit(name="change to posted, p50, s", value=quantile(took, 0.5), at_most=POLLED_P99_S),
        Limit(name="change to posted, p99, s", value=quantile(took, 0.99), at_most=POLLED_P99_S),
        Limit(name="share of the rate limit", value=share, at_most=POLLED_SHARE),
    ]


async def slow(count: int = 90, live: int = 5) -> list[Limit]:
    """A backfill into a NAV that posts one document a second, and live invoices that come meanwhile."""
    async with living("off", webhooks=True, poll_interval_s=300) as alive:
        client = await new_client(alive)
        keys = [(await new_invoice(alive, client))[0] for _ in range(count)]
        await alive.nav.control("switches", {"posting_ms": 1000})
        async with serving(alive):
            await _first(alive, keys)
            overtook = []
            for _ in range(live):
                await asyncio.sleep(7.3)
                key, at = await new_invoice(alive, client)
                missing = await alive.watch.wait_for([key], 60)
                overtook.append(60.0 if missing else alive.watch.seen[key] - at)
            await alive.watch.wait_for(keys, count * 2.0)
    seen = sorted(at for key, at in alive.watch.seen.items() if "-INV-" in key)
    bare_s = len(seen) - 1.0
    _say(f"{len(seen)} posted in {seen[-1] - seen[0]:.1f} s; live: {overtook}")
    return [
        Limit(name="never posted", value=float(count + live - len(seen)), at_most=0),
        Limit(name="time / bare wait", value=(seen[-1] - seen[0]) / bare_s, at_most=SLOW_OVERHEAD),
        Limit(name="live overtakes, worst, s", value=max(overtook), at_most=OVERTAKES_S),
    ]


async def _first(alive: Living, keys: Sequence[str]) -> None:
    """Wait until the backfill has begun."""
    while not alive.watch.seen.keys() & set(keys):  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def _load(alive: Living, home: Path, documents: int, seed: int) -> None:
    """About so many documents: a made-up month has not quite two for each of its rows' numbers."""
    told, month = home / "told.json", write_month(home / "month.csv", documents * 5 // 9, seed)
    told.write_text(json.dumps(alive.connection), encoding="utf-8")
    command = [*COMMAND, "sandbox", "load", str(month), "--to", str(told), "--no-credits"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    if await process.wait():
        raise SystemExit("loading failed")


async def _changes(
    alive: Living, client: int, seconds: int, seed: int
) -> tuple[list[tuple[str, float]], int, float]:
    """Changes about every second and a half; what they are in NAV and when they were made, and what the product asked of FreshBooks meanwhile."""
    dice, sent, made = random.Random(seed), [], 0  # noqa: S311
    await alive.person.control("reset_counters", {})
    begun = time.monotonic()
    while time.monotonic() < begun + seconds:
        key, at = await new_invoice(alive, client, dice.randrange(50, 900))
        sent.append((key, at))
        made += 1
        await asyncio.sleep(dice.uniform(0.5, 2.5))
    requests = await alive.freshbooks_requests() - made
    minutes = (time.monotonic() - begun) / 60
    return sent, requests, requests / (minutes * RATE_PER_MIN)


async def _settled(
    alive: Living, sent: Sequence[tuple[str, float]], patience_s: float = 60
) -> list[float]:
    """How long each took; those that never came are left out."""
    await alive.watch.wait_for([key for key, _ in sent], patience_s)
    return [alive.watch.seen[key] - at for key, at in sent if key in alive.watch.seen]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
