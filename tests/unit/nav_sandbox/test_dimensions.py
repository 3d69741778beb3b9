"""Dimensions on journal lines and entries, and the rules of default dimensions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest


@pytest.fixture
def dims(books: Any) -> Any:
    """Two more values of each of the two dimensions of the company."""
    for code in ("DEPARTMENT", "PROJECT"):
        for value in ("A", "B"):
            row = {"Dimension Code": code, "Code": value, "Name": value}
            books.company.database.insert("Dimension Value", row)
    return books


def sale(books: Any, *given: tuple[str, str]) -> Any:
    document = books.invoice()
    revenue = replace(document.lines[1], dimensions=given)
    return replace(document, lines=(document.lines[0], revenue))


def default(books: Any, code: str, value: str, rule: str, number: str = "4000") -> None:
    row = {"Table ID": 15, "No.": number, "Dimension Code": code, "Dimension Value Code": value}
    books.company.database.insert("Default Dimension", {**row, "Value Posting": rule})


async def test_values_are_kept_on_the_entries_of_their_line_alone(dims: Any) -> None:
    await dims.posted(sale(dims, ("department", "a"), ("PROJECT", "B")))
    kept = {r["G/L Account No."]: r["Dimension Set ID"] for r in dims.rows("G/L Entry")}
    assert kept == {"1200": 0, "4000": 1, "2200": 1}
    (revenue,) = [r for r in dims.rows("G/L Entry") if r["G/L Account No."] == "4000"]
    assert revenue["Global Dimension 1 Code"] == "A"
    found = [
        (r["Dimension Code"], r["Dimension Value Code"]) for r in dims.rows("Dimension Set Entry")
    ]
    assert found == [("DEPARTMENT", "A"), ("PROJECT", "B")]


async def test_the_same_values_are_the_same_set(dims: Any) -> None:
    await dims.posted(sale(dims, ("PROJECT", "A")))
    other = replace(sale(dims, ("PROJECT", "A")), key="FB-2", document_no="FB2")
    await dims.posted(other, replace(sale(dims, ("PROJECT", "B")), key="FB-3", document_no="FB3"))
    assert {r["Dimension Set ID"] for r in dims.rows("Dimension Set Entry")} == {1, 2}


async def test_what_is_given_stands_over_the_default_of_the_account(dims: Any) -> None:
    default(dims, "PROJECT", "A", " ")
    default(dims, "DEPARTMENT", "A", " ")
    await dims.posted(sale(dims, ("PROJECT", "B")))
    found = [
        (r["Dimension Code"], r["Dimension Value Code"]) for r in dims.rows("Dimension Set Entry")
    ]
    assert ("PROJECT", "B") in found
    (revenue,) = [r for r in dims.rows("G/L Entry") if r["G/L Account No."] == "4000"]
    assert revenue["Global Dimension 1 Code"] == "A"


@pytest.mark.parametrize(
    ("value", "rule", "given", "words"),
    [
        ("", "Code Mandatory", (), "Select a Dimension Value Code for the Dimension Code PROJECT"),
        ("A", "Same Code", (("PROJECT", "B"),), "Select Dimension Value Code A for the Dimension"),
        (
            "",
            "Same Code",
            (("PROJECT", "B"),),
            "Dimension Value Code B must be blank for Dimension",
        ),
        ("", "No Code", (("PROJECT", "B"),), "PROJECT must not be mentioned for G/L Account 4000."),
    ],
)
async def test_the_account_demands(
    dims: Any, value: str, rule: str, given: tuple[tuple[str, str], ...], words: str
) -> None:
    default(dims, "PROJECT", value, rule)
    refused = await dims.refusal(sale(dims, *given))
    assert refused.startswith(
        "A dimension used in Gen. Journal Line GENERAL, FRESHBOOKS, 20000 has caused an error."
    )
    assert words in refused


@pytest.mark.parametrize("number", ["1200", "2200"])
async def test_the_accounts_behind_a_line_demand_too(dims: Any, number: str) -> None:
    default(dims, "PROJECT", "", "Code Mandatory", number)
    refused = await dims.refusal(sale(dims))
    assert f"for the Dimension Code PROJECT for G/L Account {number}." in refused


async def test_a_value_that_does_not_exist_or_is_blocked(dims: Any) -> None:
    refused = await dims.refusal(sale(dims, ("PROJECT", "C")))
    assert refused.startswith("The Dimension Value does not exist.")
    dims.setup("Dimension Value", "PROJECT", "A", Blocked=True)
    assert "Dimension Value PROJECT - A is blocked." in await dims.refusal(
        sale(dims, ("PROJECT", "A"))
    )


async def test_an_entry_that_is_reversed_keeps_its_dimensions(dims: Any) -> None:
    await dims.posted(sale(dims, ("PROJECT", "A")))
    await dims.reverse("FB-FB0000101")
    sets = [r["Dimension Set ID"] for r in dims.rows("G/L Entry") if r["G/L Account No."] == "4000"]
    assert sets == [1, 1]
    assert sum(r["Amount"] for r in dims.rows("G/L Entry")) == Decimal(0)
