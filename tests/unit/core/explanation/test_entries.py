"""Which customer entries are applied to each other, out of details that do not say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout.core.explanation.entries import Applied, Detail, pair_up
from tieout.core.records.ledger import DetailedEntry

DAY = date(2026, 3, 15)


def detail(
    no: int, of: int, amount: str, document_no: str = "FBP1", *, unapplied: bool = False
) -> Detail:
    entry = DetailedEntry(
        entry_no=no,
        customer_entry_no=of,
        entry_type="Application",
        document_type="Payment",
        document_no=document_no,
        customer_no="C00010",
        currency_code="",
        posting_date=DAY,
        amount=Decimal(amount),
        amount_lcy=Decimal(amount),
    )
    return Detail(entry=entry, unapplied=unapplied)


def pairs(found: tuple[Applied, ...]) -> list[tuple[int, int, str, bool]]:
    return [(each.entry_no, each.other, str(each.amount), each.undone) for each in found]


def test_an_application_is_told_from_either_side() -> None:
    both = [detail(10, 4, "500.00"), detail(11, 1, "-500.00")]
    assert pairs(pair_up([4], both)) == [(4, 1, "500.00", False)]
    assert pairs(pair_up([1], both)) == [(1, 4, "-500.00", False)]


def test_an_application_between_two_of_its_own_is_told_once() -> None:
    both = [detail(10, 6, "960.00"), detail(11, 1, "-960.00")]
    assert pairs(pair_up([1, 6], both)) == [(6, 1, "960.00", False)]


def test_of_several_with_the_same_amount_the_nearest_belong_together() -> None:
    four = [
        detail(10, 4, "50.00"),
        detail(11, 1, "-50.00"),
        detail(12, 4, "50.00"),
        detail(13, 2, "-50.00"),
    ]
    assert pairs(pair_up([4], four)) == [(4, 1, "50.00", False), (4, 2, "50.00", False)]


def test_other_documents_have_no_part_in_it() -> None:
    both = [detail(10, 4, "50.00"), detail(11, 1, "-50.00", "FBP2")]
    assert pairs(pair_up([4], both)) == [(4, 0, "50.00", False)]


def test_what_was_undone_is_told_so_with_what_undid_it() -> None:
    four = [
        detail(10, 4, "50.00", unapplied=True),
        detail(11, 1, "-50.00", unapplied=True),
        detail(20, 4, "-50.00", unapplied=True),
        detail(21, 1, "50.00", unapplied=True),
    ]
    assert pairs(pair_up([4], four)) == [(4, 1, "50.00", True), (4, 1, "-50.00", True)]


def test_a_reversal_by_nav_closes_both_sides_though_one_has_the_mark_of_an_earlier_one() -> None:
    """NAV copies the last detail of the entry, mark and all."""
    both = [detail(30, 4, "960.00", unapplied=True), detail(31, 7, "-960.00")]
    assert pairs(pair_up([4, 7], both)) == [(4, 7, "960.00", False)]
