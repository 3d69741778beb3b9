"""Putting together what a tie-out compares besides customers' ledgers: NAV's other ledgers, the posting setup as plain data, and our own record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from tieout.app.installation import Installation
from tieout.app.ledgers import Ledgers, accounts_of, general_ledger
from tieout.app.setups import read_setup
from tieout.app.systems import by_pages
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.setup import NavSetup
from tieout.core.reconciliation.evidence import Evidence
from tieout.core.reconciliation.rate_table import RateTable
from tieout.core.reconciliation.recorded import Recorded
from tieout.core.reconciliation.rules import Rules, Setup
from tieout.engine.ports import Pair


async def read_recorded(installation: Installation, pair: Pair) -> Recorded:
    """What we have on record. By pages persons post what we draft, under their own users."""
    user = "" if by_pages(pair) else (await installation.store.nav_connection(pair)).user
    return await installation.store.recorded(pair, user)


async def read_rules(installation: Installation, pair: Pair, recorded: Recorded) -> Rules:
    """All versions of the posting setup as plain data."""
    versions = await installation.store.posting_setups(pair)
    return Rules(
        setups={n: Setup(content=asdict(read_setup(one, n))) for n, one in versions.items()},
        versions=recorded.versions,
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
    target: NavTarget,
    setup: NavSetup,
    ledgers: Ledgers,
    recorded: Recorded,
    rules: Rules,
    prefix: str,
    as_of: date | None,
) -> Evidence:
    """Everything of the pair, from both systems and the store."""
    calendar = await target.calendar()
    foreign = {entry.currency_code for entry in ledgers.customer} - {""}
    return Evidence(
        general=general_ledger(ledgers, setup, rules, prefix, as_of),
        accounts=accounts_of(ledgers, prefix, as_of),
        rates=RateTable(rates=await target.rates(foreign)),
        rules=rules,
        recorded=recorded,
        nav_setup=setup_in_words(setup),
        dimensions=setup.dimensions,
        first_open=calendar.first_open(vat=False),
        first_open_vat=calendar.first_open(vat=True),
    )
