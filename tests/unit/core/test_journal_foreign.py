"""Foreign currency: NAV's rate, local amounts that balance, currencies of no and of three decimals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.unit.core.books import DAY, SETUP, Bench
from tests.unit.core.sales import ABROAD, EURO, VAT, bill, outcome, posted, rows, sold

from tieout.core.journal.lines import JournalLine
from tieout.core.journal.reversal import reversal_of
from tieout.core.journal.setup import Aggregate
from tieout.core.journal.terms import Terms
from tieout.core.records.money import round_half_away

PHASES = bill(
    "1234.56",
    sold("1", "411.52", name="Phase 1", currency="EUR"),
    sold("1", "823.04", name="Phase 2", currency="EUR"),
    currency="EUR",
)
BY_LINE = replace(SETUP, aggregate=Aggregate.LINE)


def local(journal_lines: tuple[JournalLine, ...], terms: Terms = EURO) -> list[str]:
    assert terms.factor is not None
    return [
        str(line.amount_lcy or round_half_away(line.amount / terms.factor, 2))
        for line in journal_lines
    ]


def test_the_largest_revenue_line_bears_what_rounding_leaves_over() -> None:
    journal = posted(PHASES, BY_LINE, ABROAD, EURO)
    assert (journal.currency_code, journal.currency_factor) == ("EUR", EURO.factor)
    assert rows(journal) == [
        ("C00020", "1234.56", ""),
        ("4000", "-411.52", ""),
        ("4000", "-823.04", ""),
    ]
    assert [line.amount_lcy for line in journal.lines] == [None, None, Decimal("-699.59")]
    assert local(journal.lines) == ["1049.38", "-349.79", "-699.59"]


def test_one_line_needs_no_local_amount() -> None:
    journal = posted(PHASES, SETUP, ABROAD, EURO)
    assert [line.amount_lcy for line in journal.lines] == [None, None]


def test_vat_of_a_foreign_invoice_is_in_its_currency() -> None:
    document = bill("1129.44", sold("10", "94.12", VAT, currency="EUR"), currency="EUR")
    journal = posted(document, terms=EURO)
    assert rows(journal) == [("C00010", "1129.44", ""), ("4000", "-1129.44", "-188.24")]
    assert local(journal.lines) == ["960.02", "-960.02"]


def test_a_foreign_invoice_without_a_rate_is_held() -> None:
    journal, findings = outcome(PHASES, SETUP, ABROAD, Terms(posting_date=DAY))
    assert journal is None
    assert [finding.rule for finding in findings] == ["RATE_MISSING"]


def test_yen_have_no_decimals_and_dinars_three() -> None:
    setup = replace(SETUP, currencies=("JPY", "KWD"))
    terms = Terms(posting_date=DAY, factor=Decimal("190.5"))
    yen = bill("1198", sold("3", "333", VAT, currency="JPY"), currency="JPY")
    assert rows(posted(yen, setup, terms=terms))[1] == ("4000", "-1198", "-199")
    other = bill("1199", sold("3", "333", VAT, currency="JPY"), currency="JPY")
    assert rows(posted(other, setup, terms=terms))[1] == ("4000", "-1199", "-200")
    dinars = bill("1.480", sold("1", "1.233", VAT, currency="KWD"), currency="KWD")
    assert rows(posted(dinars, setup, terms=terms))[1] == ("4000", "-1.480", "-0.247")


def test_a_reversal_keeps_rate_and_local_amounts_on_the_day_it_is_given() -> None:
    journal = posted(PHASES, BY_LINE, ABROAD, EURO)
    later = Terms(posting_date=date(2026, 4, 20), factor=Decimal(1), reason_code="PRIORPER")
    undone = reversal_of(journal, "FB0000101-C1", later)
    assert undone.currency_factor == EURO.factor
    assert (undone.posting_date, undone.document_date) == (date(2026, 4, 20), DAY)
    assert undone.reason_code == "PRIORPER"
    assert local(undone.lines) == ["-1049.38", "349.79", "699.59"]


def test_the_rate_of_a_day_is_the_youngest_that_is_no_younger() -> None:
    rates = {"EUR": ((date(2026, 1, 1), Decimal("1.1")), (date(2026, 3, 1), Decimal("1.2")))}
    facts = replace(Bench().facts(), rates=rates)
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 1))
    assert [facts.factor("EUR", day) for day in days] == [
        None,
        *map(Decimal, ("1.1", "1.1", "1.2")),
    ]
    assert facts.factor("USD", days[-1]) is None
