"""The sheets of NAV: its ledgers up to a day, each entry under the FreshBooks document whose key it carries.

A customer or bank entry has the number of its G/L entry (codeunit 12), and by that number its key. VAT entries show neither: they are found by type and
number of their document.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.money import NIL, of, rounded, summed

Row = Mapping[str, Any]
WORDS = {"INV": "invoice", "CRN": "credit_note", "PMT": "payment", "CB": "payment"}
NO_DAY = "0001-01-01"


def day(row: Row) -> date:
    return date.fromisoformat(row["Posting_Date"][:10])


def number(row: Row) -> tuple[str, str]:
    return row["Document_Type"].strip(), row["Document_No"]


def plus(rows: list[Row], column: str = "Amount") -> Decimal:
    return sum((of(row[column]) for row in rows), NIL)


class Nav:
    """A company's ledgers and set-up. What is called ``ever`` has entries of all days, all else those dated up to ``until``."""

    def __init__(
        self, pages: Mapping[str, list[Row]], prefix: str, until: date | None = None
    ) -> None:
        self.pages, self.prefix, self.until = pages, prefix, until
        self.gl_ever = pages["GeneralLedgerEntries"]
        self.vat_ever = [row for row in pages["VATEntries"] if row["Type"].strip() == "Sale"]
        self.gl = self._by_then(self.gl_ever)
        self.vat = self._by_then(self.vat_ever)
        self.details = self._by_then(pages["DetailedCustLedgEntries"])
        self.bank = self._by_then(pages["BankAccountLedgerEntries"])
        self.customer = self._open_by_then(self._by_then(pages["CustomerLedgerEntries"]))
        setup = pages["GeneralLedgerSetup"][0]
        self.lcy = str(setup["LCY_Code"])
        self.unrealised = bool(setup.get("Unrealized_VAT"))
        self.dimensions = (
            setup.get("Global_Dimension_1_Code") or "",
            setup.get("Global_Dimension_2_Code") or "",
        )
        self.receivables = {r["Receivables_Account"] for r in pages["CustomerPostingGroups"]} - {""}
        self.tax_accounts = {
            row.get(column) or ""
            for row in pages["VATPostingSetup"]
            for column in ("Sales_VAT_Account", "Sales_VAT_Unreal_Account")
        } - {""}
        self._sort()

    def counts(self, row: Row) -> bool:
        """Whether an entry is dated up to the day."""
        return self.until is None or day(row) <= self.until

    def _by_then(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows if self.counts(row)]

    def _open_by_then(self, rows: list[Row]) -> list[Row]:
        """What was open of each entry on an earlier day is what its details came to by then."""
        if self.until is None:
            return rows
        left = summed((one["Cust_Ledger_Entry_No"], of(one["Amount"])) for one in self.details)
        return [{**row, "Remaining_Amount": left.get(row["Entry_No"], NIL)} for row in rows]

    def _sort(self) -> None:
        self.ever_under_key: dict[str, list[Row]] = defaultdict(list)
        self.general: dict[str, list[Row]] = defaultdict(list)
        keyed: dict[int, str] = {}
        numbered: dict[tuple[str, str], str] = {}
        self.key_by_number: dict[tuple[str, str], str] = {}
        for row in self.gl_ever:
            key = row["External_Document_No"]
            if not key.startswith(f"{self.prefix}-"):
                continue
            self.ever_under_key[key].append(row)
            where = self.document_of(key)
            if where:
                keyed[row["Entry_No"]] = where
            if where and re.search(r"-\d+X?$", key):
                numbered[number(row)] = where
                self.key_by_number[number(row)] = key
                if self.counts(row):
                    self.general[where].append(row)
        self.keyed = keyed
        self.ours_ever = [row for rows in self.ever_under_key.values() for row in rows]
        self.first_day = min(map(day, self.ours_ever), default=date.min)
        ever = self.pages["CustomerLedgerEntries"]
        whose = {row["Entry_No"]: keyed.get(row["Entry_No"]) for row in ever}
        self.family = self._under(self.customer, whose)
        self.family_ever = self._under(ever, whose)
        self.banked = self._under(
            self.bank, {r["Entry_No"]: numbered.get(number(r)) for r in self.bank}
        )
        self.taxed = self._under(
            self.vat, {r["Entry_No"]: numbered.get(number(r)) for r in self.vat}
        )
        first = [row for row in self.details if row["Entry_Type"].strip() == "Initial Entry"]
        self.local = {row["Cust_Ledger_Entry_No"]: of(row["Amount_LCY"]) for row in first}

    @staticmethod
    def _under(rows: list[Row], where: Mapping[int, str | None]) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            place = where[row["Entry_No"]]
            if place:
                found[place].append(row)
        return dict(found)

    def comes_later(self, where: str) -> bool:
        """Whether customers have more of a document after the day."""
        return len(self.family_ever.get(where, ())) > len(self.family.get(where, ()))

    def document_of(self, key: str) -> str | None:
        """The FreshBooks document that a key names, ``PREFIX-WORD-ID-REVISION``."""
        found = re.fullmatch(rf"{re.escape(self.prefix)}-([A-Z]+)-([^-]+)-([^-]+)", key)
        return f"{WORDS[found[1]]}/{found[2]}" if found and found[1] in WORDS else None

    def home(self, where: str, currency: str, amount: Decimal) -> Decimal:
        """An amount of a document in local money: at the rate at which the document stands, if it is foreign."""
        if currency == self.lcy:
            return rounded(amount, self.lcy)
        rows = self.family[where]
        foreign, local = plus(rows), sum((self.local.get(r["Entry_No"], NIL) for r in rows), NIL)
        return rounded(amount * local / foreign, "") if foreign else NIL

    def on(self, accounts: set[str]) -> dict[str, Decimal]:
        """What stands on accounts under each document, as a credit."""
        return summed(
            (where, -of(row["Amount"]))
            for row in self.gl
            if row["G_L_Account_No"] in accounts
            if (where := self.keyed.get(row["Entry_No"]))
        )

    def first_open(self, user: str, *, vat: bool) -> date:
        """The first day that takes postings, by the window of the user or else of the company, closed years, and settled VAT."""
        own = [r for r in self.pages["UserSetup"] if r["User_ID"].upper() == user.upper()]
        ends = ("Allow_Posting_From", "Allow_Posting_To")
        window = next(
            (r for r in own if any(r[end][:10] != NO_DAY for end in ends)),
            self.pages["GeneralLedgerSetup"][0],
        )
        days = [date.fromisoformat(window["Allow_Posting_From"][:10]), self._after_closed_years()]
        settled = [day(row) for row in self.pages["VATEntries"] if row["Closed"]]
        if vat and settled:
            days.append(date.fromordinal(max(settled).toordinal() + 1))
        return max(days)

    def _after_closed_years(self) -> date:
        periods = sorted(self.pages["AccountingPeriods"], key=lambda row: str(row["Starting_Date"]))
        closed = [row["Starting_Date"] for row in periods if row["Closed"]]
        later = [r["Starting_Date"] for r in periods if closed and r["Starting_Date"] > closed[-1]]
        return date.fromisoformat(later[0][:10]) if later else date.min
