"""Which lines become one, what they are called, where they go, and whose customer gets which groups."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.core.books import HOME, SETUP, customer
from tests.unit.core.sales import VAT, bill, posted, rows, rules_of, sold

from tieout.core.decision.customer import buyer_groups, customer_command
from tieout.core.decision.facts import Facts
from tieout.core.journal.reading import SetupError
from tieout.core.journal.rules import payment_rule
from tieout.core.journal.setup import (
    Aggregate,
    CustomerRule,
    LineRule,
    PaymentRule,
    PostingSetup,
)
from tieout.core.records.identity import Kind, Ref

WORK = bill(
    "300.00",
    sold("1", "100.00", VAT, name="Design"),
    sold("2", "50.00", VAT, name="Print"),
    sold("1", "50.00", VAT, name="Design"),
)


@pytest.mark.parametrize(
    ("aggregate", "lines"),
    [
        (Aggregate.ACCOUNT, [("-300.00", "Design, Print")]),
        (Aggregate.ITEM, [("-180.00", "Design"), ("-120.00", "Print 2 x 50.00")]),
        (
            Aggregate.LINE,
            [
                ("-120.00", "Design 1 x 100.00"),
                ("-120.00", "Print 2 x 50.00"),
                ("-60.00", "Design 1 x 50.00"),
            ],
        ),
    ],
)
def test_lines_are_added_up_as_the_setup_says(
    aggregate: Aggregate, lines: list[tuple[str, str]]
) -> None:
    journal = posted(WORK, replace(SETUP, aggregate=aggregate))
    assert [(str(ln.amount), ln.description) for ln in journal.lines[1:]] == lines


def test_one_line_is_told_with_quantity_and_price() -> None:
    journal = posted(bill("960.00", sold("10", "80.00", VAT)))
    assert [line.description for line in journal.lines] == [
        "FreshBooks 0000101",
        "Consulting 10 x 80.00",
    ]


def test_a_long_description_is_cut_with_an_ellipsis() -> None:
    journal = posted(bill("120.00", sold("1", "100.00", VAT, name="A very long name " * 5)))
    assert journal.lines[1].description.endswith("…")
    assert len(journal.lines[1].description) <= 50


def test_a_free_line_needs_no_tax_and_a_line_without_tax_is_not_taken_for_one_of_zero() -> None:
    free, paid = sold("1", "0.00"), sold("1", "100.00", VAT)
    assert rows(posted(bill("120.00", paid, free))) == [
        ("C00010", "120.00", ""),
        ("4000", "-120.00", "-20.00"),
    ]
    assert rules_of(bill("500.00", sold("1", "500.00"))) == ["TAX_TREATMENT_UNKNOWN"]
    assert rows(posted(bill("500.00", sold("1", "500.00", ("VAT", "0")))))[1][:2] == (
        "4000",
        "-500.00",
    )


def test_a_rule_gives_dimensions_and_asks_for_tax_item_and_customer() -> None:
    rule = LineRule(
        gl_account="4020",
        gen_prod="REBILL",
        items=("Travel",),
        taxes=("VAT",),
        customers=("C00010",),
        dimensions=(("CUSTOMER", "C00010"),),
    )
    setup = replace(SETUP, lines=(rule, *SETUP.lines))
    travel = bill("132.00", sold("1", "110.00", VAT, name="Travel"))
    journal = posted(travel, setup)
    assert rows(journal)[1] == ("4020", "-132.00", "-22.00")
    assert journal.lines[1].dimensions == (("CUSTOMER", "C00010"),)
    elsewhere = posted(travel, setup, replace(HOME, customer_no="C00099"))
    assert rows(elsewhere)[1][0] == "4000"


def test_dimensions_keep_lines_of_one_account_apart() -> None:
    rule = LineRule(
        gl_account="4000", gen_prod="SERVICES", items=("Print",), dimensions=(("AREA", "PRINT"),)
    )
    journal = posted(WORK, replace(SETUP, lines=(rule, *SETUP.lines)))
    assert [(str(ln.amount), ln.dimensions) for ln in journal.lines[1:]] == [
        ("-180.00", ()),
        ("-120.00", (("AREA", "PRINT"),)),
    ]


CASH_VAT = CustomerRule(
    gen_bus="DOMESTIC", vat_bus="CASHVAT", customer_posting_group="DOMESTIC", clients=("7001",)
)
PRIVATE = CustomerRule(
    gen_bus="DOMESTIC", vat_bus="PRIVATE", customer_posting_group="DOMESTIC", buyer="private"
)
DOLLARS = CustomerRule(
    gen_bus="EXPORT", vat_bus="EXPORT", customer_posting_group="FOREIGN", currencies=("USD",)
)


def test_a_client_may_have_a_rule_of_its_own() -> None:
    setup = replace(SETUP, customers=(CASH_VAT, *SETUP.customers))
    other = replace(customer(), ref=Ref(Kind.CUSTOMER, "7002"))
    assert buyer_groups(customer(), setup) == CASH_VAT
    assert buyer_groups(other, setup) == SETUP.customers[0]


def test_customers_differ_by_currency_and_by_being_a_business() -> None:
    setup = replace(SETUP, customers=(DOLLARS, PRIVATE, *SETUP.customers))
    assert buyer_groups(customer(organization=""), setup) == PRIVATE
    assert buyer_groups(customer(), setup) == SETUP.customers[0]
    assert buyer_groups(replace(customer(), currency="USD"), setup) == DOLLARS
    assert buyer_groups(customer(country="Germany"), setup) == SETUP.customers[1]


def test_the_card_of_a_customer_gets_its_tax_area() -> None:
    rule = replace(SETUP.customers[0], tax_area="QC", tax_liable=True)
    facts = Facts(
        prefix="FB", setup=replace(SETUP, customers=(rule,)), setups={}, cases={}, customer_nos={}
    )
    command, _ = customer_command(customer(), facts, ())
    assert command is not None
    assert (command.payload["tax_area_code"], command.payload["tax_liable"]) == ("QC", "true")


def test_money_arrives_by_type_currency_and_processor() -> None:
    rules = [
        PaymentRule(method="VISA", account_no="STRIPE", gateways=("Stripe",), **BANK),
        PaymentRule(method="VISA", account_no="BANK-EUR", currency="EUR", **BANK),
        PaymentRule(method="VISA", account_no="BANK-GBP", **BANK),
    ]
    setup = replace(SETUP, payments=tuple(rules))
    assert payment_rule(setup, "VISA", "EUR", "Stripe") == rules[0]
    assert payment_rule(setup, "VISA", "EUR") == rules[1]
    assert payment_rule(setup, "VISA", "GBP") == rules[2]


BANK = {"account_type": SETUP.payments[0].account_type}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"aggregate": "all"}, r"aggregate: 'all' is not one of \['account', 'item', 'line'\]"),
        ({"discount": 1}, "discount: 1 is not one of"),
        ({"vat_difference": "no"}, "vat_difference: 'no' is not true or false"),
        ({"max_rounding": "a cent"}, "max_rounding: 'a cent' is not a number"),
        ({"max_rounding": "NaN"}, "max_rounding: 'NaN' is not a number"),
        ({"sales_taxes": {}}, "sales_taxes must be a list"),
        ({"currencies": "GBP"}, "currencies must be a list"),
        ({"lines": ["4000"]}, r"lines\[0\] must be an object"),
        ({"lines": [{"gl_account": "4000"}]}, r"lines\[0\] lacks \['gen_prod'\]"),
        (
            {"lines": [{"gl_account": "1", "gen_prod": "S", "dimensions": {"A": "X;B=Y"}}]},
            r"lines\[0\].dimensions: \['X;B=Y'\]",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(changes: dict[str, object], text: str) -> None:
    whole = {"lcy": "GBP", "countries": {}, "currencies": ["GBP"], "discount_account": "4050"}
    with pytest.raises(SetupError, match=text):
        PostingSetup.from_json({**whole, **changes})
