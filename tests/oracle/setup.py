"""What the posting setup says of a client, a line and a receipt (docs/guide/posting-setup.md).

Lists of rules are read from the top; the first that fits decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from babel import Locale
from tests.oracle.freshbooks import Document, Item

Rule = Mapping[str, Any]


@cache
def countries() -> Mapping[str, str]:
    """English names of countries by Unicode CLDR."""
    names = Locale("en").territories
    return {name: code for code, name in names.items() if len(code) == 2 and code.isalpha()}


class Setup:
    """One version of a posting setup."""

    def __init__(self, content: Rule) -> None:
        self.content = content
        self.sales_tax = bool(content.get("sales_taxes"))
        netted = content.get("discount", "separate") == "net"
        self.discount_account = "" if netted else str(content["discount_account"])
        self.rounding = str(content.get("rounding_account") or "")
        self.charges = str(content.get("bank_charge_account") or "")
        self.most_rounding = Decimal(str(content.get("max_rounding", "0.05")))
        self.cash_groups = set(content.get("cash_accounting") or ())
        self.waits_for_use = content.get("goodwill_recognition", "on_issue") == "on_application"

    def client_rule(self, client: Rule) -> Rule | None:
        """The rule of a client of FreshBooks."""
        names = {**countries(), **self.content.get("countries", {})}
        country = names.get((client["p_country"] or "").strip())
        firm = (client["organization"] or "").strip() or (client.get("vat_number") or "").strip()
        asked = {
            "countries": country,
            "currencies": client["currency_code"],
            "clients": str(client["id"]),
        }
        for rule in self.content.get("customers", ()):
            buyer = rule.get("buyer") or ""
            right_buyer = not buyer or buyer == ("business" if firm else "private")
            if country and right_buyer and _fits(rule, asked):
                return dict(rule)
        return None

    def tax_group(self, item: Item, vat_bus: str) -> str | None:
        """The VAT product group of a line; None if no rule gives one."""
        if self.sales_tax:
            return ""
        name, percent = item.taxes[0] if item.taxes else ("", Decimal(0))
        for rule in self.content.get("taxes", ()):
            same = (rule.get("name") or "") == name
            same &= Decimal(str(rule.get("percent") or 0)) == percent
            if same and _fits(rule, {"vat_bus": vat_bus}):
                return str(rule["vat_prod"])
        return None

    def line_rule(
        self, kind: str, item: Item, vat_bus: str, customer: str, *, lowers: bool
    ) -> Rule | None:
        """The rule of a line; ``lowers`` says that it makes its document smaller."""
        group = self.tax_group(item, vat_bus)
        words = {
            "kind": kind,
            "sign": "negative" if lowers else "positive",
            "vat_prod": group or "",
        }
        asked = {"vat_bus": vat_bus, "items": item.name, "customers": customer}
        taxes = {name for name, _ in item.taxes}
        for rule in self.content.get("lines", ()) if group is not None else ():
            right_words = all((rule.get(name) or word) == word for name, word in words.items())
            right_tax = not rule.get("taxes") or taxes & set(rule["taxes"])
            if right_words and right_tax and _fits(rule, asked):
                return dict(rule)
        return None

    def money_account(self, payment: Document) -> str:
        """Where a receipt belongs."""
        for rule in self.content.get("payments", ()):
            right = rule["method"] == payment.method
            right &= (rule.get("currency") or payment.currency) == payment.currency
            if right and _fits(rule, {"gateways": payment.gateway}):
                return str(rule["account_no"])
        return "of no rule"

    def money_accounts(self, kind: str) -> set[str]:
        """All accounts of a type on which money arrives."""
        rules = [*self.content.get("payments", ()), self.content.get("prepayment") or {}]
        return {str(rule["account_no"]) for rule in rules if rule.get("account_type") == kind}

    @property
    def taxes_prepayments(self) -> bool:
        return bool((self.content.get("prepayment") or {}).get("vat_at_receipt"))

    @property
    def prepayment_account(self) -> str:
        return str((self.content.get("prepayment") or {}).get("account_no", "of no rule"))

    @property
    def bad_debts(self) -> set[str]:
        rule = self.content.get("write_off") or {}
        return {str(rule.get(name) or "") for name in ("bad_debt_account", "repay_account")} - {""}

    @property
    def accounts(self) -> set[str]:
        """All G/L accounts that it names."""
        named = {str(rule["gl_account"]) for rule in self.content["lines"]}
        named |= {self.discount_account, self.rounding, self.charges} | self.bad_debts
        for rule, name in (("write_off", "relief_account"), ("prepayment", "vat_account")):
            named.add(str((self.content.get(rule) or {}).get(name) or ""))
        return (named | self.money_accounts("G/L Account")) - {""}

    def writes_off(self, payment: Document) -> bool:
        """Whether a payment is no money, and only asks to give a claim up."""
        rule = self.content.get("write_off")
        if not rule or payment.method != rule.get("method", "Other"):
            return False
        return str(rule.get("note", "WRITE-OFF")).upper() in payment.note.upper()


def _fits(rule: Rule, asked: Mapping[str, Any]) -> bool:
    """Whether every list of a rule names what is asked for; an empty one names all."""
    return all(not rule.get(name) or value in rule[name] for name, value in asked.items())
