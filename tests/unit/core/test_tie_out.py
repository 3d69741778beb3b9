"""The tie-out: what agrees, what does not, and what was so on an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.unit.core.books import credit_note, invoice, line, payment, pounds

from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.difference import Break
from tieout.core.reconciliation.tieout import Tieout, tie_out
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import CustomerEntry, DetailedEntry, GLEntry
from tieout.core.records.payment import Payment

MARCH_1, MARCH_10, APRIL_2 = date(2026, 3, 1), date(2026, 3, 10), date(2026, 4, 2)
Record = Invoice | CreditNote | Payment


class Ledger:
    """A NAV customer ledger of one customer, written line by line."""

    def __init__(self) -> None:
        self.entries: list[CustomerEntry] = []
        self.details: list[DetailedEntry] = []
        self.gl: list[GLEntry] = []
        self.taxes: list[GLEntry] = []
        self.roundings: list[GLEntry] = []

    def post(self, kind: str, no: str, key: str, day: date, amount: str) -> None:
        entry = CustomerEntry(
            entry_no=len(self.entries) + 1,
            document_type=kind,
            document_no=no,
            customer_no="C00010",
            currency_code="",
            posting_date=day,
            amount=Decimal(amount),
            remaining=Decimal(amount),
            open=True,
            reversed=False,
            due_on=MARCH_10,
        )
        self.entries.append(entry)
        self._detail(entry, "Initial Entry", day, Decimal(amount))
        self.gl.append(
            GLEntry(
                entry_no=len(self.gl) + 1,
                gl_account_no="1200",
                document_type=kind,
                document_no=no,
                external_document_no=key,
                posting_date=day,
                amount=Decimal(amount),
            )
        )

    def tax(self, no: str, key: str, amount: str) -> None:
        """What a document that is posted has put on the account of output VAT."""
        posted = next(entry for entry in self.gl if entry.document_no == no)
        entry = replace(posted, gl_account_no="2200", external_document_no=key)
        self.taxes.append(replace(entry, amount=-Decimal(amount)))

    def round(self, no: str, key: str, amount: str) -> None:
        """What of it stands on the rounding account."""
        self.tax(no, key, amount)
        self.roundings.append(replace(self.taxes.pop(), gl_account_no="8970"))

    def apply(self, source: str, target: str, day: date, amount: str) -> None:
        for no, change in ((source, Decimal(amount)), (target, -Decimal(amount))):
            at = next(i for i, entry in enumerate(self.entries) if entry.document_no == no)
            entry = self.entries[at]
            self.entries[at] = replace(entry, remaining=entry.remaining + change)
            self._detail(entry, "Application", day, change)

    def _detail(self, entry: CustomerEntry, kind: str, day: date, amount: Decimal) -> None:
        self.details.append(
            DetailedEntry(
                entry_no=len(self.details) + 1,
                customer_entry_no=entry.entry_no,
                entry_type=kind,
                document_type=entry.document_type,
                document_no=entry.document_no,
                customer_no=entry.customer_no,
                currency_code="",
                posting_date=day,
                amount=amount,
                amount_lcy=amount,
            )
        )


def compare(
    records: Sequence[Record],
    ledger: Ledger,
    as_of: date | None = None,
    in_flight: Sequence[str] = (),
) -> Tieout:
    freshbooks = FreshbooksBooks(
        invoices=[r for r in records if isinstance(r, Invoice)],
        credit_notes=[r for r in records if isinstance(r, CreditNote)],
        payments=[r for r in records if isinstance(r, Payment)],
        as_of=as_of,
    )
    nav = NavBooks(
        customer_entries=ledger.entries,
        detailed_entries=ledger.details,
        receivable_entries=ledger.gl,
        tax_entries=ledger.taxes,
        rounding_entries=ledger.roundings,
        prefix="FB",
        as_of=as_of,
    )
    moving = [Ref.parse(ref) for ref in in_flight]
    limit = Decimal("0.05")
    return tie_out(freshbooks, nav, {"7001": "C00010"}, "GBP", moving, limit)


def kinds(result: Tieout) -> set[Break]:
    return {difference.kind for difference in result.differences}


def sold() -> Ledger:
    ledger = Ledger()
    ledger.post("Invoice", "FB0000101", "FB-INV-34101-1", MARCH_10, "960.00")
    return ledger


def test_an_invoice_on_both_sides_agrees_and_a_cent_does_not() -> None:
    assert compare([invoice("960.00")], sold()).agrees
    assert {Break.AMOUNT, Break.OPEN_AMOUNT, Break.BALANCE, Break.CONTROL} == kinds(
        compare([invoice("960.01")], sold())
    )


def test_posted_twice_is_found_as_a_duplicate() -> None:
    ledger = sold()
    ledger.post("Invoice", "FB0000101-2", "FB-INV-34101-2", MARCH_10, "960.00")
    assert Break.DUPLICATE in kinds(compare([invoice("960.00")], ledger))


def test_an_invoice_that_was_cut_to_a_half_is_no_duplicate() -> None:
    assert Break.DUPLICATE not in kinds(compare([invoice("480.00")], sold()))


def test_money_that_came_before_its_invoice_is_a_credit_until_then() -> None:
    ledger = sold()
    ledger.post("Payment", "FBP10301", "FB-PMT-10301-1", MARCH_1, "-960.00")
    ledger.apply("FBP10301", "FB0000101", MARCH_10, "960.00")
    books = [replace(invoice("960.00"), outstanding=pounds("0")), payment("960.00", day=MARCH_1)]
    for day in (date(2026, 2, 28), MARCH_1, date(2026, 3, 5), MARCH_10, None):
        result = compare(books, ledger, day)
        assert result.agrees, (day, result.differences)


def test_a_credit_used_for_a_later_invoice_is_whole_until_then() -> None:
    ledger = Ledger()
    ledger.post("Credit Memo", "FBC0000070", "FB-CRN-30947-1", MARCH_10, "-150.00")
    ledger.post("Invoice", "FB0000101", "FB-INV-34101-1", APRIL_2, "960.00")
    ledger.apply("FBC0000070", "FB0000101", APRIL_2, "30.00")
    note = replace(credit_note("150.00"), used=pounds("30.00"))
    bill = replace(invoice("960.00", day=APRIL_2), outstanding=pounds("930.00"))
    books = [bill, note, payment("30.00", credit="30947", day=date(2026, 3, 20))]
    for day in (MARCH_10, date(2026, 3, 25), APRIL_2, None):
        result = compare(books, ledger, day)
        assert result.agrees, (day, result.differences)


def test_the_payment_of_a_deleted_invoice_is_the_customers_credit() -> None:
    ledger = sold()
    ledger.post("Payment", "FBP10301", "FB-PMT-10301-1", APRIL_2, "-960.00")
    ledger.post("Credit Memo", "FB0000101-C1", "FB-INV-34101-1X", MARCH_10, "-960.00")
    ledger.apply("FB0000101-C1", "FB0000101", MARCH_10, "960.00")
    books = [invoice("960.00", visibility=Visibility.DELETED), payment("960.00")]
    assert compare(books, ledger).agrees
    assert compare(books, ledger, MARCH_10).agrees


def test_a_credit_that_a_deleted_invoice_used_is_the_customers_again() -> None:
    ledger = Ledger()
    ledger.post("Credit Memo", "FBC0000070", "FB-CRN-30947-1", MARCH_10, "-150.00")
    note = replace(credit_note("150.00"), used=pounds("150.00"))
    use = payment("150.00", credit="30947")
    for books in ([note, use], [invoice("960.00", visibility=Visibility.DELETED), note, use]):
        assert compare(books, ledger).agrees
        assert compare(books, ledger, APRIL_2).agrees
    assert kinds(compare([note], ledger)) == {Break.BALANCE, Break.CONTROL}


def test_an_invoice_that_was_cut_below_the_credits_that_paid_it_is_open_on_these() -> None:
    """The credit pays two invoices; one is cut from 100.00 to 40.00 afterwards, and in NAV 60.00 of the credit are open."""
    ledger = Ledger()
    ledger.post("Invoice", "FB0000101", "FB-INV-34101-2", MARCH_10, "40.00")
    ledger.post("Invoice", "FB0000102", "FB-INV-34102-1", MARCH_10, "50.00")
    ledger.post("Credit Memo", "FBC0000070", "FB-CRN-30947-1", MARCH_10, "-150.00")
    ledger.apply("FBC0000070", "FB0000101", APRIL_2, "40.00")
    ledger.apply("FBC0000070", "FB0000102", APRIL_2, "50.00")
    books = [
        replace(invoice("40.00"), outstanding=pounds("-60.00")),
        replace(invoice("50.00", key="34102", number="102"), outstanding=pounds("0.00")),
        replace(credit_note("150.00"), used=pounds("150.00")),
        payment("100.00", credit="30947"),
        payment("50.00", key="10302", of="34102", credit="30947"),
    ]
    result = compare(books, ledger)
    assert result.agrees, result.differences
    ledger.apply("FBC0000070", "FB0000102", APRIL_2, "-10.00")
    unapplied = compare(books, ledger).differences
    assert {(d.invariant, d.kind, d.subject) for d in unapplied} == {
        ("I3", Break.UNAPPLIED, "invoice/34101"),
        ("I3", Break.UNAPPLIED, "invoice/34102"),
        ("I14", Break.UNAPPLIED, "invoice/34102"),
    }


def test_what_comes_to_nothing_in_nav_is_missing_there() -> None:
    ledger = sold()
    ledger.post("Credit Memo", "FB0000101-C1", "FB-INV-34101-1X", MARCH_10, "-960.00")
    result = compare([invoice("960.00")], ledger)
    assert [d.kind for d in result.differences if d.invariant == "I1"] == [Break.MISSING_IN_NAV]


@pytest.mark.parametrize(
    ("day", "amount", "kind"),
    [
        (date(2026, 3, 20), "960.00", Break.DUPLICATE),
        (date(2026, 3, 21), "960.00", Break.NAV_ONLY),
        (MARCH_10, "960.01", Break.NAV_ONLY),
    ],
)
def test_the_same_once_more_within_ten_days_is_a_twin(day: date, amount: str, kind: Break) -> None:
    ledger = sold()
    ledger.post("Invoice", "NAV-77", "", day, amount)
    (stranger,) = [
        d for d in compare([invoice("960.00")], ledger).differences if d.invariant == "I13"
    ]
    assert (stranger.kind, "invoice/34101 (FB0000101)" in stranger.text) == (
        kind,
        kind is Break.DUPLICATE,
    )


def test_a_part_payment_that_is_taken_off_its_invoice_is_unapplied() -> None:
    ledger = sold()
    ledger.post("Payment", "FBP10301", "FB-PMT-10301-1", APRIL_2, "-100.00")
    books = [replace(invoice("960.00"), outstanding=pounds("860.00")), payment("100.00")]
    (found,) = compare(books, ledger).differences
    assert (found.invariant, found.kind, found.freshbooks, found.nav) == (
        "I14",
        Break.UNAPPLIED,
        Decimal(860),
        Decimal(960),
    )


def test_a_credit_that_may_still_be_used_is_not_unapplied() -> None:
    """A payment is missing in NAV, and a credit lies open in both books."""
    ledger = sold()
    ledger.post("Credit Memo", "FBC0000070", "FB-CRN-30947-1", MARCH_10, "-150.00")
    bill = replace(invoice("960.00"), outstanding=pounds("860.00"))
    result = compare([bill, credit_note("150.00"), payment("100.00")], ledger)
    assert "I14" not in {d.invariant for d in result.differences}


def test_what_a_stranger_posts_to_our_customer_breaks_the_balance_only() -> None:
    ledger = sold()
    ledger.post("Payment", "NAV-77", "", APRIL_2, "-100.00")
    result = compare([invoice("960.00")], ledger)
    assert {(d.invariant, d.kind) for d in result.differences} == {
        ("I4", Break.NAV_ONLY),
        ("I5", Break.NAV_ONLY),
        ("I13", Break.NAV_ONLY),
    }
    stranger = next(d for d in result.differences if d.invariant == "I13")
    assert (stranger.subject, stranger.nav) == ("customer C00010", Decimal(-100))
    assert "Payment NAV-77 of 2026-04-02 (entry 2)" in stranger.text


def test_a_stranger_that_settles_our_invoice_is_named_as_the_cause_of_the_balance() -> None:
    ledger = sold()
    ledger.post("Payment", "NAV-77", "", APRIL_2, "-960.00")
    ledger.apply("NAV-77", "FB0000101", APRIL_2, "960.00")
    result = compare([invoice("960.00")], ledger)
    assert {(d.invariant, d.kind) for d in result.differences} == {
        ("I3", Break.OPEN_AMOUNT),
        ("I4", Break.NAV_ONLY),
        ("I5", Break.NAV_ONLY),
        ("I13", Break.NAV_ONLY),
    }


def test_a_payment_that_is_not_applied_leaves_the_balance_right() -> None:
    ledger = sold()
    ledger.post("Payment", "FBP10301", "FB-PMT-10301-1", APRIL_2, "-960.00")
    ledger.post("Invoice", "FB0000102", "FB-INV-34102-1", MARCH_10, "960.00")
    ledger.apply("FBP10301", "FB0000102", APRIL_2, "960.00")
    bills = [
        replace(invoice("960.00"), outstanding=pounds("0.00")),
        replace(invoice("960.00", key="34102", number="102"), outstanding=pounds("960.00")),
    ]
    result = compare([*bills, payment("960.00", of="34101")], ledger)
    assert {(d.invariant, d.kind, d.subject) for d in result.differences} == {
        ("I3", Break.UNAPPLIED, "invoice/34101"),
        ("I3", Break.UNAPPLIED, "invoice/34102"),
    }


def test_what_is_on_its_way_is_told_apart_and_only_that() -> None:
    records = [invoice("960.00"), invoice("50.00", key="34102")]
    result = compare(records, sold(), in_flight=["invoice/34102"])
    assert (result.breaks, kinds(result)) == ((), {Break.IN_FLIGHT})
    assert not result.agrees
    (pending,) = result.in_flight
    assert (str(pending.ref), pending.freshbooks, pending.nav) == ("invoice/34102", 50, 0)
    wrong = compare([invoice("970.00"), records[1]], sold(), in_flight=["invoice/34102"])
    assert {d.kind for d in wrong.breaks} == {
        Break.AMOUNT,
        Break.OPEN_AMOUNT,
        Break.BALANCE,
        Break.CONTROL,
    }


def test_money_and_credit_on_their_way_explain_what_is_open() -> None:
    paid = [replace(invoice("960.00"), outstanding=pounds("0")), payment("960.00")]
    result = compare(paid, sold(), in_flight=["payment/10301"])
    assert kinds(result) == {Break.IN_FLIGHT}
    deleted = replace(invoice("960.00"), visibility=Visibility.DELETED)
    assert kinds(compare([deleted], sold(), in_flight=["invoice/34101"])) == {Break.IN_FLIGHT}
    assert compare([invoice("960.00")], sold(), in_flight=["invoice/34101"]).agrees


def test_as_of_an_earlier_day_a_late_document_and_a_late_change_have_their_own_names() -> None:
    late = Ledger()
    late.post("Invoice", "FB0000101", "FB-INV-34101-1", APRIL_2, "960.00")
    march = date(2026, 3, 31)
    assert Break.DATE_PERIOD in kinds(compare([invoice("960.00")], late, march))
    assert Break.MISSING_IN_NAV in kinds(compare([invoice("970.00")], late, march))
    changed = sold()
    changed.post("Credit Memo", "FB0000101-C1", "FB-INV-34101-1X", APRIL_2, "-960.00")
    changed.post("Invoice", "FB0000101-2", "FB-INV-34101-2", APRIL_2, "1080.00")
    assert Break.PRIOR_PERIOD_CHANGE in kinds(compare([invoice("1080.00")], changed, march))
    deleted = replace(invoice("960.00"), visibility=Visibility.DELETED)
    undone = sold()
    undone.post("Credit Memo", "FB0000101-C1", "FB-INV-34101-1X", APRIL_2, "-960.00")
    assert Break.PRIOR_PERIOD_CHANGE in kinds(compare([deleted], undone, march))


def test_what_was_recovered_of_a_write_off_is_nobodys_credit() -> None:
    rest = replace(credit_note("960.00", key="2", credit_type="overpayment"), issued_on=APRIL_2)
    late = replace(payment("0.00", key="3", day=APRIL_2), overpayment=rest.ref)
    asked = payment("960.00", key="1", day=MARCH_10)
    ledger = sold()
    ledger.post("", "FBW1", "FB-PMT-1-1", MARCH_10, "-960.00")
    ledger.apply("FBW1", "FB0000101", MARCH_10, "960.00")
    books = FreshbooksBooks(
        invoices=[replace(invoice("960.00"), outstanding=pounds("0"))],
        credit_notes=[rest],
        payments=[asked, late],
    )
    nav = NavBooks(
        customer_entries=ledger.entries,
        detailed_entries=ledger.details,
        receivable_entries=ledger.gl,
        prefix="FB",
    )
    for amount, agrees in (("960.00", True), ("959.99", False)):
        recovered = {asked.ref: Decimal("-960.00"), late.ref: Decimal(amount)}
        result = tie_out(replace(books, recovered=recovered), nav, {"7001": "C00010"}, "GBP")
        assert result.agrees is agrees, result.differences


@pytest.mark.parametrize(("tax", "differs"), [("160.00", False), ("159.99", True), ("0", True)])
def test_the_tax_of_a_document_is_what_its_total_has_beyond_its_lines(
    tax: str, differs: bool
) -> None:
    ledger = sold()
    ledger.tax("FB0000101", "FB-INV-34101-1", tax)
    result = compare([invoice("960.00", line("10", "80.00"))], ledger)
    found = {(d.invariant, d.kind, d.freshbooks, d.nav) for d in result.differences}
    wanted = {("I2", Break.TAX, Decimal("160.00"), Decimal(tax))} if differs else set()
    assert found == wanted


@pytest.mark.parametrize(
    ("tax", "rounded", "explained"),
    [("159.98", "0.02", True), ("159.98", "0.01", False), ("159.90", "0.10", False)],
)
def test_what_stands_on_the_rounding_account_explains_as_much_tax(
    tax: str, rounded: str, explained: bool
) -> None:
    ledger = sold()
    ledger.tax("FB0000101", "FB-INV-34101-1", tax)
    ledger.round("FB0000101", "FB-INV-34101-1", rounded)
    result = compare([invoice("960.00", line("10", "80.00"))], ledger)
    assert result.agrees is explained
    (one,) = [d for d in (*result.explained, *result.differences) if d.invariant == "I2"]
    assert (one.kind, one.nav) == (Break.ROUNDING if explained else Break.TAX, Decimal(tax))


def test_a_discount_lowers_the_lines_and_not_the_tax() -> None:
    ledger = Ledger()
    ledger.post("Invoice", "FB0000101", "FB-INV-34101-1", MARCH_10, "864.00")
    ledger.tax("FB0000101", "FB-INV-34101-1", "144.00")
    assert compare([invoice("864.00", line("10", "80.00"), discount="80.00")], ledger).agrees


def test_prices_that_contain_their_tax_tell_nothing_of_it() -> None:
    bill = invoice("960.00", line("10", "96.00"), tax_included=True)
    assert compare([bill], sold()).agrees


def test_an_open_invoice_is_due_on_the_same_day() -> None:
    late = replace(invoice("960.00"), due_on=APRIL_2)
    (found,) = compare([late], sold()).differences
    assert (found.invariant, found.kind) == ("I23", Break.DUE_DATE)
    assert found.text == "FreshBooks: due on 2026-04-02, NAV: due on 2026-03-10"
    assert kinds(compare([late], sold(), in_flight=["invoice/34101"])) == {Break.IN_FLIGHT}
    assert compare([replace(late, due_on=MARCH_10)], sold()).agrees
    closed = sold()
    closed.entries[0] = replace(closed.entries[0], open=False)
    assert compare([late], closed).agrees
