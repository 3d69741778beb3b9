"""The posting setup: which account, group and bank for what; data that a finance team owns.

It is kept as JSON (``PostingSetup.from_json`` says what is wrong in it, and where) and versioned per pair. What it does not map is held, never guessed.
Lists of rules are read from the top; the first that fits decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from tieout.core.journal.lines import AccountType
from tieout.core.journal.policies import ChargebackRule, PrepaymentRule, WriteOffRule
from tieout.core.journal.reading import SetupError, read_rule

CHOICES = {
    "closed_period": ("hold", "next_open", "ask"),
    "prior_period_changes": ("hold", "next_open"),
    "goodwill_recognition": ("on_issue", "on_application"),
}


class Aggregate(StrEnum):
    """Which lines of a document become one line in NAV; never across accounts, tax or dimensions."""

    ACCOUNT = "account"
    ITEM = "item"
    LINE = "line"


class DiscountPolicy(StrEnum):
    """Whether a discount on a whole document stands on its own account or lowers the revenue."""

    SEPARATE = "separate"
    NET = "net"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRule:
    """The groups of a customer. Empty conditions fit everyone.

    ``countries`` are NAV codes, ``currencies`` those that FreshBooks has for the client, ``clients`` FreshBooks ids; ``buyer`` is ``business`` for a client
    with an organization or VAT number, else ``private``. ``tax_area`` and ``tax_liable`` are written to the customer's card, where NAV has sales tax.
    """

    gen_bus: str
    vat_bus: str
    customer_posting_group: str
    payment_terms: str = ""
    countries: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    buyer: str = ""
    tax_area: str = ""
    tax_liable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRule:
    """A FreshBooks tax, by name and percentage, is this VAT product group for customers of these VAT business groups.

    An empty name is the line without tax, which is a case of its own: zero-rated, exempt and outside the scope are different things.
    """

    vat_prod: str
    name: str = ""
    percent: Decimal = Decimal(0)
    vat_bus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesTaxRule:
    """The taxes of a line, one or two by name and percentage, are this NAV tax area and tax group, in a company with sales tax.

    ``compounded`` means that the second is charged on the first as well. Without names it is the line without tax; an empty ``tax_area`` posts it without
    sales tax.
    """

    tax_area: str = ""
    tax_group: str = ""
    name1: str = ""
    percent1: Decimal = Decimal(0)
    name2: str = ""
    percent2: Decimal = Decimal(0)
    compounded: bool = False
    gen_bus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRule:
    """The G/L account of a line. Empty conditions fit everything.

    ``kind`` is ``invoice`` or ``credit_note``; ``sign`` is ``negative`` for lines that lower the
    document; ``vat_prod`` the group its tax maps to, ``vat_bus`` the customer's; ``items`` are
    FreshBooks line names, ``taxes`` FreshBooks tax names, ``customers`` NAV customer numbers. ``dimensions`` are
    NAV dimension codes and the values that the line gets.
    """

    gl_account: str
    gen_prod: str
    kind: str = ""
    sign: str = ""
    vat_prod: str = ""
    vat_bus: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    taxes: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRule:
    """Where money of a FreshBooks payment type arrives; ``currency`` and ``gateways`` (FreshBooks' word for a processor) narrow it, empty ones fit all."""

    method: str
    account_type: AccountType
    account_no: str
    currency: str = ""
    gateways: tuple[str, ...] = ()


BY_NOTE = ChargebackRule()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingSetup:
    """All rules of one pair in one version.

    ``currencies`` are those that documents may have; ``lcy`` is NAV's local one. ``countries`` maps the country names of FreshBooks to NAV codes.
    ``sales_taxes`` are there in a company with sales tax, ``taxes`` in one with VAT. ``tax_difference_per_pair`` is how far FreshBooks' tax may be from ours,
    for each pair of line and tax; up to ``max_vat_difference`` a line it is posted as NAV's VAT difference if ``vat_difference`` is allowed, else up to
    ``max_rounding`` a document on ``rounding_account``; beyond that the document is held. All three are in money of a currency with two decimals.

    ``closed_period`` says what becomes of a late document: ``hold``, ``next_open`` or ``ask``; ``prior_period_changes`` the same of a change of what
    was posted in a closed period, which a person decides about above ``prior_period_limit`` (zero: no limit). ``cash_accounting`` are the VAT
    business groups that declare VAT when it is paid. A receipt of the same amount within ``duplicate_days`` that is not ours is taken for the same
    money. ``on_hold_code`` marks disputed invoices. ``goodwill_recognition`` says when a goodwill credit counts: ``on_issue`` or ``on_application``.
    """

    lcy: str
    customers: tuple[CustomerRule, ...]
    taxes: tuple[TaxRule, ...]
    lines: tuple[LineRule, ...]
    payments: tuple[PaymentRule, ...]
    countries: Mapping[str, str]
    currencies: tuple[str, ...]
    discount_account: str
    write_off: WriteOffRule | None = None
    chargeback: ChargebackRule | None = BY_NOTE
    prepayment: PrepaymentRule | None = None
    bank_charge_account: str = ""
    closed_period: str = "hold"
    prior_period_changes: str = "next_open"
    goodwill_recognition: str = "on_issue"
    prior_period_limit: Decimal = Decimal(0)
    vat_period_months: int = 3
    cash_accounting: tuple[str, ...] = ()
    duplicate_days: int = 5
    reason_prior_period: str = "PRIORPER"
    reason_refund: str = "REFUND"
    reason_chargeback: str = "CHARGEBACK"
    reason_write_off: str = "WRITEOFF"
    on_hold_code: str = "FBD"
    template: str = "GENERAL"
    payment_template: str = "CASHRCPT"
    batch: str = "FRESHBOOKS"
    tax_difference_per_pair: Decimal = Decimal("0.01")
    version: int = 1
    sales_taxes: tuple[SalesTaxRule, ...] = ()
    aggregate: Aggregate = Aggregate.ACCOUNT
    discount: DiscountPolicy = DiscountPolicy.SEPARATE
    vat_difference: bool = True
    max_vat_difference: Decimal = Decimal("0.05")
    rounding_account: str = ""
    max_rounding: Decimal = Decimal("0.05")

    @classmethod
    def from_json(cls, data: Mapping[str, Any], version: int = 1) -> Self:
        """Read a posting setup. Raises SetupError with the place of the first thing that is wrong."""
        lists = dict.fromkeys(("customers", "taxes", "lines", "payments"), ())
        if not isinstance(data, Mapping):
            raise SetupError("posting setup must be an object with named values")
        values = {**lists, **data, "version": version}
        setup: Self = read_rule(cls, values, "posting setup", KINDS)
        setup._check()
        return setup

    def _check(self) -> None:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise SetupError(f"posting setup.{name} is not one of {list(choices)}")
        if self.chargeback and not self.chargeback.note.strip():
            raise SetupError("posting setup.chargeback.note must not be empty: every note has it")
        for place, rule in enumerate(self.sales_taxes):
            if not rule.tax_area and (rule.percent1 or rule.percent2):
                raise SetupError(f"posting setup.sales_taxes[{place}] has a tax but no tax_area")

    def currency_code(self, currency: str) -> str:
        """NAV's word for a currency: empty for the local one."""
        return "" if currency == self.lcy else currency


# The rules and lists of words that the fields above name.
KINDS: Mapping[str, Any] = {
    kind.__name__: kind
    for kind in (
        AccountType,
        Aggregate,
        ChargebackRule,
        CustomerRule,
        DiscountPolicy,
        LineRule,
        PaymentRule,
        PrepaymentRule,
        SalesTaxRule,
        TaxRule,
        WriteOffRule,
    )
}
