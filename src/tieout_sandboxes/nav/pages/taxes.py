"""The pages of sales tax: areas, jurisdictions, groups, and what each jurisdiction takes of each group.

No source describes them control by control; they show the fields of their tables (see FIDELITY.md).
"""

from __future__ import annotations

from tieout_sandboxes.nav.pages.model import Page, columns

PAGES = (
    Page(
        "TaxAreas",
        469,
        "Tax Area List",
        "Tax Area",
        key=("Code",),
        insert=False,
        modify=False,
        delete=False,
        columns=columns("Code:Code20; Description:Text50"),
    ),
    Page(
        "TaxGroups",
        466,
        "Tax Groups",
        "Tax Group",
        key=("Code",),
        columns=columns("Code:Code20; Description:Text50"),
    ),
    Page(
        "TaxJurisdictions",
        467,
        "Tax Jurisdictions",
        "Tax Jurisdiction",
        key=("Code",),
        columns=columns("""
    Code:Code10; Description:Text50; Tax Account (Sales):Code20; Tax Account (Purchases):Code20;
    Report-to Jurisdiction:Code10
"""),
    ),
    Page(
        "TaxDetails",
        468,
        "Tax Details",
        "Tax Detail",
        key=("Tax Jurisdiction Code", "Tax Group Code", "Tax Type", "Effective Date"),
        columns=columns("""
    Tax Jurisdiction Code:Code10; Tax Group Code:Code20; Tax Type:Option[Sales Tax,Excise Tax];
    Effective Date:Date; Tax Below Maximum:Decimal; Maximum Amount/Qty.:Decimal;
    Tax Above Maximum:Decimal; Calculate Tax on Tax:Boolean; Expense/Capitalize:Boolean
"""),
    ),
)
