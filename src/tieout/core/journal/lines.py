"""A journal: the draft lines of one document, as NAV will be asked to post them.

Signs are NAV's: debit positive, credit negative. The amount of a G/L line with VAT groups is gross; ``vat_amount`` is the VAT in it, same sign.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tieout.core.records.money import total


class AccountType(StrEnum):
    """What a journal line is posted to, in NAV's words."""

    GL_ACCOUNT = "G/L Account"
    CUSTOMER = "Customer"
    BANK_ACCOUNT = "Bank Account"


class DocumentType(StrEnum):
    """NAV's document types of a journal line."""

    BLANK = ""
    INVOICE = "Invoice"
    CREDIT_MEMO = "Credit Memo"
    PAYMENT = "Payment"
    REFUND = "Refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingGroups:
    """Which set-up decides the accounts of a G/L line in NAV."""

    gen_posting_type: str
    gen_bus: str
    gen_prod: str
    vat_bus: str
    vat_prod: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The posted document that a line settles."""

    document_type: DocumentType
    document_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One draft debit or credit."""

    account_type: AccountType
    account_no: str
    amount: Decimal
    description: str = ""
    groups: PostingGroups | None = None
    vat_amount: Decimal | None = None
    applies_to: Application | None = None

    def reversed(self) -> JournalLine:
        """The line that undoes this one."""
        vat = None if self.vat_amount is None else -self.vat_amount
        return replace(self, amount=-self.amount, vat_amount=vat, applies_to=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The lines of one document; it balances, or it cannot be built.

    ``currency_code`` is empty for the local currency of the NAV company. ``customer_no`` is the customer of its one customer line.
    """

    document_type: DocumentType
    document_no: str
    posting_date: date
    document_date: date
    due_date: date | None
    currency_code: str
    template: str
    batch: str
    lines: tuple[JournalLine, ...]
    reason_code: str = ""

    def __post_init__(self) -> None:
        assert total(line.amount for line in self.lines) == 0, (
            f"{self.document_no} does not balance"
        )
        assert all(line.amount != 0 for line in self.lines), f"{self.document_no} has a zero line"
        assert len(self.document_no) <= 20, f"{self.document_no} is longer than NAV allows"

    @property
    def amount(self) -> Decimal:
        """What the customer owes more (positive) or less (negative) by this document."""
        return total(ln.amount for ln in self.lines if ln.account_type is AccountType.CUSTOMER)

    @property
    def customer_no(self) -> str:
        return next(ln.account_no for ln in self.lines if ln.account_type is AccountType.CUSTOMER)
