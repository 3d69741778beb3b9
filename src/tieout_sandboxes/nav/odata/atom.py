"""The Atom documents of OData V3: feeds, entries, the service document, errors, and bodies read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.odata.failure import INVALID_BODY, bad_request
from tieout_sandboxes.nav.odata.metadata_v3 import EDM_V3
from tieout_sandboxes.nav.odata.places import KEY_SAFE, Places
from tieout_sandboxes.nav.odata.shape import Expansion, Feed, Shape

ATOM = "http://www.w3.org/2005/Atom"
APP = "http://www.w3.org/2007/app"
SERVICES = "http://schemas.microsoft.com/ado/2007/08/dataservices"
META = f"{SERVICES}/metadata"
_SPACES = f'xmlns="{ATOM}" xmlns:d="{SERVICES}" xmlns:m="{META}"'
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HEAD = '<?xml version="1.0" encoding="utf-8"?>'


class Writer:
    """Writes what was read; `now` stands where Atom wants to know when something changed."""

    def __init__(self, places: Places, now: str) -> None:
        self.places, self.now = places, now

    def feed(self, feed: Feed) -> str:
        """A set as a document."""
        return f"{_HEAD}{self._feed(feed, self._document(feed.shape))}"

    def entry(self, shape: Shape, row: Row) -> str:
        """An entity as a document."""
        return f"{_HEAD}{self._entry(shape, row, self._document(shape))}"

    def _document(self, shape: Shape) -> str:
        """The attributes of the outermost element; links are relative to the company."""
        return f" xml:base={quoteattr(self.places.around(shape.page))} {_SPACES}"

    def _feed(self, feed: Feed, attributes: str = "") -> str:
        name, url = feed.shape.page.service, escape(self.places.url(feed.shape.page))
        count = "" if feed.count is None else f"<m:count>{feed.count}</m:count>"
        more = "" if feed.more is None else f'<link rel="next" href={quoteattr(feed.more)} />'
        entries = "".join(self._entry(feed.shape, row) for row in feed.rows)
        return (
            f"<feed{attributes}>{count}<id>{url}</id>"
            f'<title type="text">{name}</title><updated>{self.now}</updated>'
            f'<link rel="self" title="{name}" href="{name}" />{entries}{more}</feed>'
        )

    def _entry(self, shape: Shape, row: Row, attributes: str = "") -> str:
        page, address = shape.page, quote(shape.address(row), safe=KEY_SAFE)
        url = self.places.around(page) + address
        tag = f" m:etag={quoteattr(etag)}" if (etag := shape.etag(row)) else ""
        return (
            f"<entry{attributes}{tag}><id>{escape(url)}</id>"
            f'<category term="NAV.{page.service}" scheme="{SERVICES}/scheme" />'
            f'<link rel="edit" title="{page.service}" href={quoteattr(address)} />'
            f"{self._links(shape, row, address)}<title /><updated>{self.now}</updated>"
            f'<author><name /></author><content type="application/xml">'
            f"<m:properties>{_properties(shape, row)}</m:properties></content></entry>"
        )

    def _links(self, shape: Shape, row: Row, address: str) -> str:
        """A link for every navigation property; one that is expanded holds what it leads to."""
        expanded = {each.link.name: each for each in shape.expansions}
        parts = []
        for link in shape.links:
            kind = "feed" if link.many else "entry"
            href = quoteattr(f"{address}/{link.name}")
            inline = self._inline(expanded[link.name], row) if link.name in expanded else ""
            parts.append(
                f'<link rel="{SERVICES}/related/{link.name}" title="{link.name}" '
                f'type="application/atom+xml;type={kind}" href={href}>{inline}</link>'
            )
        return "".join(parts)

    def _inline(self, expansion: Expansion, row: Row) -> str:
        found = expansion.find(row)
        if found is None:
            return "<m:inline />"
        if isinstance(found, Feed):
            return f"<m:inline>{self._feed(found)}</m:inline>"
        return f"<m:inline>{self._entry(expansion.shape, found)}</m:inline>"


def _properties(shape: Shape, row: Row) -> str:
    types = {column.name: EDM_V3[column.type] for column in shape.columns}
    return "".join(
        _property(name, types.get(name, "Edm.String"), value)
        for name, value in shape.flat(row).items()
    )


def _property(name: str, kind: str, value: Any) -> str:
    typed = "" if kind == "Edm.String" else f' m:type="{kind}"'
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<d:{name}{typed}>{_text(text)}</d:{name}>"


def _text(text: str) -> str:
    """XML cannot hold control characters, however they are written."""
    return escape(_ILLEGAL.sub("", text))


def service_document(base: str, names: Iterable[str]) -> str:
    """The sets as collections of one workspace."""
    sets = "".join(
        f'<collection href="{name}"><atom:title>{name}</atom:title></collection>' for name in names
    )
    return (
        f'{_HEAD}<service xml:base={quoteattr(base + "/")} xmlns="{APP}" xmlns:atom="{ATOM}">'
        f"<workspace><atom:title>Default</atom:title>{sets}</workspace></service>"
    )


def failure(code: str, message: str) -> str:
    """A refusal."""
    return (
        f'{_HEAD}<m:error xmlns:m="{META}"><m:code>{escape(code)}</m:code>'
        f'<m:message xml:lang="en-US">{_text(message)}</m:message></m:error>'
    )


def properties(raw: bytes) -> dict[str, Any]:
    """The properties of an entry that a client has sent, as text; None where they are null."""
    try:
        root = fromstring(raw)
    except (ParseError, DefusedXmlException):
        raise bad_request(INVALID_BODY) from None
    found = root.find(f"{{{ATOM}}}content/{{{META}}}properties")
    if root.tag != f"{{{ATOM}}}entry" or found is None:
        raise bad_request(INVALID_BODY)
    return {each.tag.rpartition("}")[2]: _value(each) for each in found}


def _value(element: Element) -> str | None:
    return None if element.get(f"{{{META}}}null") == "true" else element.text or ""
