"""NAV's ledgers: permanent rows, as read from it.

FreshBooks gives its documents (``core.records``); NAV gives its ledgers, whose rows are these.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerEntry:
    """One Cust. Ledger Entry (NAV page 25): an open or closed item of a customer, amounts in ``currency_code`` (empty: local).

    ``reversed_by`` is the number of the entry that reversed it. ``share``: only a part of an entry that stands for several documents.
    """

    entry_no: int
    document_type: str
    document_no: str
    customer_no: str
    currency_code: str
    posting_date: date
    amount: Decimal
    remaining: Decimal
    open: bool
    reversed: bool
    due_on: date | None = None
    reversed_by: int = 0
    share: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailedEntry:
    """One Detailed Cust. Ledg. Entry (NAV page 573): what made a customer's item larger or smaller; both amounts signed, debit positive.

    ``unapplied`` is said of an application that was undone, and of what undid it; ``user`` is who made the entry.
    """

    entry_no: int
    customer_entry_no: int
    entry_type: str
    document_type: str
    document_no: str
    customer_no: str
    currency_code: str
    posting_date: date
    amount: Decimal
    amount_lcy: Decimal
    unapplied: bool = False
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GLEntry:
    """One G/L Entry (NAV page 20), local currency, debit positive. ``external_document_no`` carries Tieout's key, ``user`` who posted it.

    ``reverses`` is the number of the entry that it reverses, 0 if none; ``source`` is NAV's code of what posted it (``SALESAPPL``, ``CLSINCOME``).
    ``gen_bus`` and ``gen_prod`` are its general posting groups, ``dimensions`` the values of the two global dimensions.
    """

    entry_no: int
    gl_account_no: str
    document_type: str
    document_no: str
    external_document_no: str
    posting_date: date
    amount: Decimal
    user: str = ""
    reverses: int = 0
    source: str = ""
    gen_bus: str = ""
    gen_prod: str = ""
    dimensions: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class VatEntry:
    """One VAT Entry (NAV page 315): the tax of a document as it will be declared, local currency, negative for sales. The page shows no key of ours.

    ``calculation`` is NAV's word for the kind of tax, ``vat_bus`` the group of the customer, ``vat_prod`` that of the line; ``closed`` if it is settled.
    """

    entry_no: int
    document_type: str
    document_no: str
    posting_date: date
    base: Decimal
    amount: Decimal
    calculation: str = ""
    vat_bus: str = ""
    vat_prod: str = ""
    gen_bus: str = ""
    gen_prod: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BankEntry:
    """One Bank Account Ledger Entry (NAV page 372), ``amount`` in the bank account's currency, debit positive. ``reconciled``: matched with a statement."""

    entry_no: int
    bank_account_no: str
    document_no: str
    posting_date: date
    amount: Decimal
    reconciled: bool
    reversed: bool
    document_type: str = ""
    amount_lcy: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NavCustomer:
    """As much of a NAV customer as tells whether it is the same as a FreshBooks client. ``blocked`` is NAV's word, ``Privacy`` if privacy-blocked."""

    no: str
    name: str
    post_code: str
    e_mail: str
    vat_registration_no: str
    blocked: str
