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
class SalesTax:
    """The NAV tax area and tax group of a line in a company with sales tax, where one line may bear several taxes.

    NAV computes the taxes of all jurisdictions of the area backwards from the gross amount.
    """

    area: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The posted document that a line settles."""

    document_type: DocumentType
    document_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One draft debit or credit.

    ``amount`` is in the journal's currency; ``amount_lcy`` is given only where rounding would otherwise leave the local amounts out of balance.
    ``posting_group`` is the customer posting group where it is not the customer's own; ``dimensions`` are NAV codes and values.
    """

    account_type: AccountType
    account_no: str
    amount: Decimal
    amount_lcy: Decimal | None = None
    description: str = ""
    posting_group: str = ""
    groups: PostingGroups | None = None
    vat_amount: Decimal | None = None
    sales_tax: SalesTax | None = None
    applies_to: Application | None = None
    dimensions: tuple[tuple[str, str], ...] = ()

    def reversed(self) -> JournalLine:
        """The line that undoes this one."""
        return replace(
            self,
            amount=-self.amount,
            amount_lcy=_negated(self.amount_lcy),
            vat_amount=_negated(self.vat_amount),
            applies_to=None,
        )


def _negated(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The lines of one document; it balances, or it cannot be built.

    ``currency_code`` is empty for the local currency of the NAV company, ``currency_factor`` then none.
    ``customer_no`` is its one customer, empty if it has none.
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
    currency_factor: Decimal | None = None

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
        customers = (ln for ln in self.lines if ln.account_type is AccountType.CUSTOMER)
        return next((line.account_no for line in customers), "")
