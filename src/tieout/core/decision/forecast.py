"""A plan as an accountant reads it: what happens to each document, and how each account stands before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.decision.effect import Effect
from tieout.core.decision.facts import DocumentRecord
from tieout.core.decision.plan import Command, Plan, Role, State, Verdict
from tieout.core.records.identity import Ref
from tieout.core.records.money import total
from tieout.core.records.payment import Payment

# What a document's commands come to, and how a diff marks it.
NEW, CHANGED, TAKEN_OUT, SETTLED, STAYS, STOPPED, LEFT_OUT = "+", "~", "-", ">", "=", "!", ""
POSTS, UNDOES = frozenset({Role.POST}), frozenset({Role.REVERSE, Role.TAKE_BACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One document and what would become of it. ``mark`` as in a diff; ``reason`` says why it stops, or what happens.

    ``amount`` and ``currency`` as FreshBooks shows them; ``effects`` are the entries that its commands write.
    """

    ref: Ref
    mark: str
    number: str
    client: str
    day: date | None
    amount: Decimal
    currency: str
    state: State
    reason: str
    document_nos: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One account before and after, local currency: what it holds under keys of the pair, what the plan adds, and both together."""

    kind: str
    account: str
    now: Decimal
    change: Decimal

    @property
    def then(self) -> Decimal:
        return self.now + self.change


def forecast(
    plan: Plan,
    unforeseen: Sequence[Verdict],
    records: Mapping[Ref, DocumentRecord],
    effects: Mapping[str, tuple[Effect, ...]],
    refused: Mapping[str, tuple[str, ...]],
) -> tuple[Foreseen, ...]:
    """Every document with what would become of it, in the order of kinds and ids. ``effects`` and ``refused`` by command key."""
    commands: dict[Ref, list[Command]] = {}
    for command in plan.commands:
        commands.setdefault(command.ref, []).append(command)
    verdicts = {verdict.ref: verdict for verdict in (*plan.verdicts, *unforeseen)}
    return tuple(
        _foreseen(verdicts[ref], records.get(ref), commands.get(ref, ()), effects, refused)
        for ref in sorted(verdicts)
    )


def _foreseen(
    verdict: Verdict,
    record: DocumentRecord | None,
    commands: Sequence[Command],
    effects: Mapping[str, tuple[Effect, ...]],
    refused: Mapping[str, tuple[str, ...]],
) -> Foreseen:
    refusals = [text for command in commands for text in refused.get(command.key, ())]
    refusal = f"NAV would refuse: {'; '.join(refusals)}" if refusals else ""
    numbers = (str(c.payload.get("document_no", "")) for c in commands if "lines" in c.payload)
    return Foreseen(
        ref=verdict.ref,
        mark=STOPPED if refusals else _mark(verdict, commands),
        number="" if record is None or isinstance(record, Payment) else record.number,
        client=record.customer.key if record else "",
        day=_day(record),
        amount=record.amount.amount if record else Decimal(0),
        currency=record.currency if record else "",
        state=verdict.state,
        reason=refusal or verdict.reason or _words(commands),
        document_nos=tuple(numbers),
        keys=tuple(command.key for command in commands),
        effects=tuple(e for command in commands for e in effects.get(command.key, ())),
    )


def _mark(verdict: Verdict, commands: Sequence[Command]) -> str:
    roles = {command.role for command in commands}
    if verdict.state in (State.HELD, State.DEAD) or (
        verdict.state is State.PENDING and not verdict.awaits_posting and not commands
    ):
        return STOPPED
    if roles & POSTS:
        return CHANGED if roles & UNDOES else NEW
    if roles & UNDOES:
        return TAKEN_OUT
    if roles:
        return SETTLED
    return LEFT_OUT if verdict.state is State.EXCLUDED else STAYS


def _day(record: DocumentRecord | None) -> date | None:
    if record is None:
        return None
    return record.paid_on if isinstance(record, Payment) else record.issued_on


def _words(commands: Sequence[Command]) -> str:
    return ", ".join(dict.fromkeys(_WORDS[command.role] for command in commands))


_WORDS = {
    Role.CREATE_CUSTOMER: "customer made",
    Role.UNAPPLY: "unapplied",
    Role.SET_DUE_DATE: "due date set",
    Role.REVERSE: "reversed",
    Role.TAKE_BACK: "taken back",
    Role.POST: "posted",
    Role.APPLY: "applied",
    Role.SET_ON_HOLD: "put on hold",
}


def within(
    documents: Iterable[Foreseen], first: date | None, last: date | None
) -> tuple[Foreseen, ...]:
    """The documents dated between two days, both included; one that FreshBooks does not show any more belongs to every range."""
    return tuple(
        d
        for d in documents
        if d.day is None or ((not first or d.day >= first) and (not last or d.day <= last))
    )


def accounts(
    documents: Iterable[Foreseen], now: Mapping[tuple[str, str], Decimal]
) -> tuple[AccountLine, ...]:
    """Every account that stands now under keys of the pair or would change, by kind and number."""
    changes: dict[tuple[str, str], list[Decimal]] = {}
    for document in documents:
        for effect in document.effects:
            changes.setdefault((effect.kind, effect.account), []).append(effect.amount)
    return tuple(
        AccountLine(
            kind=kind,
            account=account,
            now=now.get((kind, account), Decimal(0)),
            change=total(changes.get((kind, account), ())),
        )
        for kind, account in sorted({*now, *changes})
    )
