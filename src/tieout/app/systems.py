"""The two systems of each pair, fitted to the engine's ports."""

from __future__ import annotations

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tieout.app.host import Host
from tieout.app.setups import read_setup
from tieout.connectors.budget import Budget
from tieout.connectors.freshbooks.api import READS_PER_S
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.freshbooks.connection import FreshbooksConnection
from tieout.connectors.http import Http
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.pages.target import PagesTarget
from tieout.core.journal.setup import PostingSetup
from tieout.engine.ports import Pair
from tieout.engine.world import World
from tieout.store.line import System
from tieout.store.store import PostgresStore
from tieout.store.tokens import ConnectionTokens

# How long a request may be on its way to NAV by pages, if the pair's settings do not say.
LONGEST_REQUEST_S = 60.0


class Systems:
    """What an installation knows of its pairs: their systems, their rules, their zones."""

    def __init__(self, store: PostgresStore, http: Http, host: Host) -> None:
        self.store, self.http, self.host = store, http, host
        self._worlds: dict[int, tuple[World, object]] = {}
        self._reads: dict[int, Budget] = {}
        self._connections: dict[tuple[int, System], int] = {}

    async def world(self, pair: Pair) -> World:
        """A pair with both its systems; kept until its posting setup, its settings or a connection changes."""
        versions = await self.store.posting_setups(pair)
        made_of = (
            max(versions),
            await self.freshbooks(pair),
            await self.store.nav_connection(pair),
            pair.settings,
        )
        known, was_made_of = self._worlds.get(pair.id, (None, None))
        if known is None or was_made_of != made_of:
            setups = {
                version: read_setup(content, version) for version, content in versions.items()
            }
            known = World(
                pair=pair,
                source=await self.source(pair),
                target=await self.writer(pair, setups[max(setups)]),
                setup=setups[max(setups)],
                setups=setups,
                zone=await self._zone(pair),
            )
            self._worlds[pair.id] = (known, made_of)
        return known

    async def setup(self, pair: Pair) -> PostingSetup:
        """The posting setup in force."""
        versions = await self.store.posting_setups(pair)
        return read_setup(versions[max(versions)], max(versions))

    async def _zone(self, pair: Pair) -> tzinfo:
        """Where the business is: as the pair's settings say, else as FreshBooks says."""
        name = str(pair.settings.get("timezone", ""))
        if not name:
            account_id = (await self.store.freshbooks_connection(pair)).account_id
            business = (await (await self.source(pair)).identity()).business(account_id)
            name = business.timezone if business else ""
        try:
            return ZoneInfo(name)
        except (ValueError, ZoneInfoNotFoundError):
            return UTC

    async def source(self, pair: Pair) -> FreshbooksSource:
        """FreshBooks, as this pair is allowed to see it."""
        stored = await self.store.freshbooks_connection(pair)
        tokens, reads = self.tokens(stored.id), await self.reads_of(pair)
        return FreshbooksSource(
            await self.freshbooks(pair), tokens, self.http, self.host.now, reads
        )

    def tokens(self, connection_id: int) -> ConnectionTokens:
        """The tokens of a connection, and the right to renew them."""
        return self.store.tokens(connection_id, self.host.owner, self.host.now)

    async def freshbooks(self, pair: Pair) -> FreshbooksConnection:
        """How this pair reaches FreshBooks."""
        stored = await self.store.freshbooks_connection(pair)
        return FreshbooksConnection(
            url=stored.url,
            client_id=stored.client_id,
            client_secret=stored.client_secret,
            account_id=stored.account_id,
            business_id=stored.business_id,
            redirect_uri=str(pair.settings.get("redirect_uri", "")),
        )

    async def target(self, pair: Pair) -> NavTarget:
        """NAV, as this pair's service user is allowed to see it."""
        return NavTarget(await self._nav(pair), self.http)

    async def writer(self, pair: Pair, setup: PostingSetup) -> NavTarget:
        """NAV, as it is written to: through the gateway, or by pages for a person to post."""
        connection = await self._nav(pair)
        if not by_pages(pair):
            return NavTarget(connection, self.http)
        longest_s = float(pair.settings.get("longest_request_s", LONGEST_REQUEST_S))
        batches = [(name, setup.batch) for name in (setup.template, setup.payment_template)]
        return PagesTarget(connection, self.http, batches, longest_s, self.host.monotonic)

    async def _nav(self, pair: Pair) -> NavConnection:
        stored = await self.store.nav_connection(pair)
        return NavConnection(
            odata_url=stored.odata_url,
            soap_url=stored.soap_url,
            company=stored.company,
            user=stored.user,
            key=stored.key,
        )

    async def connection(self, pair: Pair, system: System) -> int:
        """What a breaker is kept for; it never changes for a pair."""
        key = (pair.id, system)
        if key not in self._connections:
            self._connections[key] = await self.store.connection_id(pair, system)
        return self._connections[key]

    async def reads_of(self, pair: Pair) -> Budget:
        """What the FreshBooks connection of a pair may be asked; one for all that use it in this process."""
        connection = await self.connection(pair, "freshbooks")
        if connection not in self._reads:
            self._reads[connection] = Budget(READS_PER_S, self.host.monotonic, self._wall)
        return self._reads[connection]

    def _wall(self) -> float:
        return self.host.now().timestamp()


def by_pages(pair: Pair) -> bool:
    """Whether the pair writes to NAV through its pages only."""
    return str(pair.settings.get("route", "gateway")) == "pages"
