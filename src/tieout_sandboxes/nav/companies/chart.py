"""The chart of accounts that both demonstration companies share."""

from __future__ import annotations

from tieout_sandboxes.nav.database import Row

CONTROL = ("1200", "1205", "2000", "2050")
"""Accounts that only a sub-ledger posts to."""

_ACCOUNTS = """
1100 Bank
1110 Bank EUR
1200 Trade receivables
1205 Trade receivables, foreign
1210 Undeposited funds
1220 Card processor clearing
1300 Input VAT
1310 GST input tax credits
1340 VAT bad debt relief claimable
1350 Withholding tax receivable
1500 Office equipment
2000 Trade payables
2050 Employees payable
2100 Company credit card
2200 Output VAT
2205 Output VAT, unrealised
2210 GST payable
2220 QST and PST payable
2230 Output VAT, reverse charge
2240 VAT bad debt relief repayable
2250 VAT settlement
2300 Customer prepayments
2310 Deferred revenue
2320 VAT on prepayments
3000 Retained earnings
4000 Sales
4020 Rebilled expenses
4050 Sales discounts
4900 Other income
6000 Office expense
6100 Travel
6110 Client entertainment
6300 Merchant fees
6310 Bank charges
6400 Bad debt
6500 Sales allowances
6600 Depreciation
7000 Realised exchange gains
7010 Realised exchange losses
7100 Invoice rounding
"""


def accounts() -> list[Row]:
    """The rows of the G/L Account table."""
    return [_account(*line.split(" ", 1)) for line in _ACCOUNTS.strip().splitlines()]


def _account(number: str, name: str) -> Row:
    return {
        "No.": number,
        "Name": name,
        "Search Name": name.upper(),
        "Income/Balance": "Balance Sheet" if number < "4" else "Income Statement",
        "Direct Posting": number not in CONTROL,
    }
