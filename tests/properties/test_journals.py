"""Laws of journals: they balance, and their tax is FreshBooks' tax, whichever way FreshBooks rounds."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.core.books import HOME, SETUP, TERMS, invoice, line

from tieout.core.decision.payload import journal_payload, payload_journal
from tieout.core.journal.invoice import invoice_to_journal
from tieout.core.journal.lines import Journal
from tieout.core.journal.reversal import reversal_of
from tieout.core.records.document import Line
from tieout.core.records.money import round_half_away, total

LINES = st.lists(
    st.builds(
        lambda quantity, cents, percent: line(str(quantity), f"{cents / 100:.2f}", percent),
        st.integers(1, 40),
        st.integers(1, 99_999),
        st.sampled_from(["20", "5", "0"]),
    ),
    min_size=1,
    max_size=30,
)


def tax_per_total(lines: list[Line]) -> Decimal:
    taxes: dict[Decimal, Decimal] = {}
    for row in lines:
        percent = row.taxes[0].percent
        taxes[percent] = taxes.get(percent, Decimal(0)) + row.amount.amount
    return total(round_half_away(net * percent / 100, 2) for percent, net in taxes.items())


def tax_per_line(lines: list[Line]) -> Decimal:
    return total(round_half_away(r.amount.amount * r.taxes[0].percent / 100, 2) for r in lines)


def journal_of(lines: list[Line], tax: Decimal) -> Journal:
    amount = total(row.amount.amount for row in lines) + tax
    journal, findings = invoice_to_journal(invoice(str(amount), *lines), SETUP, HOME, "FB1", TERMS)
    assert not findings
    assert journal is not None
    return journal


@settings(max_examples=300, deadline=None)
@given(LINES, st.booleans())
def test_a_journal_balances_and_keeps_the_tax_to_the_cent(lines: list[Line], by_line: bool) -> None:
    tax = tax_per_line(lines) if by_line else tax_per_total(lines)
    journal = journal_of(lines, tax)
    assert total(row.amount for row in journal.lines) == 0
    assert -total(row.vat_amount or Decimal(0) for row in journal.lines) == tax


@settings(max_examples=100, deadline=None)
@given(LINES)
def test_a_reversal_undoes_exactly_and_a_payload_keeps_everything(lines: list[Line]) -> None:
    journal = journal_of(lines, tax_per_total(lines))
    undone = reversal_of(journal, "FB1-C1")
    for row, back in zip(journal.lines, undone.lines, strict=True):
        assert row.amount + back.amount == 0
        assert (row.vat_amount or 0) + (back.vat_amount or 0) == 0
    assert payload_journal(journal_payload(journal)) == journal
