"""The posting setup: which account, group and bank for what; data that a finance team owns.

It is kept as JSON (``PostingSetup.from_json`` says what is wrong in it, and where) and versioned per pair. What it does not map is held, never guessed.
Lists of rules are read from the top; the first that fits decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from tieout.core.journal.lines import AccountType
from tieout.core.journal.policies import PrepaymentRule, WriteOffRule

CHOICES = {
    "posting setup.closed_period": ("hold", "next_open", "ask"),
    "posting setup.prior_period_changes": ("hold", "next_open"),
}


class SetupError(ValueError):
    """The posting setup cannot be read; the text says what, where and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRule:
    """The groups of a customer by country (NAV codes; an empty list fits every country)."""

    gen_bus: str
    vat_bus: str
    customer_posting_group: str
    payment_terms: str = ""
    countries: tuple[str, ...] = ()


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
class LineRule:
    """The G/L account of a line. Empty conditions fit everything.

    ``kind`` is ``invoice`` or ``credit_note``; ``sign`` is ``negative`` for lines that lower the
    document; ``vat_prod`` the group its tax maps to, ``vat_bus`` the customer's; ``items`` are
    FreshBooks line names.
    """

    gl_account: str
    gen_prod: str
    kind: str = ""
    sign: str = ""
    vat_prod: str = ""
    vat_bus: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRule:
    """Where money of a FreshBooks payment type arrives; an empty ``currency`` fits every currency."""

    method: str
    account_type: AccountType
    account_no: str
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingSetup:
    """All rules of one pair in one version.

    ``currencies`` are those that documents may have; ``lcy`` is NAV's local one. ``tax_difference_per_pair`` is how far FreshBooks' tax may be from ours,
    in money for each pair of line and tax, before the document is held. ``countries`` maps the country names of FreshBooks to NAV codes.

    ``closed_period`` says what becomes of a late document: ``hold``, ``next_open`` or ``ask``; ``prior_period_changes`` the same of a change of what
    was posted in a closed period, which a person decides about above ``prior_period_limit`` (zero: no limit). ``cash_accounting`` are the VAT
    business groups that declare VAT when it is paid. A receipt of the same amount within ``duplicate_days`` that is not ours is taken for the same
    money. ``on_hold_code`` marks disputed invoices.
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
    prepayment: PrepaymentRule | None = None
    bank_charge_account: str = ""
    closed_period: str = "hold"
    prior_period_changes: str = "next_open"
    prior_period_limit: Decimal = Decimal(0)
    vat_period_months: int = 3
    cash_accounting: tuple[str, ...] = ()
    duplicate_days: int = 5
    reason_prior_period: str = "PRIORPER"
    reason_refund: str = "REFUND"
    reason_write_off: str = "WRITEOFF"
    on_hold_code: str = "FBD"
    template: str = "GENERAL"
    payment_template: str = "CASHRCPT"
    batch: str = "FRESHBOOKS"
    tax_difference_per_pair: Decimal = Decimal("0.01")
    version: int = 1

    @classmethod
    def from_json(cls, data: Mapping[str, Any], version: int = 1) -> Self:
        """Read a posting setup. Raises SetupError with the place of the first thing that is wrong."""
        rules = {
            "customers": CustomerRule,
            "taxes": TaxRule,
            "lines": LineRule,
            "payments": PaymentRule,
        }
        parts = {"write_off": WriteOffRule, "prepayment": PrepaymentRule}
        values = dict(data)
        for name, part in parts.items():
            if values.get(name) is not None:
                values[name] = _read(part, values[name], name)
        for name, rule in rules.items():
            rows = values.get(name, ())
            if not isinstance(rows, Sequence) or isinstance(rows, str):
                raise SetupError(f"posting setup: {name} must be a list of rules")
            values[name] = tuple(
                _read(rule, row, f"{name}[{place}]") for place, row in enumerate(rows)
            )
        setup: Self = _read(cls, {**values, "version": version}, "posting setup")
        return setup

    def currency_code(self, currency: str) -> str:
        """NAV's word for a currency: empty for the local one."""
        return "" if currency == self.lcy else currency


def _read(cls: Any, row: Any, where: str) -> Any:
    if not isinstance(row, Mapping):
        raise SetupError(f"{where} must be an object with named values")
    known = {f.name: f for f in fields(cls)}
    unknown = sorted(set(row) - set(known))
    if unknown:
        raise SetupError(f"{where} has unknown names {unknown}; known are {sorted(known)}")
    missing = [n for n, f in known.items() if f.default is MISSING and n not in row]
    if missing:
        raise SetupError(f"{where} lacks {missing}")
    return cls(
        **{name: _value(known[name].type, value, f"{where}.{name}") for name, value in row.items()}
    )


def _value(kind: Any, value: Any, where: str) -> Any:
    if kind == "Decimal":
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise SetupError(f"{where}: {value!r} is not a number") from error
    choices = CHOICES.get(where)
    if choices and value not in choices:
        raise SetupError(f"{where}: {value!r} is not one of {list(choices)}")
    if kind in ("int", "bool") and type(value).__name__ != kind:
        raise SetupError(
            f"{where}: {value!r} is not {'a whole number' if kind == 'int' else 'true or false'}"
        )
    if kind == "AccountType":
        if value not in set(AccountType):
            raise SetupError(f"{where}: {value!r} is not one of {[str(a) for a in AccountType]}")
        return AccountType(value)
    if kind == "tuple[str, ...]":
        return tuple(str(part) for part in value)
    return value
