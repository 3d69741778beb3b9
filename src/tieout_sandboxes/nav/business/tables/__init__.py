"""The tables of a company: NAV's own, as far as this server keeps their fields, and ours."""

from __future__ import annotations

from tieout_sandboxes.nav.business.tables import (
    change_log,
    dimensions,
    journals,
    ledgers,
    masters,
    setup,
    taxes,
)

TABLES = (
    masters.TABLES
    + setup.TABLES
    + dimensions.TABLES
    + taxes.TABLES
    + journals.TABLES
    + ledgers.TABLES
    + change_log.TABLES
)
