"""Ledger entries and registers: what posting writes. And the rows of our gateway."""

from __future__ import annotations

from tieout_sandboxes.nav.business.tables.notation import table

_DIMENSIONS = """
    Global Dimension 1 Code:Code20; Global Dimension 2 Code:Code20; Dimension Set ID:Integer;
"""
_ENTRY = """
    Entry No.:Integer; Posting Date:Date; Document Type:DocumentType; Document No.:Code20;
    User ID:Code50; Source Code:Code10; Reason Code:Code10;
    Transaction No.:Integer; Document Date:Date; External Document No.:Code35;
    Reversed:Boolean; Reversed by Entry No.:Integer; Reversed Entry No.:Integer;
"""

TABLES = (
    table(
        17,
        "G/L Entry",
        _ENTRY
        + _DIMENSIONS
        + """
    Description:Text50; G/L Account No.:Code20; G/L Account Name:Text50^; Amount:Decimal;
    Debit Amount:Decimal; Credit Amount:Decimal; VAT Amount:Decimal; Quantity:Decimal;
    Gen. Posting Type:PostingType; Gen. Bus. Posting Group:Code20; Gen. Prod. Posting Group:Code20;
    VAT Bus. Posting Group:Code20; VAT Prod. Posting Group:Code20;
    Tax Area Code:Code20; Tax Group Code:Code20; Tax Liable:Boolean; Prior-Year Entry:Boolean;
    Bal. Account Type:AccountType; Bal. Account No.:Code20; Journal Batch Name:Code10;
    Source Type:Option[_,Customer,Vendor,Bank Account,Fixed Asset,Employee]; Source No.:Code20
""",
        key="Entry No.",
        indexes=("G/L Account No.", "Document No.", "External Document No.", "Transaction No."),
    ),
    table(
        21,
        "Cust. Ledger Entry",
        _ENTRY
        + _DIMENSIONS
        + """
    Description:Text50; Customer No.:Code20; Currency Code:Code10; Customer Posting Group:Code20;
    Due Date:Date; Sales (LCY):Decimal; Open:Boolean; Positive:Boolean; On Hold:Code3;
    Original Currency Factor:Decimal; Adjusted Currency Factor:Decimal; Closed by Entry No.:Integer; Closed at Date:Date;
    Journal Batch Name:Code10; Bal. Account Type:BalanceType; Bal. Account No.:Code20;
    Pmt. Discount Date:Date; Pmt. Disc. Tolerance Date:Date; Remaining Pmt. Disc. Possible:Decimal;
    Max. Payment Tolerance:Decimal; Message to Recipient:Text140;
    Original Amount:Decimal^; Original Amt. (LCY):Decimal^; Amount:Decimal^;
    Amount (LCY):Decimal^; Debit Amount:Decimal^; Debit Amount (LCY):Decimal^;
    Credit Amount:Decimal^; Credit Amount (LCY):Decimal^; Remaining Amount:Decimal^;
    Remaining Amt. (LCY):Decimal^
""",
        key="Entry No.",
        indexes=("Customer No.", "Document No.", "External Document No.", "Transaction No."),
    ),
    table(
        379,
        "Detailed Cust. Ledg. Entry",
        """
    Entry No.:Integer; Cust. Ledger Entry No.:Integer;
    Entry Type:DetailType; Posting Date:Date; Document Type:DocumentType; Document No.:Code20;
    Customer No.:Code20; Currency Code:Code10; Amount:Decimal; Amount (LCY):Decimal;
    Debit Amount:Decimal; Debit Amount (LCY):Decimal; Credit Amount:Decimal;
    Credit Amount (LCY):Decimal; Initial Entry Due Date:Date; Initial Document Type:DocumentType;
    User ID:Code50; Source Code:Code10; Reason Code:Code10; Transaction No.:Integer;
    Applied Cust. Ledger Entry No.:Integer; Unapplied:Boolean;
    Unapplied by Entry No.:Integer; Ledger Entry Amount:Boolean
""",
        key="Entry No.",
        indexes=(
            "Cust. Ledger Entry No.",
            "Customer No.",
            "Document No.",
            "Transaction No.",
        ),
    ),
    table(
        254,
        "VAT Entry",
        _ENTRY
        + """
    Type:PostingType; Base:Decimal; Amount:Decimal; VAT Difference:Decimal;
    VAT Calculation Type:VatType; Gen. Bus. Posting Group:Code20;
    Gen. Prod. Posting Group:Code20; VAT Bus. Posting Group:Code20;
    VAT Prod. Posting Group:Code20; Bill-to/Pay-to No.:Code20; VAT Registration No.:Text20;
    Country/Region Code:Code10; Closed:Boolean; Closed by Entry No.:Integer; EU Service:Boolean;
    Unrealized Amount:Decimal; Unrealized Base:Decimal; Remaining Unrealized Amount:Decimal;
    Remaining Unrealized Base:Decimal; Unrealized VAT Entry No.:Integer; Tax Area Code:Code20;
    Tax Liable:Boolean; Tax Group Code:Code20; Tax Jurisdiction Code:Code10;
    Tax Group Used:Code20; Tax on Tax:Boolean
""",
        key="Entry No.",
        indexes=("Document No.", "Transaction No.", "Type"),
    ),
    table(
        271,
        "Bank Account Ledger Entry",
        _ENTRY
        + _DIMENSIONS
        + """
    Description:Text50; Bank Account No.:Code20; Bank Acc. Posting Group:Code20;
    Currency Code:Code10; Amount:Decimal; Debit Amount:Decimal; Credit Amount:Decimal; Amount (LCY):Decimal;
    Debit Amount (LCY):Decimal; Credit Amount (LCY):Decimal; Remaining Amount:Decimal;
    Open:Boolean; Positive:Boolean; Closed by Entry No.:Integer; Closed at Date:Date;
    Statement Status:Option[Open,Bank Acc. Entry Applied,Check Entry Applied,Closed];
    Statement No.:Code20; Statement Line No.:Integer;
    Bal. Account Type:BalanceType; Bal. Account No.:Code20
""",
        key="Entry No.",
        indexes=("Bank Account No.", "Document No.", "Transaction No."),
    ),
    table(
        45,
        "G/L Register",
        """
    No.:Integer; From Entry No.:Integer; To Entry No.:Integer; Creation Date:Date;
    Source Code:Code10; User ID:Code50; Journal Batch Name:Code10; From VAT Entry No.:Integer;
    To VAT Entry No.:Integer; Reversed:Boolean
""",
    ),
    table(
        50100,
        "Tieout Key",
        """
    Key:Code35; Kind:Option[Document,Customer,Application,Unapplication,Reversal,Hold,
    Due Date]; Payload Hash:Text64; Epoch:BigInteger; Result No.:Code20; Register No.:Integer; Entry No.:Integer; Amount:Decimal;
    Posted At:DateTime; User ID:Code50
""",
        key="Key",
    ),
    table(
        50101,
        "Tieout Gateway Setup",
        "Primary Key:Code10; Epoch:BigInteger",
        key="Primary Key",
    ),
)
