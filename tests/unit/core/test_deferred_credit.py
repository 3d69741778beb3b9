"""Goodwill credits that count when they are used: the credit posts nothing, each use posts its part."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.unit.core.books import (
    HOME,
    SETUP,
    TERMS,
    Bench,
    credit_note,
    invoice,
    line,
    payment,
)
from tests.unit.core.test_decide import WORK, keys, settle

from tieout.core.decision.plan import State
from tieout.core.journal.credit_use import credit_use_to_journal
from tieout.core.records.document import Visibility

DEFERRED = replace(SETUP, goodwill_recognition="on_application")
CREDIT = credit_note("150.00", line("1", "125.00"))
USE = payment("60.00", key="10360", credit="30947")


def bench() -> Bench:
    made = Bench()
    made.known |= {"setup": DEFERRED, "setups": {1: DEFERRED}}
    made.show(invoice("960.00", WORK), CREDIT)
    return made


def left(made: Bench) -> Decimal:
    return made.items["Invoice", "FB0000101"].remaining


def test_the_credit_posts_nothing_and_its_use_posts_the_part_that_is_used() -> None:
    made = bench()
    verdict = settle(made)[CREDIT.ref]
    assert verdict.state is State.EXCLUDED
    assert "goodwill_recognition" in verdict.reason
    made.show(USE, payment("90.00", key="10361", credit="30947"))
    assert keys(made) == ["FB-PMT-10360-1", "FB-PMT-10361-1"]
    settle(made)
    assert keys(made) == []
    assert left(made) == 810
    assert [made.items["Credit Memo", no].amount for no in ("FBG10360", "FBG10361")] == [-60, -90]


def test_a_use_that_changes_or_goes_is_taken_back() -> None:
    made = bench()
    made.show(USE)
    settle(made)
    made.show(replace(USE, amount=replace(USE.amount, amount=Decimal(100))))
    settle(made)
    assert keys(made) == []
    assert left(made) == 860
    made.show(replace(USE, visibility=Visibility.DELETED))
    settle(made)
    assert keys(made) == []
    assert left(made) == 960


def test_what_was_posted_one_way_stays_so_when_the_setup_changes() -> None:
    used = bench()
    used.show(USE)
    settle(used)
    used.known["setup"] = SETUP
    assert keys(used) == []
    issued = Bench()
    issued.show(invoice("960.00", WORK), CREDIT)
    settle(issued)
    issued.known |= {"setup": replace(DEFERRED, version=2), "setups": {1: SETUP}}
    issued.show(USE)
    assert keys(issued) == ["FB-PMT-10360-A1"]


def test_every_line_gives_its_share_and_the_cents_stay_together() -> None:
    note = credit_note("184.01", line("1", "100.01"), line("1", "60.95", "5"))
    used = replace(USE, amount=replace(USE.amount, amount=Decimal("0.01")))
    for amount in ("0.01", "33.33", "184.01"):
        used = replace(USE, amount=replace(USE.amount, amount=Decimal(amount)))
        journal, findings = credit_use_to_journal(note, used, SETUP, HOME, "FBG1", None, TERMS)
        assert not findings
        assert journal is not None
        assert journal.amount == -Decimal(amount)
    assert [row.vat_amount for row in journal.lines[1:]] == [Decimal("20.00"), Decimal("3.05")]
