"""The metadata this server writes, held against metadata recorded from a real NAV 2016 (OData V3).

The recorded pages, told in the notation of this server, must give the recorded document: the same
keys, properties, types, order, navigation properties, associations and sets. The recorded FlowFilters
are plain columns here: those of the sandbox follow the FlowFields of its own pages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from tieout_sandboxes.nav.odata import metadata as v4
from tieout_sandboxes.nav.odata import metadata_v3
from tieout_sandboxes.nav.odata.model import build, model_of
from tieout_sandboxes.nav.pages import Column, Page

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "nav" / "edmx"
RECORDED = FOLDER / "packt_ch03_odata_v3_service.edmx"
pytestmark = pytest.mark.skipif(
    not RECORDED.is_file(), reason=f"no recorded metadata: {RECORDED} is absent"
)
V3 = "{http://schemas.microsoft.com/ado/2007/05/edm}"
V4 = "{http://docs.oasis-open.org/odata/ns/edm}"
META = "{http://schemas.microsoft.com/ado/2007/08/dataservices/metadata}"
TYPES = {
    "Edm.String": "Text",
    "Edm.Decimal": "Decimal",
    "Edm.Int32": "Integer",
    "Edm.Boolean": "Boolean",
    "Edm.DateTime": "Date",
}
OF_PAGES = ("Customers", "SalesOrder", "SalesOrderSalesLines")
"""The other recorded types are those of queries, which have no ETag."""
LINES = "SalesOrder_SalesOrderSalesLines"
"""Lines below an order: a page with a part, which no page of this server has."""


def recorded() -> Element:
    return ElementTree.parse(RECORDED).getroot()


def entity(root: Element, space: str, name: str) -> Element:
    found = root.find(f".//{space}EntityType[@Name='{name}']")
    assert found is not None
    return found


def keys(found: Element, space: str) -> list[str | None]:
    return [ref.get("Name") for ref in found.iter(f"{space}PropertyRef")]


def attributes(found: Element, kind: str) -> list[dict[str, str]]:
    return [dict(each.attrib) for each in found.iter(f"{V3}{kind}")]


def page(found: Element, name: str) -> Page:
    shown = [
        (str(each.get("Name")), TYPES[str(each.get("Type"))])
        for each in found.iter(f"{V3}Property")
        if each.get("Name") != "ETag"
    ]
    columns = tuple(Column(prop, prop, kind) for prop, kind in shown)
    key = tuple(str(each) for each in reversed(keys(found, V3)))  # the order of a table is another
    return Page(name, 1, name, name, key, columns)


def pages() -> dict[str, Page]:
    root = recorded()
    return {name: page(entity(root, V3, name), name) for name in OF_PAGES}


def ours() -> Element:
    return ElementTree.fromstring(metadata_v3.metadata(build(pages(), associations=True)))


@pytest.mark.parametrize("name", OF_PAGES)
def test_a_page_has_the_key_and_the_properties_of_the_recorded_one(name: str) -> None:
    """Name, type, whether it may be null, and the concurrency of the ETag, in order."""
    theirs, mine = entity(recorded(), V3, name), entity(ours(), V3, name)
    assert keys(mine, V3) == keys(theirs, V3)
    assert attributes(mine, "Property") == attributes(theirs, "Property")
    assert attributes(mine, "Property")[-1]["ConcurrencyMode"] == "Fixed"


@pytest.mark.parametrize("name", OF_PAGES)
def test_v4_tells_the_same_page_with_other_types_of_dates(name: str) -> None:
    theirs = entity(recorded(), V3, name)
    mine = entity(ElementTree.fromstring(v4.metadata(build(pages(), associations=True))), V4, name)
    assert keys(mine, V4) == keys(theirs, V3)
    told = [(each["Name"], each["Type"]) for each in attributes(theirs, "Property")]
    wanted = [(n, kind.replace("DateTime", "Date")) for n, kind in told if n != "ETag"]
    assert [(p.get("Name"), p.get("Type")) for p in mine.iter(f"{V4}Property")] == wanted


def test_the_head_of_the_document_is_the_recorded_one() -> None:
    for find in (lambda root: root, lambda root: root[0], lambda root: root[0][0]):
        assert (find(ours()).tag, find(ours()).attrib) == (
            find(recorded()).tag,
            find(recorded()).attrib,
        )
    container = f".//{V3}EntityContainer"
    mine, theirs = ours().find(container), recorded().find(container)
    assert mine is not None
    assert theirs is not None
    assert (
        mine.attrib == theirs.attrib == {"Name": "NAV", f"{META}IsDefaultEntityContainer": "true"}
    )


def known(elements: list[Element]) -> list[Element]:
    """Those that speak of pages, not of queries, nor of the lines below an order."""
    names = {*OF_PAGES, "Company", *(f"Company_{n}" for n in OF_PAGES)}
    names |= {f"Company_{n}_{n}" for n in OF_PAGES}
    return [each for each in elements if each.get("Name") in names]


def whole(element: Element) -> Any:
    """An element with its children, whose order says nothing: the recorded files have either."""
    children = sorted((whole(child) for child in element), key=str)
    return element.tag, sorted(element.attrib.items()), children


@pytest.mark.parametrize(
    "kind", ["EntitySet", "Association", "AssociationSet", "NavigationProperty"]
)
def test_companies_lead_to_every_set_as_recorded(kind: str) -> None:
    mine = [whole(each) for each in known(list(ours().iter(f"{V3}{kind}")))]
    theirs = known(list(recorded().iter(f"{V3}{kind}")))
    assert mine == [whole(each) for each in theirs if LINES not in str(each.attrib)]
    assert len(mine) >= len(OF_PAGES)


def test_types_stand_in_the_recorded_order_with_the_companies_last() -> None:
    mine = [each["Name"] for each in attributes(ours(), "EntityType")]
    assert mine == [each.get("Name") for each in known(list(recorded().iter(f"{V3}EntityType")))]
    assert mine[-1] == "Company"


def test_the_customer_card_has_no_name_that_the_recorded_one_spells_otherwise() -> None:
    """Two versions and a localisation apart, what both show is spelt and typed alike."""
    published = ElementTree.fromstring(metadata_v3.metadata(model_of("", associations=True)))
    theirs = {p["Name"]: p for p in attributes(entity(recorded(), V3, "Customers"), "Property")}
    mine = {p["Name"]: p for p in attributes(entity(published, V3, "Customer"), "Property")}
    both = theirs.keys() & mine.keys()
    assert len(both) > 50
    assert {name: mine[name] for name in both} == {name: theirs[name] for name in both}


def test_the_flow_filters_of_the_customer_card_stand_where_the_recorded_ones_do() -> None:
    """At the end, before the ETag, in one order; *Exposure* is an Italian field."""
    published = ElementTree.fromstring(metadata_v3.metadata(model_of("", associations=True)))
    theirs = attributes(entity(recorded(), V3, "Customers"), "Property")
    mine = attributes(entity(published, V3, "Customer"), "Property")
    filters = [p["Name"] for p in theirs if p["Name"].endswith("_Filter")]
    assert filters == [p["Name"] for p in theirs[-5:-1]]
    assert [p["Name"] for p in mine[-5:-1]] == [*filters[:3], "Date_Filter"]
