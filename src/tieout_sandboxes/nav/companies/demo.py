"""How the demonstration companies are set up; they differ by name, currency and tax rates."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tieout_sandboxes.nav.business.change_log import ChangeLog
from tieout_sandboxes.nav.business.tables import TABLES
from tieout_sandboxes.nav.companies import tax_areas, vat_groups
from tieout_sandboxes.nav.companies.chart import accounts
from tieout_sandboxes.nav.companies.countries import COUNTRIES
from tieout_sandboxes.nav.companies.currencies import CENT, Rates, currencies, exchange_rates
from tieout_sandboxes.nav.company import Clock, Company
from tieout_sandboxes.nav.database import Database, Row

USER = "TIEOUT"
SOURCES = (
    "FRESHBOOKS",
    "SALESAPPL",
    "UNAPPSALES",
    "REVERSAL",
    "VATSTMT",
    "EXCHRATADJ",
    "CLSINCOME",
)
MAX_VAT_DIFFERENCE = Decimal("0.05")
GEN_BUS = ("DOMESTIC", "EXPORT", "EU", "FOREIGN")
GEN_PROD = ("SERVICES", "PRODUCTS", "REBILL", "OTHER")
RECEIVABLES = {
    "DOMESTIC": "1200",
    "EXPORT": "1205",
    "EU": "1205",
    "FOREIGN": "1205",
    "PREPAY": "2300",
}
BATCH = "FRESHBOOKS"
REASONS = {
    "FBCORR": "Corrected in FreshBooks",
    "PRIORPER": "Belongs to a closed period",
    "REFUND": "Money paid back",
    "CHARGEBACK": "Money taken back by a bank",
    "WRITEOFF": "Bad debt",
}


@dataclass(frozen=True)
class Demo:
    """What differs.

    `vat` is the rate in percent by VAT product group, at home; `rates` what a unit of a foreign
    currency is worth (companies/currencies.py).
    """

    name: str
    lcy: str
    vat: Mapping[str, Decimal]
    rates: Rates
    sales_tax: bool = False


def build(demo: Demo, clock: Clock) -> Company:
    """A fresh company without any business in it."""
    database = Database(TABLES)
    for table, rows in _contents(demo):
        for row in rows:
            database.insert(table, row)
    company = Company(demo.name, database, USER, clock)
    database.watch = ChangeLog(company)
    return company


def _contents(demo: Demo) -> Iterator[tuple[str, Iterable[Row]]]:
    yield "General Ledger Setup", [_ledger_setup(demo)]
    yield "Sales & Receivables Setup", [{"Primary Key": "", "Customer Nos.": "CUST"}]
    yield "G/L Account", accounts()
    yield "Country/Region", [{"Code": code, "Name": COUNTRIES[code]} for code in COUNTRIES]
    yield "Currency", currencies(demo.rates, MAX_VAT_DIFFERENCE)
    yield "Currency Exchange Rate", exchange_rates(demo.rates)
    yield "Accounting Period", _periods()
    yield from _dimensions()
    yield "No. Series", [{"Code": "CUST", "Description": "Customers", "Default Nos.": True}]
    yield "No. Series Line", [_customer_numbers()]
    yield from _groups()
    yield "General Posting Setup", [_general(b, p) for b in GEN_BUS for p in GEN_PROD]
    yield "VAT Posting Setup", vat_groups.pairs(demo.vat)
    names = vat_groups.products(demo.vat)
    yield "VAT Product Posting Group", [{"Code": name, "Description": name} for name in names]
    if demo.sales_tax:
        yield from tax_areas.tables()
    yield "Bank Account", _banks(demo)
    yield "Payment Terms", _terms()
    yield from _journals()


def _ledger_setup(demo: Demo) -> Row:
    return {
        "Primary Key": "",
        "LCY Code": demo.lcy,
        "Amount Rounding Precision": CENT,
        "Amount Decimal Places": "2:2",
        "Unit-Amount Rounding Precision": Decimal("0.00001"),
        "Unit-Amount Decimal Places": "2:5",
        "Inv. Rounding Precision (LCY)": CENT,
        "Max. VAT Difference Allowed": MAX_VAT_DIFFERENCE,
        "Unrealized VAT": not demo.sales_tax,
        "Global Dimension 1 Code": "DEPARTMENT",
        "Global Dimension 2 Code": "PROJECT",
    }


def _periods() -> Iterator[Row]:
    """The months of three years; none is closed."""
    for year in (2025, 2026, 2027):
        for month in range(1, 13):
            day = dt.date(year, month, 1)
            name = calendar.month_name[month]
            yield {"Starting Date": day, "Name": name, "New Fiscal Year": month == 1}


def _dimensions() -> Iterator[tuple[str, Iterable[Row]]]:
    values = {"DEPARTMENT": ("ADM", "PROD", "SALES"), "PROJECT": ("P-100", "P-200")}
    yield "Dimension", [{"Code": code, "Name": code.title()} for code in values]
    yield (
        "Dimension Value",
        [
            {"Dimension Code": code, "Code": value, "Name": value}
            for code in values
            for value in values[code]
        ],
    )


def _customer_numbers() -> Row:
    return {
        "Series Code": "CUST",
        "Line No.": 10000,
        "Starting No.": "C00010",
        "Ending No.": "C99990",
        "Increment-by No.": 10,
    }


def _groups() -> Iterator[tuple[str, Iterable[Row]]]:
    yield "Customer Posting Group", [_customer_group(*group) for group in RECEIVABLES.items()]
    banks = {"BANK-LCY": "1100", "BANK-EUR": "1110", "STRIPE": "1220"}
    yield (
        "Bank Account Posting Group",
        [{"Code": code, "G/L Bank Account No.": account} for code, account in banks.items()],
    )
    yield (
        "Gen. Business Posting Group",
        [{"Code": c, "Description": c, "Def. VAT Bus. Posting Group": c} for c in GEN_BUS],
    )
    yield "Gen. Product Posting Group", [{"Code": c, "Description": c} for c in GEN_PROD]
    names = vat_groups.BUSINESS
    yield "VAT Business Posting Group", [{"Code": name, "Description": name} for name in names]


def _customer_group(code: str, account: str) -> Row:
    rounding = ("Invoice Rounding Account", "Debit Rounding Account", "Credit Rounding Account")
    return {"Code": code, "Receivables Account": account, **dict.fromkeys(rounding, "7100")}


def _general(business: str, product: str) -> Row:
    return {
        "Gen. Bus. Posting Group": business,
        "Gen. Prod. Posting Group": product,
        "Sales Account": "4020" if product == "REBILL" else "4000",
        "Sales Credit Memo Account": "6500",
        "Sales Line Disc. Account": "4050",
        "Purch. Account": "6000",
    }


def _banks(demo: Demo) -> Iterator[Row]:
    local = f"BANK-{demo.lcy}"
    yield {"No.": local, "Name": f"Bank {demo.lcy}", "Bank Acc. Posting Group": "BANK-LCY"}
    yield {
        "No.": "BANK-EUR",
        "Name": "Bank EUR",
        "Currency Code": "EUR",
        "Bank Acc. Posting Group": "BANK-EUR",
    }
    yield {"No.": "STRIPE", "Name": "Card processor", "Bank Acc. Posting Group": "STRIPE"}


def _terms() -> Iterator[Row]:
    yield {"Code": "COD", "Due Date Calculation": "0D", "Description": "Cash on delivery"}
    for days in (7, 8, 14, 15, 21, 30, 45, 60, 90):
        text = f"Net {days} days"
        yield {
            "Code": f"{days} DAYS",
            "Due Date Calculation": f"{days}D",
            "Description": text,
        }


def _journals() -> Iterator[tuple[str, Iterable[Row]]]:
    templates = {"GENERAL": "GENJNL", "CASHRCPT": "CASHRECJNL"}
    codes = [*templates.values(), *SOURCES]
    yield "Source Code", [{"Code": code, "Description": code} for code in codes]
    yield "Reason Code", [{"Code": c, "Description": text} for c, text in REASONS.items()]
    yield (
        "Gen. Journal Template",
        [{"Name": name, "Source Code": code} for name, code in templates.items()],
    )
    yield (
        "Gen. Journal Batch",
        [
            {
                "Journal Template Name": name,
                "Name": BATCH,
                "Description": "Documents from FreshBooks",
                "Allow VAT Difference": True,
            }
            for name in templates
        ]
        + [
            {"Journal Template Name": name, "Name": "DEFAULT", "Description": "By hand"}
            for name in templates
        ],
    )
