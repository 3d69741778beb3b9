"""What an accountant does at the end of a period: VAT settlement, exchange rates, the fiscal year.

Each writes its entries in one transaction and answers the G/L register, 0 without entries.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from tieout_sandboxes.nav import business
from tieout_sandboxes.nav.business import money
from tieout_sandboxes.nav.business.flow import both_sides, remaining
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.posting import exchange, vat
from tieout_sandboxes.nav.posting.settle import detail_of
from tieout_sandboxes.nav.posting.transaction import BANK, CUSTOMER, GL, VAT, Transaction

PERIOD = "Accounting Period"
_KIND = (
    "Type",
    "VAT Calculation Type",
    "VAT Bus. Posting Group",
    "VAT Prod. Posting Group",
    "Tax Jurisdiction Code",
)


def settle_vat(company: Company, to: dt.date, day: dt.date, number: str, account: str) -> int:
    """Closes all VAT entries up to a date and moves their amounts to the settlement account."""
    transaction = Transaction.start(company, "VATSTMT")
    line, total = _line(company, day, number, "VATSTMT"), Decimal(0)
    groups: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in _open_vat(company, to):
        groups[tuple(row[name] for name in _KIND)].append(row)
    for rows in groups.values():
        total += _close_vat(transaction, rows, line)
    if total:
        transaction.add_gl(line, account, total)
    return transaction.finish()


def _open_vat(company: Company, to: dt.date) -> Iterable[Row]:
    rows = [
        row
        for kind in ("Sale", "Purchase")
        for row in company.database.find(VAT, {"Type": kind})
        if not row["Closed"] and row["Posting Date"] <= to
    ]
    # What still waits for its payment is settled when it has fallen due.
    return [row for row in rows if not row["Remaining Unrealized Amount"]]


def _close_vat(transaction: Transaction, rows: list[Row], line: Row) -> Decimal:
    """One settlement entry for entries of one kind; what it took from their VAT account."""
    company, first = transaction.company, rows[0]
    amount, base = (sum((row[name] for row in rows), Decimal(0)) for name in ("Amount", "Base"))
    kept = {name: first[name] for name in _KIND if name != "Type"}
    about = transaction.common(line)
    del about["Description"]
    number = transaction.next_vat_no()
    settled = {"Amount": -amount, "Base": -base, "Closed": True, "Closed by Entry No.": number}
    transaction.add_vat({**about, **kept, **settled, "Type": "Settlement"})
    for row in rows:
        closed = {"Closed": True, "Closed by Entry No.": number}
        company.database.modify(VAT, {**row, **closed})
    if amount:
        transaction.add_gl(line, _vat_account(company, first), -amount)
    return amount


def _vat_account(company: Company, row: Row) -> str:
    kind = row["Type"]
    if row["Tax Jurisdiction Code"]:
        name = "Tax Account (Sales)" if kind == "Sale" else "Tax Account (Purchases)"
        return str(
            company.database.existing("Tax Jurisdiction", row["Tax Jurisdiction Code"])[name]
        )
    pair = row["VAT Bus. Posting Group"], row["VAT Prod. Posting Group"]
    return vat.account(company, company.database.existing(vat.SETUP, *pair), kind)


def adjust_rates(company: Company, currency: str, day: dt.date, number: str) -> int:
    """Brings open customer entries and bank balances of a currency to the rate of a day."""
    factor = money.exchange_factor(company, currency, day)
    transaction = Transaction.start(company, "EXCHRATADJ")
    line = _line(company, day, number, "EXCHRATADJ")
    for row in list(company.database.all(CUSTOMER)):
        if row["Open"] and row["Currency Code"] == currency and row["Posting Date"] <= day:
            _adjust_entry(transaction, row, factor, line)
    for bank in list(company.database.all("Bank Account")):
        if bank["Currency Code"] == currency:
            _adjust_bank(transaction, bank, factor, line)
    return transaction.finish()


def _adjust_entry(transaction: Transaction, row: Row, factor: Decimal, line: Row) -> None:
    company = transaction.company
    left, left_lcy = remaining(company, row["Entry No."])
    difference = money.to_lcy(company, left, factor) - left_lcy
    if difference:
        kind = exchange.UNREALIZED[difference < 0]
        exchange.post(transaction, detail_of(row, kind, Decimal(0), difference, line), line)
    company.database.modify(CUSTOMER, {**row, "Adjusted Currency Factor": factor})


def _adjust_bank(transaction: Transaction, bank: Row, factor: Decimal, line: Row) -> None:
    company, zero = transaction.company, Decimal(0)
    rows = company.database.find(BANK, {"Bank Account No.": bank["No."]})
    rows = [row for row in rows if row["Posting Date"] <= line["Posting Date"]]
    balance = sum((row["Amount"] for row in rows), zero)
    difference = money.to_lcy(company, balance, factor) - sum(
        (r["Amount (LCY)"] for r in rows), zero
    )
    if not difference:
        return
    group = bank["Bank Acc. Posting Group"]
    control = company.database.existing("Bank Account Posting Group", group)["G/L Bank Account No."]
    currency = company.database.existing("Currency", bank["Currency Code"])
    side = "Gains" if difference > 0 else "Losses"
    written = transaction.add_gl(line, control, difference)
    transaction.add_bank(
        {
            **transaction.common(line),
            "Entry No.": written["Entry No."],
            "Bank Account No.": bank["No."],
            "Bank Acc. Posting Group": group,
            "Currency Code": bank["Currency Code"],
            "Amount (LCY)": difference,
            **both_sides(difference, " (LCY)"),
        }
    )
    transaction.add_gl(line, currency[f"Realized {side} Acc."], -difference)


def close_year(company: Company, last_day: dt.date, number: str, account: str) -> int:
    """Closes the periods up to a day and moves the income statement to the balance sheet.

    NAV dates these entries on a closing date; here they bear the last day and a source code.
    """
    for row in list(company.database.all(PERIOD)):
        if row["Starting Date"] <= last_day:
            company.database.modify(PERIOD, {**row, "Closed": True, "Date Locked": True})
    transaction = Transaction.start(company, "CLSINCOME")
    line, total = _line(company, last_day, number, "CLSINCOME"), Decimal(0)
    for owner in list(company.database.all("G/L Account")):
        balance = _income(company, owner, last_day)
        if balance:
            transaction.add_gl(line, owner["No."], -balance)
            total += balance
    if total:
        transaction.add_gl(line, account, total)
    return transaction.finish()


def _income(company: Company, owner: Row, last_day: dt.date) -> Decimal:
    if owner["Income/Balance"] != "Income Statement":
        return Decimal(0)
    rows = company.database.find(GL, {"G/L Account No.": owner["No."]})
    return sum((row["Amount"] for row in rows if row["Posting Date"] <= last_day), Decimal(0))


def _line(company: Company, day: dt.date, number: str, source: str) -> Row:
    """A journal line that gives the entries their date, number and source."""
    row: Row = {}
    business.new_record(company, "Gen. Journal Line", row)
    about = {"Posting Date": day, "Document Date": day, "Document No.": number}
    return {**row, **about, "Source Code": source}
