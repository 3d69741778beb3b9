"""I28: every NAV entry with a key of ours was posted by the service user under a command that is on record, and every such command has its entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.evidence import NOT_GIVEN
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.recorded import DONE, POSTS, Recorded
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import GLEntry

# What was sent may be posted before its answer is on record.
UNANSWERED = ("intended", "unknown")


def provenance(sides: Sides) -> Check:
    """Keys in NAV's general ledger against commands on record; the figures count keys."""
    general, recorded = sides.evidence.general, sides.evidence.recorded
    if general is None or recorded is None:
        return _check(0, 0, (), not_compared=NOT_GIVEN)
    by_key: dict[str, list[GLEntry]] = defaultdict(list)
    for entry in general.entries:
        by_key[entry.external_document_no].append(entry)
    done = {sent.key: sent.ref for sent in recorded.commands if sent.state == DONE}
    posting = {s.key: s.ref for s in recorded.commands if s.state == DONE and s.role in POSTS}
    waiting = {sent.key for sent in recorded.commands if sent.state in UNANSWERED}
    found = (
        *_unrecorded(by_key, {*done, *waiting}),
        *_by_others(recorded, by_key),
        *_without_entry(posting, by_key),
    )
    explained = tuple(_reversed_by_others(recorded, by_key))
    return _check(len(posting), len(by_key), found, explained)


def _unrecorded(by_key: Mapping[str, Sequence[GLEntry]], known: set[str]) -> Iterator[Difference]:
    for key in sorted(set(by_key) - known):
        yield _difference(key, by_key[key], "stands in NAV under no command on record")


def _by_others(recorded: Recorded, by_key: Mapping[str, Sequence[GLEntry]]) -> Iterator[Difference]:
    for key, entries in sorted(by_key.items()):
        others = _others(recorded, entries, reversing=False)
        if others:
            yield _difference(key, others, f"was posted by {_users(others)}, not by Tieout's user")


def _reversed_by_others(
    recorded: Recorded, by_key: Mapping[str, Sequence[GLEntry]]
) -> Iterator[Difference]:
    """What a person reversed in NAV is what he may do; whether FreshBooks agrees is said by I1."""
    for key, entries in sorted(by_key.items()):
        others = _others(recorded, entries, reversing=True)
        if others:
            yield _difference(key, others, f"was reversed in NAV by {_users(others)}")


def _others(
    recorded: Recorded, entries: Sequence[GLEntry], *, reversing: bool
) -> Sequence[GLEntry]:
    """The entries of another user; where persons post what we draft there is no other."""
    if not recorded.user:
        return ()
    return [
        entry
        for entry in entries
        if entry.user.upper() != recorded.user.upper() and bool(entry.reverses) == reversing
    ]


def _users(entries: Sequence[GLEntry]) -> str:
    return ", ".join(sorted({entry.user or "nobody" for entry in entries}))


def _without_entry(
    posting: Mapping[str, Ref], by_key: Mapping[str, Sequence[GLEntry]]
) -> Iterator[Difference]:
    for key in sorted(set(posting) - set(by_key)):
        yield _difference(key, (), "is on record as posted, and NAV has no entry under it")


def _difference(key: str, entries: Sequence[GLEntry], text: str) -> Difference:
    debit = sum((entry.amount for entry in entries if entry.amount > 0), ZERO)
    numbers = ", ".join(str(entry.entry_no) for entry in entries[:4])
    return Difference(
        invariant="I28",
        kind=Break.PROVENANCE,
        subject=key,
        freshbooks=ZERO,
        nav=debit,
        text=f"{text} (entries {numbers})" if numbers else text,
    )


def _check(
    recorded: int,
    standing: int,
    found: tuple[Difference, ...],
    explained: tuple[Difference, ...] = (),
    not_compared: str = "",
) -> Check:
    return Check(
        invariant="I28",
        name="posted by Tieout",
        compared=standing,
        freshbooks=Decimal(recorded),
        nav=Decimal(standing),
        found=found,
        explained=explained,
        not_compared=not_compared,
    )
