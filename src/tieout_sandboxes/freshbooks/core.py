"""What every resource of the sandbox shares: the clock, the switches, the business and the announcements."""

from __future__ import annotations

import secrets
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from tieout_sandboxes.freshbooks.clock import Clock
from tieout_sandboxes.freshbooks.switches import Switches

COUNTRIES = {"GBP": "United Kingdom", "CAD": "Canada", "USD": "United States", "EUR": "Ireland"}
ACCOUNT_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Business:
    """The one business of the sandbox, and its owner."""

    currency: str
    timezone: str
    name: str = "Sandbox Trading Ltd"
    account_id: str = field(
        default_factory=lambda: "".join(secrets.choice(ACCOUNT_ALPHABET) for _ in range(6))
    )
    business_id: int = field(default_factory=lambda: 14_000_000 + secrets.randbelow(900_000))
    business_uuid: str = field(default_factory=lambda: str(uuid.uuid4()))
    identity_id: int = field(default_factory=lambda: 13_000_000 + secrets.randbelow(900_000))
    identity_uuid: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def country(self) -> str:
        """The country written on the business's own documents."""
        return COUNTRIES.get(self.currency, "")


def _nothing() -> None:
    return None


def _nobody(_name: str, _object_id: int) -> None:
    return None


@dataclass
class Core:
    """Handed to every resource. `announce(name, id)` tells the callbacks what happened, `catch_up()`
    lets happen what the clock has brought about since.
    """

    clock: Clock
    switches: Switches
    business: Business
    announce: Callable[[str, int], None] = _nobody
    catch_up: Callable[[], None] = _nothing

    def today(self) -> date:
        """The calendar date where the business is."""
        return self.clock.now().astimezone(ZoneInfo(self.business.timezone)).date()
