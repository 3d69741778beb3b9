"""The metadata this server writes, held against metadata recorded from a real NAV 2016 (OData V3).

The same page, told in the notation of this server, must have the same key, the same properties in the same order and
the same types; only V3's `Edm.DateTime` has become `Edm.Date`, and its property `ETag` an annotation.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from tieout_sandboxes.nav.odata.metadata import metadata
from tieout_sandboxes.nav.pages import PAGES, Column, Page

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "nav" / "edmx"
RECORDED = FOLDER / "packt_ch03_odata_v3_service.edmx"
pytestmark = pytest.mark.skipif(
    not RECORDED.is_file(), reason=f"no recorded metadata: {RECORDED} is absent"
)
V3 = "{http://schemas.microsoft.com/ado/2007/05/edm}"
V4 = "{http://docs.oasis-open.org/odata/ns/edm}"
TYPES = {
    "Edm.String": "Text",
    "Edm.Decimal": "Decimal",
    "Edm.Int32": "Integer",
    "Edm.Boolean": "Boolean",
    "Edm.DateTime": "Date",
}
OF_PAGES = ("Customers", "SalesOrder", "SalesOrderSalesLines")
"""The other recorded types are those of queries."""


def recorded() -> Element:
    return ElementTree.parse(RECORDED).getroot()


def entity(root: Element, space: str, name: str) -> Element:
    found = root.find(f".//{space}EntityType[@Name='{name}']")
    assert found is not None
    return found


def keys(found: Element, space: str) -> list[str | None]:
    return [ref.get("Name") for ref in found.iter(f"{space}PropertyRef")]


def properties(found: Element, space: str) -> list[tuple[str | None, str]]:
    told = [(each.get("Name"), each.get("Type") or "") for each in found.iter(f"{space}Property")]
    return [(name, kind.replace("DateTime", "Date")) for name, kind in told if name != "ETag"]


def page(found: Element, name: str) -> Page:
    shown = [
        (str(each.get("Name")), TYPES[str(each.get("Type"))])
        for each in found.iter(f"{V3}Property")
        if each.get("Name") != "ETag"
    ]
    columns = tuple(Column(prop, prop, kind) for prop, kind in shown)
    key = tuple(str(each) for each in reversed(keys(found, V3)))  # the order of a table is another
    return Page(name, 1, name, name, key, columns)


@pytest.mark.parametrize("name", OF_PAGES)
def test_a_page_has_the_key_and_the_properties_of_the_recorded_one(name: str) -> None:
    theirs = entity(recorded(), V3, name)
    ours = entity(ElementTree.fromstring(metadata({name: page(theirs, name)})), V4, name)
    assert keys(ours, V4) == keys(theirs, V3)
    assert properties(ours, V4) == properties(theirs, V3)


def test_companies_lead_to_every_set_and_sets_stand_in_order() -> None:
    root = recorded()
    sets = [each.get("Name") for each in root.iter(f"{V3}EntitySet")]
    types = {n: page(entity(root, V3, n), n) for n in OF_PAGES}
    ours = ElementTree.fromstring(metadata(types))
    company = entity(ours, V4, "Company")
    assert keys(company, V4) == keys(entity(root, V3, "Company"), V3) == ["Name"]
    links = [each.get("Name") for each in company.iter(f"{V4}NavigationProperty")]
    theirs = [e.get("Name") for e in entity(root, V3, "Company").iter(f"{V3}NavigationProperty")]
    assert links == [name for name in theirs if name in OF_PAGES]
    container = ours.find(f".//{V4}EntityContainer")
    assert container is not None
    assert container.get("Name") == "NAV"
    mine = [each.get("Name") for each in container.iter(f"{V4}EntitySet")]
    assert sorted(map(str, mine)) == sorted(
        n for n in map(str, sets) if n in (*OF_PAGES, "Company")
    )


def test_the_customer_card_has_no_name_that_the_recorded_one_spells_otherwise() -> None:
    """Two versions and a localisation apart, what both show is spelt and typed alike."""
    theirs = dict(properties(entity(recorded(), V3, "Customers"), V3))
    ours = dict(properties(entity(ElementTree.fromstring(metadata(PAGES)), V4, "Customer"), V4))
    both = theirs.keys() & ours.keys()
    assert len(both) > 50
    assert {name: ours[name] for name in both} == {name: theirs[name] for name in both}
