"""The two systems for the simpler ways: the product's own clients, with nothing kept anywhere."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tieout.app.setups import default_setup, read_setup
from tieout.connectors.freshbooks.api import FreshbooksApi
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.http import Answer, Call, Http, Statuses
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.connection import NavConnection
from tieout.core.journal.setup import PostingSetup


class GivenToken:
    """The access token of the sandbox (connectors.freshbooks.oauth.TokenStore); good for twelve hours, more than a measurement takes."""

    def __init__(self, access_token: str) -> None:
        self._tokens = (access_token, "", datetime.now(UTC) + timedelta(hours=12))

    async def read(self) -> tuple[str, str, datetime]:
        return self._tokens

    def refreshing(self) -> AbstractAsyncContextManager[None]:
        """Nobody else refreshes."""
        return nullcontext()

    async def write(self, access_token: str, refresh_token: str, expires_at: datetime) -> None:
        self._tokens = (access_token, refresh_token, expires_at)

    async def refused(self) -> None:
        """Nobody is told; the run fails anyway."""


class Unpaced(Http):
    """The product's HTTP client without its regard for FreshBooks' rate limits: one call for each document would mostly wait for them."""

    async def send(self, call: Call, statuses: Statuses) -> Answer:
        return await super().send(replace(call, budget=None), statuses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems:
    """FreshBooks call by call (``api``) and in batches (``source``), NAV (``target``), and the posting setup that comes for GBP."""

    api: FreshbooksApi
    source: FreshbooksSource
    target: NavTarget
    setup: PostingSetup


def read_json(file: Path) -> dict[str, Any]:
    """A saved connection, the JSON line that ``tieout sandbox`` prints."""
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return told


@asynccontextmanager
async def connected(file: Path) -> AsyncIterator[Systems]:
    """Both systems of a saved connection."""
    told = read_json(file)
    freshbooks, nav = told["freshbooks"], told["nav"]
    connection = FreshbooksConnection(
        url=freshbooks["url"],
        client_id=freshbooks["client_id"],
        client_secret=freshbooks["client_secret"],
        account_id=str(freshbooks["account_id"]),
        business_id=str(freshbooks["business_id"]),
    )
    token = GivenToken(freshbooks["access_token"])
    async with Unpaced() as http:
        yield Systems(
            api=FreshbooksApi(connection, token, http, _now),
            source=FreshbooksSource(connection, token, http, _now),
            target=NavTarget(NavConnection(**nav), http),
            setup=read_setup(default_setup("GBP"), 1),
        )


def _now() -> datetime:
    return datetime.now(UTC)
