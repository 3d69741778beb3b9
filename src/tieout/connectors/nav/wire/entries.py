"""Rows of NAV's ledgers and journals as an explanation needs them (pages 315, 573, 39 and 255)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from tieout.connectors.nav.wire.ledgers import WireDetailedEntry, WireVatAmount
from tieout.core.explanation.entries import Detail, Tax, Unposted


class WireTax(WireVatAmount):
    """A row of page 315, with what NAV would have made of it."""

    VAT_Prod_Posting_Group: str
    VAT_Difference: Decimal

    def tax(self) -> Tax:
        return Tax(
            entry=self.entry(),
            vat_prod=self.VAT_Prod_Posting_Group,
            difference=self.VAT_Difference,
        )


class WireDetail(WireDetailedEntry):
    """A row of page 573, with whether it was undone."""

    Unapplied: bool

    def detail(self) -> Detail:
        return Detail(entry=self.entry(), unapplied=self.Unapplied)


class WireUnposted(msgspec.Struct):
    """A line of a journal (pages 39 and 255)."""

    Journal_Template_Name: str
    Journal_Batch_Name: str
    Line_No: int
    External_Document_No: str
    Document_No: str
    Posting_Date: date
    Account_Type: str
    Account_No: str
    Amount: Decimal

    def line(self) -> Unposted:
        return Unposted(
            key=self.External_Document_No,
            template=self.Journal_Template_Name,
            batch=self.Journal_Batch_Name,
            line_no=self.Line_No,
            document_no=self.Document_No,
            account_type=self.Account_Type.strip(),
            account_no=self.Account_No,
            amount=self.Amount,
        )
