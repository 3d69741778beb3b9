"""NAV's set-up pages as OData shows them (NAV 2018 names): only the fields that decide whether we can post."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec


class WireLedgerSetup(msgspec.Struct):
    """The one row of page 118."""

    LCY_Code: str
    Max_VAT_Difference_Allowed: Decimal
    Allow_Posting_From: date
    Allow_Posting_To: date
    Unrealized_VAT: bool = False
    Global_Dimension_1_Code: str = ""
    Global_Dimension_2_Code: str = ""


class WireUserSetup(msgspec.Struct):
    """A row of page 119."""

    User_ID: str
    Allow_Posting_From: date
    Allow_Posting_To: date


class WireAccount(msgspec.Struct):
    """A row of page 17."""

    No: str
    Name: str
    Account_Type: str
    Direct_Posting: bool
    Blocked: bool


class WireBalance(msgspec.Struct):
    """As much of a row of page 17 as tells what the account comes to."""

    No: str
    Balance: Decimal


class WireBalanceLcy(msgspec.Struct):
    """The same of page 21 or 370."""

    No: str
    Balance_LCY: Decimal


class WireCode(msgspec.Struct):
    """A row of any small code table."""

    Code: str


class WireDimension(msgspec.Struct):
    """A row of page 536."""

    Code: str
    Blocked: bool


class WireDimensionValue(msgspec.Struct):
    """A row of page 537."""

    Dimension_Code: str
    Code: str
    Dimension_Value_Type: str
    Blocked: bool


class WireCustomerGroup(msgspec.Struct):
    """A row of page 110."""

    Code: str
    Receivables_Account: str


class WireVatSetup(msgspec.Struct):
    """A row of page 472."""

    VAT_Bus_Posting_Group: str
    VAT_Prod_Posting_Group: str
    VAT_Percent: Decimal
    VAT_Calculation_Type: str
    Sales_VAT_Account: str
    Sales_VAT_Unreal_Account: str = ""
    Unrealized_VAT_Type: str = ""


class WireGeneralSetup(msgspec.Struct):
    """A row of page 314."""

    Gen_Bus_Posting_Group: str
    Gen_Prod_Posting_Group: str


class WireBankAccount(msgspec.Struct):
    """A row of page 370."""

    No: str
    Name: str
    Currency_Code: str
    Blocked: bool


class WireBatch(msgspec.Struct):
    """A row of page 251."""

    Journal_Template_Name: str
    Name: str
    No_Series: str
    Allow_VAT_Difference: bool


class WireRate(msgspec.Struct):
    """A row of page 483: so much of the currency is worth so much of the local one."""

    Currency_Code: str
    Starting_Date: date
    Exchange_Rate_Amount: Decimal
    Relational_Exch_Rate_Amount: Decimal


class WireVatEntry(msgspec.Struct):
    """As much of a row of page 315 as tells when VAT was declared."""

    Entry_No: int
    Posting_Date: date
    Closed: bool


class WirePeriod(msgspec.Struct):
    """A row of page 100."""

    Starting_Date: date
    Closed: bool
