"""The pages of this server, held against the properties known of NAV 2018's own pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tieout_sandboxes.nav.odata.edm import EDM
from tieout_sandboxes.nav.pages import PAGES

SCHEMA = Path(__file__).resolve().parents[4] / "shared/fixtures/nav/nav2018_pages_schema.json"
pytestmark = pytest.mark.skipif(not SCHEMA.is_file(), reason=f"no page facts: {SCHEMA} is absent")
LOCALISED = {
    "Account_Code",
    "Tax_Category",
}


def known() -> dict[str, Any]:
    return dict(json.loads(SCHEMA.read_text()))


def test_every_page_has_the_properties_of_the_real_one_in_its_order() -> None:
    compared = 0
    for page in PAGES.values():
        facts = known().get(str(page.number))
        if facts is None:
            continue
        expected = [
            p["prop"]
            for p in facts["properties"]
            if p["prop"] not in LOCALISED and "OIOUBL" not in p["prop"]
        ]
        assert [column.name for column in page.columns] == expected, page.service
        compared += 1
    assert compared == 21


def test_types_lengths_and_options_are_the_real_ones() -> None:
    compared = 0
    for page in PAGES.values():
        for fact in known().get(str(page.number), {"properties": []})["properties"]:
            column = page.by_name.get(fact["prop"])
            if column is None or "edm" not in fact:
                continue
            where = f"{page.service}.{column.name}"
            assert EDM[column.type] == fact["edm"], where
            assert column.length in (0, fact.get("maxlen", column.length)), where
            options = tuple(option.strip() or " " for option in fact.get("options", []))
            assert column.options == options, where
            compared += 1
    assert compared > 300
