"""Both systems as parts of the simulated world: the sandboxes' own applications, without a socket, on the virtual clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

import httpx2

from tieout_sandboxes.freshbooks.app import build
from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.clock import Clock as FreshBooksClock
from tieout_sandboxes.freshbooks.core import Business, Core
from tieout_sandboxes.freshbooks.faults import Faults
from tieout_sandboxes.freshbooks.switches import Switches
from tieout_sandboxes.freshbooks.webhooks import Webhooks
from tieout_sandboxes.nav.auth import Credentials
from tieout_sandboxes.nav.companies import open_company
from tieout_sandboxes.nav.server import NavServer
from tieout_sandboxes.nav.state import Clock as NavClock
from tieout_sandboxes.nav.state import State
from tieout_sandboxes.nav.switches import Switches as NavSwitches
from tieout_simulator.virtual_time import VirtualClock
from tieout_simulator.wire import HungUp, Wire

FRESHBOOKS, NAV = "freshbooks.sim", "nav.sim"


@dataclass
class FreshBooks:
    """A FreshBooks business in the simulated world."""

    books: Books
    webhooks: Webhooks
    faults: Faults
    connection: dict[str, Any]
    asked: set[str] = field(default_factory=set)


@dataclass
class Nav:
    """A NAV company in the simulated world."""

    server: NavServer
    connection: dict[str, Any]
    asked: set[str] = field(default_factory=set)

    @property
    def state(self) -> State:
        return self.server.state


class _HeardSwitches(Switches):
    """FreshBooks' switches that note in ``asked`` which of the flipped ones were asked for."""

    asked: ClassVar[set[str]]
    flipped: ClassVar[frozenset[str]]

    def __getattribute__(self, name: str) -> Any:
        kind = type(self)
        if name in kind.flipped:
            kind.asked.add(name)
        return super().__getattribute__(name)


def _heard(switches: Mapping[str, Any], asked: set[str]) -> Switches:
    """Switches as assumed; a class of its own for each world, since the instance has room for switches alone."""
    kind = type("_Heard", (_HeardSwitches,), {"asked": asked, "flipped": frozenset(switches)})
    assumed: Switches = kind()
    assumed.change({"limits": "off", **switches})
    asked.clear()
    return assumed


class _HeardNavSwitches(NavSwitches):
    """NAV's switches that note which were asked for."""

    def __init__(self, switches: Mapping[str, Any], asked: set[str]) -> None:
        super().__init__()
        self._flipped, self._asked = frozenset(switches), asked
        for name, value in switches.items():
            self.set(name, value)

    def __getitem__(self, name: str) -> Any:
        if name in self._flipped:
            self._asked.add(name)
        return super().__getitem__(name)


class _StandingClock(FreshBooksClock):
    """FreshBooks' clock, which is that of the simulation."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        return self._set if self._set is not None else self._clock.now() + self._moved


class _NavClock(NavClock):
    """NAV's clock, which is that of the simulation."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._virtual = clock

    def __call__(self) -> datetime:
        return self.fixed or self._virtual.now()


class _Place:
    """Where an application of the NAV sandbox listens in this process."""

    def __init__(self, wire: Wire, authority: str, app: Any) -> None:
        self.port = int(authority.rpartition(":")[2])
        wire.listening[authority] = app

    async def start(self) -> None:
        """It listens already."""

    async def stop(self) -> None:
        """There is nothing to close."""

    def memory(self, _scope: Any) -> dict[str, Any]:
        return {}

    async def hang_up(self, _scope: Any) -> None:
        raise HungUp


def open_freshbooks(
    wire: Wire,
    clock: VirtualClock,
    hooks: httpx2.AsyncClient,
    switches: dict[str, Any],
    host: str = FRESHBOOKS,
) -> FreshBooks:
    """A business without any records; its notifications leave through ``hooks``."""
    asked: set[str] = set()
    assumed = _heard(switches, asked)
    core = Core(_StandingClock(clock), assumed, Business("GBP", "Europe/London"))
    books, faults = Books(core), Faults()
    webhooks = Webhooks(core, books.callbacks, faults, hooks)
    core.announce = webhooks.announce
    books.callbacks.shake_hands = webhooks.shake_hands
    wire.listening[f"{host}:443"] = build(books, faults, webhooks, control=True)
    webhooks.start()
    tokens = books.grants.issue()
    connection = {
        "url": f"http://{host}:443",
        "client_id": books.grants.client_id,
        "client_secret": books.grants.client_secret,
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "account_id": core.business.account_id,
        "business_id": str(core.business.business_id),
    }
    return FreshBooks(books, webhooks, faults, connection, asked)


def open_nav(wire: Wire, clock: VirtualClock, switches: dict[str, Any], host: str = NAV) -> Nav:
    """A company without any business in it."""
    nav_clock = _NavClock(clock)
    asked: set[str] = set()
    state = State(
        open_company("gb", nav_clock), nav_clock, Credentials(), _HeardNavSwitches(switches, asked)
    )
    places = iter((f"{host}:7048", f"{host}:7047"))
    server = NavServer(
        state, 0, 0, controlled=True, listen=lambda app, _port: _Place(wire, next(places), app)
    )
    state.odata_url = state.odata_url.replace("127.0.0.1", host)
    state.soap_url = state.soap_url.replace("127.0.0.1", host)
    connection = {
        "odata_url": state.odata_url,
        "soap_url": state.soap_url,
        "company": server.company,
        "user": server.user,
        "key": server.key,
    }
    return Nav(server, connection, asked)
