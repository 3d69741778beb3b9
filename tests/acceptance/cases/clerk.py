"""The bookkeeper who works in NAV's own client: set-up, exchange rates, periods, and entries that never came from FreshBooks.

NAV's client is no web service, so this works on the sandbox's company directly, through its own posting engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tieout_sandboxes.nav import business
from tieout_sandboxes.nav.booking import post_document
from tieout_sandboxes.nav.commands import Document, Line
from tieout_sandboxes.nav.server import NavServer

DAY = date.fromisoformat


class Clerk:
    """Works in one company of the NAV sandbox."""

    def __init__(self, server: NavServer) -> None:
        self._company = server.state.company
        self._database = server.state.company.database

    def rate(self, currency: str, day: str, relational: str) -> None:
        """So much local currency for one of the other, from this day."""
        row = {
            "Currency Code": currency,
            "Starting Date": DAY(day),
            "Exchange Rate Amount": Decimal(1),
            "Relational Exch. Rate Amount": Decimal(relational),
        }
        if self._database.get("Currency Exchange Rate", currency, DAY(day)):
            self._change("Currency Exchange Rate", (currency, DAY(day)), row)
        else:
            self._database.insert("Currency Exchange Rate", row)

    def next_customer(self, number: str) -> None:
        """The number that the next new customer gets."""
        last = f"C{int(number[1:]) - 10:05d}"
        self._change("No. Series Line", ("CUST", 10000), {"Last No. Used": last})

    def customer(self, number: str, **fields: Any) -> None:
        """A customer that NAV has of its own."""
        row: dict[str, Any] = {}
        business.new_record(self._company, "Customer", row)
        self._database.insert("Customer", {**row, "No.": number, **fields})

    def block(self, customer: str, how: str) -> None:
        """Nothing of this kind may be posted for the customer any more."""
        self._change("Customer", (customer,), {"Blocked": how})

    def open_from(self, day: str) -> None:
        """Close the books before this day."""
        self._change("General Ledger Setup", ("",), {"Allow Posting From": DAY(day)})

    def settle_vat(self, day: str) -> None:
        """Calculate and post the VAT settlement up to this day: its entries are closed by one of type Settlement."""
        last = self._database.last("VAT Entry")
        number = int(last["Entry No."]) + 1 if last else 1
        for row in list(self._database.all("VAT Entry")):
            if row["Posting Date"] <= DAY(day):
                closed = {"Closed": True, "Closed by Entry No.": number}
                self._change("VAT Entry", (row["Entry No."],), closed)
        settlement = {"Type": "Settlement", "Posting Date": DAY(day), "Closed": True}
        self._database.insert("VAT Entry", {"Entry No.": number, **settlement})

    def reconcile_bank(self, document_no: str) -> None:
        """The bank line of this document is on a statement that was reconciled."""
        (row,) = self._database.find("Bank Account Ledger Entry", {"Document No.": document_no})
        self._change("Bank Account Ledger Entry", (row["Entry No."],), {"Open": False})

    def post(self, head: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> None:
        """Post a journal by hand."""
        document = Document(
            key=str(head.get("external_document_no", "")),
            hash="",
            template_name="GENERAL",
            batch_name="FRESHBOOKS",
            document_type=str(head.get("document_type", "")),
            document_no=str(head["document_no"]),
            posting_date=DAY(str(head["posting_date"])),
            lines=tuple(
                Line(
                    account_type=line["account_type"],
                    account_no=line["account_no"],
                    amount=Decimal(line["amount"]),
                )
                for line in lines
            ),
        )
        post_document(self._company, document)

    def into_receivables(self, head: Mapping[str, Any], account: str, amount: str) -> None:
        """Post to a control account, which NAV only takes while direct posting is allowed on it."""
        self._change("G/L Account", (account,), {"Direct Posting": True})
        other = str(-Decimal(amount))
        line = {"account_type": "G/L Account"}
        both = [
            {**line, "account_no": account, "amount": amount},
            {**line, "account_no": "4900", "amount": other},
        ]
        self.post(head, both)
        self._change("G/L Account", (account,), {"Direct Posting": False})

    def _change(self, table: str, key: tuple[Any, ...], changes: Mapping[str, Any]) -> None:
        row = self._database.existing(table, *key)
        self._database.modify(table, {**row, **changes})
