"""Who the firm works for: where they are, in which currency they are billed, and which taxes they bear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

Company = Literal["gb", "ca"]
Taxes = tuple[tuple[str, str], ...]
FIRST = (
    "Amber", "Birch", "Cedar", "Dover", "Elm", "Fern", "Grove", "Heron", "Ivy", "Juniper", "Kestrel", "Linden",
    "Maple", "Nettle", "Oak", "Poplar", "Quarry", "Rowan", "Sorrel", "Thorn", "Umber", "Vale", "Willow", "Yarrow",
)  # fmt: skip
SECOND = ("Advisers", "Bakery", "Clinic", "Dairy", "Energy", "Foundry", "Gallery", "Hotel", "Interiors", "Joinery",
          "Kitchens", "Logistics", "Media", "Nursery", "Optics", "Press")  # fmt: skip


@dataclass(frozen=True)
class Market:
    """One kind of client. `taxes` are the choices for a line, each of one or two taxes; the first is the usual one."""

    weight: int
    country: str
    province: str
    currency: str
    taxes: tuple[Taxes, ...]


VAT: tuple[Taxes, ...] = ((("VAT", "20"),), (("VAT", "5"),), (("VAT", "0"),))
NONE: tuple[Taxes, ...] = ((),)
QUEBEC: tuple[Taxes, ...] = ((("GST", "5"), ("QST", "9.975")),)
MARKETS: Mapping[Company, tuple[Market, ...]] = {
    "gb": (
        Market(62, "United Kingdom", "", "GBP", VAT),
        Market(4, "United Kingdom", "", "EUR", VAT),
        Market(10, "Germany", "", "EUR", NONE),
        Market(8, "Ireland", "", "EUR", NONE),
        Market(12, "United States", "", "USD", NONE),
        Market(4, "United States", "", "GBP", NONE),
    ),
    "ca": (
        Market(45, "Canada", "Quebec", "CAD", QUEBEC),
        Market(20, "Canada", "Alberta", "CAD", ((("GST", "5"),),)),
        Market(12, "Canada", "Quebec", "USD", QUEBEC),
        Market(15, "United States", "", "USD", NONE),
        Market(8, "Germany", "", "EUR", NONE),
    ),
}


@dataclass(frozen=True)
class Client:
    """A client and its market; `organization` names it in the year."""

    organization: str
    market: Market

    def body(self) -> dict[str, Any]:
        """What is sent to FreshBooks."""
        slug = self.organization.lower().replace(" ", "-")
        return {
            "organization": self.organization,
            "email": f"accounts@{slug}.example.com",
            "p_country": self.market.country,
            "p_province": self.market.province,
            "currency_code": self.market.currency,
        }


def draw_clients(dice: Random, company: Company, count: int) -> Sequence[Client]:
    """So many clients with names of their own; the first few are one of each market, so that a small firm has all."""
    markets = MARKETS[company]
    weights = [market.weight for market in markets]
    drawn = [*markets, *dice.choices(markets, weights, k=count)][:count]
    return [Client(_name(number), market) for number, market in enumerate(drawn)]


def _name(number: int) -> str:
    pairs, first = divmod(number, len(FIRST))
    round_, second = divmod(pairs, len(SECOND))
    return f"{FIRST[first]} {SECOND[second]}" + (f" {round_ + 1}" if round_ else "")
