"""`$metadata` of OData V3, as recorded from NAV 2016.

EDMX 1.0, the companies last, a property `ETag` at the end of every page, no lengths. Associations
and their sets are named after both ends.
"""

from __future__ import annotations

from collections.abc import Iterable

from tieout_sandboxes.nav.odata.associations import Link
from tieout_sandboxes.nav.odata.edm import EDM
from tieout_sandboxes.nav.odata.model import COMPANY, Model
from tieout_sandboxes.nav.pages import Column, Page

EDMX = "http://schemas.microsoft.com/ado/2007/06/edmx"
EDM_NAMESPACE = "http://schemas.microsoft.com/ado/2007/05/edm"
SERVICES = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
EDM_V3 = {**EDM, "Date": "Edm.DateTime", "DateTime": "Edm.DateTime"}
_ETAG = '<Property Name="ETag" Type="Edm.String" ConcurrencyMode="Fixed" />'


def metadata(model: Model) -> str:
    """The metadata document; the same for every company."""
    pages = (*model.pages.values(), COMPANY)
    ends = [(page.service, link) for page in pages for link in model.links[page.service]]
    types = "".join(_entity_type(page, model.links[page.service]) for page in pages)
    associations = "".join(_association(source, link) for source, link in ends)
    sets = "".join(
        f'<EntitySet Name="{page.service}" EntityType="NAV.{page.service}" />' for page in pages
    )
    sets += "".join(_association_set(source, link) for source, link in ends)
    return (
        f'<edmx:Edmx Version="1.0" xmlns:edmx="{EDMX}"><edmx:DataServices '
        f'm:DataServiceVersion="1.0" m:MaxDataServiceVersion="3.0" xmlns:m="{SERVICES}">'
        f'<Schema Namespace="NAV" xmlns="{EDM_NAMESPACE}">{types}{associations}'
        f'<EntityContainer Name="NAV" m:IsDefaultEntityContainer="true">{sets}</EntityContainer>'
        "</Schema></edmx:DataServices></edmx:Edmx>"
    )


def _entity_type(page: Page, links: Iterable[Link]) -> str:
    keys = sorted(column.name for column in page.key_columns)
    refs = "".join(f'<PropertyRef Name="{name}" />' for name in keys)
    properties = "".join(_property(column, key=column.name in keys) for column in page.columns)
    properties += "" if page is COMPANY else _ETAG
    navigation = "".join(_navigation(page.service, link) for link in links)
    return (
        f'<EntityType Name="{page.service}"><Key>{refs}</Key>{properties}{navigation}</EntityType>'
    )


def _property(column: Column, *, key: bool) -> str:
    facets = ' Nullable="false"' if key else ""
    return f'<Property Name="{column.name}" Type="{EDM_V3[column.type]}"{facets} />'


def _navigation(source: str, link: Link) -> str:
    return (
        f'<NavigationProperty Name="{link.name}" Relationship="NAV.{source}_{link.name}" '
        f'ToRole="{link.name}" FromRole="{source}" />'
    )


def _association(source: str, link: Link) -> str:
    many = "*" if link.many else "0..1"
    return (
        f'<Association Name="{source}_{link.name}">'
        f'<End Type="NAV.{source}" Role="{source}" Multiplicity="*" />'
        f'<End Type="NAV.{link.target.service}" Role="{link.name}" Multiplicity="{many}" />'
        "</Association>"
    )


def _association_set(source: str, link: Link) -> str:
    name = f"{source}_{link.name}"
    return (
        f'<AssociationSet Name="{name}_{link.target.service}" Association="NAV.{name}">'
        f'<End Role="{source}" EntitySet="{source}" />'
        f'<End Role="{link.name}" EntitySet="{link.target.service}" /></AssociationSet>'
    )
