"""Money as it should stand in NAV, and how a journal is made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.decision.facts import Case
from tieout.core.journal.lines import Application, Journal
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What a receipt needs beside the money: the rules, whose it is, its number, what it settles, and its terms."""

    setup: PostingSetup
    customer_no: str
    document_no: str
    terms: Terms
    applies_to: Application | None = None


Made = tuple[Journal | None, tuple[Finding, ...]]
Make = Callable[[Posting], Made]


@dataclass(frozen=True, slots=True, kw_only=True)
class Income:
    """Money as it should stand in NAV.

    ``amount`` is zero if it should not stand there at all, and ``gone`` says why. ``gateway`` names who collected it online: such money cannot
    have been a typing error, so less of it means a refund. ``ask`` holds it until a person approves. ``cash_accounting``: its day decides about VAT.
    ``sale``: it is a document with VAT, dated like an invoice. ``charged_back`` says that what is missing was taken back by a bank.
    """

    case: Case
    customer_no: str
    amount: Decimal
    currency: str
    day: date
    base: str
    make: Make
    edited_on: date
    gone: str = ""
    gateway: str = ""
    ask: Finding | None = None
    may_be_known: bool = True
    cash_accounting: bool = False
    sale: bool = False
    charged_back: bool = False


def received(journal: Journal) -> Decimal:
    """How much came in by a journal: what the customer owes less, or what the first line shows if no customer has a part in it."""
    return -journal.amount if journal.customer_no else journal.lines[0].amount
