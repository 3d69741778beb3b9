"""The reports of FreshBooks, in figures."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.freshbooks_sandbox.bookkeeping import VAT, Bookkeeping, bookkeeping, figures

from tieout_sandboxes.freshbooks.errors import Refusal
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.ledger.accounts import CASH, REVENUE
from tieout_sandboxes.freshbooks.ledger.manual import manual


def year(**switches: Any) -> Bookkeeping:
    """An invoice in two months' parts, a gift, an expense, a bill half paid and an income."""
    on = bookkeeping(**switches)
    invoice = on.invoice({"amount": "100.00", **VAT}, create_date="2026-02-10")
    on.pay(invoice, "60.00", date="2026-02-20")
    on.pay(invoice, "60.00", date="2026-03-05")
    on.credit("goodwill", {"amount": "10.00", **VAT})
    on.spend("12.00", "Gas", taxName1="VAT", taxPercent1="20")
    bill = on.bill("40.00", "Phone", tax_name1="VAT", tax_percent1="20")
    on.pay_bill(bill, "24.00")
    taxes = [{"name": "VAT", "amount": "20"}]
    on.add("other_income", amount="6.00", category_name="other", date="2026-03-01", taxes=taxes)
    return on


def tree(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {row["description"]: str(row["total"].amount) for row in rows}


def test_a_trial_balance_has_each_account_on_one_side() -> None:
    report = year().report("trial_balance")
    rows = {row["account_sub_name"] + row["account_number"]: figures(row) for row in report["data"]}
    assert rows["Petty Cash1000"] == {"credit": "0.00", "debit": "90.00"}
    assert rows["Customer Credit2003"] == {"credit": "12.00", "debit": "0.00"}
    assert rows["Accounts Payable2000"] == {"credit": "24.00", "debit": "0.00"}
    assert rows["VAT2001"] == {"credit": "19.00", "debit": "0.00"}
    assert rows["VAT6001"] == {"credit": "0.00", "debit": "10.00"}
    assert rows["Sales4000"] == {"credit": "95.00", "debit": "0.00"}
    assert "Accounts Receivable1200" not in rows


@pytest.mark.parametrize(("period", "owed"), [("movements", "60.00"), ("balances", "0.00")])
def test_what_a_trial_balance_adds_up(period: str, owed: str) -> None:
    report = year(trial_balance_period=period).report("trial_balance", start_date="2026-03-01")
    rows = {row["account_sub_name"]: figures(row) for row in report["data"]}
    assert rows.get("Accounts Receivable", {"credit": "0.00"})["credit"] == owed


def test_profit_and_loss_by_accrual() -> None:
    report = year().report("profitloss_entity")
    assert tree(report["income"]) == {"Sales": "95.00", "Cost of Goods Sold": "0.00"}
    sales = report["income"][0]["children"]
    assert tree(sales) == {"Credit": "-10.00", "Invoice": "100.00", "Other Income": "5.00"}
    assert tree(report["expenses"]) == {"Car & Truck Expenses": "10.00", "Utilities": "40.00"}
    (phone,) = report["expenses"][1]["children"]
    assert (phone["description"], tree(phone["children"])) == ("Phone", {"Bills": "40.00"})
    ends = [
        report[name] for name in ("total_income", "total_expenses", "net_profit", "gross_margin")
    ]
    assert tree(ends) == {
        "Gross Profit": "95.00", "Total Expenses": "50.00", "Net Profit (GBP)": "45.00",
        "Gross Margin": "100.00",
    }  # fmt: skip


def test_profit_and_loss_as_the_money_came() -> None:
    report = year().report("profitloss_entity", start_date="2026-03-01", cash_based="true")
    assert tree(report["income"][0]["children"]) == {"Other Income": "5.00", "Payment": "50.00"}
    assert tree(report["expenses"]) == {"Car & Truck Expenses": "10.00", "Utilities": "20.00"}
    assert str(report["net_profit"]["total"].amount) == "25.00"


def test_profit_and_loss_by_month() -> None:
    report = year().report(
        "profitloss_entity", start_date="2026-02-01", end_date="2026-03-31", resolution="m"
    )
    assert report["labels"] == ["2026-02-01", "2026-03-01"]
    assert report["dates"][0] == {"end_date": "2026-02-28", "start_date": "2026-02-01"}
    sales = report["income"][0]
    assert [str(money.amount) for money in sales["data"]] == ["100.00", "-5.00"]
    assert report["resolution"] == "m"
    quarter = year().report("profitloss_entity", resolution="3m")
    assert quarter["labels"] == ["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"]
    assert year().report("profitloss_entity")["dates"] == []


def test_an_entry_by_hand_is_an_adjustment_of_profit() -> None:
    on = bookkeeping()
    ids = {known.place.name: known.id for known in on.journal.chart.below(REVENUE)}
    cash = next(on.journal.chart.below(CASH)).id
    details = [
        {"sub_accountid": ids["Sales"], "credit": "25"},
        {"sub_accountid": cash, "debit": 25},
    ]
    values = {"name": "Opening", "user_entered_date": "2026-03-01", "currency_code": "GBP"}
    on.journal.add(
        manual(Given("journal_entry", values | {"details": details}), 1, on.journal.chart, 422)
    )
    report = on.report("profitloss_entity")
    assert tree(report["income"][0]["children"]) == {"Adjustment": "25.00"}
    assert len(on.report("trial_balance")["data"]) == 2


@pytest.mark.parametrize(("columns", "sold"), [("within", "0.00"), ("whole", "100.00")])
def test_a_column_that_the_days_cut(columns: str, sold: str) -> None:
    on = bookkeeping(profit_loss_columns=columns)
    on.invoice({"amount": "100.00"}, create_date="2026-02-10")
    report = on.report("profitloss_entity", start_date="2026-02-15", resolution="m")
    sales = report["income"][0]
    assert (str(sales["data"][0].amount), str(sales["total"].amount)) == (sold, sold)


@pytest.mark.parametrize(("sign", "shown"), [("negative", "-30.00"), ("positive", "30.00")])
def test_cost_of_goods_sold_stands_with_income(sign: str, shown: str) -> None:
    on = bookkeeping(profit_loss_goods_sold=sign)
    on.invoice({"amount": "120.00"})
    on.spend("30.00", "Cost of Shipping & Handling")
    report = on.report("profitloss_entity")
    assert tree(report["income"]) == {"Sales": "120.00", "Cost of Goods Sold": shown}
    assert str(report["total_income"]["total"].amount) == "90.00"
    assert str(report["gross_margin"]["total"].amount) == "75.00"


def test_payments_collected_are_the_money_that_came() -> None:
    on = bookkeeping()
    on.pay(on.invoice({"amount": "180.00"}), "200.00", note="Thanks")
    on.pay(on.invoice({"amount": "50.00"}), "20.00", type="Credit")
    on.pay(on.invoice({"amount": "70.00"}, currency_code="EUR"), "70.00")
    report = on.report("payments_collected")
    rows = [
        (row["method"], str(row["amount"].amount), row["from_credit"]) for row in report["payments"]
    ]
    assert sorted(rows) == [
        ("Check", "180.00", False), ("Check", "20.00", False), ("Check", "70.00", False),
        ("Credit", "20.00", True),
    ]  # fmt: skip
    totals = {money.code: str(money.amount) for money in report["totals"]}
    assert totals == {"EUR": "70.00", "GBP": "200.00"}
    credit = next(row for row in report["payments"] if row["invoiceid"] is None)
    assert credit["description"] == "Overpayment: invoice #0000001"
    assert credit["client"] == "Ada Ltd"
    narrowed = on.report("payments_collected", currency_code="EUR")
    assert [row["amount"].code for row in narrowed["payments"]] == ["EUR"]


def test_what_else_payments_collected_may_list() -> None:
    def listed(**switches: Any) -> list[tuple[Any, ...]]:
        on = bookkeeping(**switches)
        on.credit("goodwill", {"amount": "20.00"})
        on.pay(on.invoice({"amount": "50.00"}), "20.00", type="Credit")
        return sorted(
            (row["method"], row["from_credit"])
            for row in on.report("payments_collected")["payments"]
        )

    assert listed() == [("Credit", False), ("Credit", True)]
    assert listed(payments_collected_goodwill=False) == [("Credit", True)]
    assert listed(payments_collected_uses=False) == [("Credit", False)]


def test_the_tax_summary_by_accrual_and_as_the_money_came() -> None:
    on = year()
    report = on.report("taxsummary")
    (row,) = report["taxes"]
    assert figures(row) == {
        "net_tax": "9.00", "net_taxable_amount": "45.00", "tax_collected": "19.00",
        "tax_paid": "10.00", "taxable_amount_collected": "95.00", "taxable_amount_paid": "50.00",
    }  # fmt: skip
    assert str(report["total_invoiced"].amount) == "114.00"
    (row,) = on.report("taxsummary", start_date="2026-03-01", cash_based="true")["taxes"]
    assert (str(row["tax_collected"].amount), str(row["tax_paid"].amount)) == ("11.00", "6.00")


def test_gifts_lower_the_taxes_collected_unless_assumed_otherwise() -> None:
    (row,) = year(tax_summary_credits="left_out").report("taxsummary")["taxes"]
    assert str(row["tax_collected"].amount) == "21.00"


@pytest.mark.parametrize(("rows", "found"), [("name", ["25.00"]), ("rate", ["20.00", "5.00"])])
def test_what_makes_a_row_of_the_tax_summary(rows: str, found: list[str]) -> None:
    on = bookkeeping(tax_summary_rows=rows)
    on.invoice(
        {"amount": "100.00", **VAT}, {"amount": "100.00", "taxName1": "VAT", "taxAmount1": "5"}
    )
    report = on.report("taxsummary")
    assert [str(row["tax_collected"].amount) for row in report["taxes"]] == found
    assert {row["tax_name"] for row in report["taxes"]} == {"VAT"}


def test_accounts_aging_tells_how_long_what_is_owed_has_been_due() -> None:
    on = bookkeeping()
    for due, price in (("2026-01-01", "1.00"), ("2026-03-12", "2.00"), ("2026-06-01", "4.00")):
        on.invoice({"amount": price}, create_date=due)
    paid = on.invoice({"amount": "8.00"}, create_date="2026-02-01")
    on.pay(paid, "8.00", date="2026-07-01")
    report = on.report("accounts_aging", end_date="2026-06-30", start_date="2026-01-01")
    (row,) = report["accounts"]
    bands = {"0-30": "4.00", "31-60": "0.00", "61-90": "0.00", "91+": "11.00", "total": "15.00"}
    assert figures(row) == figures(report["totals"]) == bands
    assert row["organization"] == "Ada Ltd"
    assert on.report("accounts_aging", end_date="2026-07-01")["totals"]["total"].amount == 7


@pytest.mark.parametrize(
    ("switches", "bands"),
    [
        ({}, ("5.00", "0.00")),
        ({"aging_not_due": "left_out"}, ("0.00", "0.00")),
        ({"aging_from": "create_date"}, ("0.00", "5.00")),
    ],
)
def test_what_accounts_aging_counts_from(switches: dict[str, str], bands: tuple[str, str]) -> None:
    on = bookkeeping(**switches)
    on.invoice({"amount": "5.00"}, create_date="2026-03-01", due_offset_days=60)
    totals = on.report("accounts_aging", end_date="2026-04-10")["totals"]
    assert (str(totals["0-30"].amount), str(totals["31-60"].amount)) == bands


def test_a_report_without_parameters_is_of_today() -> None:
    wanted = bookkeeping().asked()
    assert (wanted.first, wanted.last, wanted.code) == ("2026-03-12", "2026-03-12", "GBP")
    assert bookkeeping().asked(end_date="2025-01-01").first == "2025-01-01"


@pytest.mark.parametrize(
    ("parameters", "errno"),
    [
        ({"start_date": "yesterday"}, 1023),
        ({"start_date": "2026-02-01", "end_date": "2026-01-01"}, 1007),
        ({"cash_based": "perhaps"}, 1032),
        ({"resolution": "fortnight"}, 1004),
    ],
)
def test_parameters_that_cannot_be_read(parameters: dict[str, str], errno: int) -> None:
    with pytest.raises(Refusal) as refusal:
        bookkeeping().report("profitloss_entity", **parameters)
    assert (refusal.value.status, refusal.value.errno) == (422, errno)
