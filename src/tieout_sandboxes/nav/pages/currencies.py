"""The pages of currencies and their exchange rates.

Names, types, lengths and options are those of NAV 2018 (see FIDELITY.md).
"""

from __future__ import annotations

from tieout_sandboxes.nav.pages.model import Page, columns

PAGES = (
    Page(
        "Currencies",
        5,
        "Currencies",
        "Currency",
        key=("Code",),
        columns=columns("""
    Code:Code10; Description:Text30; ExchangeRateDate:Date*; ExchangeRateAmt:Decimal*;
    EMU Currency:Boolean; Realized Gains Acc.:Code20; Realized Losses Acc.:Code20;
    Unrealized Gains Acc.:Code20; Unrealized Losses Acc.:Code20;
    Realized G/L Gains Account:Code20; Realized G/L Losses Account:Code20;
    Residual Gains Account:Code20; Residual Losses Account:Code20;
    Amount Rounding Precision:Decimal; Amount Decimal Places:Text5;
    Invoice Rounding Precision:Decimal; Invoice Rounding Type:Option[Nearest,Up,Down];
    Unit-Amount Rounding Precision:Decimal; Unit-Amount Decimal Places:Text5;
    Appln. Rounding Precision:Decimal; Conv. LCY Rndg. Debit Acc.:Code20;
    Conv. LCY Rndg. Credit Acc.:Code20; Max. VAT Difference Allowed:Decimal;
    VAT Rounding Type:Option[Nearest,Up,Down]; Last Date Adjusted:Date~;
    Last Date Modified:Date~; Payment Tolerance %:Decimal~;
    Max. Payment Tolerance Amount:Decimal~; CurrencyFactor:Decimal*
"""),
    ),
    Page(
        "CurrencyExchangeRates",
        483,
        "Currency Exchange Rates",
        "Currency Exchange Rate",
        key=("Currency Code", "Starting Date"),
        columns=columns("""
    Starting Date:Date; Currency Code:Code10; Relational Currency Code:Code10;
    Exchange Rate Amount:Decimal; Relational Exch. Rate Amount:Decimal;
    Adjustment Exch. Rate Amount:Decimal; Relational Adjmt Exch Rate Amt:Decimal;
    Fix Exchange Rate Amount:Option[Currency,Relational Currency,Both]
"""),
    ),
)
