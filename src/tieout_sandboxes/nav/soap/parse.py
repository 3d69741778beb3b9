"""Reads the XMLport parameters of a gateway call, strictly: names and order as the contract says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.soap.envelope import local, text_of
from tieout_sandboxes.nav.soap.xmlports import XmlPort


@dataclass
class Item:
    """One command as it came: its texts by element name, and its lines."""

    texts: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, str]] = field(default_factory=list)


def unreadable(text: str) -> NavError:
    """The whole call is refused; the text says what and where."""
    return NavError("dialog", f"TIEOUT-REQUEST {text}")


def read_port(port: XmlPort, parameter: Element) -> list[Item]:
    """The items of an XMLport parameter; raises NavError `TIEOUT-REQUEST`."""
    items = []
    for number, element in enumerate(parameter, start=1):
        if local(element) != port.item:
            raise unreadable(f"{port.root}[{number}]: {local(element)} is not a {port.item}")
        items.append(_item(port, element, f"{port.item}[{number}]"))
    return items


def _item(port: XmlPort, element: Element, where: str) -> Item:
    if not port.elements:
        return Item({port.item: text_of(element).strip()})
    plain = [child for child in element if local(child) != port.child]
    lines = [child for child in element if local(child) == port.child]
    if port.child and list(element)[len(plain) :] != lines:
        raise unreadable(f"{where}: every {port.child} stands after the other elements")
    item = Item(_texts(plain, port.elements, where))
    for number, line in enumerate(lines, start=1):
        item.lines.append(
            _texts(list(line), port.child_elements, f"{where}/{port.child}[{number}]")
        )
    return item


def _texts(elements: Sequence[Element], names: tuple[str, ...], where: str) -> dict[str, str]:
    found = dict.fromkeys(names, "")
    last = -1
    for element in elements:
        name = local(element)
        if name not in found:
            raise unreadable(f"{where}: unknown element {name}")
        if names.index(name) <= last:
            raise unreadable(f"{where}: element {name} is out of order or repeated")
        last = names.index(name)
        found[name] = text_of(element).strip()
    return found
