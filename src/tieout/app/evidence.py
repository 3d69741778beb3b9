"""Putting together what a tie-out is given besides both systems' ledgers: rates, limits, the posting setup as plain data, and who posts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace

from tieout.app.installation import Installation
from tieout.app.setups import read_setup
from tieout.app.systems import by_pages
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.setup import NavSetup
from tieout.core.reconciliation.evidence import Evidence
from tieout.core.reconciliation.frozen import Frozen
from tieout.core.reconciliation.limits import limits_of
from tieout.core.reconciliation.rate_table import RateTable
from tieout.core.reconciliation.rules import Rules, Setup
from tieout.engine.ports import Pair


async def posting_user(installation: Installation, pair: Pair) -> str:
    """Who posts in NAV. By pages persons post what we draft, under their own users: nobody is named."""
    return "" if by_pages(pair) else (await installation.store.nav_connection(pair)).user


async def read_rules(installation: Installation, pair: Pair) -> Rules:
    """All versions of the posting setup as plain data."""
    versions = await installation.store.posting_setups(pair)
    return Rules(
        setups={n: Setup(content=asdict(read_setup(one, n))) for n, one in versions.items()}
    )


def setup_in_words(setup: NavSetup) -> Mapping[str, str]:
    """What of NAV's set-up decides where a posting stands and which tax it has, row by row; for whoever asks whether it was changed."""
    waits = {
        name: ", waits on " + vat.unrealised_account for name, vat in setup.vat.items() if vat.waits
    }
    return {
        **{
            f"VAT posting setup {' '.join(name)}": f"{vat.percent} % {vat.calculation}, account {vat.sales_account}{waits.get(name, '')}"
            for name, vat in setup.vat.items()
        },
        **{
            f"customer posting group {code}": f"receivables {account}"
            for code, account in setup.customer_groups.items()
        },
        **{f"general posting setup {' '.join(name)}": "there" for name in setup.general},
    }


async def read_evidence(
    installation: Installation,
    pair: Pair,
    target: NavTarget,
    setup: NavSetup,
    foreign: Collection[str],
    frozen: Frozen | None,
) -> Evidence:
    """What all parts of both books have in common; ``foreign`` are the currencies of NAV's customer ledger."""
    calendar = await target.calendar()
    return Evidence(
        rates=RateTable(rates=await target.rates(foreign)),
        nav_setup=setup_in_words(setup),
        dimensions=setup.dimensions,
        first_open=calendar.first_open(vat=False),
        first_open_vat=calendar.first_open(vat=True),
        limits=limits_of(pair.settings.get("explained_limits", {})),
        today=installation.host.now().date(),
        frozen=frozen and replace(frozen, documents={}),
    )
