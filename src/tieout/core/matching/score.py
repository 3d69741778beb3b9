"""How much speaks for two documents being the same, in points, with the reasons in words.

The points are roughly ten times the decimal logarithm of how many times likelier an observation is between two views of one document than between two
documents picked at random (Fellegi and Sunter, 1969): a number of its own tells one in thousands (40), an amount one in a thousand (30, less where a customer
has it often), a customer one in a hundred (20), the very day one in a hundred and fifty (22). They are not fitted to any data.

The automatic line follows from the same measure. Of thousands of documents each has thousands that it is not (33 points) and a match shall be wrong once in
a thousand (30), hence about 60. Once the plain cases are gone, some dozens are left (15 to 20 points), among them all that was
keyed wrongly, so that an error speaks less against a pair: 42.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

from tieout.core.matching.cards import Freshbooks, Nav
from tieout.core.matching.customers import Same
from tieout.core.matching.pool import Pool
from tieout.core.matching.slips import amount_slip, day_slip
from tieout.core.matching.words import number_slip

Evidence = tuple[str, int]

# The automatic line, at first and for what is left: from here on a match is made, below it is only proposed, and below WORTH_PROPOSING not even that.
LINE, LATE_LINE, WORTH_PROPOSING = 60, 42, 32
# How much better a match must be than what its documents could be matched with instead: ten times likelier.
MARGIN = 10
LEAST_FOR_AMOUNT = 15

# Of what is left over, much is left because it stands on the wrong customer.
LATE_RELIEF = 8

CUSTOMER = {
    Same.YES: ("same customer", 20),
    Same.BY_NAME: ("customer of a similar name", 15),
    Same.UNKNOWN: ("a customer not known yet", 0),
    Same.NO: ("another customer", -20),
}


@dataclass(frozen=True, slots=True)
class Edge:
    """Two documents that may be the same."""

    freshbooks: Freshbooks
    nav: Nav
    evidence: tuple[Evidence, ...]
    points: int

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(word for word, _ in self.evidence if word)

    @property
    def same_amount(self) -> bool:
        return self.freshbooks.units == self.nav.units


def edge(pool: Pool, f: Freshbooks, n: Nav, others: int, more: tuple[Evidence, ...] = ()) -> Edge:
    """All that speaks for and against two documents being one; ``others`` is how many of the customer's have their amount."""
    evidence = (
        _number(pool, f, n),
        _amount(f, n, others),
        CUSTOMER[pool.links.same(f, n)],
        _day(f, n),
        ("another currency", -15) if f.document.currency != n.document.currency else ("", 0),
        ("another type of document", -8) if n.kind not in (None, f.document.kind) else ("", 0),
        *more,
    )
    return Edge(f, n, evidence, sum(points for _, points in evidence))


def _number(pool: Pool, f: Freshbooks, n: Nav) -> Evidence:
    if f.numbers & n.keyed:
        return "same number", 40
    if f.numbers & n.told:
        return "number in the text", 35
    shown = {n.external} if n.external else n.told
    claimed = any((f.debit, key) in pool.numbers for key in shown)
    slip = next((s for right in f.written if (s := number_slip(right, n.written))), "")
    if slip:
        return f"number with {slip}", 8 if claimed else 20
    if claimed:
        return "the number of another document", -40
    return ("another number", -12) if n.external and f.number else ("", 0)


def _amount(f: Freshbooks, n: Nav, others: int) -> Evidence:
    if f.units == n.units:
        return "same amount", max(30 - int(10 * log10(max(others, 1))), LEAST_FOR_AMOUNT)
    slip = amount_slip(f.document.amount, n.document.amount, f.document.tax)
    return (f"amount: {slip}", 8) if slip else ("another amount", -25)


def _day(f: Freshbooks, n: Nav) -> Evidence:
    late = n.day - f.day
    if late == 0:
        return "same day", 22
    if -1 <= late <= 3:
        return _days(late), 16 if late in (1, 2) else 12
    if -3 <= late <= 10:
        return _days(late), 5
    slip = day_slip(f.document.day, n.document.posting_date)
    if slip:
        return slip, 8
    return (_days(late), 0) if -10 <= late <= 45 else (_days(late), -20)


def _days(late: int) -> str:
    plural = "" if abs(late) == 1 else "s"
    return f"{abs(late)} day{plural} {'later' if late > 0 else 'earlier'}"
