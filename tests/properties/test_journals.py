"""Laws of journals: they balance in every currency, and their tax is FreshBooks' tax, whichever way FreshBooks rounds.

Each law is tried on thousands of documents; both systems' arithmetic is worked out anew in ``documents.py``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.properties.documents import (
    SALES_TAXES,
    VAT_TAXES,
    Document,
    documents,
    entries_in_local,
    nav_vat,
    sales_taxes,
)
from tests.unit.core.books import DAY, HOME, SETUP
from tests.unit.core.sales import CANADA, MONTREAL, outcome

from tieout.core.decision.payload import journal_payload, payload_journal
from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import AccountType, DocumentType, Journal
from tieout.core.journal.reversal import reversal_of
from tieout.core.journal.setup import Aggregate, DiscountPolicy, PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.document import LineTax
from tieout.core.records.money import Money, decimals, total

CENT = Decimal("0.01")
MANY = settings(max_examples=2_500, deadline=None)
SETUPS = st.builds(
    lambda aggregate, discount, difference: replace(
        SETUP,
        aggregate=aggregate,
        discount=discount,
        vat_difference=difference,
        currencies=("GBP", "EUR", "JPY", "KWD"),
    ),
    st.sampled_from(Aggregate),
    st.sampled_from(DiscountPolicy),
    st.booleans(),
)


def journal_of(
    made: Document, setup: PostingSetup, buyer: Buyer = HOME, factor: Decimal | None = None
) -> Journal:
    """The journal; documents with nothing to post, or with more cents to round than the limits allow, are told apart and left."""
    journal, findings = outcome(made.invoice, setup, buyer, Terms(posting_date=DAY, factor=factor))
    allowed = {"ROUNDING_LIMIT", "NOTHING_TO_POST"}
    assert journal is not None or {finding.rule for finding in findings} <= allowed, findings
    assume(journal is not None)
    assert journal is not None
    return journal


def rounding_of(journal: Journal) -> Decimal:
    return total(ln.amount for ln in journal.lines if ln.account_no == "7100")


def type_of(amount: Decimal) -> DocumentType:
    if not amount:
        return DocumentType.BLANK
    return DocumentType.INVOICE if amount > 0 else DocumentType.CREDIT_MEMO


@MANY
@given(documents(VAT_TAXES), SETUPS)
def test_vat_is_that_of_freshbooks_to_the_cent(made: Document, setup: PostingSetup) -> None:
    journal = journal_of(made, setup)
    assert total(ln.amount for ln in journal.lines) == 0
    assert journal.amount == made.invoice.amount.amount
    assert journal.document_type is type_of(journal.amount)
    vat: dict[str, Decimal] = defaultdict(Decimal)
    for line in journal.lines:
        if line.groups:
            own = nav_vat(line, 2)
            given_vat = own if line.vat_amount is None else line.vat_amount
            assert abs(given_vat - own) <= setup.max_vat_difference, "NAV would refuse it"
            assert given_vat * line.amount >= 0, "NAV would refuse its sign"
            vat[line.groups.vat_prod] -= given_vat
    assert total(vat.values()) - rounding_of(journal) == made.tax
    assert abs(rounding_of(journal)) <= setup.max_rounding
    for tax, theirs in made.taxes.items():
        assert abs(vat[f"VAT{tax.percent}"] - theirs) <= CENT * made.pairs


@MANY
@given(documents(SALES_TAXES, "CAD"), st.sampled_from(Aggregate), st.sampled_from(DiscountPolicy))
def test_sales_tax_is_that_of_freshbooks_within_the_rounding(
    made: Document, aggregate: Aggregate, discount: DiscountPolicy
) -> None:
    journal = journal_of(made, replace(CANADA, aggregate=aggregate, discount=discount), MONTREAL)
    assert total(ln.amount for ln in journal.lines) == 0
    assert journal.amount == made.invoice.amount.amount
    found: dict[LineTax, Decimal] = defaultdict(Decimal)
    for line in journal.lines:
        for tax, amount in sales_taxes(line, 2).items() if line.sales_tax else ():
            found[tax] -= amount
    assert total(found.values()) - rounding_of(journal) == made.tax
    assert abs(rounding_of(journal)) <= CANADA.max_rounding
    for tax in found.keys() | made.taxes.keys():
        limit = CENT * (made.pairs + len(journal.lines))
        assert abs(found[tax] - made.taxes.get(tax, Decimal(0))) <= limit, tax
    revenue = total(ln.amount for ln in journal.lines if ln.sales_tax) + total(found.values())
    assert -revenue == made.invoice.amount.amount - made.tax


FOREIGN = st.sampled_from(("EUR", "JPY", "KWD")).flatmap(
    lambda currency: documents(VAT_TAXES, currency, most=8)
)


@MANY
@given(
    FOREIGN,
    SETUPS,
    st.decimals(min_value="0.003", max_value="250", places=15, allow_nan=False),
)
def test_a_foreign_journal_balances_in_local_currency_too(
    made: Document, setup: PostingSetup, factor: Decimal
) -> None:
    journal = journal_of(made, setup, factor=factor)
    assert total(ln.amount for ln in journal.lines) == 0
    places = decimals(made.invoice.currency)
    assert all(ln.amount == round(ln.amount, places) for ln in journal.lines)
    lost = [
        ln for ln in journal.lines if ln.amount_lcy is not None and ln.amount_lcy * ln.amount <= 0
    ]
    assume(not lost)
    assert total(entries_in_local(journal, 2)) == 0
    customers = [ln for ln in journal.lines if ln.account_type is AccountType.CUSTOMER]
    assert all(ln.amount_lcy is None for ln in customers), "open items keep the document's rate"
    undone = reversal_of(journal, "FB1-C1")
    assert [-e for e in entries_in_local(undone, 2)] == entries_in_local(journal, 2)
    assert payload_journal(journal_payload(journal)) == journal


@MANY
@given(documents(VAT_TAXES, percents=("0", "10", "25", "100")), SETUPS)
def test_a_document_of_the_opposite_sign_is_the_opposite_journal(
    made: Document, setup: PostingSetup
) -> None:
    assume(made.invoice.amount.amount)
    opposite = tuple(
        replace(line, amount=Money(-line.amount.amount, "GBP")) for line in made.invoice.lines
    )
    turned = replace(made.invoice, lines=opposite, amount=Money(-made.invoice.amount.amount, "GBP"))
    first = journal_of(made, setup)
    second = journal_of(Document(turned, {}), setup)
    assert [-ln.amount for ln in second.lines] == [ln.amount for ln in first.lines]
    assert [ln.account_no for ln in second.lines] == [ln.account_no for ln in first.lines]
    assert {first.document_type, second.document_type} == {
        DocumentType.INVOICE,
        DocumentType.CREDIT_MEMO,
    }


@settings(max_examples=1_000, deadline=None)
@given(documents(VAT_TAXES, percents=("0", "10", "100")), SETUPS)
def test_a_reversal_undoes_exactly_and_a_payload_keeps_everything(
    made: Document, setup: PostingSetup
) -> None:
    journal = journal_of(made, setup)
    undone = reversal_of(journal, "FB1-C1")
    for row, back in zip(journal.lines, undone.lines, strict=True):
        assert row.amount + back.amount == 0
        assert (row.vat_amount or 0) + (back.vat_amount or 0) == 0
    assert payload_journal(journal_payload(journal)) == journal


@settings(max_examples=500, deadline=None)
@given(documents(VAT_TAXES, most=30, percents=("0",)))
def test_adding_up_lines_or_not_leaves_the_same_in_each_account(made: Document) -> None:
    """By line, item or account: the revenue and VAT of an account and group are the same."""
    sums = []
    for aggregate in Aggregate:
        found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        wide = replace(SETUP, aggregate=aggregate, max_vat_difference=Decimal(1))
        for line in journal_of(made, wide).lines:
            if line.groups:
                found[line.account_no, line.groups.vat_prod] += line.amount - (line.vat_amount or 0)
        sums.append({key: amount for key, amount in found.items() if amount})
    assert sums[0] == sums[1] == sums[2]
