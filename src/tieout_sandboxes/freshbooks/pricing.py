"""From the lines of a body to the figures of a document: alike for invoices, estimates, credit notes
and recurring profiles.
"""

from __future__ import annotations

from copy import copy
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.clock import eastern
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.lines import Line, read_lines
from tieout_sandboxes.freshbooks.money import ZERO, Money
from tieout_sandboxes.freshbooks.table import Row
from tieout_sandboxes.freshbooks.totals import Totals, totals

THREE_PLACES = Decimal("0.001")


def take_lines(core: Core, row: Row[Any], given: Given) -> None:
    """Reads the lines of a body, if it has any; the first of them describes the document."""
    code = row.wire.currency_code
    if "lines" in given:
        merge = core.switches.lines_on_put == "merge_by_lineid"
        stamp = eastern(core.clock.now())
        row.lines = read_lines(given, row.id, code, stamp, row.lines, merge=merge)
        for line in row.lines:
            _hold_to_places(line, core.switches.tax_percent_places)
        row.wire.description = row.lines[0].description if row.lines else ""
    elif any(line.amount.code != code for line in row.lines):
        row.lines = [_relabelled(line, code) for line in row.lines]


def _hold_to_places(line: Line, rule: str) -> None:
    """Holds a line's tax percentages to three decimal places, as they are documented."""
    for name in ("taxAmount1", "taxAmount2"):
        percent = getattr(line, name)
        held = Decimal(percent).quantize(THREE_PLACES, ROUND_HALF_UP)
        if rule == "kept" or held == Decimal(percent):
            continue
        if rule == "refused":
            message = f"The field '{name}' takes at most three decimal places."
            refused = Given("line", {name: percent})
            raise refused.refuse(name, errors.INVALID_PERCENT, message)
        setattr(line, name, str(held.normalize()))


def _relabelled(line: Line, code: str) -> Line:
    """The line of a document that has changed its currency: the same figures."""
    line = copy(line)
    line.unit_cost = Money(line.unit_cost.amount, code)
    line.amount = Money(line.amount.amount, code)
    return line


def added_up(core: Core, row: Row[Any], discount: str = "0", *, inclusive: bool = False) -> Totals:
    """A document's figures, with tax rounded where the switch says."""
    per_line = core.switches.tax_rounding == "per_line"
    return totals(row.lines, discount, per_line=per_line, inclusive=inclusive)


def taken_off(core: Core, found: Totals, code: str) -> Money:
    """A document's `discount_total`, with the sign that the switch says."""
    negative = core.switches.discount_sign == "negative"
    return Money((-found.discount if negative else found.discount) + ZERO, code)
