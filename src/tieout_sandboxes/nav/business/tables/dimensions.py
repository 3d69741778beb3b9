"""Dimensions: their values, what accounts propose and demand, and the sets that entries carry."""

from __future__ import annotations

from tieout_sandboxes.nav.business.tables.notation import table

TABLES = (
    table(
        348,
        "Dimension",
        "Code:Code20; Name:Text30; Blocked:Boolean",
        key="Code",
    ),
    table(
        349,
        "Dimension Value",
        """
    Dimension Code:Code20>Dimension; Code:Code20; Name:Text50;
    Dimension Value Type:Option[Standard,Heading,Total,Begin-Total,End-Total]; Blocked:Boolean
""",
        key="Dimension Code,Code",
    ),
    table(
        352,
        "Default Dimension",
        """
    Table ID:Integer; No.:Code20; Dimension Code:Code20>Dimension; Dimension Value Code:Code20;
    Value Posting:Option[_,Code Mandatory,Same Code,No Code]
""",
        key="Table ID,No.,Dimension Code",
    ),
    table(
        480,
        "Dimension Set Entry",
        "Dimension Set ID:Integer; Dimension Code:Code20; Dimension Value Code:Code20",
        key="Dimension Set ID,Dimension Code",
        indexes=("Dimension Value Code",),
    ),
)
