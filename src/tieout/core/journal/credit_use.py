"""The part of a goodwill credit that is used for an invoice, as a credit memo of its own: for those who let a credit count when it is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.credit_note import credit_note_to_journal
from tieout.core.journal.lines import AccountType, Application, Journal, JournalLine
from tieout.core.journal.local import balanced
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.finding import Finding
from tieout.core.records.money import decimals, round_half_away, total
from tieout.core.records.payment import Payment


def credit_use_to_journal(
    note: CreditNote,
    payment: Payment,
    setup: PostingSetup,
    buyer: Buyer,
    document_no: str,
    applies_to: Application | None,
    terms: Terms,
) -> tuple[Journal | None, tuple[Finding, ...]]:
    """The credit memo of the part that a payment uses, dated as the payment; or the findings that hold it.

    Every line of the credit note gives its share; the largest takes the cents that rounding leaves. Worked example: 60.00 used of a credit of 150.00
    (125.00 with 20 % VAT) gives ``Customer -60.00 (applied to Invoice FB0000101) / 6500 60.00 (VAT 10.00)``.
    """
    whole, findings = credit_note_to_journal(note, setup, buyer, document_no, terms)
    if whole is None:
        return None, findings
    used, places = payment.amount.amount, decimals(payment.currency)
    customer = next(ln for ln in whole.lines if ln.account_type is AccountType.CUSTOMER)
    others = [line for line in whole.lines if line is not customer]
    shares = _shares([line.amount for line in others], used, places)
    pairs = zip(others, shares, strict=True)
    lines = [
        replace(customer, amount=-used, amount_lcy=None, applies_to=applies_to),
        *(_part(line, amount, places) for line, amount in pairs if amount),
    ]
    return replace(
        whole,
        document_date=payment.paid_on,
        lines=balanced(tuple(lines), terms.factor, setup.lcy),
    ), findings


def _shares(amounts: Sequence[Decimal], used: Decimal, places: int) -> list[Decimal]:
    """The amounts in proportion, adding up to what is used.

    >>> _shares([Decimal("100"), Decimal("50")], Decimal("10"), 2)
    [Decimal('6.67'), Decimal('3.33')]
    """
    whole = total(amounts)
    shares = [round_half_away(amount * used / whole, places) for amount in amounts]
    largest = max(range(len(amounts)), key=lambda i: abs(amounts[i]))
    shares[largest] += used - total(shares)
    return shares


def _part(line: JournalLine, amount: Decimal, places: int) -> JournalLine:
    vat = line.vat_amount
    part = None if vat is None else round_half_away(vat * amount / line.amount, places)
    return replace(line, amount=amount, amount_lcy=None, vat_amount=part)
