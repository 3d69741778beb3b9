"""Lines and customers as NAV's pages are told them, where there is no gateway."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tests.unit.core.books import SETUP, Bench, customer, invoice, line, payment

from tieout.connectors.nav.wire.journal import customer_fields, in_order, line_fields
from tieout.core.decision.customer import customer_command
from tieout.core.decision.decide import decide
from tieout.core.decision.facts import Facts
from tieout.core.decision.plan import Command
from tieout.core.decision.reach import Reach

REACH = Reach(gateway=False, terms={"30 DAYS": "30D"}, dimensions=("PROJECT", "AREA"))


def posted() -> tuple[Command, Command]:
    """An invoice and the payment that settles it."""
    bench = Bench()
    bill = replace(invoice("960.00", line("10", "80.00")), due_on=date(2026, 4, 9))
    bench.show(bill, payment("960.00"))
    one, other = decide(bench.facts()).commands
    return one, other


def told(command: Command, number: int, **changes: str) -> dict[str, Any]:
    row = {**command.payload["lines"][number], **changes}
    return line_fields(command.payload, row, command.key, 10_000, REACH)


def test_the_line_of_a_customer_has_terms_that_lead_to_the_due_date() -> None:
    bill, _ = posted()
    assert told(bill, 0) == {
        "Journal_Template_Name": "GENERAL",
        "Journal_Batch_Name": "FRESHBOOKS",
        "Line_No": 10_000,
        "Posting_Date": "2026-03-10",
        "Document_Date": "2026-03-10",
        "Document_Type": "Invoice",
        "Document_No": "FB0000101",
        "External_Document_No": "FB-INV-34101-1",
        "Account_Type": "Customer",
        "Account_No": "C00010",
        "Description": "FreshBooks 0000101",
        "Currency_Code": "",
        "Amount": Decimal("960.00"),
        "Payment_Terms_Code": "30 DAYS",
    }


def test_a_line_of_revenue_has_groups_vat_and_dimensions() -> None:
    bill, _ = posted()
    fields = told(bill, 1, dimensions="AREA=NORTH;PROJECT=P1;OTHER=X")
    assert {name: fields[name] for name in fields if name not in told(bill, 0)} == {
        "Gen_Posting_Type": "Sale",
        "Gen_Bus_Posting_Group": "DOMESTIC",
        "Gen_Prod_Posting_Group": "SERVICES",
        "VAT_Bus_Posting_Group": "DOMESTIC",
        "VAT_Prod_Posting_Group": "VAT20",
        "VAT_Amount": Decimal("-160.00"),
        "Shortcut_Dimension_1_Code": "P1",
        "Shortcut_Dimension_2_Code": "NORTH",
    }
    assert fields["Account_Type"] == "G/L Account"
    assert "Payment_Terms_Code" not in fields


def test_money_is_applied_to_what_it_settles() -> None:
    _, money = posted()
    fields = told(money, 0, amount_lcy="-800.00")
    assert (fields["Applies_to_Doc_Type"], fields["Applies_to_Doc_No"]) == ("Invoice", "FB0000101")
    assert (fields["Journal_Template_Name"], fields["Amount_LCY"]) == ("CASHRCPT", -800)
    assert "Payment_Terms_Code" not in fields, "it has no due date of its own"
    bank = told(money, 1)
    assert (bank["Account_Type"], bank["Account_No"]) == ("Bank Account", "BANK-GBP")
    assert not {"Applies_to_Doc_No", "Gen_Posting_Type", "Reason_Code"} & set(bank)


def test_debits_come_before_credits() -> None:
    _, money = posted()
    amounts = [row["amount"] for row in money.payload["lines"]]
    assert amounts == ["-960.00", "960.00"]
    assert [row["amount"] for row in in_order(money.payload["lines"])] == amounts[::-1]


def test_the_card_of_a_customer() -> None:
    facts = Facts(prefix="FB", setup=SETUP, setups={}, cases={}, customer_nos={})
    command, _ = customer_command(customer(), facts, ())
    assert command is not None
    expected = {
        "Name": "Acme Ltd",
        "Address": "1 High St",
        "Post_Code": "NW1 7BT",
        "City": "London",
        "Country_Region_Code": "GB",
        "ContactName": "Ann Lee",
        "Phone_No": "+44 20 7946 0000",
        "E_Mail": "ann@acme.test",
        "Gen_Bus_Posting_Group": "DOMESTIC",
        "VAT_Bus_Posting_Group": "DOMESTIC",
        "Customer_Posting_Group": "DOMESTIC",
        "Payment_Terms_Code": "30 DAYS",
        "Search_Name": "ACME LTD FB-CUS-7001-1",
    }
    shown = customer_fields({**command.payload, "block_payment_tolerance": "false"}, command.key)
    assert shown == expected
    strict = customer_fields({**command.payload, "block_payment_tolerance": "true"}, command.key)
    assert strict == {**expected, "Block_Payment_Tolerance": True}


def test_a_line_says_why_it_was_posted_if_there_is_a_reason() -> None:
    bill, _ = posted()
    assert "Reason_Code" not in told(bill, 0)
    corrected = replace(bill, payload={**bill.payload, "reason_code": "PRIORPER"})
    assert told(corrected, 0)["Reason_Code"] == "PRIORPER"
