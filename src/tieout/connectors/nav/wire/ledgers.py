"""NAV's ledger pages as OData shows them, to our rows. Field names are NAV's own (pages 25, 573 and 20 of NAV 2018)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from sys import intern

import msgspec

from tieout.core.records.ledger import (
    BankEntry,
    CustomerEntry,
    DetailedEntry,
    GLEntry,
    NavCustomer,
    VatEntry,
)


class WireEntryNo(msgspec.Struct):
    """As much of an entry of any ledger as tells how far the ledger has come."""

    Entry_No: int


class WireCustomerNo(msgspec.Struct):
    """As much of an entry of a customer as tells whose it is."""

    Customer_No: str


class WireTaken(msgspec.Struct):
    """As much of a customer ledger entry as tells that its number is in use."""

    Entry_No: int
    Document_Type: str
    Document_No: str


class WireCustomerEntry(msgspec.Struct):
    """A row of page 25."""

    Entry_No: int
    Document_Type: str
    Document_No: str
    Customer_No: str
    Currency_Code: str
    Posting_Date: date
    Amount: Decimal
    Remaining_Amount: Decimal
    Open: bool
    Reversed: bool
    Due_Date: date
    Reversed_by_Entry_No: int

    def entry(self) -> CustomerEntry:
        return CustomerEntry(
            entry_no=self.Entry_No,
            document_type=self.Document_Type.strip(),
            document_no=self.Document_No,
            customer_no=self.Customer_No,
            currency_code=self.Currency_Code,
            posting_date=self.Posting_Date,
            amount=self.Amount,
            remaining=self.Remaining_Amount,
            open=self.Open,
            reversed=self.Reversed,
            due_on=None if self.Due_Date == date.min else self.Due_Date,
            reversed_by=self.Reversed_by_Entry_No,
        )


class WireDetailedEntry(msgspec.Struct):
    """A row of page 573."""

    Entry_No: int
    Cust_Ledger_Entry_No: int
    Entry_Type: str
    Document_Type: str
    Document_No: str
    Customer_No: str
    Currency_Code: str
    Posting_Date: date
    Amount: Decimal
    Amount_LCY: Decimal
    Unapplied: bool
    User_ID: str

    def entry(self) -> DetailedEntry:
        return DetailedEntry(
            entry_no=self.Entry_No,
            customer_entry_no=self.Cust_Ledger_Entry_No,
            entry_type=self.Entry_Type.strip(),
            document_type=self.Document_Type.strip(),
            document_no=self.Document_No,
            customer_no=self.Customer_No,
            currency_code=self.Currency_Code,
            posting_date=self.Posting_Date,
            amount=self.Amount,
            amount_lcy=self.Amount_LCY,
            unapplied=self.Unapplied,
            user=intern(self.User_ID),
        )


class WireGLEntry(msgspec.Struct):
    """A row of page 20."""

    Entry_No: int
    G_L_Account_No: str
    Document_Type: str
    Document_No: str
    External_Document_No: str
    Posting_Date: date
    Amount: Decimal
    User_ID: str
    Reversed_Entry_No: int
    Source_Code: str
    Gen_Bus_Posting_Group: str = ""
    Gen_Prod_Posting_Group: str = ""
    Global_Dimension_1_Code: str = ""
    Global_Dimension_2_Code: str = ""

    def entry(self) -> GLEntry:
        """A ledger has few accounts, types, users and sources, and many rows: each is held once."""
        return GLEntry(
            entry_no=self.Entry_No,
            gl_account_no=intern(self.G_L_Account_No),
            document_type=intern(self.Document_Type.strip()),
            document_no=self.Document_No,
            external_document_no=self.External_Document_No,
            posting_date=self.Posting_Date,
            amount=self.Amount,
            user=intern(self.User_ID),
            reverses=self.Reversed_Entry_No,
            source=intern(self.Source_Code),
            gen_bus=intern(self.Gen_Bus_Posting_Group),
            gen_prod=intern(self.Gen_Prod_Posting_Group),
            dimensions=_dimensions(self.Global_Dimension_1_Code, self.Global_Dimension_2_Code),
        )


@lru_cache(maxsize=4096)
def _dimensions(first: str, second: str) -> tuple[str, str]:
    """Many rows share few values."""
    return first, second


class WireVatAmount(msgspec.Struct):
    """A row of page 315."""

    Entry_No: int
    Document_Type: str
    Document_No: str
    Posting_Date: date
    Base: Decimal
    Amount: Decimal
    VAT_Calculation_Type: str
    VAT_Bus_Posting_Group: str
    VAT_Prod_Posting_Group: str
    Closed: bool
    Gen_Bus_Posting_Group: str
    Gen_Prod_Posting_Group: str

    def entry(self) -> VatEntry:
        return VatEntry(
            entry_no=self.Entry_No,
            document_type=self.Document_Type.strip(),
            document_no=self.Document_No,
            posting_date=self.Posting_Date,
            base=self.Base,
            amount=self.Amount,
            calculation=intern(self.VAT_Calculation_Type),
            vat_bus=intern(self.VAT_Bus_Posting_Group),
            vat_prod=intern(self.VAT_Prod_Posting_Group),
            gen_bus=intern(self.Gen_Bus_Posting_Group),
            gen_prod=intern(self.Gen_Prod_Posting_Group),
            closed=self.Closed,
        )


class WireBankEntry(msgspec.Struct):
    """A row of page 372; its *Open* is false once it is reconciled with a statement."""

    Entry_No: int
    Bank_Account_No: str
    Document_Type: str
    Document_No: str
    Posting_Date: date
    Amount: Decimal
    Amount_LCY: Decimal
    Open: bool
    Reversed: bool

    def entry(self) -> BankEntry:
        return BankEntry(
            entry_no=self.Entry_No,
            bank_account_no=self.Bank_Account_No,
            document_no=self.Document_No,
            posting_date=self.Posting_Date,
            amount=self.Amount,
            reconciled=not self.Open,
            reversed=self.Reversed,
            document_type=self.Document_Type.strip(),
            amount_lcy=self.Amount_LCY,
        )


class WireCustomerGroupOf(msgspec.Struct):
    """As much of page 21 as tells which receivables account a customer has."""

    No: str
    Customer_Posting_Group: str


class WireCustomer(msgspec.Struct):
    """As much of page 21 as tells who a customer is and whether it may be posted to."""

    No: str
    Name: str
    Post_Code: str
    E_Mail: str
    VAT_Registration_No: str
    Blocked: str
    Privacy_Blocked: bool = False

    def customer(self) -> NavCustomer:
        return NavCustomer(
            no=self.No,
            name=self.Name,
            post_code=self.Post_Code,
            e_mail=self.E_Mail,
            vat_registration_no=self.VAT_Registration_No,
            blocked="Privacy" if self.Privacy_Blocked else self.Blocked.strip(),
        )
