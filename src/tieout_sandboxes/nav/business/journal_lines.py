"""What happens when a general journal line is typed in, field by field (table 81)."""

from __future__ import annotations

from decimal import Decimal

from tieout_sandboxes.nav.business import dimensions, money, sales_tax, wording
from tieout_sandboxes.nav.business.customers import check_not_blocked
from tieout_sandboxes.nav.business.dates import shift
from tieout_sandboxes.nav.business.fields import check_relation
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError

TABLE = "Gen. Journal Line"
STEP = 10000
RATE = Decimal("0.00001")


def posting_date_typed(company: Company, row: Row) -> None:
    """The document date follows; a foreign currency takes the rate of that day."""
    row["Document Date"] = row["Posting Date"]
    currency_typed(company, row)


def currency_typed(company: Company, row: Row) -> None:
    """Takes the exchange rate of the posting date."""
    code, day = row["Currency Code"], row["Posting Date"]
    if not code:
        row["Currency Factor"] = money.ZERO
    elif day:
        row["Currency Factor"] = money.exchange_factor(company, code, day)
    if row["Amount"]:
        amount_typed(company, row)


def factor_typed(company: Company, row: Row) -> None:
    """A factor belongs to a foreign currency and is positive."""
    if row["Currency Factor"] < 0:
        raise wording.field_error(company, TABLE, row, "Currency Factor", "must be positive")
    wording.require(company, TABLE, row, "Currency Code")
    amount_typed(company, row)


def account_type_typed(_company: Company, row: Row) -> None:
    """Another type of account starts without an account."""
    row["Account No."] = ""


def account_typed(company: Company, row: Row) -> None:
    """The account must be one that a journal may post to; its defaults are copied."""
    if not row["Account No."]:
        return
    kind = row["Account Type"]
    if kind not in _ACCOUNTS:
        text = f"Account Type '{kind}' exists in NAV but is not kept by this server"
        raise NavError("not_allowed", text)
    check_relation(company, TABLE, "Account No.", row["Account No."], kind)
    _ACCOUNTS[kind](company, row, company.database.existing(kind, row["Account No."]))
    dimensions.put(company, row, dimensions.proposed(company, kind, row["Account No."]))


def _gl_account(company: Company, row: Row, account: Row) -> None:
    wording.require_equal(company, "G/L Account", account, "Account Type", "Posting")
    wording.require_equal(company, "G/L Account", account, "Blocked", False)
    wording.require_equal(company, "G/L Account", account, "Direct Posting", True)
    if not account["Omit Default Descr. in Jnl."]:
        row["Description"] = account["Name"]
    batch = _batch(company, row)
    if batch is not None and batch["Copy VAT Setup to Jnl. Lines"]:
        for name in POSTING_FIELDS:
            row[name] = account[name]
        vat_groups_typed(company, row)


def _customer(company: Company, row: Row, customer: Row) -> None:
    check_not_blocked(customer, row["Document Type"])
    row["Description"] = customer["Name"]
    row["Posting Group"] = customer["Customer Posting Group"]
    row["Payment Terms Code"] = customer["Payment Terms Code"]
    row["Bill-to/Pay-to No."] = customer["No."]
    row["Currency Code"] = customer["Currency Code"]
    terms_typed(company, row)
    _no_vat(row)
    currency_typed(company, row)


def _bank_account(company: Company, row: Row, bank: Row) -> None:
    wording.require_equal(company, "Bank Account", bank, "Blocked", False)
    row["Description"] = bank["Name"]
    row["Posting Group"] = bank["Bank Acc. Posting Group"]
    row["Currency Code"] = bank["Currency Code"]
    _no_vat(row)
    currency_typed(company, row)


_ACCOUNTS = {
    "G/L Account": _gl_account,
    "Customer": _customer,
    "Bank Account": _bank_account,
}
POSTING_FIELDS = (
    "Gen. Posting Type",
    "Gen. Bus. Posting Group",
    "Gen. Prod. Posting Group",
    "VAT Bus. Posting Group",
    "VAT Prod. Posting Group",
)


def _no_vat(row: Row) -> None:
    row.update(dict.fromkeys(POSTING_FIELDS[1:], ""))
    row |= {"Gen. Posting Type": " ", "VAT %": money.ZERO}


def posting_group_typed(company: Company, row: Row) -> None:
    """Another posting group than the account's own; what it names depends on the account."""
    related = {"Customer": "Customer Posting Group", "Bank Account": "Bank Account Posting Group"}
    group = row["Posting Group"]
    if group and row["Account Type"] in related:
        check_relation(company, TABLE, "Posting Group", group, related[row["Account Type"]])


def terms_typed(company: Company, row: Row) -> None:
    """The due date follows from the payment terms and the document date."""
    terms = company.database.get("Payment Terms", row["Payment Terms Code"])
    due = row["Document Type"] in ("Invoice", "Finance Charge Memo", "Reminder")
    if terms and due and row["Document Date"]:
        row["Due Date"] = shift(row["Document Date"], terms["Due Date Calculation"])
    else:
        row["Due Date"] = row["Posting Date"]


def business_group_typed(company: Company, row: Row) -> None:
    """The VAT group that goes with the business group is proposed."""
    group = company.database.get("Gen. Business Posting Group", row["Gen. Bus. Posting Group"])
    if group and group["Auto Insert Default"]:
        row["VAT Bus. Posting Group"] = group["Def. VAT Bus. Posting Group"]
        vat_groups_typed(company, row)


def product_group_typed(company: Company, row: Row) -> None:
    """The VAT group that goes with the product group is proposed."""
    group = company.database.get("Gen. Product Posting Group", row["Gen. Prod. Posting Group"])
    if group and group["Auto Insert Default"] and group["Def. VAT Prod. Posting Group"]:
        row["VAT Prod. Posting Group"] = group["Def. VAT Prod. Posting Group"]
        vat_groups_typed(company, row)


def vat_groups_typed(company: Company, row: Row) -> None:
    """Rate and kind of VAT come from the set-up of the two groups."""
    row |= {"VAT %": money.ZERO, "VAT Calculation Type": "Normal VAT"}
    pair = row["VAT Bus. Posting Group"], row["VAT Prod. Posting Group"]
    if row["Gen. Posting Type"] != " ":
        find = company.database.existing if all(pair) else company.database.get
        setup = find("VAT Posting Setup", *pair)
        if setup is not None:
            row["VAT Calculation Type"] = setup["VAT Calculation Type"]
            if setup["VAT Calculation Type"] == "Normal VAT":
                row["VAT %"] = setup["VAT %"]
    split_typed(company, row)


def split_typed(company: Company, row: Row) -> None:
    """VAT is inside the amount: base and VAT add up to it, VAT is rounded."""
    kind, vat = row["VAT Calculation Type"], money.ZERO
    if kind == "Full VAT":
        vat = row["Amount"]
    elif kind == "Sales Tax":
        vat = _sales_tax(company, row)
    elif row["VAT %"]:
        vat = normal_vat(company, row)
    row["VAT Amount"], row["VAT Base Amount"] = vat, row["Amount"] - vat
    row["VAT Difference"] = money.ZERO


def _sales_tax(company: Company, row: Row) -> Decimal:
    """The tax inside the amount, and the rate it comes to."""
    exact = row["Amount"] - sales_tax.net(company, row, row["Amount"])
    net = row["Amount"] - exact
    row["VAT %"] = money.rounded(100 * exact / net, RATE) if net else money.ZERO
    return money.round_amount(company, exact, row["Currency Code"])


def normal_vat(company: Company, row: Row) -> Decimal:
    """The VAT inside a gross amount at the rate of the line."""
    rules = money.currency_row(company, row["Currency Code"])
    exact = row["Amount"] * row["VAT %"] / (100 + row["VAT %"])
    return money.rounded(exact, rules["Amount Rounding Precision"], rules["VAT Rounding Type"])


def amount_typed(company: Company, row: Row) -> None:
    """Debit, credit, the amount in local currency and the VAT follow."""
    amount = row["Amount"]
    row["Debit Amount"] = max(amount, money.ZERO)
    row["Credit Amount"] = max(-amount, money.ZERO)
    foreign = row["Currency Code"]
    row["Amount (LCY)"] = (
        money.to_lcy(company, amount, row["Currency Factor"]) if foreign else amount
    )
    split_typed(company, row)


def lcy_amount_typed(company: Company, row: Row) -> None:
    """In a foreign currency it decides the exchange rate, else it is the amount."""
    lcy = row["Amount (LCY)"]
    if not row["Currency Code"]:
        row["Amount"] = lcy
        amount_typed(company, row)
    else:
        for name in ("Amount (LCY)", "Amount"):
            wording.require(company, TABLE, row, name)
        row["Currency Factor"] = row["Amount"] / lcy
        split_typed(company, row)


def debit_typed(company: Company, row: Row) -> None:
    """A debit is a positive amount."""
    row["Amount"] = row["Debit Amount"]
    amount_typed(company, row)


def credit_typed(company: Company, row: Row) -> None:
    """A credit is a negative amount."""
    row["Amount"] = -row["Credit Amount"]
    amount_typed(company, row)


def vat_amount_typed(company: Company, row: Row) -> None:
    """Another VAT amount than NAV's own: where the batch allows it, up to the limit."""
    key = row["Journal Template Name"], row["Journal Batch Name"]
    batch = company.database.existing("Gen. Journal Batch", *key)
    wording.require_equal(company, "Gen. Journal Batch", batch, "Allow VAT Difference", True)
    vat = row["VAT Amount"]
    if row["VAT Calculation Type"] not in ("Normal VAT", "Reverse Charge VAT"):
        complaint = "must be Normal VAT or Reverse Charge VAT"
        raise wording.field_error(company, TABLE, row, "VAT Calculation Type", complaint)
    if vat:
        wording.require(company, TABLE, row, "VAT %")
        wording.require(company, TABLE, row, "Amount")
    if vat * row["Amount"] < 0:
        raise NavError("dialog", f"VAT Amount must be {'negative' if vat > 0 else 'positive'}.")
    row["VAT Base Amount"] = row["Amount"] - vat
    row["VAT Difference"] = vat - normal_vat(company, row)
    allowed = money.currency_row(company, row["Currency Code"])["Max. VAT Difference Allowed"]
    if abs(row["VAT Difference"]) > allowed:
        raise NavError("dialog", f"The VAT Difference must not be more than {allowed}.")


def batch_typed(company: Company, row: Row) -> None:
    """The batch must exist in the template."""
    if row["Journal Template Name"] and row["Journal Batch Name"]:
        key = row["Journal Template Name"], row["Journal Batch Name"]
        row["Reason Code"] = company.database.existing("Gen. Journal Batch", *key)["Reason Code"]


def _batch(company: Company, row: Row) -> Row | None:
    key = row["Journal Template Name"], row["Journal Batch Name"]
    return company.database.get("Gen. Journal Batch", *key)


def insert(company: Company, row: Row) -> None:
    """Gives the next line number of the batch in steps of 10000 (AutoSplitKey)."""
    template, batch = row["Journal Template Name"], row["Journal Batch Name"]
    source = company.database.existing("Gen. Journal Template", template)["Source Code"]
    company.database.existing("Gen. Journal Batch", template, batch)
    row["Source Code"] = row["Source Code"] or source
    if not row["Line No."]:
        keys = company.database.first_keys(TABLE, template, batch)
        row["Line No."] = (keys[-1][2] if keys else 0) + STEP
