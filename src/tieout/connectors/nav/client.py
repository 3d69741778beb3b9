"""NAV, as the engine and the commands use it: written through the gateway, read through OData."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from tieout.connectors.http import Http
from tieout.connectors.nav.balances import Balances, read_balances
from tieout.connectors.nav.calendar import read_calendar, read_rates
from tieout.connectors.nav.connection import NavConnection
from tieout.connectors.nav.gateway import Gateway, Pong
from tieout.connectors.nav.odata import NavOData, Value, eq, literal, none_of
from tieout.connectors.nav.setup import NavSetup, read_setup
from tieout.connectors.nav.wire.ledgers import (
    WireBankEntry,
    WireCustomer,
    WireCustomerEntry,
    WireCustomerGroupOf,
    WireDetailedEntry,
    WireEntryNo,
    WireGLEntry,
    WireTaken,
    WireVatAmount,
)
from tieout.core.decision.calendar import Calendar
from tieout.core.decision.plan import Command, Receipt
from tieout.core.decision.reach import Reach
from tieout.core.records.ledger import (
    BankEntry,
    CustomerEntry,
    DetailedEntry,
    GLEntry,
    NavCustomer,
    VatEntry,
)
from tieout.engine.ports import Keep, Rate

CUSTOMER_LEDGER = "CustomerLedgerEntries"
RATES = "CurrencyExchangeRates"
BANK_LEDGER = "BankAccountLedgerEntries"
# How long a posting takes at most, where NAV cannot be asked whether one is under way.
LONGEST_POSTING_S = 60.0
# Characters of a filter that names accounts to leave out; with what else is in the address it stays below its limit (LONGEST_URL), spaces escaped.
MOST_NAMED = 3500
# The ledgers that a tie-out reads.
LEDGERS = {
    "G/L entries": "GeneralLedgerEntries",
    "customer entries": CUSTOMER_LEDGER,
    "detailed customer entries": "DetailedCustLedgEntries",
    "VAT entries": "VATEntries",
    "bank entries": BANK_LEDGER,
}
IN_ORDER = "Entry_No"  # the pages themselves sort by account and date


class NavTarget:
    """Reads and writes one NAV company (engine.ports.Target)."""

    def __init__(self, connection: NavConnection, http: Http) -> None:
        self._connection = connection
        self._gateway = Gateway(connection, http)
        self.odata = NavOData(connection, http)

    async def claim(self, epoch: int, keep: Keep | None = None) -> int:
        """See engine.ports.Target; the gateway itself refuses an epoch that has passed."""
        del keep
        return await self._gateway.claim(epoch)

    @property
    def longest_request_s(self) -> float:
        """Nothing: the gateway refuses an epoch that has passed."""
        return 0.0

    async def postings_ended(self) -> int | None:
        """See engine.ports.Target. NAV itself says when, unless the gateway is of version 3 or older."""
        last = await self._gateway.last_entry()
        if last is None:
            await asyncio.sleep(LONGEST_POSTING_S)
        return last

    async def reach(self) -> Reach:
        """The gateway does everything."""
        return Reach()

    async def find(self, commands: Sequence[Command]) -> Mapping[str, Receipt]:
        """See engine.ports.Target."""
        return await self._gateway.find([command.key for command in commands])

    async def clear(self, commands: Sequence[Command]) -> None:
        """Nothing: the gateway writes a document whole or not at all."""

    async def execute(self, epoch: int, commands: Sequence[Command]) -> tuple[Receipt, ...]:
        """See engine.ports.Target."""
        return await self._gateway.execute(epoch, commands)

    async def taken(self, document_nos: Collection[str]) -> frozenset[tuple[str, str]]:
        """See engine.ports.Target."""
        rows = self.odata.rows_of(CUSTOMER_LEDGER, WireTaken, "Document_No", document_nos)
        return frozenset([(row.Document_Type.strip(), row.Document_No) async for row in rows])

    async def items(self, document_nos: Collection[str]) -> tuple[CustomerEntry, ...]:
        """See engine.ports.Target."""
        rows = self.odata.rows_of(CUSTOMER_LEDGER, WireCustomerEntry, "Document_No", document_nos)
        return tuple([row.entry() async for row in rows])

    async def calendar(self) -> Calendar:
        """See engine.ports.Target."""
        return await read_calendar(self.odata, self._connection.user)

    async def rates(self, currencies: Collection[str]) -> Mapping[str, tuple[Rate, ...]]:
        """See engine.ports.Target."""
        return await read_rates(self.odata, currencies)

    async def enter_rate(self, currency: str, day: date, amount: Decimal, local: Decimal) -> None:
        """Enter an exchange rate that NAV does not have: ``amount`` of the currency is worth ``local`` of the local one; looked up before, so never twice."""
        key: dict[str, Value] = {"Currency_Code": currency, "Starting_Date": day}
        if await self.odata.get(RATES, key) is None:
            amounts = {"Exchange_Rate_Amount": amount, "Relational_Exch_Rate_Amount": local}
            adjusted = {
                "Adjustment_Exch_Rate_Amount": amount,
                "Relational_Adjmt_Exch_Rate_Amt": local,
            }
            await self.odata.create(RATES, {**key, **amounts, **adjusted})

    async def open_receipts(self, customer_nos: Collection[str]) -> tuple[CustomerEntry, ...]:
        """See engine.ports.Target."""
        rows = self.odata.rows_of(
            CUSTOMER_LEDGER,
            WireCustomerEntry,
            "Customer_No",
            customer_nos,
            also="Open eq true and Document_Type eq 'Payment'",
        )
        return tuple([row.entry() async for row in rows])

    async def bank_lines(
        self, amounts: Collection[Decimal], first: date, last: date
    ) -> tuple[BankEntry, ...]:
        """See engine.ports.Target."""
        days = f"Posting_Date ge {first.isoformat()} and Posting_Date le {last.isoformat()}"
        rows = self.odata.rows_of(BANK_LEDGER, WireBankEntry, "Amount", amounts, also=days)
        return tuple([row.entry() async for row in rows])

    async def bank_lines_of(self, document_nos: Collection[str]) -> tuple[BankEntry, ...]:
        """See engine.ports.Target."""
        rows = self.odata.rows_of(BANK_LEDGER, WireBankEntry, "Document_No", document_nos)
        return tuple([row.entry() async for row in rows])

    async def nav_customers(self, nos: Collection[str] | None = None) -> tuple[NavCustomer, ...]:
        """See engine.ports.Target."""
        everyone = self.odata.rows("Customer", WireCustomer)
        rows = everyone if nos is None else self.odata.rows_of("Customer", WireCustomer, "No", nos)
        return tuple([row.customer() async for row in rows])

    async def customer_groups(self, nos: Collection[str]) -> Mapping[str, str]:
        """The customer posting groups of these customers, by their numbers."""
        rows = self.odata.rows_of("Customer", WireCustomerGroupOf, "No", nos)
        return {row.No: row.Customer_Posting_Group async for row in rows}

    async def bank_accounts(self, nos: Collection[str]) -> Mapping[str, str]:
        """The G/L accounts of these bank accounts, as their first entries tell: both ledgers number them alike. One without entries is left out."""
        firsts = [e for no in sorted(nos) async for e in self._bank_ledger(no, top=1)]
        of = {entry.entry_no: entry.bank_account_no for entry in firsts}
        rows = self.odata.rows_of("GeneralLedgerEntries", WireGLEntry, "Entry_No", list(of))
        return {of[row.Entry_No]: row.G_L_Account_No async for row in rows}

    async def _bank_ledger(self, no: str, top: int) -> AsyncIterator[BankEntry]:
        only = eq("Bank_Account_No", no)
        rows = self.odata.rows(BANK_LEDGER, WireBankEntry, where=only, orderby=IN_ORDER, top=top)
        async for row in rows:
            yield row.entry()

    async def ping(self) -> Pong:
        """What the gateway says of itself."""
        return await self._gateway.ping()

    async def setup(self) -> NavSetup:
        """How the company is set up for posting."""
        return await read_setup(self.odata, self._connection.user)

    async def customer_entries(self) -> AsyncIterator[CustomerEntry]:
        """The customer ledger in the order of posting."""
        async for row in self.odata.rows(CUSTOMER_LEDGER, WireCustomerEntry, orderby=IN_ORDER):
            yield row.entry()

    async def detailed_entries(self) -> AsyncIterator[DetailedEntry]:
        """What made customers' items larger or smaller, in the order of posting."""
        page = "DetailedCustLedgEntries"
        async for row in self.odata.rows(page, WireDetailedEntry, orderby=IN_ORDER):
            yield row.entry()

    async def gl_entries(self, accounts: Collection[str]) -> AsyncIterator[GLEntry]:
        """The general ledger of these accounts; in the order of posting, if they are not more than one address can name."""
        rows = self.odata.rows_of(
            "GeneralLedgerEntries", WireGLEntry, "G_L_Account_No", accounts, orderby=IN_ORDER
        )
        async for row in rows:
            yield row.entry()

    async def accounts_of(self, numbers: Iterable[int]) -> frozenset[str]:
        """The accounts on which these G/L entries stand."""
        rows = self.odata.rows_of("GeneralLedgerEntries", WireGLEntry, "Entry_No", set(numbers))
        return frozenset([row.G_L_Account_No async for row in rows])

    async def keyed_entries(
        self, prefix: str, *, but: Collection[str] = ()
    ) -> AsyncIterator[GLEntry]:
        """The general ledger as far as it carries keys of a pair, in the order of posting; without these accounts, if one address can name them."""
        only = f"startswith(External_Document_No,{literal(f'{prefix}-')})"
        others = none_of("G_L_Account_No", sorted(set(but)))
        if others and len(others) < MOST_NAMED:
            only = f"{only} and {others}"
        rows = self.odata.rows("GeneralLedgerEntries", WireGLEntry, where=only, orderby=IN_ORDER)
        async for row in rows:
            yield row.entry()

    async def bank_entries(self) -> AsyncIterator[BankEntry]:
        """The ledger of all bank accounts in the order of posting."""
        async for row in self.odata.rows(BANK_LEDGER, WireBankEntry, orderby=IN_ORDER):
            yield row.entry()

    async def last_entries(self) -> Mapping[str, int]:
        """The number of the last entry of each ledger that a tie-out reads, by its name; 0 where there is none."""
        newest = f"{IN_ORDER} desc"
        return {
            name: max(
                [
                    e.Entry_No
                    async for e in self.odata.rows(page, WireEntryNo, orderby=newest, top=1)
                ],
                default=0,
            )
            for name, page in LEDGERS.items()
        }

    async def balances(self) -> Balances:
        """What NAV itself says that its accounts come to."""
        return await read_balances(self.odata)

    async def vat_entries(self) -> AsyncIterator[VatEntry]:
        """The tax of sales in the order of posting. Sales tax (American, Canadian) goes to accounts of its jurisdictions, which no page tells of."""
        only = "Type eq 'Sale'"
        async for row in self.odata.rows("VATEntries", WireVatAmount, where=only, orderby=IN_ORDER):
            yield row.entry()
