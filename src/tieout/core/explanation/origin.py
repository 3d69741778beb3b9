"""Where each line of a journal comes from: the rules of the posting setup that gave its account and its tax, or what else did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout.core.decision.credit import PREPAYMENT
from tieout.core.explanation.again import Record
from tieout.core.explanation.choice import (
    Choice,
    added_up,
    gives_money_to,
    is_made_of,
    possible_places,
    possible_taxes,
)
from tieout.core.journal.lines import AccountType, DocumentType, Journal, JournalLine
from tieout.core.journal.setup import PostingSetup
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.payment import Payment

RECEIVABLES = "the receivables account of its posting group in NAV"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a line of a journal comes from.

    ``account`` and ``tax`` are rules by their places in the posting setup; more than one means that it was one of them, unless ``certain``, when lines of
    several rules are added up in it. ``lines`` are those of the document, counted from 1. ``note`` says in words what no rule does.
    """

    line: JournalLine
    account: tuple[str, ...] = ()
    tax: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    certain: bool = False
    note: str = ""


def origins_of(
    journal: Journal,
    setup: PostingSetup,
    record: Record | None,
    found: Sequence[Choice],
    *,
    same: bool,
) -> tuple[Origin, ...]:
    """Of each line in turn. ``found`` is what was chosen for the lines of the record; ``same``: the record comes to this very journal."""
    made_of = _made_of(journal, found)
    return tuple(
        _chosen(line, made_of[place])
        if place in made_of
        else _origin(line, journal, setup, record, same=same)
        for place, line in enumerate(journal.lines)
    )


def _made_of(journal: Journal, found: Sequence[Choice]) -> Mapping[int, Sequence[Choice]]:
    """Which lines of the document each line of the journal is made of. Both are in one order; a discount on the whole comes after all of them."""
    left = added_up(found)
    made: dict[int, Sequence[Choice]] = {}
    for place, line in enumerate(journal.lines):
        some = next((each for each in left if is_made_of(line, each)), None)
        if some is not None:
            left.remove(some)
            made[place] = some
    return made


def opposites_of(journal: Journal, key: str) -> tuple[Origin, ...]:
    """Of the lines of a reversal: each is the opposite of one that was posted under this key."""
    note = f"the opposite of {key}"
    return tuple(Origin(line=line, certain=True, note=note) for line in journal.lines)


def _origin(
    line: JournalLine,
    journal: Journal,
    setup: PostingSetup,
    record: Record | None,
    *,
    same: bool,
) -> Origin:
    """Of a line that is not made of lines of the document."""
    if line.account_type is AccountType.CUSTOMER:
        places = possible_places(line, journal, setup)
        return Origin(line=line, account=places, certain=True, note=RECEIVABLES)
    if journal.document_type is DocumentType.REFUND:
        return Origin(line=line, certain=True, note="where the money had arrived")
    if line.groups is None:
        return _of_money(line, journal, setup, record, same=same)
    account, taxes = possible_places(line, journal, setup), possible_taxes(line, setup)
    if same and line.account_no == setup.discount_account:
        account = ("discount_account",)
    certain = same and len(account) == 1 and len(taxes) < 2
    return Origin(line=line, account=account, tax=taxes, certain=certain)


def _of_money(
    line: JournalLine,
    journal: Journal,
    setup: PostingSetup,
    record: Record | None,
    *,
    same: bool,
) -> Origin:
    """A line without a tax: where money arrives, or one of the single accounts."""
    if same and isinstance(record, CreditNote) and record.credit_type == PREPAYMENT:
        return Origin(line=line, account=("prepayment",), certain=True)
    money = gives_money_to(line, record, setup) if isinstance(record, Payment) else ""
    if money:
        note = "" if same else "by the payment type of the content above"
        return Origin(line=line, account=(money,), certain=same, note=note)
    account = possible_places(line, journal, setup)
    return Origin(line=line, account=account, certain=same and len(account) == 1)


def _chosen(line: JournalLine, mine: Sequence[Choice]) -> Origin:
    accounts = tuple(dict.fromkeys(choice.rules[0] for choice in mine))
    taxes = tuple(dict.fromkeys(choice.rules[1] for choice in mine))
    places = tuple(choice.place for choice in mine)
    return Origin(line=line, account=accounts, tax=taxes, lines=places, certain=True)
