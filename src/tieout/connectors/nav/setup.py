"""How a NAV company is set up, as far as posting from FreshBooks depends on it; read for ``tieout pair check``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

from tieout.connectors.nav.odata import BLANK_DATE, NavOData
from tieout.connectors.nav.wire import setup as wire
from tieout.core.failures import Refused

Row = TypeVar("Row", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A G/L account; only those of type ``Posting`` that are not blocked and allow direct posting can be posted to from a journal."""

    name: str
    type: str
    direct_posting: bool
    blocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VatSetup:
    """What a pair of VAT groups means; ``sales_account`` is where output VAT goes, ``unrealised_account`` where it waits until it is paid, if it does."""

    percent: Decimal
    calculation: str
    sales_account: str
    unrealised_account: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    """``currency`` is empty for the local one."""

    name: str
    currency: str
    blocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A journal batch. With a number series NAV insists on its own document numbers, so ours must have none."""

    no_series: str
    allow_vat_difference: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NavSetup:
    """The set-up tables by their keys. ``posting_from`` and ``posting_to`` is the window of the service user; None is open.

    ``dimensions`` are the codes of the two global dimensions.
    """

    lcy: str
    max_vat_difference: Decimal
    accounts: Mapping[str, Account]
    customer_groups: Mapping[str, str]
    vat: Mapping[tuple[str, str], VatSetup]
    general: frozenset[tuple[str, str]]
    gen_bus: frozenset[str]
    gen_prod: frozenset[str]
    vat_bus: frozenset[str]
    vat_prod: frozenset[str]
    banks: Mapping[str, BankAccount]
    batches: Mapping[tuple[str, str], Batch]
    countries: frozenset[str]
    payment_terms: frozenset[str]
    posting_from: date | None
    posting_to: date | None
    dimensions: tuple[str, str] = ("", "")

    @property
    def tax_accounts(self) -> frozenset[str]:
        """Where output VAT goes, and where it waits until it is paid."""
        accounts = {a for v in self.vat.values() for a in (v.sales_account, v.unrealised_account)}
        return frozenset(accounts - {""})


async def read_setup(odata: NavOData, user: str) -> NavSetup:
    """Read it all. Raises Refused, which names the page, if one is not published."""
    (ledger, users, accounts, groups, vat, general, banks, batches), codes = await asyncio.gather(
        _tables(odata), _codes(odata)
    )
    if not ledger:
        raise Refused("nav", "the company has no General Ledger Setup")
    posting_from, posting_to = _window(ledger[0], users, user)
    return NavSetup(
        lcy=ledger[0].LCY_Code,
        max_vat_difference=ledger[0].Max_VAT_Difference_Allowed,
        accounts={row.No: _account(row) for row in accounts},
        customer_groups={row.Code: row.Receivables_Account for row in groups},
        vat={
            (row.VAT_Bus_Posting_Group, row.VAT_Prod_Posting_Group): _vat(row, ledger[0])
            for row in vat
        },
        general=frozenset((r.Gen_Bus_Posting_Group, r.Gen_Prod_Posting_Group) for r in general),
        banks={row.No: _bank(row) for row in banks},
        batches={(row.Journal_Template_Name, row.Name): _batch(row) for row in batches},
        gen_bus=codes["GenBusinessPostingGroups"],
        gen_prod=codes["GenProductPostingGroups"],
        vat_bus=codes["VATBusinessPostingGroups"],
        vat_prod=codes["VATProductPostingGroups"],
        countries=codes["CountriesRegions"],
        payment_terms=codes["PaymentTerms"],
        posting_from=posting_from,
        posting_to=posting_to,
        dimensions=(ledger[0].Global_Dimension_1_Code, ledger[0].Global_Dimension_2_Code),
    )


async def _tables(
    odata: NavOData,
) -> tuple[
    list[wire.WireLedgerSetup],
    list[wire.WireUserSetup],
    list[wire.WireAccount],
    list[wire.WireCustomerGroup],
    list[wire.WireVatSetup],
    list[wire.WireGeneralSetup],
    list[wire.WireBankAccount],
    list[wire.WireBatch],
]:
    return (
        await _all(odata, "GeneralLedgerSetup", wire.WireLedgerSetup),
        await _all(odata, "UserSetup", wire.WireUserSetup),
        await _all(odata, "GLAccount", wire.WireAccount),
        await _all(odata, "CustomerPostingGroups", wire.WireCustomerGroup),
        await _all(odata, "VATPostingSetup", wire.WireVatSetup),
        await _all(odata, "GeneralPostingSetup", wire.WireGeneralSetup),
        await _all(odata, "BankAccount", wire.WireBankAccount),
        await _all(odata, "GeneralJournalBatches", wire.WireBatch),
    )


CODE_TABLES = (
    "GenBusinessPostingGroups",
    "GenProductPostingGroups",
    "VATBusinessPostingGroups",
    "VATProductPostingGroups",
    "CountriesRegions",
    "PaymentTerms",
)


async def _codes(odata: NavOData) -> dict[str, frozenset[str]]:
    return {
        page: frozenset(row.Code for row in await _all(odata, page, wire.WireCode))
        for page in CODE_TABLES
    }


async def _all(odata: NavOData, page: str, row: type[Row]) -> list[Row]:
    return [found async for found in odata.rows(page, row)]


async def posting_window(odata: NavOData, user: str) -> tuple[date | None, date | None]:
    """From which to which day the service user may post; None is open."""
    ledger, users = await asyncio.gather(
        _all(odata, "GeneralLedgerSetup", wire.WireLedgerSetup),
        _all(odata, "UserSetup", wire.WireUserSetup),
    )
    if not ledger:
        raise Refused("nav", "the company has no General Ledger Setup")
    return _window(ledger[0], users, user)


def _window(
    ledger: wire.WireLedgerSetup, users: list[wire.WireUserSetup], user: str
) -> tuple[date | None, date | None]:
    """The user's own window if one of its ends is set, else the company's (codeunit 11)."""
    own = next((u for u in users if u.User_ID.upper() == user.upper()), None)
    window = ledger
    if own and {own.Allow_Posting_From, own.Allow_Posting_To} != {BLANK_DATE}:
        return _open(own.Allow_Posting_From), _open(own.Allow_Posting_To)
    return _open(window.Allow_Posting_From), _open(window.Allow_Posting_To)


def _open(day: date) -> date | None:
    return None if day == BLANK_DATE else day


def _account(row: wire.WireAccount) -> Account:
    return Account(
        name=row.Name,
        type=row.Account_Type,
        direct_posting=row.Direct_Posting,
        blocked=row.Blocked,
    )


def _vat(row: wire.WireVatSetup, ledger: wire.WireLedgerSetup) -> VatSetup:
    return VatSetup(
        waits=ledger.Unrealized_VAT and bool(row.Unrealized_VAT_Type.strip()),
        percent=row.VAT_Percent,
        calculation=row.VAT_Calculation_Type,
        sales_account=row.Sales_VAT_Account,
        unrealised_account=row.Sales_VAT_Unreal_Account,
    )


def _bank(row: wire.WireBankAccount) -> BankAccount:
    return BankAccount(name=row.Name, currency=row.Currency_Code, blocked=row.Blocked)


def _batch(row: wire.WireBatch) -> Batch:
    return Batch(no_series=row.No_Series, allow_vat_difference=row.Allow_VAT_Difference)
