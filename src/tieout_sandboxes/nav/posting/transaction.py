"""One posting: the numbers it gives, the entries it writes, the register that names them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tieout_sandboxes.nav.business import dimensions
from tieout_sandboxes.nav.business.flow import both_sides
from tieout_sandboxes.nav.business.wording import require, require_equal
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row

GL = "G/L Entry"
CUSTOMER = "Cust. Ledger Entry"
DETAIL = "Detailed Cust. Ledg. Entry"
VAT = "VAT Entry"
BANK = "Bank Account Ledger Entry"
REGISTER = "G/L Register"
COPIED = (
    "Posting Date",
    "Document Date",
    "Document Type",
    "Document No.",
    "External Document No.",
    "Description",
    "Source Code",
    "Reason Code",
)
DIMENSIONS = {
    "Dimension Set ID": "Dimension Set ID",
    "Global Dimension 1 Code": "Shortcut Dimension 1 Code",
    "Global Dimension 2 Code": "Shortcut Dimension 2 Code",
}


def next_entry_no(company: Company, table: str, key: str = "Entry No.") -> int:
    """The number the next entry of a ledger gets."""
    last = company.database.last(table)
    return int(last[key]) + 1 if last else 1


@dataclass
class Transaction:
    """What one posting has written so far."""

    company: Company
    number: int
    source_code: str = ""
    batch: str = ""
    gl: list[Row] = field(default_factory=list)
    vat: list[Row] = field(default_factory=list)
    details: list[Row] = field(default_factory=list)
    customers: list[Row] = field(default_factory=list)
    banks: list[Row] = field(default_factory=list)
    year_begins: dt.date | None = None
    at_the_end: list[Callable[[], None]] = field(default_factory=list)

    @classmethod
    def start(cls, company: Company, source_code: str = "", batch: str = "") -> Transaction:
        """Takes the next transaction number; the ledgers with G/L or detailed entries count."""
        numbers = (company.database.last(table) for table in (GL, DETAIL))
        last = max((int(row["Transaction No."]) for row in numbers if row), default=0)
        begin = _first_open_year(company)
        return cls(company, last + 1, source_code, batch, year_begins=begin)

    def common(self, line: Row) -> Row:
        """What every entry takes over from its journal line."""
        copied = {name: line[name] for name in COPIED}
        return {**copied, "User ID": self.company.user_id, "Transaction No.": self.number}

    def dimensions(self, line: Row) -> Row:
        """The dimensions of a journal line, as a G/L, customer or bank entry names them."""
        return {entry: line[name] for entry, name in DIMENSIONS.items()}

    def add_gl(self, line: Row, account: str, amount: Decimal, **more: Any) -> Row:
        """Writes a G/L entry; `more` are further fields by their names."""
        row = self.company.database.existing("G/L Account", account)
        require_equal(self.company, "G/L Account", row, "Blocked", False)
        require_equal(self.company, "G/L Account", row, "Account Type", "Posting")
        # The account of a line has been checked; an application has a document without amount.
        if line.get("Amount") and account != line["Account No."]:
            dimensions.check_account(self.company, line, account)
        return self._keep(
            self.gl,
            GL,
            {
                **self.common(line),
                **self.dimensions(line),
                "Entry No.": next_entry_no(self.company, GL),
                "G/L Account No.": account,
                "Amount": amount,
                **both_sides(amount),
                "Journal Batch Name": self.batch,
                "Prior-Year Entry": self._is_prior(line["Posting Date"]),
                **more,
            },
        )

    def next_vat_no(self) -> int:
        """The number that the next VAT entry gets."""
        return next_entry_no(self.company, VAT)

    def add_vat(self, row: Row) -> Row:
        """Writes a VAT entry."""
        return self._keep(self.vat, VAT, {**row, "Entry No.": self.next_vat_no()})

    def add_detail(self, row: Row) -> Row:
        """Writes a detailed customer ledger entry."""
        amounts = {**both_sides(row["Amount"]), **both_sides(row["Amount (LCY)"], " (LCY)")}
        number = next_entry_no(self.company, DETAIL)
        return self._keep(
            self.details,
            DETAIL,
            {
                **row,
                **amounts,
                "Entry No.": number,
                "User ID": self.company.user_id,
                "Transaction No.": self.number,
            },
        )

    def add_customer(self, row: Row) -> Row:
        """Writes a customer ledger entry."""
        return self._keep(self.customers, CUSTOMER, row)

    def add_bank(self, row: Row) -> Row:
        """Writes a bank account ledger entry."""
        return self._keep(self.banks, BANK, row)

    def _is_prior(self, day: dt.date) -> bool:
        return self.year_begins is not None and day < self.year_begins

    def add_reversing(self, table: str, row: Row, number: int) -> Row:
        """Writes the opposite of the entry `row` is a copy of; number 0: the next of its ledger."""
        new = {
            **row,
            "Entry No.": number or next_entry_no(self.company, table),
            "Transaction No.": self.number,
            "User ID": self.company.user_id,
            "Source Code": self.source_code,
            "Reversed": True,
            "Reversed Entry No.": row["Entry No."],
        }
        if "Journal Batch Name" in row:
            new["Journal Batch Name"] = ""
        return self._keep(self._written[table], table, new)

    @property
    def _written(self) -> dict[str, list[Row]]:
        return {GL: self.gl, VAT: self.vat, CUSTOMER: self.customers, BANK: self.banks}

    def finish(self) -> int:
        """Asserts double entry and writes the register; answers its number, 0 without entries."""
        for work in self.at_the_end:
            work()
        self._assert_double_entry()
        if not self.gl:
            return 0
        number = next_entry_no(self.company, REGISTER, "No.")
        self.company.database.insert(
            REGISTER,
            {
                "No.": number,
                "Creation Date": self.company.today(),
                "User ID": self.company.user_id,
                "Source Code": self.source_code,
                "Journal Batch Name": self.batch,
                "From Entry No.": self.gl[0]["Entry No."],
                "To Entry No.": self.gl[-1]["Entry No."],
                "From VAT Entry No.": self.vat[0]["Entry No."] if self.vat else 0,
                "To VAT Entry No.": self.vat[-1]["Entry No."] if self.vat else 0,
                "Reversed": any(row["Reversed"] for row in self.gl),
            },
        )
        return number

    def _keep(self, written: list[Row], table: str, row: Row) -> Row:
        full = self.company.database.insert(table, row)
        written.append(full)
        return full

    def _assert_double_entry(self) -> None:
        """A bug in this server must not look like a rule of NAV: assertions, not NavErrors."""
        assert not sum(row["Amount"] for row in self.gl), "the G/L entries do not balance"
        applied = [row for row in self.details if not row["Ledger Entry Amount"]]
        assert not sum(row["Amount (LCY)"] for row in applied), "an application moved money"
        receivable: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in self.details:
            if row["Ledger Entry Amount"]:
                entry = self.company.database.existing(CUSTOMER, row["Cust. Ledger Entry No."])
                account = receivables_account(self.company, entry["Customer Posting Group"])
                receivable[account] += row["Amount (LCY)"]
        for account, amount in receivable.items():
            booked = sum(r["Amount"] for r in self.gl if _is_control(r, account))
            assert booked == amount, f"{account} has {booked}, its customers {amount}"


def _first_open_year(company: Company) -> dt.date | None:
    """The start of the first period that is not closed; what is dated before is of a prior year."""
    for row in company.database.all("Accounting Period"):
        if not row["Closed"]:
            day: dt.date = row["Starting Date"]
            return day
    return None


def _is_control(row: Row, account: str) -> bool:
    """Not what somebody posted directly to the account beside its customers."""
    return bool(row["G/L Account No."] == account and row["Source Type"] == "Customer")


def receivables_account(company: Company, group: str) -> str:
    """The control account of a customer posting group; raises NavError if there is none."""
    row = company.database.existing("Customer Posting Group", group)
    require(company, "Customer Posting Group", row, "Receivables Account")
    return str(row["Receivables Account"])
