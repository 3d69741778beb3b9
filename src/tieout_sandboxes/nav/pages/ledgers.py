"""The pages of ledger entries: what posting has written, to be read and never changed.

Names, types, lengths and options are those of NAV 2018 (see FIDELITY.md).
"""

from __future__ import annotations

from tieout_sandboxes.nav.pages.model import Page, columns

PAGES = (
    Page(
        "GeneralLedgerEntries",
        20,
        "General Ledger Entries",
        "G/L Entry",
        key=("Entry No.",),
        columns=columns("""
    Posting Date:Date;
    Document Type:Option[_,Payment,Invoice,Credit Memo,Finance Charge Memo,Reminder,Refund];
    Document No.:Code20; G/L Account No.:Code20; G/L Account Name:Text50^; Description:Text50;
    Job No.:Code20; Global Dimension 1 Code:Code20; Global Dimension 2 Code:Code20;
    IC Partner Code:Code20; Gen. Posting Type:Option[_,Purchase,Sale,Settlement];
    Gen. Bus. Posting Group:Code20; Gen. Prod. Posting Group:Code20; Quantity:Decimal;
    Amount:Decimal; Debit Amount:Decimal; Credit Amount:Decimal;
    Additional-Currency Amount:Decimal; VAT Amount:Decimal;
    Bal. Account Type:Option[G/L Account,Customer,Vendor,Bank Account,Fixed Asset,IC Partner,
    Employee]; Bal. Account No.:Code20; User ID:Code50; Source Code:Code10; Reason Code:Code10;
    Reversed:Boolean; Reversed by Entry No.:Integer; Reversed Entry No.:Integer;
    FA Entry Type:Option[_,Fixed Asset,Maintenance]; FA Entry No.:Integer; Entry No.:Integer;
    Dimension Set ID:Integer~; External Document No.:Code35
"""),
        insert=False,
        modify=False,
        delete=False,
        descending=True,
        sort=("G/L Account No.", "Posting Date"),
    ),
    Page(
        "CustomerLedgerEntries",
        25,
        "Customer Ledger Entries",
        "Cust. Ledger Entry",
        key=("Entry No.",),
        columns=columns("""
    Posting Date:Date~;
    Document Type:Option[_,Payment,Invoice,Credit Memo,Finance Charge Memo,Reminder,Refund]~;
    Document No.:Code20~; Customer No.:Code20~; Message to Recipient:Text140;
    Description:Text50~; Global Dimension 1 Code:Code20~; Global Dimension 2 Code:Code20~;
    IC Partner Code:Code20~; Salesperson Code:Code20~; Currency Code:Code10~;
    Original Amount:Decimal^; Original Amt. (LCY):Decimal^; Amount:Decimal^;
    Amount (LCY):Decimal^; Debit Amount:Decimal^; Debit Amount (LCY):Decimal^;
    Credit Amount:Decimal^; Credit Amount (LCY):Decimal^; Remaining Amount:Decimal^;
    Remaining Amt. (LCY):Decimal^; Sales (LCY):Decimal~;
    Bal. Account Type:Option[G/L Account,Customer,Vendor,Bank Account,Fixed Asset]~;
    Bal. Account No.:Code20~; Due Date:Date; Pmt. Discount Date:Date;
    Pmt. Disc. Tolerance Date:Date; Original Pmt. Disc. Possible:Decimal~;
    Remaining Pmt. Disc. Possible:Decimal; Max. Payment Tolerance:Decimal;
    Payment Method Code:Code10; Open:Boolean~; On Hold:Code3; User ID:Code50~;
    Source Code:Code10~; Reason Code:Code10~; Reversed:Boolean~; Reversed by Entry No.:Integer~;
    Reversed Entry No.:Integer~; Entry No.:Integer~; Exported to Payment File:Boolean~;
    Direct Debit Mandate ID:Code35; Dimension Set ID:Integer~
"""),
        insert=False,
        delete=False,
        descending=True,
    ),
    Page(
        "DetailedCustLedgEntries",
        573,
        "Detailed Cust. Ledg. Entries",
        "Detailed Cust. Ledg. Entry",
        key=("Entry No.",),
        columns=columns("""
    Posting Date:Date;
    Entry Type:Option[_,Initial Entry,Application,Unrealized Loss,Unrealized Gain,
    Realized Loss,Realized Gain,Payment Discount,Payment Discount (VAT Excl.),
    Payment Discount (VAT Adjustment),Appln. Rounding,Correction of Remaining Amount,
    Payment Tolerance,Payment Discount Tolerance,Payment Tolerance (VAT Excl.),
    Payment Tolerance (VAT Adjustment),Payment Discount Tolerance (VAT Excl.),
    Payment Discount Tolerance (VAT Adjustment)];
    Document Type:Option[_,Payment,Invoice,Credit Memo,Finance Charge Memo,Reminder,Refund];
    Document No.:Code20; Customer No.:Code20; Initial Entry Global Dim. 1:Code20;
    Initial Entry Global Dim. 2:Code20; Currency Code:Code10; Amount:Decimal;
    Amount (LCY):Decimal; Debit Amount:Decimal; Debit Amount (LCY):Decimal;
    Credit Amount:Decimal; Credit Amount (LCY):Decimal; Initial Entry Due Date:Date;
    User ID:Code50; Source Code:Code10; Reason Code:Code10; Unapplied:Boolean;
    Unapplied by Entry No.:Integer; Cust. Ledger Entry No.:Integer; Entry No.:Integer
"""),
        insert=False,
        modify=False,
        delete=False,
    ),
    Page(
        "VATEntries",
        315,
        "VAT Entries",
        "VAT Entry",
        key=("Entry No.",),
        columns=columns("""
    Gen. Bus. Posting Group:Code20; Gen. Prod. Posting Group:Code20;
    VAT Bus. Posting Group:Code20; VAT Prod. Posting Group:Code20; Posting Date:Date;
    Document No.:Code20;
    Document Type:Option[_,Payment,Invoice,Credit Memo,Finance Charge Memo,Reminder,Refund];
    Type:Option[_,Purchase,Sale,Settlement]; Base:Decimal; Amount:Decimal;
    VAT Difference:Decimal; Additional-Currency Base:Decimal;
    Additional-Currency Amount:Decimal; Add.-Curr. VAT Difference:Decimal;
    VAT Calculation Type:Option[Normal VAT,Reverse Charge VAT,Full VAT,Sales Tax];
    Bill-to/Pay-to No.:Code20; VAT Registration No.:Text20; Ship-to/Order Address Code:Code10;
    Country/Region Code:Code10; EU 3-Party Trade:Boolean; Closed:Boolean;
    Closed by Entry No.:Integer; Internal Ref. No.:Text30; Reversed:Boolean;
    Reversed by Entry No.:Integer; Reversed Entry No.:Integer; EU Service:Boolean;
    Entry No.:Integer
"""),
        insert=False,
        modify=False,
        delete=False,
    ),
    Page(
        "BankAccountLedgerEntries",
        372,
        "Bank Account Ledger Entries",
        "Bank Account Ledger Entry",
        key=("Entry No.",),
        columns=columns("""
    Posting Date:Date;
    Document Type:Option[_,Payment,Invoice,Credit Memo,Finance Charge Memo,Reminder,Refund];
    Document No.:Code20; Bank Account No.:Code20; Description:Text50;
    Global Dimension 1 Code:Code20; Global Dimension 2 Code:Code20; Our Contact Code:Code20;
    Currency Code:Code10; Amount:Decimal; Debit Amount:Decimal; Credit Amount:Decimal;
    Amount (LCY):Decimal; Debit Amount (LCY):Decimal; Credit Amount (LCY):Decimal;
    Remaining Amount:Decimal;
    Bal. Account Type:Option[G/L Account,Customer,Vendor,Bank Account,Fixed Asset];
    Bal. Account No.:Code20; Open:Boolean; User ID:Code50; Source Code:Code10;
    Reason Code:Code10; Reversed:Boolean; Reversed by Entry No.:Integer;
    Reversed Entry No.:Integer; Entry No.:Integer; Dimension Set ID:Integer~
"""),
        insert=False,
        modify=False,
        delete=False,
        descending=True,
    ),
    Page(
        "ApplyBankAccLedgerEntries",
        381,
        "Apply Bank Acc. Ledger Entries",
        "Bank Account Ledger Entry",
        key=("Entry No.",),
        columns=columns("""
    Entry No.:Integer#; LineApplied:Boolean*; Posting Date:Date~;
    Document Type:Option[_,Payment,Invoice,Credit Memo,Finance Charge Memo,Reminder,Refund]~;
    Document No.:Code20~; Description:Text50~; Amount:Decimal~; Remaining Amount:Decimal~;
    Open:Boolean~; Positive:Boolean~;
    Bal. Account Type:Option[G/L Account,Customer,Vendor,Bank Account,Fixed Asset]~;
    Bal. Account No.:Code20~;
    Statement Status:Option[Open,Bank Acc. Entry Applied,Check Entry Applied,Closed]~;
    Statement No.:Code20~; Statement Line No.:Integer~; Check Ledger Entries:Integer^;
    Global Dimension 1 Code:Code20~; Global Dimension 2 Code:Code20~;
    External Document No.:Code35~; Balance:Decimal*; CheckBalance:Decimal*;
    BalanceToReconcile:Decimal*
"""),
        insert=False,
        modify=False,
        delete=False,
    ),
    Page(
        "GLRegisters",
        116,
        "G/L Registers",
        "G/L Register",
        key=("No.",),
        columns=columns("""
    No.:Integer; Creation Date:Date; User ID:Code50; Source Code:Code10;
    Journal Batch Name:Code10; Reversed:Boolean; From Entry No.:Integer; To Entry No.:Integer;
    From VAT Entry No.:Integer; To VAT Entry No.:Integer
"""),
        insert=False,
        modify=False,
        delete=False,
        descending=True,
    ),
)
