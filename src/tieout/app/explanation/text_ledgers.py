"""NAV as it is now on the page of an explanation: entries of all ledgers, unposted lines, what is applied to what."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tieout.app.explanation.words import INDENT, Page, amount_text, compact, indent, named

HEADINGS = ("ledger", "entry", "posted", "document", "account", "amount", "currency", "")


def nav_text(page: Page) -> str:
    """What stands in NAV under the keys of the document; each ledger in its own currency, the general and the VAT ledger in the local one."""
    if page["not_read"]:
        return f"NAV could not be read: {page['not_read']}"
    nav = page["nav"]
    if page["document"]["kind"] == "customer":
        return _card(nav["card"], page["document"]["customer_no"])
    rows = [*_general(nav), *_customers(nav), *_banks(nav), *_taxes(nav), *_changes(nav)]
    if not rows and not nav["unposted"]:
        return "Nothing stands in NAV under a key of it now."
    entries = "In NAV now\n" + indent(compact(HEADINGS, rows)) if rows else ""
    return "\n\n".join(filter(None, (entries, _unposted(nav), _applications(nav))))


def _card(card: Page | None, no: str) -> str:
    if not no:
        return ""
    if card is None:
        return f"NAV has no customer {no} now."
    name = f" {card['name']}" if "name" in card else ""
    blocked = f", blocked: {card['blocked']}" if card["blocked"] else ""
    return f"NAV has the customer {no}{name} now{blocked}."


def _general(nav: Page) -> Iterator[list[object]]:
    for each in nav["general"]:
        undone = f", reverses {each['reverses']}" if each["reverses"] else ""
        by = f"{each['key']} by {each['user']}{undone}"
        yield _row("G/L", each, each["account"], each["amount"], "", by)


def _customers(nav: Page) -> Iterator[list[object]]:
    for each in nav["customer"]:
        money = each["amount"], each["currency_code"]
        yield _row("customer", each, each["customer_no"], *money, _standing(each))


def _banks(nav: Page) -> Iterator[list[object]]:
    for each in nav["bank"]:
        state = "reconciled" if each["reconciled"] else "not reconciled"
        words = f"{state}, reversed" if each["reversed"] else state
        yield _row("bank", each, each["bank_account_no"], each["amount"], "", words)


def _taxes(nav: Page) -> Iterator[list[object]]:
    for each in nav["vat"]:
        more = f", VAT difference {amount_text(each['difference'])}" if each["difference"] else ""
        words = f"base {amount_text(each['base'])}{more}"
        yield _row("VAT", each, each["groups"], each["amount"], "", words)


def _changes(nav: Page) -> Iterator[list[object]]:
    for each in nav["changes"]:
        undone = ", undone" if each["undone"] else ""
        words = f"of customer ledger entry {each['customer_entry_no']}{undone}"
        yield ["detail", "", each["posting_date"], each["type"], "", each["amount_lcy"], "", words]


def _row(
    ledger: str, each: Page, account: object, amount: Decimal, currency: str, words: str
) -> list[object]:
    when, what = each["posting_date"], named(each)
    return [ledger, each["entry_no"], when, what, account, amount, currency, words]


def _standing(each: Page) -> str:
    if each["reversed"]:
        return f"reversed by {each['reversed_by']}" if each["reversed_by"] else "reverses another"
    if not each["open"]:
        return "closed"
    due = f", due {each['due_on']}" if each["due_on"] else ""
    return f"open {amount_text(each['remaining'])}{due}"


def _unposted(nav: Page) -> str:
    rows = [
        [
            f"{line.template} {line.batch}",
            str(line.line_no),
            line.document_no,
            f"{line.account_type} {line.account_no}",
            line.amount,
            line.key,
        ]
        for line in nav["unposted"]
    ]
    if not rows:
        return ""
    headings = ["journal", "line", "document", "account", "amount", "key"]
    head = "Waiting in NAV's journals for a person to post them"
    return f"{head}\n{indent(compact(headings, rows))}"


def _applications(nav: Page) -> str:
    standing = [each for each in nav["applied"] if not each["undone"]]
    undone = len(nav["applied"]) - len(standing)
    rows = [
        [
            each["document"],
            each["other_document"] or "no counterpart that NAV shows",
            each["other_ref"] or "not of this pair",
            abs(each["amount"]),
            each["posting_date"],
        ]
        for each in standing
    ]
    parts = ["Applied in NAV"]
    if rows:
        headings = ["of", "applied to", "which is of", "amount", "posted"]
        parts.append(indent(compact(headings, rows)))
    if undone:
        parts.append(f"{INDENT}details of applications that were undone, shown by --json: {undone}")
    return "\n".join(parts) if len(parts) > 1 else ""
