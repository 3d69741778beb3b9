"""How much of each entry settles what: FreshBooks says it, but an entry that was made smaller since has no more room than its amount.

An invoice that is cut below what was paid takes what fits, in the order in which it was applied; the rest stays open on the receipt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tieout.core.decision.adopted_entry import settled
from tieout.core.decision.applied import Applied, Wish
from tieout.core.decision.draft import Draft
from tieout.core.decision.payload import Entry, entry_of, payload_journal
from tieout.core.decision.plan import Command, StoredCommand
from tieout.core.decision.standing import standing_of
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.money import total


def allot(draft: Draft, standing: Mapping[Ref, Applied]) -> dict[Ref, Wish | None]:
    """The wishes with the amounts that fit; none where nothing does. What stands as wished keeps its place, the others follow by their ids."""
    rooms = _Rooms(draft, standing)
    wanted: dict[Ref, Wish | None] = {}
    for ref in sorted(draft.wishes, key=lambda ref: _turn(ref, draft, standing)):
        wish = draft.wishes[ref]
        part = rooms.take(wish) if wish else Decimal(0)
        wanted[ref] = replace(wish, amount=part) if wish and part else None
    return wanted


def _turn(ref: Ref, draft: Draft, standing: Mapping[Ref, Applied]) -> tuple[int, int, int]:
    present, wish = standing.get(ref), draft.wishes[ref]
    if wish and wish.made:
        return (0, 0, int(ref.key))
    kept = present and wish and (present.source, present.target) == (wish.source, wish.target)
    return (1, present.place, 0) if kept and present else (2, 0, int(ref.key))


class _Rooms:
    """What is left of each entry to be settled."""

    def __init__(self, draft: Draft, standing: Mapping[Ref, Applied]) -> None:
        self._draft = draft
        self._left: dict[Entry, Decimal] = {}
        self._spent = _spent_otherwise(draft)
        for more in (_left_standing(draft, standing), _spent_by_hand(draft, standing)):
            for entry, amount in more.items():
                self._spent[entry] = self._spent.get(entry, Decimal(0)) + amount

    def take(self, wish: Wish) -> Decimal:
        part = min(wish.amount, self._room(wish.source), self._room(wish.target))
        self._left[wish.source] -= part
        self._left[wish.target] -= part
        return part

    def _room(self, entry: Entry) -> Decimal:
        if entry not in self._left:
            whole = abs(self._draft.entry_amount(entry))
            self._left[entry] = whole - self._spent.get(entry, Decimal(0))
        return self._left[entry]


def _spent_otherwise(draft: Draft) -> dict[Entry, Decimal]:
    """What refunds took of receipts, and transfers of prepayments of both sides."""
    spent: dict[Entry, Decimal] = {}
    payloads = [
        command.payload
        for case in draft.facts.cases.values()
        for command in _beside_applications(case.commands)
        if entry_of(command.payload) not in draft.broken
    ]
    payloads += [
        c.payload
        for c in draft.commands.values()
        if c.ref.kind in _MONEY and _is_spending(c.payload)
    ]
    for payload in payloads:
        for line in payload_journal(payload).lines:
            if line.applies_to:
                entry = (str(line.applies_to.document_type), line.applies_to.document_no)
                spent[entry] = spent.get(entry, Decimal(0)) + abs(line.amount)
    return spent


def _spent_by_hand(draft: Draft, standing: Mapping[Ref, Applied]) -> dict[Entry, Decimal]:
    """What people settled of adopted entries: all that is settled but by what stands of ours and is allotted anew."""
    ours = [a for a in standing.values() if a.ref in draft.wishes]
    return {
        entry: settled(item) - total(a.amount for a in ours if entry in a.entries)
        for entry, item in draft.adopted_entries.items()
    }


def _left_standing(draft: Draft, standing: Mapping[Ref, Applied]) -> dict[Entry, Decimal]:
    """What adopted money settles of our invoices while it is held: nothing is wished for it, and nothing undone."""
    held = [a for ref, a in standing.items() if ref in draft.adopted and ref not in draft.wishes]
    return {a.target: total(b.amount for b in held if b.target == a.target) for a in held}


_MONEY = (Kind.PAYMENT, Kind.CREDIT_NOTE)


def _beside_applications(commands: Sequence[StoredCommand]) -> tuple[Command, ...]:
    standing = standing_of(commands)
    posted = [standing.posted] if standing.posted and _is_spending(standing.posted.payload) else []
    return (*standing.refunds, *posted)


def _is_spending(payload: Mapping[str, Any]) -> bool:
    """Whether a document settles entries for good by itself: a refund, or the pair of lines that moves a prepayment."""
    if "lines" not in payload:
        return False
    rows = [row for row in payload["lines"] if row["applies_to_doc_no"]]
    return payload["document_type"] == "Refund" or len(rows) > 1
