"""Posting the stored lines of a journal batch, all of them or none (codeunit 13)."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from decimal import Decimal

from tieout_sandboxes.nav.business.journal_lines import STEP, TABLE
from tieout_sandboxes.nav.business.numbers import increase, next_number
from tieout_sandboxes.nav.business.wording import require_equal
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.posting.check import check_document, check_line
from tieout_sandboxes.nav.posting.lines import post_line
from tieout_sandboxes.nav.posting.transaction import Transaction

BATCH = "Gen. Journal Batch"
Document = list[Row]


def post_batch(company: Company, template: str, name: str) -> int:
    """Posts a batch with one register, whose number is answered; the lines are gone then.

    Raises NavError at the first thing that is wrong, and then nothing is posted.
    """
    batch = company.database.existing(BATCH, template, name)
    lines = [row for row in _lines(company, template, name) if not _is_empty(row)]
    if not lines:
        raise NavError("dialog", "There is nothing to post.")
    documents = _documents(lines)
    _check_numbers(company, batch, documents)
    for line in lines:
        check_line(company, line)
    _check_balance(company, template, lines, documents)
    transaction = Transaction.start(company, lines[0]["Source Code"], name)
    for place, document in enumerate(documents):
        transaction.number += 1 if place else 0
        _post(transaction, document)
    register = transaction.finish()
    _clear(company, batch)
    return register


def _lines(company: Company, template: str, name: str) -> list[Row]:
    keys = company.database.first_keys(TABLE, template, name)
    return [dict(company.database.existing(TABLE, *key)) for key in keys]


def _is_empty(line: Row) -> bool:
    return not line["Account No."] and not line["Amount"]


def _name(line: Row) -> tuple[str, str, dt.date]:
    return line["Document Type"], line["Document No."], line["Posting Date"]


def _documents(lines: Sequence[Row]) -> list[Document]:
    """Lines of one type, number and date that follow each other are a document."""
    return [list(group) for _, group in itertools.groupby(lines, key=_name)]


def _check_numbers(company: Company, batch: Row, documents: Sequence[Document]) -> None:
    """A batch with a number series takes only its next numbers."""
    if batch["No. Series"]:
        for document in documents:
            number = next_number(company, batch["No. Series"])
            require_equal(company, TABLE, document[0], "Document No.", number)


def _check_balance(
    company: Company, template: str, lines: Sequence[Row], documents: Sequence[Document]
) -> None:
    if company.database.existing("Gen. Journal Template", template)["Force Doc. Balance"]:
        for document in documents:
            check_document(document)
    sums: dict[dt.date, Decimal] = {}
    for line in lines:
        day = line["Posting Date"]
        sums[day] = sums.get(day, Decimal(0)) + line["Amount (LCY)"]
    for day, balance in sums.items():
        if balance:
            raise NavError(
                "dialog",
                f"The lines in {day:%d-%m-%y} are out of balance by {balance}. Please check that "
                "Posting Date, Document Type, Document No. and Amount are correct for each line.",
            )


def _post(transaction: Transaction, document: Document) -> None:
    customers = [row["Account No."] for row in document if row["Account Type"] == "Customer"]
    for line in document:
        if customers and line["Document Type"] != " ":
            line["Bill-to/Pay-to No."] = customers[0]
        post_line(transaction, line)


def _clear(company: Company, batch: Row) -> None:
    """The lines go. NAV leaves a blank one, or a batch whose name has the next number."""
    template, name = batch["Journal Template Name"], batch["Name"]
    for key in list(company.database.first_keys(TABLE, template, name)):
        company.database.delete(TABLE, *key)
    if any(character.isdigit() for character in name):
        company.database.delete(BATCH, template, name)
        name = increase(name)
        company.database.insert(BATCH, {**batch, "Name": name})
    if not batch["No. Series"]:
        blank = {"Journal Template Name": template, "Journal Batch Name": name, "Line No.": STEP}
        company.database.insert(TABLE, blank)
