"""NAV's ledger pages as a books check needs them: more of each row than posting needs. Field names are NAV's own (pages 25, 20 and 315 of NAV 2018)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec


class WireDocument(msgspec.Struct):
    """A row of page 25, with what a person wrote in it; the page shows no external number and no document date."""

    Entry_No: int
    Document_Type: str
    Document_No: str
    Customer_No: str
    Currency_Code: str
    Posting_Date: date
    Description: str
    Amount: Decimal
    Remaining_Amount: Decimal
    Reversed: bool

    @property
    def posting(self) -> Posting:
        return self.Document_Type.strip(), self.Document_No, self.Posting_Date


class WireGLLine(msgspec.Struct):
    """A row of page 20."""

    Entry_No: int
    G_L_Account_No: str
    Document_Type: str
    Document_No: str
    External_Document_No: str
    Posting_Date: date
    Amount: Decimal

    @property
    def posting(self) -> Posting:
        return self.Document_Type.strip(), self.Document_No, self.Posting_Date


class WireVatLine(msgspec.Struct):
    """A row of page 315."""

    Entry_No: int
    Document_Type: str
    Document_No: str
    Posting_Date: date
    Amount: Decimal

    @property
    def posting(self) -> Posting:
        return self.Document_Type.strip(), self.Document_No, self.Posting_Date


# What the rows of one posting have in common on every page: type, number and posting date.
Posting = tuple[str, str, date]
