"""`$metadata` and the service document: what is published, and of which types.

Namespace `NAV`, key properties in alphabetical order, options as strings. `MaxLength` is what
third parties report of NAV 2018.
"""

from __future__ import annotations

from collections.abc import Iterable

from tieout_sandboxes.nav.odata.associations import Link
from tieout_sandboxes.nav.odata.edm import EDM
from tieout_sandboxes.nav.odata.model import Model
from tieout_sandboxes.nav.pages import Column, Page

EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
EDM_NAMESPACE = "http://docs.oasis-open.org/odata/ns/edm"


def metadata(model: Model, key_property: str = "") -> str:
    """The metadata document; the same for every company. `key_property` shows the bare Key."""
    pages, links = model.pages, model.links
    types = _company_type(pages)
    key = f'<Property Name="{key_property}" Type="Edm.String" />' if key_property else ""
    types += "".join(_entity_type(page, key, links[name]) for name, page in pages.items())
    sets = "".join(_entity_set(name, links[name]) for name in pages)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="{EDMX}">'
        f'<edmx:DataServices><Schema Namespace="NAV" xmlns="{EDM_NAMESPACE}">{types}'
        f'<EntityContainer Name="NAV">{_company_set(pages)}{sets}</EntityContainer>'
        "</Schema></edmx:DataServices></edmx:Edmx>"
    )


def _entity_type(page: Page, key: str, links: Iterable[Link]) -> str:
    keys = sorted(column.name for column in page.key_columns)
    properties = "".join(_property(column, key=column.name in keys) for column in page.columns)
    properties += key + "".join(
        f'<NavigationProperty Name="{link.name}" Type="NAV.{link.target.service}" />'
        for link in links
    )
    return f'<EntityType Name="{page.service}">{_key(keys)}{properties}</EntityType>'


def _key(names: Iterable[str]) -> str:
    return "<Key>" + "".join(f'<PropertyRef Name="{name}" />' for name in names) + "</Key>"


def _property(column: Column, *, key: bool) -> str:
    facets = ' Nullable="false"' if key else ""
    if column.type in ("Code", "Text") and column.length:
        facets += f' MaxLength="{column.length}"'
    if column.type == "Decimal":
        facets += ' Scale="Variable"'
    return f'<Property Name="{column.name}" Type="{EDM[column.type]}"{facets} />'


def _company_type(pages: Iterable[str]) -> str:
    links = "".join(
        f'<NavigationProperty Name="{name}" Type="Collection(NAV.{name})" ContainsTarget="true" />'
        for name in pages
    )
    name = '<Property Name="Name" Type="Edm.String" Nullable="false" />'
    return f'<EntityType Name="Company">{_key(["Name"])}{name}{links}</EntityType>'


def _company_set(pages: Iterable[str]) -> str:
    return _set("Company", ((name, name) for name in pages))


def _entity_set(name: str, links: Iterable[Link]) -> str:
    return _set(name, ((link.name, link.target.service) for link in links))


def _set(name: str, bindings: Iterable[tuple[str, str]]) -> str:
    bound = "".join(
        f'<NavigationPropertyBinding Path="{path}" Target="{target}" />'
        for path, target in bindings
    )
    return f'<EntitySet Name="{name}" EntityType="NAV.{name}">{bound}</EntitySet>'


def service_document(base: str, names: Iterable[str]) -> dict[str, object]:
    """The entity sets."""
    sets = [{"name": name, "kind": "EntitySet", "url": name} for name in names]
    return {"@odata.context": f"{base}/$metadata", "value": sets}
