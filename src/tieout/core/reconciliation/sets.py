"""I12: FreshBooks' documents and those that Tieout has seen are the same, one by one. Equal numbers of both would prove nothing."""

from __future__ import annotations

from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.identity import Ref

NOT_GIVEN = "what Tieout has on record was not given"
UNSEEN = "is listed in FreshBooks and was never seen by Tieout"
UNLISTED = "was seen by Tieout, is not known to be deleted, and is in no list of FreshBooks"


def sets(sides: Sides) -> Check:
    """All that FreshBooks lists, drafts too, against all that is agreed, pending, held, dead or excluded and not known to be deleted; both ways.

    In the column of NAV stands what Tieout has seen: NAV has no part in this.
    """
    recorded, listed = sides.evidence.recorded, sides.freshbooks.listed
    if recorded is None:
        return _check(0, 0, 0, not_compared=NOT_GIVEN)
    known = {ref for ref, one in recorded.documents.items() if not one.gone or ref in listed}
    found = (
        *(_difference(sides, ref, UNSEEN, Decimal(1), ZERO) for ref in sorted(listed - known)),
        *(_difference(sides, ref, UNLISTED, ZERO, Decimal(1)) for ref in sorted(known - listed)),
    )
    return _check(len(listed | known), len(listed), len(known), found)


def _check(
    compared: int,
    listed: int,
    known: int,
    found: tuple[Difference, ...] = (),
    not_compared: str = "",
) -> Check:
    return Check(
        invariant="I12",
        name="documents seen",
        compared=compared,
        freshbooks=Decimal(listed),
        nav=Decimal(known),
        found=found,
        not_compared=not_compared,
    )


def _difference(sides: Sides, ref: Ref, text: str, freshbooks: Decimal, nav: Decimal) -> Difference:
    return Difference(
        invariant="I12",
        kind=Break.IN_FLIGHT if sides.flight.explains(ref) else Break.POPULATION,
        subject=str(ref),
        freshbooks=freshbooks,
        nav=nav,
        text=text,
    )
