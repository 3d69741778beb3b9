"""What NAV's ledgers say of each document that carries one of our keys, and of each customer."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from tieout_sandboxes.people import Fields, NavReader

# A chargeback (CB) belongs to the payment that it takes back. Each pair has a prefix of its own.
KEY = re.compile(r"[A-Z0-9]{1,8}-(INV|CRN|PMT|CB)-(\d+)-")
# The keys of what only settles entries with each other: applications and their undoing.
SETTLES = re.compile(r"-[AU]\d+$")
# The number of what undoes another document ends so.
UNDOES = re.compile(r"-C\d+$")
CENT = Decimal("0.01")
EXCHANGE = ("Realized_Gains_Acc", "Realized_Losses_Acc")
ROUNDING = (
    "Debit_Curr_Appln_Rndg_Acc",
    "Credit_Curr_Appln_Rndg_Acc",
    "Debit_Rounding_Account",
    "Credit_Rounding_Account",
)
ZERO = Decimal(0)
Family = tuple[str, int]
Number = tuple[str, str]


@dataclass
class Booked:
    """The entries of one family, added up. `total` and `open` are in its currency, the rest in NAV's local currency."""

    by_customer: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    currencies: set[str] = field(default_factory=set)
    total: Decimal = ZERO
    total_lcy: Decimal = ZERO
    open: Decimal = ZERO
    net: Decimal = ZERO
    tax: Decimal = ZERO
    cash: Decimal = ZERO
    rows: int = 0
    sales_taxes: int = 0

    @property
    def customers(self) -> set[str]:
        """Who owes more or less by it; not whom it was taken from again."""
        return {no for no, total in self.by_customer.items() if total}


@dataclass
class NavSide:
    """Documents by family, balances by customer and currency, and what cannot be right whatever FreshBooks says."""

    lcy: str
    documents: dict[Family, Booked] = field(default_factory=lambda: defaultdict(Booked))
    balances: dict[tuple[str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    strange: list[str] = field(default_factory=list)
    _remaining_lcy: Decimal = ZERO

    @classmethod
    async def read(cls, nav: NavReader) -> NavSide:
        """Reads the ledgers over OData."""
        (setup,) = await nav.rows("GeneralLedgerSetup")
        side = cls(str(setup["LCY_Code"]))
        ledger = await nav.rows("GeneralLedgerEntries", order="Entry_No")
        accounts = await _Accounts.read(nav)
        families = side._families(ledger)
        rates = await _Rates.read(nav)
        for row in ledger:
            side._add_general(row, families, accounts)
        for row in await nav.rows("VATEntries", order="Entry_No"):
            side._add_sales_tax(row, families)
        for row in await nav.rows("CustomerLedgerEntries", order="Entry_No"):
            side._add_customer(row, families, rates)
        side._check_control(ledger, accounts)
        return side

    def _families(self, ledger: list[Fields]) -> dict[Number, Family]:
        """Which family a document of NAV belongs to; its customer entries do not show our key."""
        found: dict[Number, Family] = {}
        for row in ledger:
            key = row["External_Document_No"]
            family = None if SETTLES.search(key) else family_of(key)
            if family and found.setdefault(_number(row), family) != family:
                self.strange.append(f"{' '.join(_number(row))}: two keys use this number")
        return found

    def _add_general(
        self, row: Fields, families: dict[Number, Family], accounts: _Accounts
    ) -> None:
        account, amount = row["G_L_Account_No"], Decimal(row["Amount"])
        if SETTLES.search(row["External_Document_No"]):
            if account not in accounts.receivable | accounts.exchange | accounts.tax:
                self.strange.append(
                    f"{row['External_Document_No']}: settling entries posts {amount} to account {account}"
                )
            return
        family = families.get(_number(row))
        if family is None:
            return
        document = self.documents[family]
        document.rows += 1
        sale = row["Document_Type"] in ("Invoice", "Credit Memo")
        if account in accounts.receivable or (not sale and account in accounts.exchange):
            return
        if account in accounts.tax:
            document.tax -= amount
        elif sale:
            document.net -= amount
        else:
            document.cash += amount

    def _add_sales_tax(self, row: Fields, families: dict[Number, Family]) -> None:
        """Sales tax goes to accounts of its jurisdictions, which no page of ours shows: its VAT entries say how much of a document is tax."""
        family = families.get(_number(row))
        if family is not None and row["VAT_Calculation_Type"] == "Sales Tax":
            amount = Decimal(row["Amount"])
            document = self.documents[family]
            document.tax -= amount
            document.net += amount
            document.sales_taxes += 1

    def _add_customer(self, row: Fields, families: dict[Number, Family], rates: _Rates) -> None:
        currency = row["Currency_Code"] or self.lcy
        remaining = Decimal(row["Remaining_Amount"])
        self.balances[row["Customer_No"], currency] += remaining
        family = families.get(_number(row))
        if family is None:
            self.strange.append(
                f"{' '.join(_number(row))}: an entry of customer {row['Customer_No']} without a key of ours"
            )
            return
        document = self.documents[family]
        document.by_customer[row["Customer_No"]] += Decimal(row["Original_Amount"])
        document.currencies.add(currency)
        document.total += Decimal(row["Original_Amount"])
        document.total_lcy += Decimal(row["Original_Amt_LCY"])
        self._check_rate(row, rates)
        document.open += remaining
        self._remaining_lcy += Decimal(row["Remaining_Amt_LCY"])

    def _check_rate(self, row: Fields, rates: _Rates) -> None:
        """What an entry comes to in local currency follows from NAV's own table at its date; what undoes another keeps the other's rate."""
        currency, day = row["Currency_Code"], row["Posting_Date"]
        if not currency or UNDOES.search(row["Document_No"]):
            return
        amount, worth = Decimal(row["Original_Amount"]), rates.at(currency, day)
        found = Decimal(row["Original_Amt_LCY"])
        if worth is None or abs(found - amount * worth) > CENT:
            self.strange.append(
                f"{' '.join(_number(row))}: {amount} {currency} are {found}, the rate of {day} is {worth}"
            )

    def _check_control(self, ledger: list[Fields], accounts: _Accounts) -> None:
        """The receivables accounts must say what the customers' open entries say."""
        control = sum(
            (
                Decimal(row["Amount"])
                for row in ledger
                if row["G_L_Account_No"] in accounts.receivable
            ),
            ZERO,
        )
        if control != self._remaining_lcy:
            self.strange.append(
                f"receivables: {control} in the general ledger, {self._remaining_lcy} open of customers"
            )


@dataclass(frozen=True)
class _Accounts:
    """What the G/L accounts are there for, from NAV's own set-up."""

    receivable: frozenset[str]
    tax: frozenset[str]
    exchange: frozenset[str]

    @classmethod
    async def read(cls, nav: NavReader) -> _Accounts:
        groups = await nav.rows("CustomerPostingGroups")
        vat = await nav.rows("VATPostingSetup")
        currencies = await nav.rows("Currencies")
        return cls(
            receivable=frozenset(row["Receivables_Account"] for row in groups),
            tax=frozenset(row["Sales_VAT_Account"] for row in vat),
            exchange=frozenset(
                [row[name] for row in currencies for name in EXCHANGE]
                + [row[name] for row in groups for name in ROUNDING]
            ),
        )


@dataclass(frozen=True)
class _Rates:
    """NAV's exchange rates: what a unit is worth from a day on, by currency, the latest first."""

    by_currency: dict[str, list[tuple[str, Decimal]]]

    @classmethod
    async def read(cls, nav: NavReader) -> _Rates:
        found: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
        for row in await nav.rows("CurrencyExchangeRates"):
            worth = Decimal(row["Relational_Exch_Rate_Amount"]) / Decimal(
                row["Exchange_Rate_Amount"]
            )
            found[row["Currency_Code"]].append((row["Starting_Date"], worth))
        return cls({currency: sorted(rates, reverse=True) for currency, rates in found.items()})

    def at(self, currency: str, day: str) -> Decimal | None:
        """What a unit was worth on a day; None if the table does not say."""
        rates = self.by_currency.get(currency, [])
        return next((worth for begins, worth in rates if begins <= day), None)


def family_of(key: str) -> Family | None:
    """The family that a key belongs to, whatever its revision.

    >>> family_of("FB-INV-34101-2X"), family_of("FB-CB-11002-1"), family_of("PO 4711")
    (('INV', 34101), ('PMT', 11002), None)
    """
    found = KEY.match(key)
    return (found[1].replace("CB", "PMT"), int(found[2])) if found else None


def _number(row: Fields) -> Number:
    return row["Document_Type"], row["Document_No"]
