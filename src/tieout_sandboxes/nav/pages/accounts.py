"""The pages of the chart of accounts, the bank accounts and the general ledger set-up.

Names, types, lengths and options are those of NAV 2018 (see FIDELITY.md).
"""

from __future__ import annotations

from tieout_sandboxes.nav.pages.model import Page, columns

PAGES = (
    Page(
        "GLAccount",
        17,
        "G/L Account Card",
        "G/L Account",
        key=("No.",),
        columns=columns("""
    No.:Code20; Name:Text50; Income/Balance:Option[Income Statement,Balance Sheet];
    Account Category:Option[_,Assets,Liabilities,Equity,Income,Cost of Goods Sold,Expense];
    SubCategoryDescription:Text80*; Debit/Credit:Option[Both,Debit,Credit];
    Account Type:Option[Posting,Heading,Total,Begin-Total,End-Total]; Totaling:Text250;
    No. of Blank Lines:Integer; New Page:Boolean; Search Name:Code50; Balance:Decimal^;
    Reconciliation Account:Boolean; Automatic Ext. Texts:Boolean; Direct Posting:Boolean;
    Blocked:Boolean; Last Date Modified:Date~; Omit Default Descr. in Jnl.:Boolean;
    Gen. Posting Type:Option[_,Purchase,Sale]; Gen. Bus. Posting Group:Code20;
    Gen. Prod. Posting Group:Code20; VAT Bus. Posting Group:Code20;
    VAT Prod. Posting Group:Code20; Default IC Partner G/L Acc. No:Code20;
    Default Deferral Template Code:Code10; Consol. Debit Acc.:Code20;
    Consol. Credit Acc.:Code20;
    Consol. Translation Method:Option[Average Rate (Manual),Closing Rate,Historical Rate,
    Composite Rate,Equity Rate];
    Exchange Rate Adjustment:Option[No Adjustment,Adjust Amount,
    Adjust Additional-Currency Amount]; Cost Type No.:Code20
"""),
    ),
    Page(
        "ChartOfAccounts",
        16,
        "Chart of Accounts",
        "G/L Account",
        key=("No.",),
        columns=columns("""
    No.:Code20; Name:Text50; Income/Balance:Option[Income Statement,Balance Sheet];
    Account Category:Option[_,Assets,Liabilities,Equity,Income,Cost of Goods Sold,Expense];
    Account Subcategory Descript.:Text80^;
    Account Type:Option[Posting,Heading,Total,Begin-Total,End-Total]; Direct Posting:Boolean;
    Totaling:Text250; Gen. Posting Type:Option[_,Purchase,Sale]; Gen. Bus. Posting Group:Code20;
    Gen. Prod. Posting Group:Code20; VAT Bus. Posting Group:Code20;
    VAT Prod. Posting Group:Code20; Net Change:Decimal^; Debit Amount:Decimal^;
    Credit Amount:Decimal^; Balance at Date:Decimal^; Balance:Decimal^;
    Additional-Currency Net Change:Decimal^; Add.-Currency Balance at Date:Decimal^;
    Additional-Currency Balance:Decimal^; Consol. Debit Acc.:Code20; Consol. Credit Acc.:Code20;
    Cost Type No.:Code20;
    Consol. Translation Method:Option[Average Rate (Manual),Closing Rate,Historical Rate,
    Composite Rate,Equity Rate]; Default IC Partner G/L Acc. No:Code20;
    Default Deferral Template Code:Code10
"""),
        insert=False,
        modify=False,
        delete=False,
    ),
    Page(
        "BankAccount",
        370,
        "Bank Account Card",
        "Bank Account",
        key=("No.",),
        columns=columns("""
    No.:Code20; Name:Text50; Bank Branch No.:Text20; Bank Account No.:Text30;
    Search Name:Code50; Balance:Decimal^; Balance (LCY):Decimal^; Min. Balance:Decimal;
    Our Contact Code:Code20; Blocked:Boolean; SEPA Direct Debit Exp. Format:Code20;
    Last Date Modified:Date~; Address:Text50; Address 2:Text50; Post Code:Code20; City:Text30;
    Country/Region Code:Code10; Phone No.:Text30; Contact:Text50; Fax No.:Text30; E-Mail:Text80;
    Home Page:Text80; Currency Code:Code10; Last Check No.:Code20; Transit No.:Text20;
    Last Statement No.:Code20; Last Payment Statement No.:Code20;
    Balance Last Statement:Decimal; Bank Acc. Posting Group:Code20; IBAN:Code50;
    SWIFT Code:Code20
"""),
    ),
    Page(
        "GeneralLedgerSetup",
        118,
        "General Ledger Setup",
        "General Ledger Setup",
        key=("Primary Key",),
        columns=columns("""
    Primary Key:Code10#; Allow Posting From:Date; Allow Posting To:Date; Register Time:Boolean;
    Local Address Format:Option[Post Code+City,City+Post Code,City+County+Post Code,
    Blank Line+Post Code+City]; Local Cont. Addr. Format:Option[First,After Company Name,Last];
    Inv. Rounding Precision (LCY):Decimal; Inv. Rounding Type (LCY):Option[Nearest,Up,Down];
    AmountRoundingPrecision=Amount Rounding Precision:Decimal;
    AmountDecimalPlaces=Amount Decimal Places:Text5;
    UnitAmountRoundingPrecision=Unit-Amount Rounding Precision:Decimal;
    UnitAmountDecimalPlaces=Unit-Amount Decimal Places:Text5;
    Allow G/L Acc. Deletion Before:Date; Check G/L Account Usage:Boolean; EMU Currency:Boolean;
    LCY Code:Code10; Local Currency Symbol:Text10; Local Currency Description:Text60;
    Pmt. Disc. Excl. VAT:Boolean; Adjust for Payment Disc.:Boolean; Unrealized VAT:Boolean;
    Prepayment Unrealized VAT:Boolean; Max. VAT Difference Allowed:Decimal;
    VAT Rounding Type:Option[Nearest,Up,Down]; Bank Account Nos.:Code20;
    Bill-to/Sell-to VAT Calc.:Option[Bill-to/Pay-to No.,Sell-to/Buy-from No.];
    Print VAT specification in LCY:Boolean; Use Legacy G/L Entry Locking:Boolean;
    Show Amounts:Option[Amount Only,Debit/Credit Only,All Amounts];
    Global Dimension 1 Code:Code20~; Global Dimension 2 Code:Code20~;
    Shortcut Dimension 1 Code:Code20~; Shortcut Dimension 2 Code:Code20~;
    Shortcut Dimension 3 Code:Code20; Shortcut Dimension 4 Code:Code20;
    Shortcut Dimension 5 Code:Code20; Shortcut Dimension 6 Code:Code20;
    Shortcut Dimension 7 Code:Code20; Shortcut Dimension 8 Code:Code20;
    Acc. Sched. for Balance Sheet:Code10; Acc. Sched. for Income Stmt.:Code10;
    Acc. Sched. for Cash Flow Stmt:Code10; Acc. Sched. for Retained Earn.:Code10;
    Additional Reporting Currency:Code10;
    VAT Exchange Rate Adjustment:Option[No Adjustment,Adjust Amount,
    Adjust Additional-Currency Amount]; Appln. Rounding Precision:Decimal;
    Pmt. Disc. Tolerance Warning:Boolean;
    Pmt. Disc. Tolerance Posting:Option[Payment Tolerance Accounts,Payment Discount Accounts];
    Payment Discount Grace Period:DateFormula; Payment Tolerance Warning:Boolean;
    Payment Tolerance Posting:Option[Payment Tolerance Accounts,Payment Discount Accounts];
    Payment Tolerance %:Decimal~; Max. Payment Tolerance Amount:Decimal~;
    Payroll Trans. Import Format:Code20
"""),
        insert=False,
        delete=False,
    ),
)
