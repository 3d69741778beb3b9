"""The WSDLs this server writes, held against WSDLs recorded from real NAV servers."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from tieout_sandboxes.nav.pages import PAGES, Page, columns
from tieout_sandboxes.nav.soap.page_wsdl import page_wsdl
from tieout_sandboxes.nav.soap.system_service import wsdl

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "nav" / "wsdl"
pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason=f"no recorded WSDLs: {RECORDED} is absent"
)
LINES = Page(
    "NoSeriesLines",
    457,
    "No. Series Lines",
    "No. Series Line",
    key=("Series Code",),
    columns=columns("""
        Series Code:Code20; Starting Date:Date; Starting No.:Code20; Ending No.:Code20;
        Last Date Used:Date; Last No. Used:Code20; Warning No.:Code20;
        Increment-by No.:Integer; Open:Boolean
    """),
)


def tree(element: Element) -> object:
    """An element as nested plain values, so that a difference is shown where it is."""
    text = (element.text or "").strip()
    return element.tag, sorted(element.attrib.items()), text, [tree(child) for child in element]


def without_address(root: Element) -> Element:
    for element in root.iter():
        element.attrib.pop("location", None)
    return root


def test_a_page_wsdl_is_the_recorded_one_element_by_element() -> None:
    recorded = ElementTree.parse(RECORDED / "powergate_NoSeriesLines.wsdl").getroot()
    ours = ElementTree.fromstring(page_wsdl(LINES, "http://127.0.0.1/"))
    assert tree(without_address(ours)) == tree(without_address(recorded))


def test_the_system_service_is_the_recorded_one_element_by_element() -> None:
    recorded = ElementTree.parse(RECORDED / "brentedwards_SystemService.wsdl").getroot()
    ours = ElementTree.fromstring(wsdl("http://127.0.0.1/"))
    assert tree(without_address(ours)) == tree(without_address(recorded))


XSD = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"


def test_a_card_has_the_parts_of_a_recorded_card_in_the_same_order() -> None:
    recorded = ElementTree.parse(RECORDED / "powergate_ItemCard.wsdl").getroot()
    ours = ElementTree.fromstring(page_wsdl(PAGES["Customer"], "http://127.0.0.1/"))

    def shape(root: Element, name: str) -> tuple[list[object], list[object]]:
        port = root.find(f"{WSDL}portType")
        schema = next(root.iter(f"{XSD}schema"))
        assert port is not None
        kinds = [
            (child.tag, (child.get("name") or "").replace(name, "Page"))
            for child in schema
            if child.tag != f"{XSD}simpleType" or "_Fields" in (child.get("name") or "")
        ]
        return [op.get("name") for op in port], kinds  # type: ignore[return-value]

    assert shape(ours, "Customer") == shape(recorded, "ItemCard")


def test_options_are_types_before_the_record_and_the_key_comes_first() -> None:
    root = ElementTree.fromstring(page_wsdl(PAGES["Customer"], "http://127.0.0.1/"))
    schema = next(root.iter(f"{XSD}schema"))
    names = [child.get("name") for child in schema]
    assert names.index("Blocked") < names.index("Customer")
    values = [v.get("value") for v in schema[names.index("Blocked")].iter(f"{XSD}enumeration")]
    assert values == ["_blank_", "Ship", "Invoice", "All"]
    record = [e.get("name") for e in schema[names.index("Customer")].iter(f"{XSD}element")]
    assert record[:3] == ["Key", "No", "Name"]
