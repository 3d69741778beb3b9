"""Numbers that are missing in FreshBooks and in NAV, each with what it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.unit.core.books import credit_note, invoice, line
from tests.unit.core.test_tie_out import MARCH_10, Ledger

from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.evidence import Evidence
from tieout.core.reconciliation.recorded import Known, Recorded
from tieout.core.reconciliation.sequence import HARMLESS, Series, Why, sequences
from tieout.core.reconciliation.tieout import sides_of
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice

NUMBERS = ("0000101", "0000102", "0000103", "0000104", "0000105", "0000109")


def numbered(number: str) -> Invoice:
    one = invoice("120.00", line("1", "100.00"))
    return replace(one, ref=Ref(Kind.INVOICE, f"3{number}"), number=number)


def looked_at(
    *invoices: Invoice,
    posted: dict[str, str],
    states: dict[str, str] | None = None,
    gone: dict[str, str] | None = None,
    as_of: date | None = None,
) -> dict[str, Series]:
    """The series by system; ``posted`` are NAV's numbers by FreshBooks' id, with the revision after a colon."""
    ledger = Ledger()
    for no, key in posted.items():
        ref, _, revision = key.partition(":")
        ledger.post("Invoice", no, f"FB-INV-{ref}-{revision or 1}", MARCH_10, "120.00")
    freshbooks = FreshbooksBooks(invoices=invoices, credit_notes=(), payments=(), as_of=as_of)
    nav = NavBooks(
        customer_entries=ledger.entries,
        detailed_entries=ledger.details,
        receivable_entries=ledger.gl,
        prefix="FB",
    )
    documents = {Ref(Kind.INVOICE, key): Known(state=s) for key, s in (states or {}).items()}
    evidence = Evidence(recorded=Recorded(documents=documents, commands=()))
    sides = sides_of(freshbooks, nav, {"7001": "C00010"}, "GBP", evidence=evidence)
    deleted = {Ref(Kind.INVOICE, key): number for key, number in (gone or {}).items()}
    return {series.system: series for series in sequences(sides, deleted)}


def told(series: Series) -> list[tuple[str, str, int, Why]]:
    return [(gap.first, gap.last, gap.count, gap.why) for gap in series.gaps]


def test_a_number_of_no_document_has_no_reason() -> None:
    found = looked_at(*map(numbered, NUMBERS), posted={})
    series = found["FreshBooks"]
    assert (series.first, series.last, series.present, series.missing) == (
        "0000101",
        "0000109",
        6,
        3,
    )
    assert told(series) == [("0000106", "0000108", 3, Why.UNKNOWN)]
    assert Why.UNKNOWN not in HARMLESS
    assert "NAV" not in found


def test_drafts_and_what_was_deleted_or_comes_later_explain_a_gap() -> None:
    draft = replace(numbered("0000106"), draft=True)
    later = replace(numbered("0000108"), issued_on=date(2026, 5, 1))
    some = (*map(numbered, NUMBERS), draft, later)
    series = looked_at(*some, posted={}, gone={"99": "0000107"}, as_of=date(2026, 4, 1))
    assert told(series["FreshBooks"]) == [
        ("0000106", "0000106", 1, Why.DRAFT),
        ("0000107", "0000107", 1, Why.DELETED),
        ("0000108", "0000108", 1, Why.LATER),
    ]


def test_series_do_not_mix() -> None:
    some = [numbered(number) for number in ("A-1", "A-3", "2026-7", "2026-8")]
    found = list(
        sequences(
            sides_of(
                FreshbooksBooks(invoices=some, credit_notes=(), payments=()),
                NavBooks(
                    customer_entries=(), detailed_entries=(), receivable_entries=(), prefix="FB"
                ),
                {},
                "GBP",
            )
        )
    )
    assert [(s.first, s.last, told(s)) for s in found] == [
        ("2026-7", "2026-8", []),
        ("A-1", "A-3", [("A-2", "A-2", 1, Why.UNKNOWN)]),
    ]


def test_a_jump_of_numbers_is_one_gap() -> None:
    series = looked_at(numbered("1"), numbered("900000000001"), posted={})["FreshBooks"]
    assert told(series) == [("2", "900000000000", 899_999_999_999, Why.UNKNOWN)]


def test_a_number_that_was_given_twice_is_told() -> None:
    twin = replace(numbered("0000101"), ref=Ref(Kind.INVOICE, "999"))
    assert looked_at(numbered("0000101"), twin, posted={})["FreshBooks"].twice == ("0000101",)


def test_nav_lacks_what_is_held_or_posted_under_another_number() -> None:
    posted = {
        "FB0000101": "30000101",
        "FBI-30000104": "30000104",
        "FB0000105": "30000105",
        "FB0000105-2": "30000105:2",
        "FB0000105-C1": "30000105:1X",
        "FB0000109": "30000109",
    }
    states = {"30000102": "held", "30000103": "pending"}
    nav = looked_at(*map(numbered, NUMBERS), posted=posted, states=states)["NAV"]
    assert (nav.first, nav.last, nav.present) == ("FB0000101", "FB0000109", 3)
    assert told(nav) == [
        ("FB0000102", "FB0000102", 1, Why.HELD),
        ("FB0000103", "FB0000103", 1, Why.WAITING),
        ("FB0000104", "FB0000104", 1, Why.OTHER_NUMBER),
        ("FB0000106", "FB0000108", 3, Why.UNKNOWN),
    ]
    assert nav.gaps[2].text == "FBI-30000104"
    assert nav.twice == ()


@pytest.mark.parametrize(
    ("credit_type", "deferred", "why"),
    [
        ("overpayment", False, Why.WITH_PAYMENT),
        ("goodwill", True, Why.WHEN_USED),
        ("goodwill", False, Why.NOT_POSTED),
    ],
)
def test_credits_that_are_no_document_of_their_own_in_nav(
    credit_type: str, deferred: bool, why: Why
) -> None:
    notes = [
        replace(
            credit_note("-50.00", credit_type=credit_type),
            ref=Ref(Kind.CREDIT_NOTE, f"4{number}"),
            number=f"{number:07d}",
        )
        for number in (70, 71, 72)
    ]
    ledger = Ledger()
    for number in (70, 72):
        ledger.post("Credit Memo", f"FBC{number:07d}", f"FB-CRN-4{number}-1", MARCH_10, "-50.00")
    freshbooks = FreshbooksBooks(
        invoices=(),
        credit_notes=notes,
        payments=(),
        deferred=frozenset({notes[1].ref} if deferred else ()),
    )
    nav = NavBooks(
        customer_entries=ledger.entries,
        detailed_entries=ledger.details,
        receivable_entries=ledger.gl,
        prefix="FB",
    )
    sides = sides_of(freshbooks, nav, {"7001": "C00010"}, "GBP")
    (series,) = [one for one in sequences(sides) if one.system == "NAV"]
    assert told(series) == [("FBC0000071", "FBC0000071", 1, why)]


def test_what_was_never_posted_is_not_in_nav() -> None:
    posted = {"FB0000101": "30000101", "FB0000103": "30000103"}
    nav = looked_at(*map(numbered, NUMBERS[:3]), posted=posted)["NAV"]
    assert told(nav) == [("FB0000102", "FB0000102", 1, Why.NOT_POSTED)]
    assert Decimal(nav.missing) == 1
