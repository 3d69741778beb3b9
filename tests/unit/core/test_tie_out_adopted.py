"""The tie-out of what people keyed and a person adopted: it counts as its document, as far as NAV shows what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from tests.unit.core.books import invoice, payment, pounds
from tests.unit.core.test_tie_out import APRIL_2, MARCH_10, Ledger, Record

from tieout.core.reconciliation.adopted import Adopted
from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.reconciliation.tieout import Tieout, tie_out
from tieout.core.records.adoption import AdoptedDocument, AdoptedEntry, Adoption
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment

BILL = invoice("960.00")
OTHER = invoice("120.00", key="34102", number="0000102")
PAID = replace(BILL, outstanding=pounds("0"))


class Keyed(Ledger):
    """A customer ledger into which people keyed, and what was adopted of it."""

    def __init__(self) -> None:
        super().__init__()
        self.adoptions: list[Adoption] = []

    def key(self, kind: str, no: str, amount: str, day: date = MARCH_10) -> None:
        self.post(kind, no, f"our {no}", day, amount)

    def adopt(self, *records: Invoice | Payment, nos: Sequence[str]) -> None:
        shown = [entry for entry in self.entries if entry.document_no in nos]
        self.adoptions.append(
            Adoption(
                documents=tuple(document(record) for record in records),
                entries=tuple(
                    AdoptedEntry(
                        entry_no=entry.entry_no,
                        document_type=entry.document_type,
                        document_no=entry.document_no,
                        customer_no=entry.customer_no,
                        amount=entry.amount,
                        currency="GBP",
                        posting_date=entry.posting_date,
                    )
                    for entry in shown
                ),
                tier="SUMMED",
                score=70,
                reasons=("same sum",),
                by="Ann",
                at=datetime(2026, 4, 1, tzinfo=UTC),
            )
        )

    def reverse(self, no: str) -> None:
        self.entries = [
            replace(e, reversed=True, remaining=Decimal(0)) if e.document_no == no else e
            for e in self.entries
        ]


def document(record: Invoice | Payment) -> AdoptedDocument:
    sign = -1 if isinstance(record, Payment) else 1
    amount = sign * record.amount.amount
    return AdoptedDocument(ref=record.ref, substance="", amount=amount, currency="GBP")


def compare(records: Sequence[Record], ledger: Keyed, as_of: date | None = None) -> Tieout:
    books = FreshbooksBooks(
        invoices=[r for r in records if isinstance(r, Invoice)],
        credit_notes=[],
        payments=[r for r in records if isinstance(r, Payment)],
        as_of=as_of,
    )
    nav = NavBooks(
        customer_entries=ledger.entries,
        detailed_entries=ledger.details,
        receivable_entries=ledger.gl,
        prefix="FB",
        as_of=as_of,
        adopted=Adopted(adoptions=ledger.adoptions),
    )
    return tie_out(books, nav, {"7001": "C00010"}, "GBP")


def found(result: Tieout, *invariants: str) -> list[tuple[str, Break, str]]:
    some: Sequence[Difference] = result.differences
    return [
        (d.invariant, d.kind, d.subject)
        for d in some
        if not invariants or d.invariant in invariants
    ]


def test_history_that_is_adopted_agrees_and_says_what_was_not_compared() -> None:
    ledger = Keyed()
    ledger.key("Invoice", "103001", "960.00")
    ledger.key("Payment", "BR1", "-960.00", APRIL_2)
    ledger.apply("BR1", "103001", APRIL_2, "960.00")
    assert ("I1", Break.MISSING_IN_NAV, "invoice/34101") in found(
        compare([PAID, payment("960.00")], ledger)
    )
    ledger.adopt(PAID, nos=["103001"])
    ledger.adopt(payment("960.00"), nos=["BR1"])
    result = compare([PAID, payment("960.00")], ledger)
    assert result.agrees, result.differences
    left = {c.invariant: c.left_out for c in result.checks if c.left_out}
    # The others say that NAV's general ledger was not given.
    assert left == {"I2": "1 adopted document, which stands under no key of ours"}


@pytest.mark.parametrize("as_of", [None, MARCH_10, APRIL_2])
def test_one_entry_for_several_invoices_is_compared_as_one(as_of: date | None) -> None:
    ledger = Keyed()
    ledger.key("Invoice", "103001", "1080.00")
    ledger.key("Payment", "BR1", "-960.00", APRIL_2)
    ledger.apply("BR1", "103001", APRIL_2, "960.00")
    ledger.adopt(PAID, OTHER, nos=["103001"])
    ledger.adopt(payment("960.00"), nos=["BR1"])
    # Of the entry 120 are open: of the second invoice, says FreshBooks, and NAV does not say of which.
    result = compare([PAID, OTHER, payment("960.00")], ledger, as_of)
    assert result.agrees, result.differences
    wrong = compare([replace(BILL, outstanding=pounds("960.00")), OTHER, payment("960.00")], ledger)
    assert ("I3", Break.OPEN_AMOUNT, "invoice/34101") in found(wrong)


def test_one_transfer_for_several_invoices_agrees() -> None:
    ledger = Keyed()
    ledger.key("Invoice", "103001", "960.00")
    ledger.key("Invoice", "103002", "120.00")
    ledger.key("Payment", "BR1", "-1080.00", APRIL_2)
    ledger.apply("BR1", "103001", APRIL_2, "960.00")
    ledger.apply("BR1", "103002", APRIL_2, "120.00")
    one, two = payment("960.00"), payment("120.00", key="10302", of="34102")
    ledger.adopt(PAID, nos=["103001"])
    ledger.adopt(OTHER, nos=["103002"])
    ledger.adopt(one, two, nos=["BR1"])
    books = [PAID, replace(OTHER, outstanding=pounds("0")), one, two]
    result = compare(books, ledger)
    assert result.agrees, result.differences


def test_a_cent_in_a_shared_entry_is_the_last_documents() -> None:
    ledger = Keyed()
    ledger.key("Invoice", "103001", "1080.01")
    ledger.adopt(BILL, OTHER, nos=["103001"])
    result = compare([BILL, OTHER], ledger)
    assert found(result, "I1") == [("I1", Break.AMOUNT, "invoice/34102")]
    assert found(result, "I3") == [("I3", Break.OPEN_AMOUNT, "invoice/34101")]


def test_an_invoice_in_two_parts_agrees() -> None:
    ledger = Keyed()
    ledger.key("Invoice", "103001", "400.00")
    ledger.key("Invoice", "103002", "560.00")
    ledger.adopt(BILL, nos=["103001", "103002"])
    assert compare([BILL], ledger).agrees


def test_several_documents_in_several_entries_are_shared_out() -> None:
    ledger = Keyed()
    ledger.key("Invoice", "103001", "400.00")
    ledger.key("Invoice", "103002", "680.00")
    ledger.adopt(BILL, OTHER, nos=["103001", "103002"])
    assert compare([BILL, OTHER], ledger).agrees


def test_what_differs_though_it_is_adopted_is_named_with_who_accepted_it() -> None:
    ledger = Keyed()
    ledger.key("Invoice", "103001", "966.00")
    ledger.adopt(BILL, nos=["103001"])
    result = compare([BILL], ledger)
    assert ("I1", Break.AMOUNT, "invoice/34101") in found(result)
    first = result.differences[0]
    assert first.cause.startswith(
        "keyed by people and adopted: NAV entry 1 (103001), accepted by Ann"
    )


def test_what_was_reversed_in_nav_is_missing_there() -> None:
    ledger = Keyed()
    ledger.key("Invoice", "103001", "960.00")
    ledger.adopt(BILL, nos=["103001"])
    ledger.reverse("103001")
    assert ("I1", Break.MISSING_IN_NAV, "invoice/34101") in found(compare([BILL], ledger))


def test_a_paid_invoice_that_lies_open_beside_its_money_is_named() -> None:
    ledger = Keyed()
    ledger.key("Invoice", "103001", "960.00")
    ledger.key("Payment", "BR1", "-960.00", APRIL_2)
    ledger.adopt(PAID, nos=["103001"])
    ledger.adopt(payment("960.00"), nos=["BR1"])
    result = compare([PAID, payment("960.00")], ledger)
    assert found(result) == [("I14", Break.UNAPPLIED, "invoice/34101")]


def test_how_people_applied_it_in_another_month_is_listed_and_breaks_nothing() -> None:
    ledger = Keyed()
    ledger.key("Invoice", "103001", "960.00")
    ledger.key("Payment", "BR1", "-960.00", APRIL_2)
    ledger.apply("BR1", "103001", date(2026, 5, 4), "960.00")
    ledger.adopt(PAID, nos=["103001"])
    ledger.adopt(payment("960.00"), nos=["BR1"])
    result = compare([PAID, payment("960.00")], ledger)
    assert result.agrees, result.differences
    late = [d for d in result.explained if d.invariant == "I24"]
    assert [(d.kind, d.subject) for d in late] == [(Break.DATE_PERIOD, "payment/10301")]
    assert "people applied what was adopted" in late[0].text


def test_what_is_adopted_is_no_stranger_and_what_is_not_is_one() -> None:
    ledger = Keyed()
    ledger.key("Invoice", "103001", "960.00")
    ledger.key("Invoice", "103009", "50.00")
    ledger.adopt(BILL, nos=["103001"])
    assert found(compare([BILL], ledger), "I13") == [("I13", Break.NAV_ONLY, "customer C00010")]
