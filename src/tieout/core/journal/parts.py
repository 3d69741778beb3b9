"""Amounts of a document that go to one account with one tax, and adding up those that may become one line in NAV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tieout.core.journal.lines import SalesTax
from tieout.core.journal.rates import Rates

DESCRIPTION = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where an amount goes: account, groups, dimensions; ``vat_prod`` is empty and ``sales_tax`` set in a company with sales tax."""

    gl_account: str
    gen_prod: str
    vat_prod: str = ""
    sales_tax: SalesTax | None = None
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An amount with one target and one kind of tax: ``net`` before tax, or with tax if prices include it.

    ``bases`` are what FreshBooks charged tax on, line by line, after any discount; a discount that stands apart has none. ``label`` keeps
    parts apart that are not to be added up. ``names`` tell what is in it, ``text`` says more of a part that is one line.
    """

    target: Target
    rates: Rates
    net: Decimal
    bases: tuple[Decimal, ...] = ()
    label: str = ""
    names: tuple[str, ...] = ()
    text: str = ""

    @property
    def description(self) -> str:
        """What is in it, in NAV's 50 characters."""
        text = self.text or ", ".join(dict.fromkeys(name for name in self.names if name))
        return text if len(text) <= DESCRIPTION else text[: DESCRIPTION - 1].rstrip() + "…"


def aggregate(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Add up what goes to the same target with the same tax and label, never across them; in the order first met."""
    sums: dict[tuple[Target, Rates, str], Part] = {}
    for part in parts:
        key = (part.target, part.rates, part.label)
        seen = sums.get(key)
        sums[key] = part if seen is None else _plus(seen, part)
    return tuple(sums.values())


def _plus(one: Part, other: Part) -> Part:
    return replace(
        one,
        net=one.net + other.net,
        bases=one.bases + other.bases,
        names=one.names + other.names,
        text="",
    )
