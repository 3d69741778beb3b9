"""`$metadata` and the service document: what is published, and of which types.

Namespace `NAV`, key properties in alphabetical order, options as strings. `MaxLength` is what
third parties report of NAV 2018.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tieout_sandboxes.nav.odata.edm import EDM
from tieout_sandboxes.nav.pages import Column, Page

EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
EDM_NAMESPACE = "http://docs.oasis-open.org/odata/ns/edm"


def metadata(pages: Mapping[str, Page]) -> str:
    """The metadata document; the same for every company."""
    types = _company_type(pages) + "".join(_entity_type(page) for page in pages.values())
    sets = "".join(_entity_set(name) for name in pages)
    return (
        f'<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="{EDMX}">'
        f'<edmx:DataServices><Schema Namespace="NAV" xmlns="{EDM_NAMESPACE}">{types}'
        f'<EntityContainer Name="NAV">{_company_set(pages)}{sets}</EntityContainer>'
        "</Schema></edmx:DataServices></edmx:Edmx>"
    )


def _entity_type(page: Page) -> str:
    keys = sorted(column.name for column in page.key_columns)
    properties = "".join(_property(column, key=column.name in keys) for column in page.columns)
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
    bound = "".join(
        f'<NavigationPropertyBinding Path="{name}" Target="{name}" />' for name in pages
    )
    return f'<EntitySet Name="Company" EntityType="NAV.Company">{bound}</EntitySet>'


def _entity_set(name: str) -> str:
    return f'<EntitySet Name="{name}" EntityType="NAV.{name}" />'


def service_document(base: str, pages: Iterable[str]) -> dict[str, object]:
    """The entity sets."""
    sets = [{"name": n, "kind": "EntitySet", "url": n} for n in ("Company", *pages)]
    return {"@odata.context": f"{base}/$metadata", "value": sets}
