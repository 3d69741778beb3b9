"""What people do in NAV itself, for tests: the accountant behind the control API.

He posts by hand, keys a receipt, applies, reverses, reconciles the bank, settles VAT, closes the
year, moves exchange rates and changes set-up, under his own user and with his own posting window.
Each order takes a JSON object and answers one; what NAV refuses is a NavError in its words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from tieout_sandboxes.nav import booking, business
from tieout_sandboxes.nav.business.numbers import next_number
from tieout_sandboxes.nav.business.renaming import rename
from tieout_sandboxes.nav.business.wording import require_equal
from tieout_sandboxes.nav.commands import Application, Document, Line, Result
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.posting import closing, reversal
from tieout_sandboxes.nav.posting.batch import post_batch
from tieout_sandboxes.nav.posting.transaction import BANK, GL
from tieout_sandboxes.nav.soap.commands import build

USER = "ACCOUNTANT"
Order = Mapping[str, Any]
_WRITTEN_BY_POSTING = {
    "G/L Entry",
    "Cust. Ledger Entry",
    "Detailed Cust. Ledg. Entry",
    "VAT Entry",
    "Bank Account Ledger Entry",
    "G/L Register",
    "Dimension Set Entry",
    "Tieout Key",
    "Tieout Gateway Setup",
}


def carry_out(company: Company, name: str, order: Order) -> dict[str, Any]:
    """Carries out one order, all of it or nothing; raises ValueError if it is not understood."""
    given = dict(order)
    person = replace(company, user_id=str(given.pop("user", USER)).upper())
    with company.database.transaction(), _hands_of(person):
        return ORDERS[name](person, given)


@contextmanager
def _hands_of(person: Company) -> Iterator[None]:
    """The change log names who is at work."""
    person.database.acting = person.user_id
    try:
        yield
    finally:
        person.database.acting = ""


def _journal(company: Company, order: Order) -> dict[str, Any]:
    """Posts the lines of one document from the batch DEFAULT, or another."""
    lines = order.get("lines")
    if not isinstance(lines, list) or not lines:
        raise ValueError("lines must be a list of journal lines")
    head = {"template_name": "GENERAL", "batch_name": "DEFAULT", "hash": "", "key": "", **order}
    head["key"] = head.pop("external_document_no", "")
    typed = tuple(_read(Line, line, f"lines[{n}]") for n, line in enumerate(lines))
    del head["lines"]
    document = _read(Document, head, "journal", lines=typed)
    _check_number(company, document)
    return _answer(booking.post_document(company, document))


def _post_batch(company: Company, order: Order) -> dict[str, Any]:
    """Posts the lines that stand in a batch."""
    batch = _text(order, "template_name").upper(), _text(order, "batch_name").upper()
    return {"register_no": post_batch(company, *batch)}


def _delete_lines(company: Company, order: Order) -> dict[str, Any]:
    """Deletes the lines of one document from a batch unposted, or the first few of them."""
    batch = _text(order, "template_name").upper(), _text(order, "batch_name").upper()
    document = _text(order, "external_document_no").upper()
    rows = [
        company.database.existing(booking.LINE, *key)
        for key in company.database.first_keys(booking.LINE, *batch)
    ]
    keys = [(*batch, row["Line No."]) for row in rows if row["External Document No."] == document]
    for key in keys[: order.get("count", len(keys))]:
        company.database.delete(booking.LINE, *key)
    return {"lines": len(keys)}


def _check_number(company: Company, document: Document) -> None:
    """A batch with a number series takes only its next number (codeunit 13, not the gateway)."""
    names = document.template_name.upper(), document.batch_name.upper()
    batch = company.database.existing("Gen. Journal Batch", *names)
    if batch["No. Series"]:
        keys = ("Journal Template Name", "Journal Batch Name", "Line No.")
        line = dict(zip(keys, (*names, 10000), strict=True))
        line["Document No."] = document.document_no.upper()
        number = next_number(company, batch["No. Series"])
        require_equal(company, booking.LINE, line, "Document No.", number)


def _apply(company: Company, order: Order) -> dict[str, Any]:
    command = _read(Application, {"key": "", "hash": "", **order}, "apply")
    return _answer(booking.apply_entries(company, command))


def _unapply(company: Company, order: Order) -> dict[str, Any]:
    command = _read(Application, {"key": "", "hash": "", **order}, "unapply")
    return _answer(booking.unapply_entries(company, command))


def _reverse(company: Company, order: Order) -> dict[str, Any]:
    """Reverses the transaction that a document number was posted in last."""
    number = _text(order, "document_no").upper()
    found = company.database.find(GL, {"Document No.": number})
    found = [row for row in found if not row["Reversed Entry No."]]
    if not found:
        raise NavError("record_not_found", f"There is no G/L Entry with Document No. {number}.")
    done = reversal.reverse(company, found[-1]["Transaction No."])
    return {"register_no": done.register_no, "entry_no": done.customer_entry_no}


def _reconcile_bank(company: Company, order: Order) -> dict[str, Any]:
    """Puts bank ledger entries on a statement, and posts it unless told otherwise."""
    bank, statement = _text(order, "bank_account_no"), _text(order, "statement_no")
    numbers = order.get("document_nos", [])
    rows = [r for r in company.database.find(BANK, {"Bank Account No.": bank}) if r["Open"]]
    rows = [row for row in rows if not numbers or row["Document No."] in numbers]
    for row in rows:
        changes: Row = {"Statement No.": statement, "Statement Status": "Bank Acc. Entry Applied"}
        if order.get("post", True):
            closed = {"Open": False, "Remaining Amount": Decimal(0)}
            changes |= {"Statement Status": "Closed", "Closed at Date": company.today(), **closed}
        company.database.modify(BANK, {**row, **changes})
    return {"entries": [row["Entry No."] for row in rows]}


def _settle_vat(company: Company, order: Order) -> dict[str, Any]:
    to = _day(order, "to")
    day = _day(order, "posting_date", to)
    number, account = order.get("document_no", "VATSETTLE"), order.get("account_no", "2250")
    return {"register_no": closing.settle_vat(company, to, day, number, account)}


def _adjust_rates(company: Company, order: Order) -> dict[str, Any]:
    currency, number = _text(order, "currency_code"), order.get("document_no", "ADJUST")
    return {"register_no": closing.adjust_rates(company, currency, _day(order, "to"), number)}


def _close_year(company: Company, order: Order) -> dict[str, Any]:
    number, account = order.get("document_no", "CLOSE"), order.get("account_no", "3000")
    return {"register_no": closing.close_year(company, _day(order, "to"), number, account)}


def _record(company: Company, order: Order) -> dict[str, Any]:
    """Makes or changes a record of a master or set-up table, field by field as on its page."""
    table, key, values = _text(order, "table"), order.get("key", []), order.get("values", {})
    names = {known.name for known in company.database.tables()} - _WRITTEN_BY_POSTING
    if table not in names:
        raise ValueError(f"table {table!r} cannot be edited; there are: {', '.join(sorted(names))}")
    definition = company.database.table(table)
    if not isinstance(key, list) or len(key) != len(definition.primary_key):
        raise ValueError(f"key of {table} is a list of {', '.join(definition.primary_key)}")
    row: Row = {}
    business.new_record(company, table, row)
    business.place_key(company, table, row, key)
    known = company.database.get(table, *(row[name] for name in definition.primary_key))
    row = dict(known or row)
    for field, value in values.items():
        business.validate(company, table, row, field, value)
    written = company.database.modify(table, row) if known else company.database.insert(table, row)
    return {
        name: value if isinstance(value, bool | int) else str(value)
        for name, value in written.items()
    }


def _renumber_customer(company: Company, order: Order) -> dict[str, Any]:
    """Renames a customer: his entries follow, as when NAV renames the record."""
    old, new = _text(order, "no").upper(), _text(order, "to").upper()
    customer = company.database.existing("Customer", old)
    rename(company, "Customer", (old,), {**customer, "No.": new})
    return {"no": new}


def _read(kind: type[Any], values: Any, where: str, **more: Any) -> Any:
    """A command from JSON; names that it does not have are named."""
    names = {field.name for field in fields(kind)}
    unknown = sorted(set(values) - names)
    if unknown:
        raise ValueError(
            f"{where}: unknown {', '.join(unknown)}; there are: {', '.join(sorted(names))}"
        )
    texts = dict.fromkeys(names - set(more), "")
    texts |= {name: _as_text(value) for name, value in values.items()}
    return build(kind, texts, where, **more)


def _as_text(value: Any) -> str:
    if isinstance(value, dict):
        return ";".join(f"{code}={of}" for code, of in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)


def _answer(result: Result) -> dict[str, Any]:
    amount = str(result.amount)
    numbers = {"register_no": result.register_no, "entry_no": result.entry_no}
    return {"document_no": result.no, "amount": amount, **numbers}


def _text(order: Order, name: str) -> str:
    value = order.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be given as text")
    return value


def _day(order: Order, name: str, otherwise: dt.date | None = None) -> dt.date:
    value = order.get(name)
    if value is None and otherwise is not None:
        return otherwise
    return dt.date.fromisoformat(str(value))


ORDERS: dict[str, Callable[[Company, Order], dict[str, Any]]] = {
    "journal": _journal,
    "post_batch": _post_batch,
    "delete_lines": _delete_lines,
    "apply": _apply,
    "unapply": _unapply,
    "reverse": _reverse,
    "reconcile_bank": _reconcile_bank,
    "settle_vat": _settle_vat,
    "adjust_rates": _adjust_rates,
    "close_year": _close_year,
    "record": _record,
    "renumber_customer": _renumber_customer,
}
