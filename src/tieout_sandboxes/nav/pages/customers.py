"""The pages of customers.

Names, types, lengths and options are those of NAV 2018 (see FIDELITY.md).
"""

from __future__ import annotations

from tieout_sandboxes.nav.pages.model import Page, columns

PAGES = (
    Page(
        "Customer",
        21,
        "Customer Card",
        "Customer",
        key=("No.",),
        columns=columns("""
    No.:Code20; Name:Text50; Search Name:Code50; IC Partner Code:Code20; Balance (LCY):Decimal^;
    Balance Due (LCY):Decimal^; Credit Limit (LCY):Decimal; Blocked:Option[_,Ship,Invoice,All];
    Privacy Blocked:Boolean; Salesperson Code:Code20; Responsibility Center:Code10;
    Service Zone Code:Code10; Document Sending Profile:Code20; TotalSales2:Decimal*;
    CustSalesLCY - CustProfit - AdjmtCostLCY:Decimal*; AdjCustProfit:Decimal*;
    AdjProfitPct:Decimal*; Last Date Modified:Date~; Address:Text50; Address 2:Text50;
    Post Code:Code20; City:Text30; Country/Region Code:Code10; ShowMap:Text*;
    Primary Contact No.:Code20; ContactName=Contact:Text50; Phone No.:Text30; E-Mail:Text80;
    Fax No.:Text30; Home Page:Text80; Language Code:Code10; Bill-to Customer No.:Code20;
    VAT Registration No.:Text20; GLN:Code13;
    Copy Sell-to Addr. to Qte From:Option[Company,Person]; Invoice Copies:Integer;
    Gen. Bus. Posting Group:Code20; VAT Bus. Posting Group:Code20;
    Customer Posting Group:Code20; Currency Code:Code10; Customer Price Group:Code10;
    Customer Disc. Group:Code20; Allow Line Disc.:Boolean; Invoice Disc. Code:Code20;
    Prices Including VAT:Boolean; Prepayment %:Decimal;
    Application Method:Option[Manual,Apply to Oldest]; Partner Type:Option[_,Company,Person];
    Payment Terms Code:Code10; Payment Method Code:Code10; Reminder Terms Code:Code10;
    Fin. Charge Terms Code:Code10; Cash Flow Payment Terms Code:Code10;
    Print Statements:Boolean; Last Statement No.:Integer; Block Payment Tolerance:Boolean;
    Preferred Bank Account Code:Code20; Location Code:Code10; Combine Shipments:Boolean;
    Reserve:Option[Never,Optional,Always]; Shipping Advice:Option[Partial,Complete];
    Shipment Method Code:Code10; Shipping Agent Code:Code10; Shipping Agent Service Code:Code10;
    Shipping Time:DateFormula; Base Calendar Code:Code10; Customized Calendar:Text*;
    Balance (LCY)2=Balance (LCY):Decimal^; GetMoneyOwedExpected:Decimal*;
    TotalMoneyOwed:Decimal*; CreditLimit=Credit Limit (LCY):Decimal;
    CalcCreditLimitLCYExpendedPct:Decimal*; Balance Due:Decimal*; Payments (LCY):Decimal^;
    CustomerMgt.AvgDaysToPay("No."):Decimal*; DaysPaidPastDueDate:Decimal*;
    GetAmountOnPostedInvoices:Decimal*; GetAmountOnCrMemo:Decimal*;
    GetAmountOnOutstandingInvoices:Decimal*; GetAmountOnOutstandingCrMemos:Decimal*;
    Totals:Decimal*; CustInvDiscAmountLCY:Decimal*
"""),
    ),
    Page(
        "CustomerList",
        22,
        "Customer List",
        "Customer",
        key=("No.",),
        columns=columns("""
    No.:Code20; Name:Text50; Responsibility Center:Code10; Location Code:Code10;
    Post Code:Code20; Country/Region Code:Code10; Phone No.:Text30; IC Partner Code:Code20;
    Contact:Text50; Salesperson Code:Code20; Customer Posting Group:Code20;
    Gen. Bus. Posting Group:Code20; VAT Bus. Posting Group:Code20; Customer Price Group:Code10;
    Customer Disc. Group:Code20; Payment Terms Code:Code10; Reminder Terms Code:Code10;
    Fin. Charge Terms Code:Code10; Currency Code:Code10; Language Code:Code10;
    Search Name:Code50; Credit Limit (LCY):Decimal; Blocked:Option[_,Ship,Invoice,All];
    Privacy Blocked:Boolean; Last Date Modified:Date~;
    Application Method:Option[Manual,Apply to Oldest]; Combine Shipments:Boolean;
    Reserve:Option[Never,Optional,Always]; Shipping Advice:Option[Partial,Complete];
    Shipping Agent Code:Code10; Base Calendar Code:Code10; Balance (LCY):Decimal^;
    Balance Due (LCY):Decimal^; Sales (LCY):Decimal^
"""),
        insert=False,
        modify=False,
        delete=False,
    ),
)
