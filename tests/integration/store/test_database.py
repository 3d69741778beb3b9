"""Transactions: stopped at each named point, and with the server going away."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tieout.core.decision.plan import Command, State, Verdict
from tieout.core.failures import Unreachable, Unstorable
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Pair, Settlement
from tieout.store.database import database_url as driver_url
from tieout.store.secrets import Secrets
from tieout.store.store import PostgresStore

INVOICE = Ref(Kind.INVOICE, "9")
CUT_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'cut-me'
"""

# What is tried here, only a real database has.
pytestmark = pytest.mark.postgresql


class Killed(BaseException):
    """Stands for kill -9 at a checkpoint."""


class Steps:
    """Notes the checkpoints passed and stops at one of them."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.fatal = ""

    def __call__(self, name: str) -> None:
        self.passed.append(name)
        if name == self.fatal:
            raise Killed


@pytest.fixture
def steps() -> Steps:
    return Steps()


@pytest.fixture
async def fragile(database_url: str, steps: Steps) -> AsyncIterator[PostgresStore]:
    """A store that can be killed, on connections that can be cut."""
    mark = "&" if "?" in database_url else "?"
    made = PostgresStore(
        f"{database_url}{mark}application_name=cut-me", Secrets(os.urandom(32)), checkpoint=steps
    )
    yield made
    await made.close()


async def _work(
    store: PostgresStore, pair: Pair, lease: Lease, command: Command, now: datetime, name: str
) -> None:
    """Do the transaction of this name."""
    verdict = Verdict(ref=INVOICE, state=State.AGREED)
    if name == "accept":
        await store.accept(pair, now=now, refs=[INVOICE])
    elif name == "claim":
        await store.claim(pair.company_id, owner=lease.owner, now=now, lease_s=10)
    elif name == "intend":
        await store.intend(pair, lease, [command])
    else:
        await store.record(pair, lease, Settlement(verdicts=[verdict]))


async def _effect(store: PostgresStore, pair: Pair, url: str) -> tuple[int, int, int]:
    """How many documents and commands there are, and the epoch."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT epoch FROM tieout.nav_company").fetchone()
    assert row is not None
    return (await store.status(pair)).seen, len(await store.unfinished(pair)), row[0]


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("accept", (1, 0, 1)),
        ("claim", (0, 0, 2)),
        ("intend", (0, 1, 1)),
        ("record", (1, 0, 1)),
    ],
)
async def test_a_transaction_that_is_killed_happened_whole_or_not_at_all(
    store: PostgresStore,
    fragile: PostgresStore,
    steps: Steps,
    pair: Pair,
    lease: Lease,
    database_url: str,
    posting: Callable[..., Command],
    now: datetime,
    name: str,
    effect: tuple[int, int, int],
) -> None:
    work = (fragile, pair, lease, posting(INVOICE), now, name)
    steps.fatal = f"{name}.before_commit"
    with pytest.raises(Killed):
        await _work(*work)
    assert await _effect(store, pair, database_url) == (0, 0, 1)

    steps.fatal = f"{name}.after_commit"
    with pytest.raises(Killed):
        await _work(*work)
    assert await _effect(store, pair, database_url) == effect
    assert steps.passed == [f"{name}.before_commit"] * 2 + [f"{name}.after_commit"]


async def test_the_pool_recovers_after_the_server_cut_its_connections(
    fragile: PostgresStore, pair: Pair, database_url: str, now: datetime
) -> None:
    await fragile.status(pair)
    with psycopg.connect(database_url, autocommit=True) as connection:
        assert connection.execute(CUT_OFF).fetchall()
    assert await fragile.accept(pair, now=now, refs=[INVOICE]) == 1


async def test_a_connection_cut_within_a_transaction_is_unreachable_and_nothing_happened(
    fragile: PostgresStore, steps: Steps, pair: Pair, database_url: str, now: datetime
) -> None:
    def cut(name: str) -> None:
        if name == "accept.before_commit":
            with psycopg.connect(database_url, autocommit=True) as connection:
                connection.execute(CUT_OFF)

    fragile._checkpoint = cut
    with pytest.raises(Unreachable, match="database"):
        await fragile.accept(pair, now=now, refs=[INVOICE])
    assert (await fragile.status(pair)).seen == 0


async def test_who_sleeps_within_a_transaction_does_not_keep_its_successor_waiting(
    database_url: str, pair: Pair, lease: Lease, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tieout.store.database.ASLEEP_S", 0.5)
    taken: list[Lease | None] = []

    def take_over() -> None:
        async def claim() -> Lease | None:
            store = PostgresStore(database_url, Secrets(os.urandom(32)))
            later = now + timedelta(seconds=11)
            try:
                return await store.claim(pair.company_id, owner="two", now=later, lease_s=10)
            finally:
                await store.close()

        taken.append(asyncio.run(asyncio.wait_for(claim(), 10)))

    def sleep(name: str) -> None:
        """Like SIGSTOP: nothing of this process goes on until its successor has come."""
        if name == "record.before_commit":
            successor = threading.Thread(target=take_over)
            successor.start()
            successor.join()

    sleeper = PostgresStore(database_url, Secrets(os.urandom(32)), checkpoint=sleep)
    agreed = Settlement(verdicts=[Verdict(ref=INVOICE, state=State.AGREED)])
    with pytest.raises(Unreachable):
        await sleeper.record(pair, lease, agreed)
    assert [one and one.epoch for one in taken] == [lease.epoch + 1]
    assert (await sleeper.status(pair)).agreed == 0
    await sleeper.close()


async def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path, pair: Pair) -> None:
    store = PostgresStore(f"postgresql://x@/none?host={tmp_path}", Secrets(os.urandom(32)))
    with pytest.raises(Unreachable, match="database"):
        await store.status(pair)
    await store.close()


@pytest.mark.parametrize(
    "url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"]
)
def test_every_usual_address_means_our_driver(url: str) -> None:
    assert str(driver_url(url)) == "postgresql+psycopg://u@h/d"


async def test_an_error_of_the_database_shows_no_parameter(store: PostgresStore) -> None:
    with pytest.raises(Unstorable, match="DivisionByZero") as raised:
        async with store.transaction() as tx:
            await tx.run("SELECT CAST(:name AS text), 1 / 0", name="personal data")
    assert "personal data" not in str(raised.value)


async def test_what_is_too_long_for_an_index_is_no_outage(
    store: PostgresStore, pair: Pair, lease: Lease, posting: Callable[..., Command]
) -> None:
    with pytest.raises(Unstorable, match="ProgramLimitExceeded"):
        await store.intend(pair, lease, [posting(INVOICE, os.urandom(8_000).hex())])
