"""FreshBooks' trial balance as it writes it, read as ours."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tieout.connectors.freshbooks.wire.trial_balance import trial_balance
from tieout.core.failures import Unintelligible


def row(number: str | int, debit: str | None, credit: str | None) -> dict[str, Any]:
    def money(amount: str | None) -> dict[str, str] | None:
        return None if amount is None else {"amount": amount, "code": "GBP"}

    return {"account_number": number, "debit": money(debit), "credit": money(credit)}


def read(*rows: dict[str, Any], currency: str = "GBP") -> dict[str, Decimal]:
    content = json.dumps({"currency_code": currency, "data": rows}).encode()
    return dict(trial_balance(content, "GBP"))


def test_a_debit_is_positive_and_a_credit_negative() -> None:
    rows = (row("1200", "560.00", "0.00"), row(4000, None, "800.00"))
    assert read(*rows) == {"1200": Decimal("560.00"), "4000": Decimal("-800.00")}


def test_accounts_below_another_are_part_of_it() -> None:
    below = (row("2001", "0.00", "20.00"), row("2001", "0.00", "5.00"))
    assert read(*below) == {"2001": Decimal("-25.00")}


def test_another_currency_than_asked_for_is_refused() -> None:
    with pytest.raises(Unintelligible, match="GBP was asked for, EUR was answered"):
        read(currency="EUR")


def test_what_is_no_trial_balance_is_refused() -> None:
    with pytest.raises(Unintelligible, match="cannot be read"):
        trial_balance(b'{"currency_code": "GBP"}', "GBP")
