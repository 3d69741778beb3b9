"""Accounts that are rolled on from the last snapshot, and what is kept of a tie-out of some clients."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from tests.unit.core.both_books import BothBooks

from tieout.core.reconciliation.daily import (
    ONE_BY_ONE,
    Balance,
    balances,
    controlled,
    of_a_day,
    rolled_on,
    scope_of,
)
from tieout.core.reconciliation.difference import Break
from tieout.core.reconciliation.snapshot import Daily

BOOKS = BothBooks(1)
KEPT = {"account 1200": Decimal("100.00"), "account 4000": Decimal("-100.00"), "customers": 100}
TOLD = Daily(
    since=datetime(2026, 11, 1, 2, tzinfo=UTC),
    whole=datetime(2026, 10, 28, 2, tzinfo=UTC),
    changed=3,
    entries=7,
    clients=2,
    documents=40,
)


def rolled(now: dict[str, str], before: dict[str, str] | None = None) -> list[Balance]:
    """Two entries have come: 20.00 on receivables, and on an account that was never posted to."""
    come = [
        replace(BOOKS.gl[0], gl_account_no=no, amount=Decimal(amount))
        for no, amount in (("1200", "20.00"), ("6500", "-20.00"))
    ]
    stand = [{name: Decimal(a) for name, a in some.items()} for some in (before or now, now)]
    return list(balances({k: Decimal(v) for k, v in KEPT.items()}, come, *stand))


NOW = {"account 1200": "120.00", "account 4000": "-100.00", "account 6500": "-20.00"}


def test_what_was_kept_and_what_came_is_what_nav_says() -> None:
    check = rolled_on(rolled(NOW))
    assert (check.compared, check.freshbooks, check.nav) == (3, 20, 20)
    assert check.agrees


def test_a_balance_that_moved_without_an_entry_is_found() -> None:
    for name, amount in NOW.items():
        wrong = str(Decimal(amount) + 5)
        (found,) = rolled_on(rolled({**NOW, name: wrong})).found
        assert (found.kind, found.subject, found.nav) == (
            Break.ROLL_FORWARD,
            name,
            Decimal(wrong),
        )


def test_what_moves_while_it_is_read_is_on_its_way() -> None:
    later = {**NOW, "account 1200": "125.00"}
    assert rolled_on(rolled(later, before=NOW)).agrees
    earlier = {**NOW, "account 1200": "119.00"}
    (found,) = rolled_on(rolled(later, before=earlier)).found
    assert found.kind is Break.IN_FLIGHT


def test_accounts_are_not_compared_where_the_snapshot_did_not_stand_still() -> None:
    check = rolled_on(rolled({}), not_compared="it moved")
    assert (check.compared, check.found, check.not_compared) == (0, (), "it moved")


def test_receivables_are_what_customers_owe() -> None:
    stand = {"account 1200": Decimal(70), "account 1205": Decimal(30), "customers": Decimal(100)}
    assert controlled(["1200", "1205"], stand).agrees
    (found,) = controlled(["1200"], stand).found
    assert (found.invariant, found.kind, found.nav) == ("I5", Break.CONTROL, 70)


def test_checks_that_need_everything_are_left_to_a_full_tie_out() -> None:
    whole = BOOKS.tie()
    total = controlled(["1200"], {"account 1200": Decimal(1), "customers": Decimal(1)})
    result = of_a_day(whole, TOLD, total)
    kept = [check.invariant for check in whole.checks if check.invariant in ONE_BY_ONE]
    assert [check.invariant for check in result.checks] == [*kept, "I5"]
    assert {"I12", "I21", "I22", "I27"}.isdisjoint(kept)
    assert "all 40 documents of the 2 clients concerned" in TOLD.told


def test_only_open_differences_that_were_looked_at_end() -> None:
    scope = scope_of(["invoice/7"])
    assert scope.covers("I1", "invoice/7")
    assert not scope.covers("I1", "invoice/8")
    assert not scope.covers("I22", "invoice/7")
