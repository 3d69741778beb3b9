"""A fresh NAV sandbox per test, on ports of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx2
import pytest

from tieout_sandboxes.nav.server import NavServer, serve_nav


@pytest.fixture
async def nav() -> AsyncIterator[NavServer]:
    async with await serve_nav(control=True) as server:
        yield server


@pytest.fixture
async def odata(nav: NavServer) -> AsyncIterator[httpx2.AsyncClient]:
    base = f"{nav.odata_url}/Company('{quote(nav.company, safe='()')}')/"
    async with httpx2.AsyncClient(base_url=base, auth=(nav.user, nav.key)) as client:
        yield client


@pytest.fixture
async def control(nav: NavServer) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=nav.control_url + "/") as client:
        yield client
