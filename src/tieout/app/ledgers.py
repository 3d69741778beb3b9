"""Reading NAV's ledgers for a tie-out, each of them once: whole accounts, and wherever else keys of the pair stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.connectors.nav.balances import Balances
from tieout.connectors.nav.client import LEDGERS, NavTarget
from tieout.connectors.nav.setup import NavSetup
from tieout.core.reconciliation.accounts import Accounts, Stands
from tieout.core.reconciliation.adopted import Adopted
from tieout.core.reconciliation.books import NavBooks
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.rules import Rules
from tieout.core.records.adoption import Adoption
from tieout.core.records.ledger import BankEntry, CustomerEntry, DetailedEntry, GLEntry, VatEntry

# NAV's word for American and Canadian taxes.
SALES_TAX = "Sales Tax"


@dataclass(frozen=True, kw_only=True)
class Ledgers:
    """NAV's ledgers as they were read, and its own balances from before and after."""

    general: Sequence[GLEntry]
    customer: Sequence[CustomerEntry]
    detailed: Sequence[DetailedEntry]
    vat: Sequence[VatEntry]
    bank: Sequence[BankEntry]
    balances: Sequence[Balances]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many entries were read of each ledger, by its name."""
        read = (self.general, self.customer, self.detailed, self.vat, self.bank)
        return dict(zip(LEDGERS, map(len, read), strict=True))

    def on(self, accounts: Collection[str]) -> list[GLEntry]:
        """The general ledger of these accounts."""
        return [entry for entry in self.general if entry.gl_account_no in accounts]


async def read_ledgers(target: NavTarget, setup: NavSetup, rules: Rules, prefix: str) -> Ledgers:
    """All ledgers up to now."""
    before = await target.balances()
    bank = [entry async for entry in target.bank_entries()]
    latest = {entry.bank_account_no: entry.entry_no for entry in bank}
    controls = await target.accounts_of(latest[no] for no in latest.keys() & rules.banks)
    accounts = rules.gl_accounts | setup.tax_accounts | controls
    return Ledgers(
        general=await _general(target, prefix, accounts | set(setup.customer_groups.values())),
        customer=[entry async for entry in target.customer_entries()],
        detailed=[entry async for entry in target.detailed_entries()],
        vat=[entry async for entry in target.vat_entries()],
        bank=bank,
        balances=(before, await target.balances()),
    )


async def _general(target: NavTarget, prefix: str, accounts: Collection[str]) -> list[GLEntry]:
    """Whole accounts that are known to be ours; then what of ours is elsewhere (gains and losses of currencies, sales tax), and the rest of those accounts."""
    found = {entry.entry_no: entry async for entry in target.gl_entries(accounts)}
    keyed = [entry async for entry in target.keyed_entries(prefix, but=accounts)]
    elsewhere = {entry.gl_account_no for entry in keyed} - set(accounts)
    found |= {entry.entry_no: entry for entry in keyed}
    found |= {entry.entry_no: entry async for entry in target.gl_entries(elsewhere)}
    return [found[number] for number in sorted(found)]


def nav_books(
    ledgers: Ledgers,
    setup: NavSetup,
    rounding: Collection[str],
    prefix: str,
    as_of: date | None,
    adoptions: Sequence[Adoption] = (),
) -> NavBooks:
    """The customer ledger, and what the general ledger has on the accounts that belong to it."""
    return NavBooks(
        customer_entries=ledgers.customer,
        detailed_entries=ledgers.detailed,
        receivable_entries=ledgers.on(frozenset(setup.customer_groups.values())),
        tax_entries=ledgers.on(setup.tax_accounts),
        rounding_entries=ledgers.on(rounding),
        sales_taxes=[entry for entry in ledgers.vat if entry.calculation == SALES_TAX],
        prefix=prefix,
        as_of=as_of,
        adopted=Adopted(adoptions=adoptions),
    )


def general_ledger(
    ledgers: Ledgers, setup: NavSetup, rules: Rules, prefix: str, as_of: date | None
) -> GeneralLedger:
    """What carries keys of the pair, whatever account it is on."""
    return GeneralLedger(
        entries=[e for e in ledgers.general if e.external_document_no.startswith(f"{prefix}-")],
        prefix=prefix,
        bank_entries=ledgers.bank,
        vat_entries=ledgers.vat,
        receivables=frozenset(setup.customer_groups.values()),
        taxes=setup.tax_accounts,
        rounding=rules.rounding,
        as_of=as_of,
    )


def accounts_of(ledgers: Ledgers, prefix: str, as_of: date | None) -> Accounts:
    """Whole accounts with NAV's own balances."""
    before, after = ledgers.balances
    return Accounts(
        prefix=prefix,
        entries=ledgers.general,
        bank_entries=ledgers.bank,
        accounts=_both(before.accounts, after.accounts),
        banks=_both(before.banks, after.banks),
        customers=_both(before.customers, after.customers),
        as_of=as_of,
    )


def _both(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> Stands:
    return {no: (before.get(no, Decimal(0)), amount) for no, amount in after.items()}
