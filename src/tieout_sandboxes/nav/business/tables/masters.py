"""Customers, accounts and bank accounts."""

from __future__ import annotations

from tieout_sandboxes.nav.business.tables.notation import table

TABLES = (
    table(
        18,
        "Customer",
        """
    No.:Code20; Name:Text50; Search Name:Code50; Name 2:Text50; Address:Text50; Address 2:Text50;
    City:Text30; Contact:Text50; Phone No.:Text30; Fax No.:Text30; E-Mail:Text80;
    Home Page:Text80; Post Code:Code20; County:Text30; Country/Region Code:Code10>Country/Region;
    VAT Registration No.:Text20; GLN:Code13; Our Account No.:Text20;
    Customer Posting Group:Code20>Customer Posting Group; Currency Code:Code10>Currency;
    Gen. Bus. Posting Group:Code20>Gen. Business Posting Group;
    VAT Bus. Posting Group:Code20>VAT Business Posting Group;
    Payment Terms Code:Code10>Payment Terms; Bill-to Customer No.:Code20>Customer;
    Blocked:Option[_,Ship,Invoice,All]; Privacy Blocked:Boolean; Credit Limit (LCY):Decimal;
    Invoice Copies:Integer; Last Statement No.:Integer; Print Statements:Boolean;
    Application Method:Option[Manual,Apply to Oldest]; Partner Type:Option[_,Company,Person];
    Copy Sell-to Addr. to Qte From:Option[Company,Person]; Prepayment %:Decimal;
    Reserve:Option[Never,Optional,Always]; Shipping Advice:Option[Partial,Complete];
    Allow Line Disc.:Boolean!; Prices Including VAT:Boolean; Combine Shipments:Boolean;
    Block Payment Tolerance:Boolean; Tax Area Code:Code20>Tax Area; Tax Liable:Boolean; Last Date Modified:Date; Balance:Decimal^;
    Balance (LCY):Decimal^; Balance Due (LCY):Decimal^; Sales (LCY):Decimal^;
    Payments (LCY):Decimal^
""",
    ),
    table(
        15,
        "G/L Account",
        """
    No.:Code20; Name:Text50; Search Name:Code50;
    Account Type:Option[Posting,Heading,Total,Begin-Total,End-Total];
    Income/Balance:Option[Income Statement,Balance Sheet];
    Account Category:Option[_,Assets,Liabilities,Equity,Income,Cost of Goods Sold,Expense];
    Debit/Credit:Option[Both,Debit,Credit]; Blocked:Boolean; Direct Posting:Boolean!;
    Totaling:Text250; Reconciliation Account:Boolean; New Page:Boolean;
    Omit Default Descr. in Jnl.:Boolean; Gen. Posting Type:Option[_,Purchase,Sale];
    Gen. Bus. Posting Group:Code20>Gen. Business Posting Group;
    Gen. Prod. Posting Group:Code20>Gen. Product Posting Group;
    VAT Bus. Posting Group:Code20>VAT Business Posting Group;
    VAT Prod. Posting Group:Code20>VAT Product Posting Group; Last Date Modified:Date;
    Balance:Decimal^; Balance at Date:Decimal^; Net Change:Decimal^; Debit Amount:Decimal^;
    Credit Amount:Decimal^
""",
    ),
    table(
        270,
        "Bank Account",
        """
    No.:Code20; Name:Text50; Search Name:Code50; Address:Text50; Address 2:Text50; City:Text30;
    Post Code:Code20; Contact:Text50; Phone No.:Text30; Fax No.:Text30; E-Mail:Text80;
    Home Page:Text80; Country/Region Code:Code10>Country/Region; Bank Branch No.:Text20;
    Bank Account No.:Text30; IBAN:Code50; SWIFT Code:Code20; Transit No.:Text20;
    Currency Code:Code10>Currency; Bank Acc. Posting Group:Code20>Bank Account Posting Group;
    Blocked:Boolean; Min. Balance:Decimal; Last Date Modified:Date; Balance:Decimal^;
    Balance (LCY):Decimal^
""",
    ),
)
