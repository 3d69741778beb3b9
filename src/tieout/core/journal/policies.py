"""Choices that a finance team makes once, as parts of the posting setup: write-offs, prepayments, bank charges."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.core.journal.lines import AccountType


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOffRule:
    """How a FreshBooks payment becomes a write-off: its type, and a word in its note that asks for it. A person must approve each one.

    ``bad_debt_account`` takes the net amount. VAT of a debt that is overdue by ``relief_after_months`` is claimed back on ``relief_account`` through
    the full-VAT group ``relief_vat_prod``; money that comes in after that is repaid through ``repay_account`` and ``repay_vat_prod``. Without a
    relief account the gross amount is written off. (UK: VAT Notice 700/18, six months.)
    """

    bad_debt_account: str
    method: str = "Other"
    note: str = "WRITE-OFF"
    relief_account: str = ""
    relief_vat_prod: str = ""
    relief_after_months: int = 6
    repay_account: str = ""
    repay_vat_prod: str = ""
    gen_prod: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepaymentRule:
    """Where money arrives that FreshBooks keeps as a prepayment credit.

    With ``posting_group`` it is a liability of its own until it is used (NAV moves it by a pair of lines); without, it is on the customer's account. With
    ``vat_at_receipt`` VAT is declared when it comes in, over ``vat_account``, at the rate of ``vat_prod`` or, if that is empty, of what a person approves.
    """

    account_type: AccountType
    account_no: str
    posting_group: str = ""
    vat_at_receipt: bool = False
    vat_account: str = ""
    vat_prod: str = ""
    gen_prod: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargebackRule:
    """How a payment that becomes less, or is deleted, is told to be a chargeback: a word in its note.

    Nobody has to approve it: the bank has taken the money already, and the claim is only open again.
    """

    note: str = "CHARGEBACK"
