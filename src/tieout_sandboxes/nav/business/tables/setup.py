"""What the accountant sets up once: groups, set-ups, currencies, series and code tables."""

from __future__ import annotations

from tieout_sandboxes.nav.business.tables.notation import table
from tieout_sandboxes.nav.database import Table


def _codes(number: int, name: str, length: int, more: str = "") -> Table:
    fields = f"Code:Code{length}; Description:Text50;{more}"
    return table(number, name, fields, key="Code")


TABLES = (
    table(
        98,
        "General Ledger Setup",
        """
    Primary Key:Code10; Allow Posting From:Date; Allow Posting To:Date; Register Time:Boolean;
    LCY Code:Code10; Local Currency Symbol:Text10; Local Currency Description:Text60;
    Amount Rounding Precision:Decimal; Amount Decimal Places:Text5;
    Unit-Amount Rounding Precision:Decimal; Unit-Amount Decimal Places:Text5;
    Inv. Rounding Precision (LCY):Decimal; Inv. Rounding Type (LCY):Option[Nearest,Up,Down];
    Appln. Rounding Precision:Decimal; Max. VAT Difference Allowed:Decimal;
    VAT Rounding Type:Option[Nearest,Up,Down]; Unrealized VAT:Boolean;
    Adjust for Payment Disc.:Boolean; Bank Account Nos.:Code20>No. Series;
    Show Amounts:Option[Amount Only,Debit/Credit Only,All Amounts];
    Global Dimension 1 Code:Code20; Global Dimension 2 Code:Code20
""",
        key="Primary Key",
    ),
    table(
        311,
        "Sales & Receivables Setup",
        """
    Primary Key:Code10; Customer Nos.:Code20>No. Series; Ext. Doc. No. Mandatory:Boolean;
    Appln. between Currencies:Option[None,EMU,All]; Allow VAT Difference:Boolean;
    VAT Bus. Posting Gr. (Price):Code20>VAT Business Posting Group
""",
        key="Primary Key",
    ),
    _codes(
        92,
        "Customer Posting Group",
        20,
        """
    Receivables Account:Code20>G/L Account; Service Charge Acc.:Code20>G/L Account;
    Invoice Rounding Account:Code20>G/L Account; Debit Rounding Account:Code20>G/L Account;
    Credit Rounding Account:Code20>G/L Account
""",
    ),
    table(
        277,
        "Bank Account Posting Group",
        "Code:Code20; G/L Bank Account No.:Code20>G/L Account",
        key="Code",
    ),
    _codes(
        250,
        "Gen. Business Posting Group",
        20,
        "Def. VAT Bus. Posting Group:Code20>VAT Business Posting Group;"
        "Auto Insert Default:Boolean!",
    ),
    _codes(
        251,
        "Gen. Product Posting Group",
        20,
        "Def. VAT Prod. Posting Group:Code20>VAT Product Posting Group;"
        "Auto Insert Default:Boolean!",
    ),
    _codes(323, "VAT Business Posting Group", 20),
    _codes(324, "VAT Product Posting Group", 20),
    table(
        252,
        "General Posting Setup",
        """
    Gen. Bus. Posting Group:Code20>Gen. Business Posting Group;
    Gen. Prod. Posting Group:Code20>Gen. Product Posting Group; Description:Text50;
    Sales Account:Code20>G/L Account; Sales Credit Memo Account:Code20>G/L Account;
    Sales Line Disc. Account:Code20>G/L Account; Purch. Account:Code20>G/L Account
""",
        key="Gen. Bus. Posting Group,Gen. Prod. Posting Group",
    ),
    table(
        325,
        "VAT Posting Setup",
        """
    VAT Bus. Posting Group:Code20>VAT Business Posting Group;
    VAT Prod. Posting Group:Code20>VAT Product Posting Group; Description:Text50;
    VAT Identifier:Code20; VAT %:Decimal; VAT Calculation Type:VatType; EU Service:Boolean;
    Unrealized VAT Type:Option[_,Percentage,First,Last,First (Fully Paid),Last (Fully Paid)];
    Sales VAT Account:Code20>G/L Account; Purchase VAT Account:Code20>G/L Account;
    Sales VAT Unreal. Account:Code20>G/L Account;
    Purch. VAT Unreal. Account:Code20>G/L Account; Reverse Chrg. VAT Acc.:Code20>G/L Account
""",
        key="VAT Bus. Posting Group,VAT Prod. Posting Group",
    ),
    table(
        4,
        "Currency",
        """
    Code:Code10; Description:Text30; EMU Currency:Boolean; Last Date Modified:Date;
    Realized Gains Acc.:Code20>G/L Account; Realized Losses Acc.:Code20>G/L Account;
    Unrealized Gains Acc.:Code20>G/L Account; Unrealized Losses Acc.:Code20>G/L Account;
    Amount Rounding Precision:Decimal; Amount Decimal Places:Text5;
    Unit-Amount Rounding Precision:Decimal; Unit-Amount Decimal Places:Text5;
    Invoice Rounding Precision:Decimal; Invoice Rounding Type:Option[Nearest,Up,Down];
    Appln. Rounding Precision:Decimal; Max. VAT Difference Allowed:Decimal;
    VAT Rounding Type:Option[Nearest,Up,Down]
""",
        key="Code",
    ),
    table(
        330,
        "Currency Exchange Rate",
        """
    Currency Code:Code10>Currency; Starting Date:Date; Relational Currency Code:Code10>Currency;
    Exchange Rate Amount:Decimal; Relational Exch. Rate Amount:Decimal;
    Adjustment Exch. Rate Amount:Decimal; Relational Adjmt Exch Rate Amt:Decimal;
    Fix Exchange Rate Amount:Option[Currency,Relational Currency,Both]
""",
        key="Currency Code,Starting Date",
    ),
    table(
        50,
        "Accounting Period",
        "Starting Date:Date; Name:Text10; New Fiscal Year:Boolean; Closed:Boolean;"
        "Date Locked:Boolean",
        key="Starting Date",
    ),
    _codes(
        3,
        "Payment Terms",
        10,
        "Due Date Calculation:Text32; Discount Date Calculation:Text32; Discount %:Decimal;"
        "Calc. Pmt. Disc. on Cr. Memos:Boolean",
    ),
    table(
        9,
        "Country/Region",
        "Code:Code10; Name:Text50; EU Country/Region Code:Code10; Intrastat Code:Code10;"
        "Address Format:Option[Post Code+City,City+Post Code,City+County+Post Code,"
        "Blank Line+Post Code+City]; VAT Scheme:Code10",
        key="Code",
    ),
    table(
        91,
        "User Setup",
        "User ID:Code50; Allow Posting From:Date; Allow Posting To:Date; Register Time:Boolean;"
        "E-Mail:Text100",
        key="User ID",
    ),
    _codes(308, "No. Series", 20, "Default Nos.:Boolean; Manual Nos.:Boolean; Date Order:Boolean"),
    table(
        309,
        "No. Series Line",
        """
    Series Code:Code20>No. Series; Line No.:Integer; Starting Date:Date; Starting No.:Code20;
    Ending No.:Code20; Warning No.:Code20; Increment-by No.:Integer; Last No. Used:Code20;
    Last Date Used:Date; Open:Boolean!
""",
        key="Series Code,Line No.",
    ),
    _codes(230, "Source Code", 10),
    table(
        289,
        "Payment Method",
        """
    Code:Code10; Description:Text50; Bal. Account Type:Option[G/L Account,Bank Account];
    Bal. Account No.:Code20; Direct Debit:Boolean;
    Direct Debit Pmt. Terms Code:Code10>Payment Terms; Use for Invoicing:Boolean
""",
        key="Code",
    ),
    _codes(231, "Reason Code", 10),
)
