"""What the parts of one running NAV sandbox share."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from tieout_sandboxes.nav.auth import Credentials
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.faults import Faults
from tieout_sandboxes.nav.switches import Switches

INSTANCE = "DynamicsNAV110"
"""The default instance name of NAV 2018."""


@dataclass
class Clock:
    """Real time, or a time that a test has set and that then stands still."""

    fixed: dt.datetime | None = None

    def __call__(self) -> dt.datetime:
        return self.fixed or dt.datetime.now(dt.UTC)


@dataclass
class State:
    """The company, who may call, and what is set to go wrong."""

    company: Company
    clock: Clock
    credentials: Credentials = field(default_factory=Credentials)
    switches: Switches = field(default_factory=Switches)
    faults: Faults = field(default_factory=Faults)
    odata_url: str = ""
    soap_url: str = ""
