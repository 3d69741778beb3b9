"""The pages of posting groups, posting set-ups and small code tables.

Names, types, lengths and options are those of NAV 2018 (see FIDELITY.md).
"""

from __future__ import annotations

from tieout_sandboxes.nav.pages.model import Page, columns

PAGES = (
    Page(
        "CustomerPostingGroups",
        110,
        "Customer Posting Groups",
        "Customer Posting Group",
        key=("Code",),
        columns=columns("""
    Code:Code20; Description:Text50; Receivables Account:Code20; Service Charge Acc.:Code20;
    Payment Disc. Debit Acc.:Code20; Payment Disc. Credit Acc.:Code20; Interest Account:Code20;
    Additional Fee Account:Code20; Add. Fee per Line Account:Code20;
    Invoice Rounding Account:Code20; Debit Curr. Appln. Rndg. Acc.:Code20;
    Credit Curr. Appln. Rndg. Acc.:Code20; Debit Rounding Account:Code20;
    Credit Rounding Account:Code20; Payment Tolerance Debit Acc.:Code20;
    Payment Tolerance Credit Acc.:Code20
"""),
    ),
    Page(
        "GeneralPostingSetup",
        314,
        "General Posting Setup",
        "General Posting Setup",
        key=("Gen. Bus. Posting Group", "Gen. Prod. Posting Group"),
        columns=columns("""
    Gen. Bus. Posting Group:Code20; Gen. Prod. Posting Group:Code20; Description:Text50;
    Sales Account:Code20; Sales Credit Memo Account:Code20; Sales Line Disc. Account:Code20;
    Sales Inv. Disc. Account:Code20; Sales Pmt. Disc. Debit Acc.:Code20;
    Sales Pmt. Disc. Credit Acc.:Code20; Sales Pmt. Tol. Debit Acc.:Code20;
    Sales Pmt. Tol. Credit Acc.:Code20; Sales Prepayments Account:Code20; Purch. Account:Code20;
    Purch. Credit Memo Account:Code20; Purch. Line Disc. Account:Code20;
    Purch. Inv. Disc. Account:Code20; Purch. Pmt. Disc. Debit Acc.:Code20;
    Purch. Pmt. Disc. Credit Acc.:Code20; COGS Account:Code20; Inventory Adjmt. Account:Code20;
    Direct Cost Applied Account:Code20; Overhead Applied Account:Code20;
    Purchase Variance Account:Code20; Used in Ledger Entries:Integer^
"""),
    ),
    Page(
        "VATPostingSetup",
        472,
        "VAT Posting Setup",
        "VAT Posting Setup",
        key=("VAT Bus. Posting Group", "VAT Prod. Posting Group"),
        columns=columns("""
    VAT Bus. Posting Group:Code20; VAT Prod. Posting Group:Code20; Description:Text50;
    VAT Identifier:Code20; VAT %:Decimal;
    VAT Calculation Type:Option[Normal VAT,Reverse Charge VAT,Full VAT,Sales Tax];
    Unrealized VAT Type:Option[_,Percentage,First,Last,First (Fully Paid),Last (Fully Paid)];
    Adjust for Payment Discount:Boolean; Sales VAT Account:Code20;
    Sales VAT Unreal. Account:Code20; Purchase VAT Account:Code20;
    Purch. VAT Unreal. Account:Code20; Reverse Chrg. VAT Acc.:Code20;
    Reverse Chrg. VAT Unreal. Acc.:Code20; VAT Clause Code:Code20; EU Service:Boolean;
    Certificate of Supply Required:Boolean; Used in Ledger Entries:Integer^
"""),
    ),
    Page(
        "GenBusinessPostingGroups",
        312,
        "Gen. Business Posting Groups",
        "Gen. Business Posting Group",
        key=("Code",),
        columns=columns("""
    Code:Code20; Description:Text50; Def. VAT Bus. Posting Group:Code20;
    Auto Insert Default:Boolean
"""),
    ),
    Page(
        "GenProductPostingGroups",
        313,
        "Gen. Product Posting Groups",
        "Gen. Product Posting Group",
        key=("Code",),
        columns=columns("""
    Code:Code20; Description:Text50; Def. VAT Prod. Posting Group:Code20;
    Auto Insert Default:Boolean
"""),
    ),
    Page(
        "VATBusinessPostingGroups",
        470,
        "VAT Business Posting Groups",
        "VAT Business Posting Group",
        key=("Code",),
        columns=columns("""
    Code:Code20; Description:Text50
"""),
    ),
    Page(
        "VATProductPostingGroups",
        471,
        "VAT Product Posting Groups",
        "VAT Product Posting Group",
        key=("Code",),
        columns=columns("""
    Code:Code20; Description:Text50
"""),
    ),
    Page(
        "CountriesRegions",
        10,
        "Countries/Regions",
        "Country/Region",
        key=("Code",),
        columns=columns("""
    Code:Code10; Name:Text50;
    Address Format:Option[Post Code+City,City+Post Code,City+County+Post Code,
    Blank Line+Post Code+City]; Contact Address Format:Option[First,After Company Name,Last];
    EU Country/Region Code:Code10; Intrastat Code:Code10; VAT Scheme:Code10
"""),
    ),
    Page(
        "PaymentTerms",
        4,
        "Payment Terms",
        "Payment Terms",
        key=("Code",),
        columns=columns("""
    Code:Code10; Due Date Calculation:DateFormula; Discount Date Calculation:DateFormula;
    Discount %:Decimal; Calc. Pmt. Disc. on Cr. Memos:Boolean; Description:Text50
"""),
    ),
    Page(
        "SalesReceivablesSetup",
        459,
        "Sales & Receivables Setup",
        "Sales & Receivables Setup",
        key=("Primary Key",),
        insert=False,
        delete=False,
        columns=columns("""
    Primary Key:Code10#; Discount Posting:Option[No Discounts,Invoice Discounts,Line
    Discounts,All Discounts]; Credit Warnings:Option[Both Warnings,Credit Limit,Overdue
    Balance,No Warning]; Stockout Warning:Boolean; Shipment on Invoice:Boolean; Return Receipt
    on Credit Memo:Boolean; Invoice Rounding:Boolean; DefaultItemQuantity=Default Item
    Quantity:Boolean; Create Item from Description:Boolean; Ext. Doc. No. Mandatory:Boolean;
    Appln. between Currencies:Option[None,EMU,All]; Logo Position on Documents:Option[No
    Logo,Left,Center,Right]; Freight G/L Acc. No.:Code20; Default Posting Date:Option[Work
    Date,No Date]; Default Quantity to Ship:Option[Remainder,Blank]; Copy Comments Blanket to
    Order:Boolean; Copy Comments Order to Invoice:Boolean; Copy Comments Order to
    Shpt.:Boolean; Copy Cmts Ret.Ord. to Cr. Memo:Boolean; Copy Cmts Ret.Ord. to
    Ret.Rcpt:Boolean; Allow VAT Difference:Boolean; Calc. Inv. Discount:Boolean; Calc. Inv.
    Disc. per VAT ID:Boolean; VAT Bus. Posting Gr. (Price):Code20; Exact Cost Reversing
    Mandatory:Boolean; Check Prepmt. when Posting:Boolean; Archive Quotes and Orders:Boolean;
    Allow Document Deletion Before:Date; Ignore Updated Addresses:Boolean; Customer Group
    Dimension Code:Code20; Salesperson Dimension Code:Code20; Customer Nos.:Code20; Quote
    Nos.:Code20; Blanket Order Nos.:Code20; Order Nos.:Code20; Return Order Nos.:Code20;
    Invoice Nos.:Code20; Posted Invoice Nos.:Code20; Credit Memo Nos.:Code20; Posted Credit
    Memo Nos.:Code20; Posted Shipment Nos.:Code20; Posted Return Receipt Nos.:Code20; Reminder
    Nos.:Code20; Issued Reminder Nos.:Code20; Fin. Chrg. Memo Nos.:Code20; Issued Fin. Chrg. M.
    Nos.:Code20; Posted Prepmt. Inv. Nos.:Code20; Posted Prepmt. Cr. Memo Nos.:Code20; Direct
    Debit Mandate Nos.:Code20; Post with Job Queue:Boolean; Job Queue Priority for
    Post:Integer; Post & Print with Job Queue:Boolean; Job Q. Prio. for Post & Print:Integer;
    Job Queue Category Code:Code10; Notify On Success:Boolean; Write-in Product
    Type:Option[Item,Resource]; Write-in Product No.:Code20
"""),
    ),
    Page(
        "PaymentMethods",
        427,
        "Payment Methods",
        "Payment Method",
        key=("Code",),
        columns=columns("""
    Code:Code10; Description:Text50; Bal. Account Type:Option[G/L Account,Bank Account]; Bal.
    Account No.:Code20; Direct Debit:Boolean; Direct Debit Pmt. Terms Code:Code10; Pmt. Export
    Line Definition:Code20; Bank Data Conversion Pmt. Type:Text50; Use for Invoicing:Boolean
"""),
    ),
)
