"""Accepting matches: what becomes an adoption, what does not and why; and what is adopted is matched first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.unit.core.matching.test_check_books import JANUARY, day, invoice, keyed, payment

from tieout.core.matching.accept import Acceptance, Chosen, Known, accept
from tieout.core.matching.check import check_books
from tieout.core.matching.documents import FreshbooksDocument, NavDocument
from tieout.core.matching.result import BooksCheck, Break, Customer, Match, Tier
from tieout.core.records.adoption import Adoption
from tieout.core.records.identity import Kind, Ref

WHEN = datetime(2026, 4, 1, tzinfo=UTC)
ONE, TWO = invoice(101, "120.00", day(2), substance="one"), invoice(102, "90.00", day(3))


def match(*ends: FreshbooksDocument | NavDocument) -> Match:
    ours = tuple(end for end in ends if isinstance(end, FreshbooksDocument))
    theirs = tuple(end for end in ends if isinstance(end, NavDocument))
    return Match(freshbooks=ours, nav=theirs, tier=Tier.SCORED, score=70, reasons=("same day",))


def customer(client: str, no: str) -> Customer:
    return Customer(client=client, client_name="", customer_no=no, customer_name="", documents=3)


def accepted(*matches: Match, customers: tuple[Customer, ...] = (), **known: Any) -> Acceptance:
    chosen = [Chosen(match=each) for each in matches]
    return accept(chosen, customers, Known(**known), by="Ann", at=WHEN)


def adoption(*ends: FreshbooksDocument | NavDocument) -> Adoption:
    return accepted(match(*ends)).adoptions[0]


def test_a_match_becomes_an_adoption_with_its_evidence() -> None:
    both = match(ONE, TWO, replace(keyed(ONE, 7), amount=ONE.amount + TWO.amount))
    (made,) = accept([Chosen(match=both, note="seen")], (), Known(), by="Ann", at=WHEN).adoptions
    assert made.refs == (Ref(Kind.INVOICE, "101"), Ref(Kind.INVOICE, "102"))
    assert made.entry_nos == (7,)
    assert made.substance_of(Ref(Kind.INVOICE, "101")) == "one"
    assert (made.tier, made.score, made.reasons) == ("SCORED", 70, ("same day",))
    assert (made.by, made.at, made.note) == ("Ann", WHEN, "seen")


def test_what_is_so_already_is_not_adopted_twice() -> None:
    before = replace(adoption(ONE, keyed(ONE, 7)), by="Tom", score=99)
    found = accepted(match(ONE, keyed(ONE, 7)), standing=[before])
    assert (found.adoptions, len(found.adopted)) == ((), 1)


def test_what_has_changed_takes_the_place_of_what_was() -> None:
    before = adoption(ONE, keyed(ONE, 7))
    edited = replace(ONE, substance="two")
    for anew in (match(edited, keyed(ONE, 7)), match(ONE, keyed(ONE, 8))):
        found = accepted(anew, standing=[before])
        assert (len(found.adoptions), found.clashing) == (1, ())


def test_another_documents_entry_is_not_taken_from_it() -> None:
    before = adoption(ONE, keyed(ONE, 7))
    for other in (match(TWO, keyed(ONE, 7)), match(ONE, TWO, keyed(TWO, 8))):
        found = accepted(other, standing=[before])
        assert (found.adoptions, found.clashing) == ((), (other,))


def test_what_tieout_posted_is_not_adopted() -> None:
    found = accepted(match(ONE, keyed(ONE, 7)), ours=[Ref(Kind.INVOICE, "101")])
    assert (found.adoptions, len(found.ours)) == ((), 1)


def test_clients_are_linked_where_it_is_plain_who_they_are() -> None:
    three = invoice(103, "50.00", day(4), client="3")
    matches = (match(ONE, keyed(ONE, 7)), match(three, keyed(three, 8)))
    plain = (customer("1", "C1"), customer("3", "C3"), customer("4", "C4"))
    assert accepted(*matches, customers=plain).customers == {"1": "C1", "3": "C3"}
    assert accepted(*matches, customers=plain, clients=["1"]).customers == {"3": "C3"}
    chosen = [Chosen(match=each) for each in matches]
    taken = accept(chosen, plain, Known(customers=["C3"]), by="Ann", at=WHEN)
    assert taken.customers == {"1": "C1"}
    shared = (customer("1", "C9"), customer("3", "C9"))
    assert accepted(*matches, customers=shared).customers == {}


def check(
    ours: list[FreshbooksDocument], theirs: list[NavDocument], *adoptions: Adoption
) -> BooksCheck:
    return check_books(ours, theirs, *JANUARY, adoptions=adoptions)


def test_what_a_person_paired_is_matched_whatever_it_looks_like() -> None:
    odd = replace(keyed(TWO, 9), external_no="X", amount=TWO.amount * 3, posting_date=day(29))
    assert Break.MISSING_IN_NAV in {d.kind for d in check([TWO], [odd]).differences}
    found = check([TWO], [odd], adoption(TWO, odd))
    assert [(m.freshbooks, m.nav) for m in found.matches] == [((TWO,), (odd,))]
    assert Break.AMOUNT in {d.kind for d in found.differences}
    assert Break.MISSING_IN_NAV not in {d.kind for d in found.differences}


def test_an_adopted_entry_is_not_matched_with_another_document() -> None:
    twin = keyed(ONE, 7)
    first, second = payment(1, "120.00", day(5), 101), payment(2, "120.00", day(5), 101)
    receipt = keyed(second, 12)
    found = check([ONE, first, second], [twin, receipt], adoption(second, receipt))
    pairs = {(m.freshbooks[0].ref, m.nav[0].entry_no) for m in found.matches}
    assert pairs == {("invoice/101", 7), ("payment/2", 12)}


def test_what_is_not_there_as_a_whole_is_found_anew() -> None:
    gone, anew = keyed(ONE, 7), keyed(ONE, 8)
    found = check([ONE], [anew], adoption(ONE, gone))
    assert [(m.freshbooks, m.nav) for m in found.matches] == [((ONE,), (anew,))]
