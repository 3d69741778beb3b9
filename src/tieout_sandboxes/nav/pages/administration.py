"""The pages of users, periods, number series, code tables and what was changed.

Names, types, lengths and options are those of NAV 2018 (see FIDELITY.md).
"""

from __future__ import annotations

from tieout_sandboxes.nav.pages.model import Page, columns

PAGES = (
    Page(
        "UserSetup",
        119,
        "User Setup",
        "User Setup",
        key=("User ID",),
        columns=columns("""
    User ID:Code50; Allow Posting From:Date; Allow Posting To:Date; Register Time:Boolean;
    Salespers./Purch. Code:Code20; Sales Resp. Ctr. Filter:Code10;
    Purchase Resp. Ctr. Filter:Code10; Service Resp. Ctr. Filter:Code10;
    Time Sheet Admin.:Boolean; Email=E-Mail:Text100
"""),
    ),
    Page(
        "AccountingPeriods",
        100,
        "Accounting Periods",
        "Accounting Period",
        key=("Starting Date",),
        columns=columns("""
    Starting Date:Date; Name:Text10; New Fiscal Year:Boolean; Closed:Boolean~;
    Date Locked:Boolean~; InvtPeriod.IsInvtPeriodClosed("Starting Date"):Boolean*;
    Average Cost Period:Option[_,Day,Week,Month,Quarter,Year,Accounting Period]~;
    Average Cost Calc. Type:Option[_,Item,Item & Location & Variant]~
"""),
    ),
    Page(
        "NoSeries",
        456,
        "No. Series",
        "No. Series",
        key=("Code",),
        columns=columns("""
    Code:Code20; Description:Text50; StartDate:Date*; StartNo:Code20*; EndNo:Code20*;
    LastDateUsed:Date*; LastNoUsed:Code20*; WarningNo:Code20*; IncrementByNo:Integer*;
    Default Nos.:Boolean; Manual Nos.:Boolean; Date Order:Boolean
"""),
    ),
    Page(
        "NoSeriesLines",
        457,
        "No. Series Lines",
        "No. Series Line",
        key=("Series Code", "Line No."),
        columns=columns("""
    Line No.:Integer#; Series Code:Code20; Starting Date:Date; Starting No.:Code20;
    Ending No.:Code20; Last Date Used:Date; Last No. Used:Code20; Warning No.:Code20;
    Increment-by No.:Integer; Open:Boolean
"""),
        sort=("Series Code", "Starting Date", "Starting No."),
    ),
    Page(
        "SourceCodes",
        257,
        "Source Codes",
        "Source Code",
        key=("Code",),
        columns=columns("Code:Code10; Description:Text50"),
    ),
    Page(
        "ReasonCodes",
        259,
        "Reason Codes",
        "Reason Code",
        key=("Code",),
        columns=columns("Code:Code10; Description:Text50"),
    ),
    Page(
        "ChangeLogEntries",
        595,
        "Change Log Entries",
        "Change Log Entry",
        key=("Entry No.",),
        insert=False,
        modify=False,
        delete=False,
        columns=columns("""
    Entry No.:BigInteger; Date and Time:DateTime; User ID:Code50; Table No.:Integer; Table
    Caption:Text250^; Primary Key:Text250; Primary Key Field 1 No.:Integer; Primary Key Field 1
    Caption:Text80^; Primary Key Field 1 Value:Text50; Primary Key Field 2 No.:Integer; Primary
    Key Field 2 Caption:Text80^; Primary Key Field 2 Value:Text50; Primary Key Field 3
    No.:Integer; Primary Key Field 3 Caption:Text80^; Primary Key Field 3 Value:Text50; Field
    No.:Integer; Field Caption:Text80^; Type of Change:Option[Insertion,Modification,Deletion];
    Old Value:Text250; Old Value Local:Text*; New Value:Text250; New Value Local:Text*
"""),
    ),
)
