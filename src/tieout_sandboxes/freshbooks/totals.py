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


def totals(
    lines: Sequence[Line], discount: str = "0", *, per_line: bool = False, inclusive: bool = False
) -> Totals:
    """Adds up a document's lines with `discount` percent off."""
    subtotal = sum((line.amount.amount for line in lines), ZERO)
    taken_off = cents(subtotal * rate(discount))
    tax = _tax(lines, 1 - rate(discount), per_line=per_line, inclusive=inclusive)
    net = subtotal - taken_off
    return Totals(subtotal, taken_off, tax, net if inclusive else net + tax)


def _tax(lines: Sequence[Line], left: Decimal, *, per_line: bool, inclusive: bool) -> Decimal:
    sums: dict[TaxKey, Decimal] = defaultdict(Decimal)
    for line in lines:
        for key, amount in _taxes(line, left, inclusive=inclusive, per_line=per_line):
            sums[key] += amount
    return sum((cents(amount) for amount in sums.values()), ZERO)


def _taxes(
    line: Line, left: Decimal, *, inclusive: bool, per_line: bool
) -> Iterator[tuple[TaxKey, Decimal]]:
    first, second = rate(line.taxAmount1), rate(line.taxAmount2)
    if not first and not second:
        return
    base = line.amount.amount * left
    share = _gross_share(first, second, compound=line.compounded_tax) if inclusive else Decimal(1)
    tax1 = base * first / share
    tax1 = cents(tax1) if per_line else tax1
    yield (line.taxName1, line.taxAmount1), tax1
    if second:
        second_base = base / share + (tax1 if line.compounded_tax else 0)
        tax2 = second_base * second
        yield (line.taxName2, line.taxAmount2), cents(tax2) if per_line else tax2


def _gross_share(first: Decimal, second: Decimal, *, compound: bool) -> Decimal:
    """How much a gross price is of its net price."""
    return (1 + first) * (1 + second) if compound else 1 + first + second
