"""General journals: templates, batches and lines that wait to be posted."""

from __future__ import annotations

from tieout_sandboxes.nav.business.tables.notation import table

TABLES = (
    table(
        80,
        "Gen. Journal Template",
        """
    Name:Code10; Description:Text80; Source Code:Code10>Source Code; Force Doc. Balance:Boolean!;
    Copy VAT Setup to Jnl. Lines:Boolean!
""",
        key="Name",
    ),
    table(
        232,
        "Gen. Journal Batch",
        """
    Journal Template Name:Code10>Gen. Journal Template; Name:Code10; Description:Text50;
    Reason Code:Code10>Reason Code; No. Series:Code20>No. Series;
    Posting No. Series:Code20>No. Series; Copy VAT Setup to Jnl. Lines:Boolean!;
    Allow VAT Difference:Boolean; Allow Payment Export:Boolean; Suggest Balancing Amount:Boolean;
    Bal. Account Type:Option[G/L Account,Customer,Vendor,Bank Account,Fixed Asset];
    Bal. Account No.:Code20
""",
        key="Journal Template Name,Name",
    ),
    table(
        81,
        "Gen. Journal Line",
        """
    Journal Template Name:Code10>Gen. Journal Template; Journal Batch Name:Code10;
    Line No.:Integer; Posting Date:Date; Document Date:Date; Due Date:Date;
    Document Type:DocumentType; Document No.:Code20; External Document No.:Code35;
    Account Type:AccountType; Account No.:Code20; Description:Text50;
    Currency Code:Code10>Currency; Currency Factor:Decimal; Amount:Decimal;
    Amount (LCY):Decimal; Debit Amount:Decimal; Credit Amount:Decimal;
    Bal. Account Type:AccountType; Bal. Account No.:Code20;
    Gen. Posting Type:PostingType;
    Gen. Bus. Posting Group:Code20>Gen. Business Posting Group;
    Gen. Prod. Posting Group:Code20>Gen. Product Posting Group;
    VAT Bus. Posting Group:Code20>VAT Business Posting Group;
    VAT Prod. Posting Group:Code20>VAT Product Posting Group;
    VAT Calculation Type:VatType; VAT %:Decimal; VAT Amount:Decimal; VAT Base Amount:Decimal;
    VAT Difference:Decimal; Posting Group:Code20; Bill-to/Pay-to No.:Code20>Customer;
    Payment Terms Code:Code10>Payment Terms; Applies-to Doc. Type:DocumentType;
    Applies-to Doc. No.:Code20; Applies-to ID:Code50; On Hold:Code3; Quantity:Decimal;
    Source Code:Code10>Source Code; Reason Code:Code10>Reason Code; Comment:Text250;
    Correction:Boolean; Tax Area Code:Code20>Tax Area; Tax Group Code:Code20>Tax Group;
    Tax Liable:Boolean; Shortcut Dimension 1 Code:Code20; Shortcut Dimension 2 Code:Code20;
    Dimension Set ID:Integer
""",
        key="Journal Template Name,Journal Batch Name,Line No.",
        indexes=("Journal Batch Name", "Document No.", "External Document No."),
    ),
)
