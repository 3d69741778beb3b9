"""Which rule gave each line its account and tax, for documents of all kinds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.unit.core.books import SETUP, TERMS, credit_note, invoice, line, payment
from tests.unit.core.explanation.cases import AT, rules, sent, step
from tests.unit.core.sales import ABROAD, CANADA, EURO, MONTREAL, VAT, bill, posted, sold

from tieout.core.decision.plan import Role
from tieout.core.explanation.dossier import Agreement, Dossier
from tieout.core.explanation.steps import Source, steps_of
from tieout.core.journal.lines import Application, DocumentType
from tieout.core.journal.payment import (
    payment_to_journal,
    prepayment_to_journal,
    refund_to_journal,
)
from tieout.core.journal.reversal import reversal_of
from tieout.core.journal.setup import Aggregate, LineRule

ITSELF: tuple[str, ...] = ()


def test_an_invoice_names_the_rules_of_each_of_its_lines_and_of_what_is_added_up() -> None:
    document = bill(
        "1231.50",
        sold("5", "120.00", VAT),
        sold("2", "15.75", ("VAT", "0"), name="Book"),
        sold("1", "400.00", VAT, name="Design"),
    )
    found = step(document, posted(document))
    assert found.source is Source.CONTENT
    assert [(c.place, c.item, str(c.amount.amount), c.taxes, c.rules) for c in found.choices] == [
        (1, "Consulting", "600.00", ("VAT 20 %",), ("lines[3]", "taxes[0]")),
        (2, "Book", "31.50", ("VAT 0 %",), ("lines[2]", "taxes[2]")),
        (3, "Design", "400.00", ("VAT 20 %",), ("lines[3]", "taxes[0]")),
    ]
    assert rules(found) == [ITSELF, ("lines[3]", "taxes[0]"), ("lines[2]", "taxes[2]")]
    assert [each.lines for each in found.origins] == [(), (1, 3), (2,)]
    assert all(each.certain for each in found.origins)
    assert found.groups == ("customers[0]",)


def test_two_rules_that_give_the_same_are_both_named_where_their_lines_are_added_up() -> None:
    special = LineRule(gl_account="4000", gen_prod="SERVICES", items=("Design",))
    setup = replace(SETUP, lines=(special, *SETUP.lines))
    document = bill("1200.00", sold("6", "100.00", VAT), sold("4", "100.00", VAT, name="Design"))
    found = step(document, posted(document, setup), setup)
    assert [choice.rules[0] for choice in found.choices] == ["lines[4]", "lines[0]"]
    assert rules(found)[1] == ("lines[4]", "lines[0]", "taxes[0]")
    assert found.origins[1].certain


def test_the_setup_of_the_command_counts_and_not_a_later_one() -> None:
    document = bill("960.00", sold("10", "80.00", VAT))
    moved = replace(SETUP, lines=SETUP.lines[3:], version=2)
    dossier = Dossier(ref=document.ref, sent=(sent(document.ref, posted(document), "FB-INV-1-1"),))
    (found,) = steps_of(dossier, document, {1: SETUP, 2: moved})
    assert found.choices[0].rules == ("lines[3]", "taxes[0]")


def test_of_a_content_that_is_not_kept_all_rules_are_named_that_give_it() -> None:
    document = bill("960.00", sold("10", "80.00", VAT))
    later = bill("1080.00", sold("11.25", "80.00", VAT))
    found = step(later, posted(document))
    assert (found.source, found.choices) == (Source.NOT_KEPT, ())
    assert rules(found)[1] == ("lines[3]", "taxes[0]")
    special = LineRule(gl_account="4000", gen_prod="SERVICES", items=("Design",))
    either = replace(SETUP, lines=(special, *SETUP.lines))
    found = step(later, posted(document, either), either)
    assert rules(found)[1] == ("lines[0]", "lines[4]", "taxes[0]")
    assert not found.origins[1].certain


def test_a_discount_on_the_whole_stands_on_an_account_of_its_own() -> None:
    document = bill("864.00", sold("10", "80.00", VAT), percent="10", discount="80.00")
    found = step(document, posted(document))
    assert found.source is Source.CONTENT
    assert rules(found) == [
        ITSELF,
        ("lines[3]", "taxes[0]"),
        ("discount_account", "taxes[0]"),
    ]
    assert found.origins[2].certain


def test_lines_that_are_kept_apart_are_told_apart() -> None:
    setup = replace(SETUP, aggregate=Aggregate.LINE)
    document = bill("1200.00", sold("6", "100.00", VAT), sold("4", "100.00", VAT))
    found = step(document, posted(document, setup), setup)
    assert [each.lines for each in found.origins] == [(), (1,), (2,)]


def test_a_negative_line_and_a_discount_of_one_account_are_told_apart() -> None:
    lines = (sold("10", "100.00", VAT), sold("1", "-200.00", VAT, name="Rebate"))
    document = bill("864.00", *lines, percent="10", discount="80.00")
    found = step(document, posted(document))
    assert [(each.line.account_no, each.lines, each.account) for each in found.origins[1:]] == [
        ("4000", (1,), ("lines[3]",)),
        ("4050", (2,), ("lines[1]",)),
        ("4050", (), ("discount_account",)),
    ]


def test_sales_tax_names_its_area() -> None:
    document = bill(
        "114.98",
        sold("1", "100.00", ("GST", "5"), ("QST", "9.975"), currency="CAD"),
        currency="CAD",
    )
    found = step(document, posted(document, CANADA, MONTREAL), CANADA)
    assert found.source is Source.CONTENT
    (choice,) = found.choices
    rule = CANADA.sales_taxes[int(choice.rules[1].removeprefix("sales_taxes[").removesuffix("]"))]
    assert {rule.name1, rule.name2} == {"GST", "QST"}
    assert rules(found)[1] == choice.rules


def test_a_payment_names_where_its_money_arrives() -> None:
    money = payment("960.00")
    journal, _ = payment_to_journal(money, SETUP, "C00010", "FBP1", None, TERMS)
    found = step(money, journal, key="FB-PMT-1-1")
    assert (found.source, rules(found)) == (Source.CONTENT, [ITSELF, ("payments[0]",)])
    assert found.origins[1].certain


def test_a_bank_charge_that_a_person_told_has_the_account_of_the_setup() -> None:
    money = payment("960.00")
    journal, _ = payment_to_journal(
        money, SETUP, "C00010", "FBP1", None, TERMS, charge=Decimal("15.00")
    )
    said = Agreement(rule="BANK_CHARGE", value="15.00", by="ann", at=AT, holds=True)
    found = step(money, journal, key="FB-PMT-1-1", agreements=(said,))
    assert (found.source, rules(found)) == (
        Source.CONTENT,
        [ITSELF, ("payments[0]",), ("bank_charge_account",)],
    )
    assert step(money, journal, key="FB-PMT-1-1").source is Source.NOT_KEPT


def test_a_payment_of_another_amount_still_tells_by_its_type_where_it_arrived() -> None:
    journal, _ = payment_to_journal(payment("960.00"), SETUP, "C00010", "FBP1", None, TERMS)
    found = step(payment("500.00"), journal, key="FB-PMT-1-1")
    assert (found.source, rules(found)[1]) == (Source.NOT_KEPT, ("payments[0]",))
    assert not found.origins[1].certain
    assert "payment type" in found.origins[1].note


def test_a_payment_of_which_nothing_is_left_is_no_source() -> None:
    journal, _ = payment_to_journal(payment("960.00"), SETUP, "C00010", "FBP1", None, TERMS)
    assert step(payment("0"), journal, key="FB-PMT-1-1").source is Source.NOT_KEPT


def test_a_payment_that_was_all_too_much_comes_to_what_came_in() -> None:
    money = replace(payment("0"), overpayment=credit_note("20.00").ref)
    received = payment("20.00").amount
    journal, _ = payment_to_journal(money, SETUP, "C00010", "FBP1", None, TERMS, received=received)
    assert step(money, journal, key="FB-PMT-1-1").source is Source.CONTENT


def test_a_refund_goes_where_the_money_had_arrived() -> None:
    receipt, _ = payment_to_journal(payment("960.00"), SETUP, "C00010", "FBP1", None, TERMS)
    assert receipt is not None
    journal = refund_to_journal(receipt, Decimal("100.00"), "FBR1", SETUP, TERMS)
    found = step(payment("860.00"), journal, key="FB-PMT-1-2")
    assert (found.source, rules(found)) == (Source.SEVERAL, [ITSELF, ITSELF])
    assert found.origins[1].note == "where the money had arrived"


def test_a_prepayment_names_the_rule_of_prepayments() -> None:
    note = replace(credit_note("200.00"), credit_type="prepayment")
    journal, _ = prepayment_to_journal(note, SETUP, "C00010", "FBC1", TERMS)
    found = step(note, journal, key="FB-CRN-1-1")
    assert (found.source, rules(found)) == (Source.CONTENT, [ITSELF, ("prepayment",)])


def test_a_reversal_is_the_opposite_of_what_was_posted() -> None:
    document = invoice("960.00", line("10", "80.00"))
    journal = reversal_of(posted(bill("960.00", sold("10", "80.00", VAT))), "FB0000101-C1", TERMS)
    command = sent(document.ref, journal, "FB-INV-1-1X", Role.REVERSE)
    (found,) = steps_of(Dossier(ref=document.ref, sent=(command,)), document, {1: SETUP})
    assert {each.note for each in found.origins} == {"the opposite of FB-INV-1-1"}
    assert found.source is Source.NONE


def test_what_posts_nothing_has_no_lines() -> None:
    document = invoice("960.00", line("10", "80.00"))
    told = {"customer_no": "C00010", "document_type": "Invoice", "on_hold": "FBD"}
    command = sent(document.ref, told, "FB-INV-1-H1", Role.SET_ON_HOLD)
    (found,) = steps_of(Dossier(ref=document.ref, sent=(command,)), document, {1: SETUP})
    assert (found.journal, found.origins) == (None, ())


def test_a_customer_names_the_rule_of_its_groups_and_a_known_country_narrows_it() -> None:
    made = {
        "country_region_code": "DE",
        "gen_bus_posting_group": "EXPORT",
        "vat_bus_posting_group": "EXPORT",
        "customer_posting_group": "FOREIGN",
        "payment_terms_code": "30 DAYS",
    }
    document = bill("200.00", sold("2", "100.00", currency="EUR"), currency="EUR")
    journal = posted(document, buyer=ABROAD, terms=EURO)
    german = replace(SETUP.customers[1], countries=("DE",))
    setup = replace(SETUP, customers=(*SETUP.customers, german))
    assert step(document, journal, setup).groups == ("customers[1]", "customers[2]")
    french = replace(SETUP.customers[1], countries=("FR",))
    setup = replace(SETUP, customers=(french, *SETUP.customers))
    maker = sent(document.customer, made, "FB-CUS-1-1", Role.CREATE_CUSTOMER)
    assert step(document, journal, setup, making=(maker,)).groups == ("customers[2]",)
    (found,) = steps_of(Dossier(ref=document.customer, sent=(maker,)), None, {1: setup})
    assert found.groups == ("customers[2]",)


def test_a_command_without_an_answer_is_unknown() -> None:
    document = bill("960.00", sold("10", "80.00", VAT))
    states = {
        state: sent(document.ref, posted(document), "FB-INV-1-1", state=state).state
        for state in ("intended", "unknown", "done", "refused", "awaiting")
    }
    assert states == {
        "intended": "unknown",
        "unknown": "unknown",
        "done": "done",
        "refused": "refused",
        "awaiting": "awaiting",
    }


def test_a_request_that_was_changed_on_record_is_noticed() -> None:
    document = bill("960.00", sold("10", "80.00", VAT))
    whole = sent(document.ref, posted(document), "FB-INV-1-1")
    assert whole.intact
    assert not replace(whole, hash="0" * 64).intact


def test_what_a_payment_settles_makes_no_difference_to_its_source() -> None:
    money = payment("960.00")
    settles = Application(document_type=DocumentType.INVOICE, document_no="FB0000101")
    journal, _ = payment_to_journal(money, SETUP, "C00010", "FBP1", settles, TERMS)
    assert step(money, journal, key="FB-PMT-1-1").source is Source.CONTENT
