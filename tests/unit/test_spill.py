"""Books compared part by part say the same as books compared as a whole, whatever is tied to what in them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.core.books import invoice, payment
from tests.unit.core.both_books import BothBooks
from tests.unit.core.breaking import WAYS, moved_out_of_its_month, restated_month
from tests.unit.core.breaking_beside import BESIDE
from tests.unit.core.test_tie_out_adopted import Keyed

from tieout.core.failures import Unstorable
from tieout.core.reconciliation.adopted import NOTHING_ADOPTED, Adopted
from tieout.core.reconciliation.general import settled
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.tieout import Comparison, Tieout, sides_of
from tieout.core.records.identity import Kind, Ref
from tieout.store.spill import FrozenOne, KnownDocument, Part, Spill


def spilled(sides: Sides, parts: int) -> Iterator[Part]:
    """All records of both sides, taken apart."""
    books, nav, evidence = sides.freshbooks, sides.nav, sides.evidence
    assert evidence.accounts is not None
    assert evidence.general is not None
    with Spill(nav.prefix, nav.adopted) as spill:
        for records in (
            books.invoices,
            books.credit_notes,
            books.payments,
            books.ledger_lines or (),
            evidence.accounts.entries,
            nav.customer_entries,
            nav.detailed_entries,
            evidence.general.vat_entries,
            evidence.accounts.bank_entries,
            [
                KnownDocument(*x)
                for x in (evidence.recorded.documents if evidence.recorded else {}).items()
            ],
            evidence.recorded.commands if evidence.recorded else (),
            [FrozenOne(*x) for x in (evidence.frozen.documents if evidence.frozen else {}).items()],
        ):
            spill.put(list(records))
        spill.settle(parts, set(sides.customer_nos.values()))
        yield from spill.parts()


def of_part(whole: Sides, part: Part) -> Sides:
    """The sides of a part: the same as the whole but for its records."""
    books, nav, evidence = whole.freshbooks, whole.nav, whole.evidence
    assert evidence.accounts is not None
    assert evidence.general is not None
    assert evidence.recorded is not None
    on = [
        {e.entry_no for e in some}
        for some in (nav.receivable_entries, nav.tax_entries, nav.rounding_entries)
    ]
    receivable, tax, rounding = ([e for e in part.general if e.entry_no in some] for some in on)
    keyed = {e.entry_no for e in evidence.general.entries}
    frozen = evidence.frozen
    return sides_of(
        replace(
            books,
            invoices=part.invoices,
            credit_notes=part.credit_notes,
            payments=part.payments,
            ledger_lines=None if books.ledger_lines is None else part.feed,
        ),
        replace(
            nav,
            customer_entries=part.customer,
            detailed_entries=part.detailed,
            receivable_entries=receivable,
            tax_entries=tax,
            rounding_entries=rounding,
        ),
        whole.customer_nos,
        whole.lcy,
        [p.ref for p in whole.flight.pending if p.ref in {k.ref for k in part.known}],
        whole.max_rounding,
        replace(
            evidence,
            general=replace(
                evidence.general,
                entries=[e for e in part.general if e.entry_no in keyed],
                vat_entries=part.vat,
                bank_entries=part.bank,
                settled_of_all=settled(evidence.general.vat_entries),
            ),
            accounts=replace(
                evidence.accounts,
                entries=part.general,
                bank_entries=part.bank,
                first_of_all=evidence.accounts.first_day,
            ),
            recorded=replace(
                evidence.recorded,
                documents={k.ref: k.known for k in part.known},
                commands=part.sent,
            ),
            frozen=frozen and replace(frozen, documents={f.ref: f.document for f in part.frozen}),
        ),
    )


def in_parts(sides: Sides, parts: int) -> Tieout:
    comparison = Comparison()
    for part in spilled(sides, parts):
        comparison.add(of_part(sides, part))
    return comparison.result()


def same(one: Tieout, other: Tieout) -> None:
    assert [c.invariant for c in one.checks] == [c.invariant for c in other.checks]
    for mine, whole in zip(one.checks, other.checks, strict=True):
        assert replace(mine, found=(), explained=()) == replace(whole, found=(), explained=())
        assert sorted(map(repr, mine.found)) == sorted(map(repr, whole.found))
        assert sorted(map(repr, mine.explained)) == sorted(map(repr, whole.explained))
    assert one.in_flight == other.in_flight


@pytest.mark.parametrize("parts", [1, 2, 7, 40])
def test_clean_books_in_parts_agree_as_a_whole_does(parts: int) -> None:
    for seed in range(25):
        sides = BothBooks(seed).sides()
        same(in_parts(sides, parts), BothBooks(seed).tie())


@pytest.mark.parametrize("seed", range(60))
def test_broken_books_in_parts_show_what_a_whole_shows(seed: int) -> None:
    books = broken(seed)
    whole = books.tie()
    assert whole.differences
    for parts in (3, 20):
        same(in_parts(books.sides(), parts), whole)


def broken(seed: int) -> BothBooks:
    """Books that were broken in three ways that take no entry number twice, as NAV gives out each only once."""
    dice = random.Random(seed)
    while True:
        books = BothBooks(seed)
        for way in dice.sample([*WAYS, *BESIDE], 3):
            with suppress(IndexError, ValueError):  # these books have nothing (more) of that kind
                way(books)
        if len({row.entry_no for row in books.gl}) == len(books.gl):
            return books


def test_an_earlier_day_in_parts_shows_what_a_whole_shows() -> None:
    shown = 0
    for seed in range(30):
        books = BothBooks(seed)
        with suppress(IndexError):
            _, end = restated_month(books)
            whole = books.tie(end)
            same(in_parts(books.sides(end), 7), whole)
            shown += len(whole.differences)
    assert shown


def test_what_was_moved_out_of_a_closed_month_is_explained_in_parts_as_in_a_whole() -> None:
    explained = 0
    for seed in range(30):
        books = BothBooks(seed)
        with suppress(IndexError):
            moved_out_of_its_month(books)
            whole = books.tie()
            explained += len([d for d in whole.explained if d.invariant == "I18"])
            same(in_parts(books.sides(), 7), whole)
    assert explained > 20


def test_without_room_on_the_disk_it_says_so() -> None:
    with Spill("FB", NOTHING_ADOPTED) as spill:
        spill._file.execute("PRAGMA max_page_count = 16")
        many = BothBooks(1).invoices * 200
        with pytest.raises(Unstorable, match="no room"):
            spill.put(many)


def test_what_was_read_is_in_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file has no name from the beginning: nobody else can open it, and nothing is left of it."""
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    with Spill("FB", NOTHING_ADOPTED) as spill:
        for seed in range(200):
            spill.put(BothBooks(seed).gl)
        spill.settle(3, ())
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("parts", [2, 9, 50])
def test_money_that_was_adopted_together_stays_together(parts: int) -> None:
    """Two receipts of two invoices that people keyed as one: both invoices, with all that is theirs, and the entry are compared at one time."""
    bills = [invoice("960.00", key=key, number=key) for key in ("34101", "34102")]
    receipts = [
        replace(payment("960.00"), ref=Ref(Kind.PAYMENT, str(n)), invoice=bill.ref)
        for n, bill in enumerate(bills, 11001)
    ]
    ledger = Keyed()
    ledger.key("Payment", "BR1", "-1920.00")
    ledger.adopt(*receipts, nos=["BR1"])
    adopted = Adopted(adoptions=ledger.adoptions)
    with Spill("FB", adopted) as spill:
        for records in (ledger.entries, ledger.gl, ledger.details, receipts, bills):
            spill.put(records)
        spill.settle(parts, {"C00010"})
        (part,) = [part for part in spill.parts() if part.payments]
    assert (part.invoices, part.payments) == (bills, receipts)
    assert (part.customer, part.general, part.detailed) == (
        ledger.entries,
        ledger.gl,
        ledger.details,
    )
