"""The pages of general journals: lines that wait to be posted, and their batches.

Names, types, lengths and options are those of NAV 2018 (see FIDELITY.md).
"""

from __future__ import annotations

from tieout_sandboxes.nav.pages.model import Page, columns

PAGES = (
    Page(
        "GeneralJournal",
        39,
        "General Journal",
        "Gen. Journal Line",
        key=("Journal Template Name", "Journal Batch Name", "Line No."),
        columns=columns("""
    Line No.:Integer#; Journal Batch Name:Code10#; Journal Template Name:Code10#;
    CurrentJnlBatchName:Text*; Posting Date:Date; Document Date:Date;
    Document Type:Option[_,Payment,Invoice,Credit Memo,Finance Charge Memo,Reminder,Refund];
    Document No.:Code20; Incoming Document Entry No.:Integer; External Document No.:Code35;
    Applies-to Ext. Doc. No.:Code35;
    Account Type:Option[G/L Account,Customer,Vendor,Bank Account,Fixed Asset,IC Partner,Employee];
    Account No.:Code20; Description:Text50; Payer Information:Text50;
    Transaction Information:Text100; Business Unit Code:Code20; Salespers./Purch. Code:Code20;
    Campaign No.:Code20; Currency Code:Code10; EU 3-Party Trade:Boolean~;
    Gen. Posting Type:Option[_,Purchase,Sale,Settlement]; Gen. Bus. Posting Group:Code20;
    Gen. Prod. Posting Group:Code20; VAT Bus. Posting Group:Code20;
    VAT Prod. Posting Group:Code20; Quantity:Decimal; Amount:Decimal; Amount (LCY):Decimal;
    Debit Amount:Decimal; Credit Amount:Decimal; VAT Amount:Decimal; VAT Difference:Decimal~;
    Bal. VAT Amount:Decimal; Bal. VAT Difference:Decimal~;
    Bal. Account Type:Option[G/L Account,Customer,Vendor,Bank Account,Fixed Asset,IC Partner,
    Employee]; Bal. Account No.:Code20;
    Bal. Gen. Posting Type:Option[_,Purchase,Sale,Settlement];
    Bal. Gen. Bus. Posting Group:Code20; Bal. Gen. Prod. Posting Group:Code20;
    Deferral Code:Code10; Bal. VAT Bus. Posting Group:Code20;
    Bal. VAT Prod. Posting Group:Code20; Bill-to/Pay-to No.:Code20~;
    Ship-to/Order Address Code:Code10; Shortcut Dimension 1 Code:Code20;
    Shortcut Dimension 2 Code:Code20; ShortcutDimCode[3]:Code20*; ShortcutDimCode[4]:Code20*;
    ShortcutDimCode[5]:Code20*; ShortcutDimCode[6]:Code20*; ShortcutDimCode[7]:Code20*;
    ShortcutDimCode[8]:Code20*; Payment Terms Code:Code10; Applied Automatically:Boolean~;
    Applied:Boolean*;
    Applies-to Doc. Type:Option[_,Payment,Invoice,Credit Memo,Finance Charge Memo,Reminder,
    Refund]; Applies-to Doc. No.:Code20; Applies-to ID:Code50; On Hold:Code3;
    Bank Payment Type:Option[_,Computer Check,Manual Check,Electronic Payment,
    Electronic Payment-IAT]; Reason Code:Code10; Correction:Boolean; Comment:Text250;
    Direct Debit Mandate ID:Code35; AccName:Text*; BalAccName:Text*; Balance:Decimal*;
    TotalBalance:Decimal*
"""),
        journal="journal_template",
    ),
    Page(
        "CashReceiptJournal",
        255,
        "Cash Receipt Journal",
        "Gen. Journal Line",
        key=("Journal Template Name", "Journal Batch Name", "Line No."),
        columns=columns("""
    Line No.:Integer#; Journal Batch Name:Code10#; Journal Template Name:Code10#;
    CurrentJnlBatchName:Text*; Posting Date:Date; Document Date:Date;
    Document Type:Option[_,Payment,Invoice,Credit Memo,Finance Charge Memo,Reminder,Refund];
    Document No.:Code20; Incoming Document Entry No.:Integer; External Document No.:Code35;
    Account Type:Option[G/L Account,Customer,Vendor,Bank Account,Fixed Asset,IC Partner,Employee];
    Account No.:Code20; Description:Text50; Salespers./Purch. Code:Code20; Campaign No.:Code20;
    Currency Code:Code10; Gen. Posting Type:Option[_,Purchase,Sale,Settlement];
    Gen. Bus. Posting Group:Code20; Gen. Prod. Posting Group:Code20;
    VAT Bus. Posting Group:Code20; VAT Prod. Posting Group:Code20; Amount:Decimal;
    Amount (LCY):Decimal; Debit Amount:Decimal; Credit Amount:Decimal; VAT Amount:Decimal;
    VAT Difference:Decimal~; Bal. VAT Amount:Decimal; Bal. VAT Difference:Decimal~;
    Bal. Account Type:Option[G/L Account,Customer,Vendor,Bank Account,Fixed Asset,IC Partner,
    Employee]; Bal. Account No.:Code20;
    Bal. Gen. Posting Type:Option[_,Purchase,Sale,Settlement];
    Bal. Gen. Bus. Posting Group:Code20; Bal. Gen. Prod. Posting Group:Code20;
    Bal. VAT Bus. Posting Group:Code20; Bal. VAT Prod. Posting Group:Code20;
    Shortcut Dimension 1 Code:Code20; Shortcut Dimension 2 Code:Code20;
    ShortcutDimCode[3]:Code20*; ShortcutDimCode[4]:Code20*; ShortcutDimCode[5]:Code20*;
    ShortcutDimCode[6]:Code20*; ShortcutDimCode[7]:Code20*; ShortcutDimCode[8]:Code20*;
    Applied (Yes/No):Boolean*;
    Applies-to Doc. Type:Option[_,Payment,Invoice,Credit Memo,Finance Charge Memo,Reminder,
    Refund]; Applies-to Doc. No.:Code20; Applies-to ID:Code50; Reason Code:Code10;
    Correction:Boolean; Comment:Text250; Direct Debit Mandate ID:Code35; AccName:Text*;
    BalAccName:Text*; Balance:Decimal*; TotalBalance:Decimal*
"""),
        journal="cash_receipt_template",
    ),
    Page(
        "GeneralJournalBatches",
        251,
        "General Journal Batches",
        "Gen. Journal Batch",
        key=("Journal Template Name", "Name"),
        columns=columns("""
    Journal Template Name:Code10#; Name:Code10; Description:Text50;
    Bal. Account Type:Option[G/L Account,Customer,Vendor,Bank Account,Fixed Asset];
    Bal. Account No.:Code20; No. Series:Code20; Posting No. Series:Code20; Reason Code:Code10;
    Copy VAT Setup to Jnl. Lines:Boolean; Allow VAT Difference:Boolean;
    Allow Payment Export:Boolean; Suggest Balancing Amount:Boolean;
    Bank Statement Import Format:Code20
"""),
    ),
)
