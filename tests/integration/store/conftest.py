"""A pair with made-up credentials, and short ways to make observations and commands."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from tieout.core.decision.plan import Command, Role
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Lease, Observation, Pair
from tieout.store.secrets import Secrets
from tieout.store.store import PostgresStore
from tieout_simulator.memory.store import MemoryStore

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

FRESHBOOKS = {
    "url": "http://127.0.0.1:1/",
    "client_id": "client-1",
    "client_secret": "plain-client-secret",
    "access_token": "plain-access-token",
    "refresh_token": "plain-refresh-token",
    "account_id": "ACM123",
    "business_id": "77",
}
NAV = {
    "odata_url": "http://127.0.0.1:2/OData",
    "soap_url": "http://127.0.0.1:3/WS",
    "company": "CRONUS UK Ltd.",
    "user": "TIEOUT",
    "key": "plain-nav-key",
}
SETUP = {"accounts": {"sales": "6110"}}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test of a store runs on both, but for those that look behind its face (marked ``postgresql``)."""
    if "store" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("postgresql") is not None
        metafunc.parametrize(
            "store", ["postgresql"] if only else ["postgresql", "memory"], indirect=True
        )


@pytest.fixture
async def store(request: pytest.FixtureRequest) -> AsyncIterator[PostgresStore]:
    """An empty store whose clock stands still: the real one, and the simulation's, which must not be told from it."""
    if request.param == "memory":
        yield cast(PostgresStore, MemoryStore(clock=lambda: NOW))
        return
    url = request.getfixturevalue("database_url")
    made = PostgresStore(url, Secrets(os.urandom(32)), clock=lambda: NOW)
    yield made
    await made.close()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def freshbooks() -> dict[str, Any]:
    return dict(FRESHBOOKS)


@pytest.fixture
def nav() -> dict[str, Any]:
    return dict(NAV)


@pytest.fixture
async def pair(store: PostgresStore) -> Pair:
    return await store.add_pair("acme", FRESHBOOKS, NAV, {"prefix": "FB"}, SETUP)


@pytest.fixture
async def lease(store: PostgresStore, pair: Pair) -> Lease:
    lease = await store.claim(pair.company_id, owner="worker-1", now=NOW, lease_s=10)
    assert lease is not None
    return lease


@pytest.fixture
def observed() -> Callable[..., Observation]:
    def observation(ref: Ref, content: bytes = b"{}") -> Observation:
        return Observation(ref=ref, content=content, hash=hashlib.sha256(content).hexdigest())

    return observation


@pytest.fixture
def posting() -> Callable[..., Command]:
    def command(
        ref: Ref,
        key: str = "",
        *,
        role: Role = Role.POST,
        revision: int = 1,
        payload: Mapping[str, Any] | None = None,
        depends_on: tuple[str, ...] = (),
    ) -> Command:
        kind = {Kind.CUSTOMER: "CUS"}.get(ref.kind, "DOC")
        return Command(
            key=key or f"FB-{kind}-{ref.key}-{revision}",
            ref=ref,
            revision=revision,
            role=role,
            payload={"amount": "120.00", "lines": []} if payload is None else payload,
            depends_on=depends_on,
        )

    return command
