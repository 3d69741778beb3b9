from __future__ import annotations

import pytest

from tieout_sandboxes.nav.pages.names import mangle


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("No.", "No"),
        ("E-Mail", "E_Mail"),
        ("Credit Limit (LCY)", "Credit_Limit_LCY"),
        ("Prepayment %", "Prepayment_Percent"),
        ("Country/Region Code", "Country_Region_Code"),
        ("ShortcutDimCode[3]", "ShortcutDimCode_x005B_3_x005D_"),
        ("3rd Party Loader Type", "_x0033_rd_Party_Loader_Type"),
        ("Tracking & Action Msg.", "Tracking__x0026__Action_Msg"),
        ("Pick + Forward", "Pick__x002B__Forward"),
        ("Profit=Price-Cost", "Profit_x003D_Price_Cost"),
        (" ", "_blank_"),
    ],
)
def test_names_are_mangled_as_nav_does(name: str, service: str) -> None:
    assert mangle(name) == service
