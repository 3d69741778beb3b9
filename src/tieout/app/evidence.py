"""Reading what a tie-out compares besides customers' ledgers: NAV's other ledgers, the posting setup as plain data, and our own record."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from tieout.app.installation import Installation
from tieout.app.setups import read_setup
from tieout.app.systems import by_pages
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.setup import NavSetup
from tieout.core.reconciliation.evidence import Evidence
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.recorded import Recorded
from tieout.core.reconciliation.rules import Rules, Setup
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Kind
from tieout.core.records.ledger import VatEntry
from tieout.engine.ports import Pair


async def read_evidence(
    installation: Installation,
    pair: Pair,
    source: FreshbooksSource,
    target: NavTarget,
    nav_setup: NavSetup,
    vat_entries: list[VatEntry],
    as_of: date | None,
) -> Evidence:
    """Everything of the pair, from both systems and the store."""
    recorded = await _recorded(installation, pair)
    rules = await _rules(installation, pair, source, recorded)
    calendar = await target.calendar()
    return Evidence(
        general=await _general(pair, target, nav_setup, rules, vat_entries, as_of),
        rules=rules,
        recorded=recorded,
        first_open=calendar.first_open(vat=False),
        first_open_vat=calendar.first_open(vat=True),
    )


async def _recorded(installation: Installation, pair: Pair) -> Recorded:
    """By pages persons post what we draft, under their own users."""
    user = "" if by_pages(pair) else (await installation.store.nav_connection(pair)).user
    return await installation.store.recorded(pair, user)


async def _rules(
    installation: Installation, pair: Pair, source: FreshbooksSource, recorded: Recorded
) -> Rules:
    versions = await installation.store.posting_setups(pair)
    clients = [c async for c in source.full(Kind.CUSTOMER) if isinstance(c, Customer)]
    return Rules(
        setups={n: Setup(content=asdict(read_setup(one, n))) for n, one in versions.items()},
        clients={client.ref.key: client for client in clients},
        versions=recorded.versions,
    )


async def _general(
    pair: Pair,
    target: NavTarget,
    nav_setup: NavSetup,
    rules: Rules,
    vat_entries: list[VatEntry],
    as_of: date | None,
) -> GeneralLedger:
    rounding = {setup.content["rounding_account"] for setup in rules.setups.values()} - {""}
    return GeneralLedger(
        entries=[entry async for entry in target.keyed_entries(pair.prefix)],
        prefix=pair.prefix,
        bank_entries=[entry async for entry in target.bank_entries(rules.banks)],
        vat_entries=vat_entries,
        receivables=frozenset(nav_setup.customer_groups.values()),
        taxes=nav_setup.tax_accounts,
        rounding=frozenset(rounding),
        as_of=as_of,
    )
