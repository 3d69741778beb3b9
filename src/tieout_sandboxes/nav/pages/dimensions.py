"""The pages of dimensions and their values.

Names, types, lengths and options are those of NAV 2018 (see FIDELITY.md).
"""

from __future__ import annotations

from tieout_sandboxes.nav.pages.model import Page, columns

PAGES = (
    Page(
        "Dimensions",
        536,
        "Dimensions",
        "Dimension",
        key=("Code",),
        columns=columns("""
    Code:Code20; Name:Text30; Code Caption:Text80; Filter Caption:Text80; Description:Text50;
    Blocked:Boolean; Map-to IC Dimension Code:Code20; Consolidation Code:Code20
"""),
    ),
    Page(
        "DimensionValues",
        537,
        "Dimension Values",
        "Dimension Value",
        key=("Dimension Code", "Code"),
        columns=columns("""
    Dimension Code:Code20#; Code:Code20; Name:Text50; Dimension Value
    Type:Option[Standard,Heading,Total,Begin-Total,End-Total]; Totaling:Text250;
    Blocked:Boolean; Map-to IC Dimension Value Code:Code20; Consolidation Code:Code20
"""),
    ),
)
