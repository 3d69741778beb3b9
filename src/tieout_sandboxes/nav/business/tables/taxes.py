"""Sales tax: areas, their jurisdictions, and what each of them takes."""

from __future__ import annotations

from tieout_sandboxes.nav.business.tables.notation import table

TABLES = (
    table(318, "Tax Area", "Code:Code20; Description:Text50", key="Code"),
    table(
        319,
        "Tax Area Line",
        """
    Tax Area:Code20>Tax Area; Tax Jurisdiction Code:Code10>Tax Jurisdiction;
    Calculation Order:Integer
""",
        key="Tax Area,Tax Jurisdiction Code",
    ),
    table(
        320,
        "Tax Jurisdiction",
        """
    Code:Code10; Description:Text50; Tax Account (Sales):Code20>G/L Account;
    Tax Account (Purchases):Code20>G/L Account; Report-to Jurisdiction:Code10
""",
        key="Code",
    ),
    table(321, "Tax Group", "Code:Code20; Description:Text50", key="Code"),
    table(
        322,
        "Tax Detail",
        """
    Tax Jurisdiction Code:Code10>Tax Jurisdiction; Tax Group Code:Code20;
    Tax Type:Option[Sales Tax,Excise Tax]; Effective Date:Date; Tax Below Maximum:Decimal;
    Maximum Amount/Qty.:Decimal; Tax Above Maximum:Decimal; Calculate Tax on Tax:Boolean;
    Expense/Capitalize:Boolean
""",
        key="Tax Jurisdiction Code,Tax Group Code,Tax Type,Effective Date",
    ),
)
