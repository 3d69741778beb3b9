"""The tables of a company: NAV's own, as far as this server keeps their fields, and ours."""

from __future__ import annotations

from tieout_sandboxes.nav.business.tables import journals, ledgers, masters, setup

TABLES = masters.TABLES + setup.TABLES + journals.TABLES + ledgers.TABLES
