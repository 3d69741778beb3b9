"""Codes that NAV asks for only when something is posted: which of them are there. Pages are asked for these codes alone, since a company may have many."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from tieout.connectors.nav.odata import NavOData, eq
from tieout.connectors.nav.wire import setup as wire

POSTABLE = ("Standard", "Begin-Total")


class CodePage(StrEnum):
    """Pages that list codes; only ``tieout pair check`` reads them."""

    TAX_AREAS = "TaxAreas"
    TAX_GROUPS = "TaxGroups"
    REASON_CODES = "ReasonCodes"
    CURRENCIES = "Currencies"


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionValue:
    """A value of a dimension. Headings and totals are not posted to, nor is what is blocked (codeunit 408)."""

    type: str
    blocked: bool

    @property
    def postable(self) -> bool:
        """True if a line may have it."""
        return not self.blocked and self.type in POSTABLE


async def codes_there(odata: NavOData, page: CodePage, codes: Collection[str]) -> frozenset[str]:
    """Those of the codes that the page has. Raises Refused if the page is not published."""
    rows = odata.rows_of(page, wire.WireCode, "Code", codes)
    return frozenset([row.Code async for row in rows])


async def dimensions_there(odata: NavOData, codes: Collection[str]) -> Mapping[str, bool]:
    """Those of the dimensions that NAV has, and whether each is blocked. Raises Refused if the page is not published."""
    rows = odata.rows_of("Dimensions", wire.WireDimension, "Code", codes)
    return {row.Code: row.Blocked async for row in rows}


async def values_there(
    odata: NavOData, dimension: str, codes: Collection[str]
) -> Mapping[str, DimensionValue]:
    """Those of the values that the dimension has. Raises Refused if the page is not published."""
    of_it = eq("Dimension_Code", dimension)
    rows = odata.rows_of("DimensionValues", wire.WireDimensionValue, "Code", codes, also=of_it)
    return {
        row.Code: DimensionValue(type=row.Dimension_Value_Type, blocked=row.Blocked)
        async for row in rows
    }
