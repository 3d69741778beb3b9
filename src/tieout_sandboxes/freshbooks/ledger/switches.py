"""What the sandbox had to assume about FreshBooks' own ledger and reports."""

from __future__ import annotations

from dataclasses import dataclass

from tieout_sandboxes.freshbooks.assumption import assumed


@dataclass
class LedgerSwitches:
    """The assumptions about accounts, journal entries and reports; `Switches` has them all."""

    ledger_discounts: str = assumed(
        "discounts", "where an invoice's discount is booked: an account of its own, or off sales",
        "discounts", "sales",
    )  # fmt: skip
    ledger_goodwill: str = assumed(
        "sales", "what a goodwill credit is booked against: sales at once, or Deferred Discount until "
        "it is used", "sales", "deferred_discount",
    )  # fmt: skip
    ledger_client_money: str = assumed(
        "customer_credit", "where prepayments and overpayments wait until they are used",
        "customer_credit", "customer_deposits", "unearned_revenue",
    )  # fmt: skip
    ledger_other_income: str = assumed(
        "sales", "where other income is booked: under Sales, or by its category",
        "sales", "by_category",
    )  # fmt: skip
    ledger_purchase_tax: str = assumed(
        "taxes_paid", "where the tax on expenses and bills is booked: an account of its own, or off "
        "Taxes Payable", "taxes_paid", "taxes_payable",
    )  # fmt: skip
    ledger_orphan_payments: str = assumed(
        "stay", "whether payments of a deleted invoice or bill stay in the ledger", "stay", "vanish"
    )
    journal_details: str = assumed(
        "latest", "whether an edited entry is shown as it is, or as it was, reversed and made anew",
        "latest", "history",
    )  # fmt: skip
    journal_details_order: str = assumed(
        "newest_first", "the order of journal entry details", "newest_first", "oldest_first"
    )
    journal_details_end: str = assumed(
        "included", "whether `search[end_date]` of journal entry details includes that day",
        "included", "excluded",
    )  # fmt: skip
    journal_details_balance: str = assumed(
        "amount", "the `balance` of a journal entry detail: its own amount, or the account's since",
        "amount", "running",
    )  # fmt: skip
    journal_sales_type: str = assumed(
        "invoice", "the `detail_type` of an invoice's entry", "invoice", "sales"
    )
    journal_accounts_filters: bool = assumed(
        False, "`search[currency_code]`, `start_date` and `end_date` work on journal entry accounts"
    )
    ledger_accounts_scope: str = assumed(
        "journal_entries", "the object whose scope ledger accounts need",
        "journal_entries", "reports",
    )  # fmt: skip
    chart_of_accounts_period: str = assumed(
        "movements", "the balances of the chart of accounts by business: what the days asked for "
        "brought, or all up to the last of them", "movements", "balances",
    )  # fmt: skip
    trial_balance_period: str = assumed(
        "movements", "what a trial balance adds up: the days asked for, or all up to the last of them",
        "movements", "balances",
    )  # fmt: skip
    profit_loss_columns: str = assumed(
        "within", "a column of a profit and loss that the days asked for cut: its part, or all of it",
        "within", "whole",
    )  # fmt: skip
    profit_loss_goods_sold: str = assumed(
        "negative", "the sign of Cost of Goods Sold among a profit and loss's income",
        "negative", "positive",
    )  # fmt: skip
    payments_collected_goodwill: bool = assumed(
        True, "goodwill credits are listed among the payments collected, with the method Credit"
    )
    payments_collected_uses: bool = assumed(
        True,
        "payments from a credit are listed among the payments collected, outside of the totals",
    )
    tax_summary_credits: str = assumed(
        "lower", "whether goodwill credits lower the taxes collected", "lower", "left_out"
    )
    tax_summary_rows: str = assumed(
        "name", "what makes a row of the tax summary: a tax's name, or name and percentage",
        "name", "rate",
    )  # fmt: skip
    aging_from: str = assumed(
        "due_date", "the date that accounts aging counts days from", "due_date", "create_date"
    )
    aging_not_due: str = assumed(
        "first_band", "where accounts aging has what is not due yet", "first_band", "left_out"
    )
