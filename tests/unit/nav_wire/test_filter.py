from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.odata.failure import ODataError
from tieout_sandboxes.nav.odata.filter import OneOf, compile_test, parse
from tieout_sandboxes.nav.pages import PAGES

PAGE = PAGES["GeneralLedgerEntries"]
WORDS = ["Entry_No", "Amount", "Document_No", "Posting_Date", "Reversed", "Document_Type"]
WORDS += ["eq", "ne", "gt", "and", "or", "not", "(", ")", ",", "'x'", "''", "12", "-1.5", "true"]
WORDS += ["null", "2026-01-31", "0001-01-01", "tolower", "contains", "startswith", "'"]


@given(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join))
def test_whatever_is_asked_is_answered_or_refused(text: str) -> None:
    with suppress(ODataError, NavError):
        compile_test(parse(text, PAGE))({})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Amount",
        "Amount eq",
        "Amount eq 'x'",
        "Document_No eq 5",
        "Amount eq 1 extra",
        "(Amount eq 1",
        "tolower(Amount) eq 'x'",
        "contains(Amount,'1')",
        "Document_Type eq 'Receipt'",
        "Document_No eq 'open",
    ],
)
def test_what_cannot_be_read_is_a_400(text: str) -> None:
    with pytest.raises(ODataError) as refused:
        parse(text, PAGE)
    assert refused.value.status == 400


def test_many_equal_terms_become_one_look_up() -> None:
    text = " or ".join(f"Document_No eq 'd{number}'" for number in range(200))
    expression = parse(f"({text})", PAGE)
    assert isinstance(expression, OneOf)
    assert {"D0", "D199"} < expression.values
