"""What a snapshot knows of a document that is read later, and what is told of an earlier day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.unit.core.both_books import BothBooks

from tieout.core.reconciliation.agreement import TieoutMade
from tieout.core.reconciliation.earlier import NAMED, Earlier, Past, end_of
from tieout.core.reconciliation.snapshot import (
    CLOCKS,
    Population,
    Snapshot,
    fingerprint,
    is_long_ago,
)

BEGUN = datetime(2026, 11, 1, 2, tzinfo=UTC)
DAY, SECOND = date(2026, 10, 31), timedelta(seconds=1)
BOOKS = BothBooks(1)
INVOICE = replace(BOOKS.invoices[0], updated_on=BEGUN - CLOCKS - SECOND)


def kept(*fresh: str, **more: tuple[str, ...]) -> Snapshot:
    ledgers = ("G/L entries", "detailed customer entries")
    return Snapshot(
        begun=BEGUN,
        ended=BEGUN + SECOND,
        setup_version=1,
        populations=tuple(
            Population(system="NAV", name=name, count=4, before=4, after=4) for name in ledgers
        ),
        deleted=more,
        fresh={str(INVOICE.ref): one for one in fresh},
    )


def test_what_changed_long_before_is_as_it_was() -> None:
    assert is_long_ago(INVOICE, BEGUN)
    assert kept().has(INVOICE)


def test_what_changed_just_then_is_known_by_what_it_said() -> None:
    lately = replace(INVOICE, updated_on=BEGUN - CLOCKS)
    assert not kept().has(lately)
    assert kept(fingerprint(lately)).has(lately)
    assert not kept(fingerprint(lately)).has(replace(lately, draft=not lately.draft))


def test_what_has_no_stamp_is_known_by_what_it_said() -> None:
    unstamped = replace(INVOICE, updated_on=None)
    assert not kept().has(unstamped)
    assert kept(fingerprint(unstamped)).has(unstamped)


def test_a_day_has_ended_when_the_next_begins() -> None:
    assert end_of(DAY) == datetime(2026, 11, 1, tzinfo=UTC)


def told_since(made: TieoutMade | None, *, lately: bool = False) -> Earlier:
    later = replace(INVOICE, updated_on=BEGUN + SECOND) if lately else INVOICE
    after = replace(later, issued_on=date(2026, 11, 1), updated_on=BEGUN + SECOND)
    entries = [replace(one, entry_no=n) for n, one in enumerate(BOOKS.gl[:6], 1)] if lately else []
    details = [replace(BOOKS.details[0], entry_no=4)]
    deleted = {"invoice": ("7", "8")}
    past = Past(DAY, made)
    past.add([later, after], entries, details)
    return past.told(deleted)


def test_of_a_day_without_a_snapshot_documents_are_as_they_are() -> None:
    for made in (None, TieoutMade(at=BEGUN, agrees=True)):
        assert told_since(made) == Earlier(day=DAY)
    assert "compared as they are today" in told_since(None).told


def test_nothing_has_changed_since_a_snapshot() -> None:
    found = told_since(TieoutMade(at=BEGUN, agrees=True, snapshot=kept(invoice=("7", "8"))))
    assert found == Earlier(day=DAY, kept=BEGUN, agreed=True)
    assert "both books agreed. Nothing dated up to that day has changed" in found.told


def test_what_has_changed_since_is_named() -> None:
    made = TieoutMade(at=BEGUN, agrees=False, snapshot=kept(invoice=("7",)))
    found = told_since(made, lately=True)
    assert found.changed == (
        str(INVOICE.ref),
        "invoice/8 (deleted)",
        "NAV's entry 5",
        "NAV's entry 6",
    )
    assert "did not agree" in found.told
    many = replace(found, changed=tuple(f"invoice/{n}" for n in range(NAMED + 3)))
    assert many.told.endswith("invoice/19 and 3 more. All else is what stood then.")
