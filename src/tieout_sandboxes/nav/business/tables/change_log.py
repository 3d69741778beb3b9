"""The change log and its set-up: which tables and fields are watched."""

from __future__ import annotations

from tieout_sandboxes.nav.business.tables.notation import table

_EXTENT = "Option[_,Some Fields,All Fields]"
_KEYS = "; ".join(
    f"Primary Key Field {place} No.:Integer; Primary Key Field {place} Value:Text50"
    for place in (1, 2, 3)
)

TABLES = (
    table(
        402,
        "Change Log Setup",
        "Primary Key:Code10; Change Log Activated:Boolean",
        key="Primary Key",
    ),
    table(
        403,
        "Change Log Setup (Table)",
        f"Table No.:Integer; Log Insertion:{_EXTENT}; Log Modification:{_EXTENT}; Log Deletion:{_EXTENT}",
        key="Table No.",
    ),
    table(
        404,
        "Change Log Setup (Field)",
        "Table No.:Integer; Field No.:Integer; Log Insertion:Boolean; Log Modification:Boolean; Log Deletion:Boolean",
        key="Table No.,Field No.",
    ),
    table(
        405,
        "Change Log Entry",
        f"""
    Entry No.:BigInteger; Date and Time:DateTime; User ID:Code50; Table No.:Integer;
    Primary Key:Text250; {_KEYS}; Field No.:Integer;
    Type of Change:Option[Insertion,Modification,Deletion]; Old Value:Text250; New Value:Text250
""",
        key="Entry No.",
    ),
)
