"""A line of FreshBooks' general ledger as it writes it, read as ours."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tieout.connectors.freshbooks.wire.feed import feed_line
from tieout.core.failures import Unintelligible
from tieout.core.records.feed import FeedLine
from tieout.core.records.identity import Kind, Ref

POUNDS = {"amount": "120.00", "code": "GBP"}
LINE: dict[str, Any] = {
    "user_entered_date": "2026-03-10",
    "account": {"account_number": "1200"},
    "entry": {"entryid": 7, "invoiceid": 34101, "paymentid": None, "creditid": 0},
    "debit": POUNDS,
    "credit": None,
}


def read(**changes: Any) -> FeedLine:
    return feed_line(json.dumps({**LINE, **changes}).encode())


def test_a_debit_is_positive_and_a_credit_negative() -> None:
    debit, credit = read(), read(debit=None, credit=POUNDS)
    assert (debit.amount, credit.amount) == (Decimal("120.00"), Decimal("-120.00"))
    assert (debit.currency, credit.currency) == ("GBP", "GBP")
    assert (debit.entry, debit.day, debit.account_number) == (7, date(2026, 3, 10), "1200")


@pytest.mark.parametrize(
    ("ids", "document"),
    [
        ({"invoiceid": 34101}, Ref(Kind.INVOICE, "34101")),
        ({"invoiceid": 34101, "paymentid": 10301}, Ref(Kind.PAYMENT, "10301")),
        ({"creditid": 30701, "invoiceid": None}, Ref(Kind.CREDIT_NOTE, "30701")),
        ({"invoiceid": 0}, None),
    ],
)
def test_a_line_names_the_document_that_it_comes_from(
    ids: dict[str, int | None], document: Ref | None
) -> None:
    assert read(entry={"entryid": 7, **ids}).document == document


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"debit": None},
            "a line of entry 7 in the general ledger has neither a debit nor a credit",
        ),
        ({"credit": POUNDS}, "a line of entry 7 in the general ledger has a debit and a credit"),
        ({"account": {}}, "account_number"),
        ({"debit": {"amount": "120.00"}}, "code"),
    ],
)
def test_what_a_line_does_not_say_is_not_guessed(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(Unintelligible, match=told):
        read(**changes)
