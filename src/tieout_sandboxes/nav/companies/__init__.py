"""The companies a sandbox can open."""

from __future__ import annotations

from tieout_sandboxes.nav.companies.ca import CA
from tieout_sandboxes.nav.companies.demo import build
from tieout_sandboxes.nav.companies.gb import GB
from tieout_sandboxes.nav.company import Clock, Company

COMPANIES = {"gb": GB, "ca": CA}


def open_company(name: str, clock: Clock) -> Company:
    """A fresh company, `gb` or `ca`; raises ValueError, naming what exists, for another."""
    if name not in COMPANIES:
        raise ValueError(f"unknown company {name!r}; there are: {', '.join(COMPANIES)}")
    return build(COMPANIES[name], clock)
