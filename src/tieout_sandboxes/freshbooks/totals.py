"""The arithmetic of a document: lines, one percentage off, and tax on what is left.

The discount comes off each line before tax. A compound second tax is charged on the first as well.
Checked against a published example: lines of 20.00 and 24.00, 10 % off, 13 % on the first, give a
discount of 4.40, a tax of 2.34 and a total of 41.94.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout_sandboxes.freshbooks.lines import Line
from tieout_sandboxes.freshbooks.money import ZERO, cents, rate

TaxKey = tuple[str | None, str]


@dataclass(frozen=True)
class Totals:
    """The figures of a document. With gross prices, `tax` is contained in `subtotal`."""

    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Taxed:
    """What a tax is charged on, and what it comes to."""

    base: Decimal
    tax: Decimal


def totals(
    lines: Sequence[Line], discount: str = "0", *, per_line: bool = False, inclusive: bool = False
) -> Totals:
    """Adds up a document's lines with `discount` percent off."""
    subtotal = sum((line.amount.amount for line in lines), ZERO)
    taken_off = cents(subtotal * rate(discount))
    taxes = by_tax(lines, discount, per_line=per_line, inclusive=inclusive)
    tax = sum((taxed.tax for taxed in taxes.values()), ZERO)
    net = subtotal - taken_off
    return Totals(subtotal, taken_off, tax, net if inclusive else net + tax)


def by_tax(
    lines: Sequence[Line], discount: str = "0", *, per_line: bool = False, inclusive: bool = False
) -> dict[TaxKey, Taxed]:
    """What each tax of a document comes to, and on how much of it: by its name and percentage."""
    bases: dict[TaxKey, Decimal] = defaultdict(Decimal)
    sums: dict[TaxKey, Decimal] = defaultdict(Decimal)
    for line in lines:
        taxes = _taxes(line, 1 - rate(discount), inclusive=inclusive, per_line=per_line)
        for key, base, amount in taxes:
            bases[key] += base
            sums[key] += amount
    return {key: Taxed(cents(base), cents(sums[key])) for key, base in bases.items()}


def _taxes(
    line: Line, left: Decimal, *, inclusive: bool, per_line: bool
) -> Iterator[tuple[TaxKey, Decimal, Decimal]]:
    first, second = rate(line.taxAmount1), rate(line.taxAmount2)
    if not (first or second or line.taxName1):
        return
    base = line.amount.amount * left
    share = gross_share(line) if inclusive else Decimal(1)
    tax1 = base * first / share
    tax1 = cents(tax1) if per_line else tax1
    yield (line.taxName1, line.taxAmount1), base / share, tax1
    if second:
        second_base = base / share + (tax1 if line.compounded_tax else 0)
        tax2 = second_base * second
        yield (line.taxName2, line.taxAmount2), second_base, cents(tax2) if per_line else tax2


def gross_share(line: Line) -> Decimal:
    """How much a price with its line's taxes in it is of the price without them."""
    first, second = rate(line.taxAmount1), rate(line.taxAmount2)
    return (1 + first) * (1 + second) if line.compounded_tax else 1 + first + second
