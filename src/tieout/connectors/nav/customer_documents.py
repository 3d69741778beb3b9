"""What NAV has on its customers, whoever posted it: ledger entries with their external numbers, tax and accounts, read for a books check.

Everything is read over OData by GET. The external number stands on page 20 alone; a customer ledger entry has the number of the G/L entry on the receivables
account that was posted with it (source: codeunit 12). Tax and accounts belong to a whole posting: where several customers share one, they cannot be told apart.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

from tieout.connectors.nav.odata import NavOData
from tieout.connectors.nav.wire import setup as wire
from tieout.connectors.nav.wire.customer_documents import (
    Posting,
    WireDocument,
    WireGLLine,
    WireVatLine,
)
from tieout.connectors.nav.wire.ledgers import WireCustomer
from tieout.core.failures import Refused
from tieout.core.matching.documents import NavDocument

Row = TypeVar("Row", bound=msgspec.Struct)
IN_ORDER = "Entry_No"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerDocuments:
    """The entries of some days, and how many were left out, by reason."""

    lcy: str
    documents: tuple[NavDocument, ...]
    left_out: Mapping[str, int]


@dataclass(slots=True)
class _Ledgers:
    """What other ledgers say, by posting."""

    external: dict[int, str] = field(default_factory=dict)
    externals: dict[Posting, set[str]] = field(default_factory=lambda: defaultdict(set))
    accounts: dict[Posting, set[str]] = field(default_factory=lambda: defaultdict(set))
    taxes: dict[Posting, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


async def read_customer_documents(odata: NavOData, first: date, last: date) -> CustomerDocuments:
    """All entries posted in these days but those that were reversed, and their reversals. Raises Refused, which names the page, if one is not published."""
    ledger, groups, vat = await asyncio.gather(
        _all(odata, "GeneralLedgerSetup", wire.WireLedgerSetup),
        _all(odata, "CustomerPostingGroups", wire.WireCustomerGroup),
        _all(odata, "VATPostingSetup", wire.WireVatSetup),
    )
    if not ledger:
        raise Refused("nav", "the company has no General Ledger Setup")
    days = f"Posting_Date ge {first.isoformat()} and Posting_Date le {last.isoformat()}"
    receivables = {group.Receivables_Account for group in groups}
    taxes = {a for row in vat for a in (row.Sales_VAT_Account, row.Sales_VAT_Unreal_Account)}
    rows, names, ledgers = await asyncio.gather(
        _all(odata, "CustomerLedgerEntries", WireDocument, days),
        _all(odata, "Customer", WireCustomer),
        _ledgers(odata, days, receivables, taxes),
    )
    kept = [row for row in rows if not row.Reversed and row.Amount]
    lcy = ledger[0].LCY_Code
    shared = Counter(row.posting for row in kept)
    called = {row.No: row.Name for row in names}
    documents = (
        _document(row, ledgers, called, lcy, alone=shared[row.posting] == 1) for row in kept
    )
    return CustomerDocuments(lcy=lcy, documents=tuple(documents), left_out=_left_out(rows))


def _left_out(rows: Sequence[WireDocument]) -> dict[str, int]:
    found = {
        "reversed in NAV, and the reversals": sum(row.Reversed for row in rows),
        "entries of nothing": sum(not row.Reversed and not row.Amount for row in rows),
    }
    return {reason: count for reason, count in found.items() if count}


async def _ledgers(
    odata: NavOData, days: str, receivables: Collection[str], taxes: Collection[str]
) -> _Ledgers:
    found = _Ledgers()
    for line in await _all(odata, "GeneralLedgerEntries", WireGLLine, days):
        if line.G_L_Account_No in receivables:
            found.external[line.Entry_No] = line.External_Document_No
            found.externals[line.posting].add(line.External_Document_No)
        elif line.G_L_Account_No not in taxes:
            found.accounts[line.posting].add(line.G_L_Account_No)
    for tax in await _all(odata, "VATEntries", WireVatLine, f"Type eq 'Sale' and {days}"):
        found.taxes[tax.posting] -= tax.Amount
    return found


def _document(
    row: WireDocument, ledgers: _Ledgers, called: Mapping[str, str], lcy: str, *, alone: bool
) -> NavDocument:
    shown = ledgers.externals.get(row.posting, set())
    external = ledgers.external.get(row.Entry_No) or (next(iter(shown)) if len(shown) == 1 else "")
    local = row.Currency_Code in ("", lcy)
    return NavDocument(
        entry_no=row.Entry_No,
        type=row.Document_Type.strip(),
        document_no=row.Document_No,
        external_no=external,
        customer_no=row.Customer_No,
        customer_name=called.get(row.Customer_No, ""),
        amount=row.Amount,
        remaining=row.Remaining_Amount,
        currency=row.Currency_Code or lcy,
        posting_date=row.Posting_Date,
        description=row.Description,
        tax=ledgers.taxes.get(row.posting, Decimal(0)) if alone and local else None,
        accounts=frozenset(ledgers.accounts.get(row.posting, ())) if alone else frozenset(),
    )


async def _all(odata: NavOData, page: str, row: type[Row], where: str = "") -> list[Row]:
    ordered = IN_ORDER if where else ""
    return [found async for found in odata.rows(page, row, where=where, orderby=ordered)]
