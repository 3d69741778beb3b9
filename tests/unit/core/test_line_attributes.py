"""I19: posting groups and dimensions of lines."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.unit.core.both_books import REVENUE, BothBooks

from tieout.core.reconciliation.difference import Break, Check
from tieout.core.reconciliation.tieout import Tieout

CENTS = Decimal("0.02")


def checked(result: Tieout) -> Check:
    return next(check for check in result.checks if check.invariant == "I19")


def test_every_sale_that_stands_in_nav_is_compared_on_the_accounts_of_the_setup() -> None:
    for seed in range(40):
        books = BothBooks(seed)
        check = checked(books.tie())
        sold = {r.document_no for r in books.gl if r.gen_prod}
        assert check.compared == len(sold)
        assert (check.found, check.explained) == ((), ())
        assert check.nav == -sum(row.amount for row in books.gl if row.gen_prod)
        assert abs(check.freshbooks - check.nav) <= CENTS * len(books.gl)


def test_a_line_in_another_group_is_told_with_both_groups() -> None:
    books = BothBooks(3)
    at = next(n for n, r in enumerate(books.gl) if r.gl_account_no == REVENUE and abs(r.amount) > 1)
    row = books.gl[at]
    books.gl[at] = replace(row, gen_bus="EXPORT")
    (found,) = checked(books.tie()).found
    told = f"account {REVENUE} under EXPORT {row.gen_prod} DEPARTMENT=SALES: 0 by the posting setup, {-row.amount} in NAV"
    assert found.kind is Break.LINE_ATTRIBUTES
    assert told in found.text


def test_another_account_or_amount_is_not_told_again() -> None:
    books = BothBooks(3)
    at = next(n for n, r in enumerate(books.gl) if r.gl_account_no == REVENUE and abs(r.amount) > 1)
    books.gl[at] = replace(books.gl[at], gl_account_no="4010")
    result = books.tie()
    assert checked(result).found == ()
    assert {d.invariant for d in result.differences} == {"I6"}


def test_a_dimension_that_no_rule_names_is_a_default_of_nav() -> None:
    books = BothBooks(3)
    books.gl = [replace(r, dimensions=(r.dimensions[0], "P1")) for r in books.gl]
    assert checked(books.tie()).found == ()
    books.department = ""
    books.gl = [replace(r, dimensions=("ANY", "P1")) for r in books.gl]
    assert checked(books.tie()).found == ()


def test_a_client_of_another_business_group_is_listed_where_nav_shows_it_throughout() -> None:
    """What is sold at 0 % may have been an export; the posting setup gives that another product group, too."""
    listed = 0
    for seed in range(60):
        books = BothBooks(seed)
        taxed = {r.document_no for r in books.vat if r.vat_prod != "VAT0"}
        free = {r.document_no for r in books.vat} - taxed
        groups = {"gen_bus": "EXPORT", "gen_prod": "SERVICES"}
        for rows in (books.gl, books.vat):
            for n, row in enumerate(rows):
                if row.document_no in free and row.gen_prod:
                    rows[n] = replace(row, **groups)  # type: ignore[type-var]
        assert len(checked(books.tie()).found) == len(free)
        for n, row in enumerate(books.vat):
            if row.document_no in free:
                books.vat[n] = replace(row, vat_bus="EXPORT")
        check = checked(books.tie())
        assert check.found == ()
        assert {d.kind for d in check.explained} <= {Break.LINE_ATTRIBUTES}
        assert len(check.explained) == len(free)
        listed += len(free)
    assert listed > 10
