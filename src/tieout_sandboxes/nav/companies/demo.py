"""How the demonstration companies are set up; they differ by name, currency and tax rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tieout_sandboxes.nav.business.tables import TABLES
from tieout_sandboxes.nav.companies.chart import accounts
from tieout_sandboxes.nav.companies.countries import COUNTRIES
from tieout_sandboxes.nav.company import Clock, Company
from tieout_sandboxes.nav.database import Database, Row

USER = "TIEOUT"
CENT = Decimal("0.01")
MAX_VAT_DIFFERENCE = Decimal("0.05")
GEN_BUS = VAT_BUS = ("DOMESTIC", "EXPORT")
GEN_PROD = ("SERVICES", "PRODUCTS", "REBILL", "OTHER")
BATCH = "FRESHBOOKS"


@dataclass(frozen=True)
class Demo:
    """What differs: `vat` is the rate in percent by VAT product group, at home."""

    name: str
    lcy: str
    vat: Mapping[str, Decimal]
    foreign: tuple[str, ...]


def build(demo: Demo, clock: Clock) -> Company:
    """A fresh company without any business in it."""
    database = Database(TABLES)
    for table, rows in _contents(demo):
        for row in rows:
            database.insert(table, row)
    return Company(demo.name, database, USER, clock)


def _contents(demo: Demo) -> Iterator[tuple[str, Iterable[Row]]]:
    yield "General Ledger Setup", [_ledger_setup(demo)]
    yield "Sales & Receivables Setup", [{"Primary Key": "", "Customer Nos.": "CUST"}]
    yield "G/L Account", accounts()
    yield "Country/Region", [{"Code": code, "Name": COUNTRIES[code]} for code in COUNTRIES]
    yield "Currency", [_currency(code) for code in demo.foreign]
    yield "No. Series", [{"Code": "CUST", "Description": "Customers", "Default Nos.": True}]
    yield "No. Series Line", [_customer_numbers()]
    yield from _groups()
    yield "General Posting Setup", [_general(b, p) for b in GEN_BUS for p in GEN_PROD]
    yield "VAT Posting Setup", [_vat(demo, b, p) for b in VAT_BUS for p in demo.vat]
    yield "VAT Product Posting Group", [{"Code": p, "Description": p} for p in demo.vat]
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
    }


def _currency(code: str) -> Row:
    return {
        "Code": code,
        "Description": code,
        "Amount Rounding Precision": CENT,
        "Max. VAT Difference Allowed": MAX_VAT_DIFFERENCE,
        "Realized Gains Acc.": "7000",
        "Realized Losses Acc.": "7010",
    }


def _customer_numbers() -> Row:
    return {
        "Series Code": "CUST",
        "Line No.": 10000,
        "Starting No.": "C00010",
        "Ending No.": "C99990",
        "Increment-by No.": 10,
    }


def _groups() -> Iterator[tuple[str, Iterable[Row]]]:
    receivables = {"DOMESTIC": "1200", "FOREIGN": "1205"}
    yield (
        "Customer Posting Group",
        [
            {"Code": code, "Receivables Account": account, "Invoice Rounding Account": "7100"}
            for code, account in receivables.items()
        ],
    )
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
    yield "VAT Business Posting Group", [{"Code": c, "Description": c} for c in VAT_BUS]


def _general(business: str, product: str) -> Row:
    return {
        "Gen. Bus. Posting Group": business,
        "Gen. Prod. Posting Group": product,
        "Sales Account": "4020" if product == "REBILL" else "4000",
        "Sales Credit Memo Account": "6500",
        "Sales Line Disc. Account": "4050",
        "Purch. Account": "6000",
    }


def _vat(demo: Demo, business: str, product: str) -> Row:
    return {
        "VAT Bus. Posting Group": business,
        "VAT Prod. Posting Group": product,
        "VAT Identifier": product if business == "DOMESTIC" else "VAT0",
        "VAT %": demo.vat[product] if business == "DOMESTIC" else Decimal(0),
        "Sales VAT Account": "2200",
        "Purchase VAT Account": "1300",
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
    codes = [*templates.values(), "SALESAPPL"]
    yield "Source Code", [{"Code": code, "Description": code} for code in codes]
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
        ],
    )
