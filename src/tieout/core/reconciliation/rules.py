"""Which account a line or a payment belongs to, read anew from the posting setup: a second reading, that shares nothing with the one that posts.

The setup is taken as plain data in the words of docs/guide/posting-setup.md. Lists of rules are read from the top; the first that fits decides.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from tieout.core.records.customer import Customer
from tieout.core.records.document import Line, LineTax
from tieout.core.records.identity import Ref
from tieout.core.records.payment import Payment

Rule = Mapping[str, Any]
NET = "net"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Setup:
    """One version of the posting setup."""

    content: Rule

    def vat_bus(self, client: Customer) -> str | None:
        """The VAT business group of a client; None if no rule fits."""
        rule = self.customer_rule(client)
        return str(rule["vat_bus"]) if rule else None

    def customer_rule(self, client: Customer) -> Rule | None:
        """The rule of a client, by country, currency, kind of buyer or name; None if none fits."""
        return self._once(self._customer_rule, client)

    def _customer_rule(self, client: Customer) -> Rule | None:
        country = self.content["countries"].get(client.country)
        buyer = "business" if client.organization or client.vat_number else "private"
        for rule in self.content["customers"]:
            if (
                country is not None
                and _one_of(rule, "countries", country)
                and _one_of(rule, "currencies", client.currency)
                and _one_of(rule, "clients", client.ref.key)
                and rule.get("buyer", "") in ("", buyer)
            ):
                found: Rule = rule
                return found
        return None

    def vat_prod(self, line: Line, vat_bus: str) -> str | None:
        """The VAT product group of a line; empty in a company with sales tax, None if no rule fits."""
        return self._once(self._vat_prod, line.taxes, vat_bus)

    def _vat_prod(self, taxes: Sequence[LineTax], vat_bus: str) -> str | None:
        if self.content.get("sales_taxes"):
            return ""
        name, percent = (taxes[0].name, taxes[0].percent) if taxes else ("", 0)
        for rule in self.content["taxes"]:
            same = rule.get("name", "") == name and rule.get("percent", 0) == percent
            if same and _one_of(rule, "vat_bus", vat_bus):
                return str(rule["vat_prod"])
        return None

    def account(
        self, kind: str, line: Line, *, lowers: bool, vat_bus: str, customer_no: str
    ) -> str | None:
        """The G/L account of a line; None if no rule fits."""
        rule = self.line_rule(kind, line, lowers=lowers, vat_bus=vat_bus, customer_no=customer_no)
        return str(rule["gl_account"]) if rule else None

    def line_rule(
        self, kind: str, line: Line, *, lowers: bool, vat_bus: str, customer_no: str
    ) -> Rule | None:
        """The rule of a line; None if none fits. ``lowers``: its sign is not that of its document."""
        sign = "negative" if lowers else "positive"
        name = line.name if line.name in self.items else ""
        customer_no = customer_no if customer_no in self._customers else ""
        return self._once(self._line_rule, kind, sign, name, line.taxes, vat_bus, customer_no)

    def _line_rule(
        self,
        kind: str,
        sign: str,
        name: str,
        taxes: Sequence[LineTax],
        vat_bus: str,
        customer_no: str,
    ) -> Rule | None:
        vat_prod = self._vat_prod(taxes, vat_bus)
        for rule in self.content["lines"]:
            if (
                vat_prod is not None
                and rule.get("kind", "") in ("", kind)
                and rule.get("sign", "") in ("", sign)
                and rule.get("vat_prod", "") in ("", vat_prod)
                and _one_of(rule, "vat_bus", vat_bus)
                and _one_of(rule, "items", name)
                and _one_of(rule, "customers", customer_no)
                and (not rule.get("taxes") or any(t.name in rule["taxes"] for t in taxes))
            ):
                found: Rule = rule
                return found
        return None

    @cached_property
    def items(self) -> frozenset[str]:
        """The names of lines that its rules ask about; to them all others are alike."""
        return self._named("items")

    @cached_property
    def _customers(self) -> frozenset[str]:
        return self._named("customers")

    def _named(self, condition: str) -> frozenset[str]:
        rules: Sequence[Rule] = self.content["lines"]
        return frozenset(value for rule in rules for value in rule.get(condition) or ())

    def _once(self, look_up: Callable[..., T], *asked: Hashable) -> T:
        """Documents ask the same again and again."""
        place = (look_up.__name__, *asked)
        if place not in self._answers:
            self._answers[place] = look_up(*asked)
        answer: T = self._answers[place]
        return answer

    @cached_property
    def _answers(self) -> dict[Hashable, Any]:
        return {}

    def money_account(self, payment: Payment) -> str | None:
        """Where money of a payment arrives: a bank account or a G/L account; None if no rule fits."""
        for rule in self.content["payments"]:
            if (
                rule["method"] == payment.method
                and rule.get("currency", "") in ("", payment.currency)
                and _one_of(rule, "gateways", payment.gateway)
            ):
                return str(rule["account_no"])
        return None

    def is_write_off(self, payment: Payment) -> bool:
        """Whether a payment only asks for a write-off: its type and a word in its note."""
        rule = self.content.get("write_off")
        return bool(
            rule
            and payment.method == rule["method"]
            and rule["note"].upper() in payment.note.upper()
        )

    @property
    def prepayment_account(self) -> str | None:
        """Where money arrives that FreshBooks keeps as a prepayment."""
        rule = self.content.get("prepayment")
        return str(rule["account_no"]) if rule else None

    @property
    def declares_prepayments(self) -> bool:
        """Whether VAT of a prepayment is declared when the money comes in."""
        return bool((self.content.get("prepayment") or {}).get("vat_at_receipt"))

    @property
    def discount_account(self) -> str:
        """Where a discount on a whole document stands; empty if it lowers the revenue itself."""
        netted = self.content.get("discount") == NET
        return "" if netted else str(self.content["discount_account"])

    @property
    def sales_tax(self) -> bool:
        """Whether NAV computes sales tax (American, Canadian) by itself."""
        return bool(self.content.get("sales_taxes"))

    @property
    def bad_debts(self) -> frozenset[str]:
        """Where a claim that is written off goes, and where money for it comes in after all."""
        rule = self.content.get("write_off") or {}
        named = {rule.get("bad_debt_account", ""), rule.get("repay_account", "")}
        return frozenset(named - {""})

    def gl_accounts(self) -> Iterator[str]:
        """All G/L accounts that it names, but for those on which money arrives; empty where there is none."""
        yield from (str(rule["gl_account"]) for rule in self.content["lines"])
        yield from self.bad_debts
        for name in ("discount_account", "rounding_account", "bank_charge_account"):
            yield str(self.content.get(name, ""))
        for rule, name in (("write_off", "relief_account"), ("prepayment", "vat_account")):
            yield str((self.content.get(rule) or {}).get(name, ""))

    def money_accounts(self, kind: str) -> Iterator[str]:
        """All accounts of one type on which money may arrive."""
        rules: Sequence[Rule] = self.content["payments"]
        prepayment = self.content.get("prepayment")
        for rule in (*rules, prepayment) if prepayment else rules:
            if rule["account_type"] == kind:
                yield str(rule["account_no"])


def _one_of(rule: Rule, name: str, value: str) -> bool:
    """Whether a condition fits; an empty one fits everything."""
    return not rule.get(name) or value in rule[name]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All versions of the posting setup, the clients that its rules ask about, and by which version each document was posted."""

    setups: Mapping[int, Setup]
    clients: Mapping[str, Customer] = field(default_factory=dict)
    versions: Mapping[Ref, int] = field(default_factory=dict)

    def of(self, ref: Ref) -> Setup:
        """The version that a document was posted by; that in force, if none was."""
        return self.setups.get(self.versions.get(ref, 0)) or self.setups[max(self.setups)]

    def vat_bus(self, ref: Ref, client: Ref) -> str | None:
        """The VAT business group of a document's client as it is now."""
        record = self.clients.get(client.key)
        return self.of(ref).vat_bus(record) if record else None

    @cached_property
    def items(self) -> frozenset[str]:
        """The names of lines that any version asks about."""
        return frozenset(item for setup in self.setups.values() for item in setup.items)

    @cached_property
    def banks(self) -> frozenset[str]:
        """The bank accounts of all versions."""
        return self._money("Bank Account")

    @cached_property
    def money_gl_accounts(self) -> frozenset[str]:
        """The G/L accounts of all versions on which money arrives."""
        return self._money("G/L Account")

    @cached_property
    def gl_accounts(self) -> frozenset[str]:
        """All G/L accounts that any version names: of lines, discounts, money, charges, rounding, debts that were written off, prepayments."""
        named = {account for setup in self.setups.values() for account in setup.gl_accounts()}
        return frozenset(named - {""}) | self.money_gl_accounts

    @cached_property
    def rounding(self) -> frozenset[str]:
        """The accounts of cents of tax that NAV computes differently."""
        named = {setup.content.get("rounding_account", "") for setup in self.setups.values()}
        return frozenset(named - {""})

    @cached_property
    def cash_groups(self) -> frozenset[str]:
        """The VAT business groups of all versions whose VAT is declared when it is paid."""
        return frozenset(
            str(group)
            for s in self.setups.values()
            for group in s.content.get("cash_accounting") or ()
        )

    @cached_property
    def charges(self) -> frozenset[str]:
        """The accounts of what banks keep of a receipt."""
        named = {setup.content.get("bank_charge_account", "") for setup in self.setups.values()}
        return frozenset(named - {""})

    def _money(self, kind: str) -> frozenset[str]:
        return frozenset(a for setup in self.setups.values() for a in setup.money_accounts(kind))
