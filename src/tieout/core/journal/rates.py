"""The taxes of a line: one, two, or a second on top of the first; and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tieout.core.records.document import Line, LineTax
from tieout.core.records.money import round_half_away, total


@dataclass(frozen=True, slots=True)
class Rates:
    """Up to two taxes in FreshBooks' order; ``compounded`` means that the second is charged on the first as well."""

    taxes: tuple[LineTax, ...] = ()
    compounded: bool = False

    @classmethod
    def of(cls, line: Line) -> Rates:
        return cls(line.taxes, line.compounded and len(line.taxes) > 1)

    def amounts(self, net: Decimal, places: int | None = None) -> tuple[Decimal, ...]:
        """Each tax on a net amount, exact, or rounded one by one to ``places``.

        >>> five, ten = LineTax(name="A", percent=Decimal(5)), LineTax(name="B", percent=Decimal("9.975"))
        >>> [str(tax) for tax in Rates((five, ten), compounded=True).amounts(Decimal(1000), 2)]
        ['50.00', '104.74']
        """
        found: list[Decimal] = []
        for tax in self.taxes:
            base = net + (total(found) if self.compounded else 0)
            exact = base * tax.percent / 100
            found.append(exact if places is None else round_half_away(exact, places))
        return tuple(found)

    @property
    def gross_of_one(self) -> Decimal:
        """What a net amount of one costs with tax: 1.2 for 20 %."""
        return 1 + total(self.amounts(Decimal(1)))

    @property
    def taxed(self) -> bool:
        return any(tax.percent for tax in self.taxes)
