"""What settles what: which applications stand in NAV, which should, and which commands lead from one to the other.

NAV undoes applications only in reverse: before one is undone, every later one that shares an entry with it must be.
They are made again afterwards, to what stands then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from tieout.core.decision.allotment import allot
from tieout.core.decision.applied import Applied, Wish, applied
from tieout.core.decision.dating import application_day
from tieout.core.decision.draft import Draft
from tieout.core.decision.facts import Case
from tieout.core.decision.payload import Entry, entry_of
from tieout.core.decision.plan import Role
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.payment import Payment


def settle_applications(draft: Draft) -> None:
    """Add the commands that undo applications which must go, and make those that should stand."""
    standing = {
        a.ref: a for case in _payments(draft) if (a := applied(case)) and not _gone(draft, a)
    }
    wanted = allot(draft, standing)
    undone = _undone(draft, standing, wanted)
    keys = _unapply(draft, sorted(undone, key=lambda a: a.place, reverse=True))
    for ref, wish in wanted.items():
        stays = ref in standing and ref not in keys
        if wish and not wish.made and not stays:
            freed = [keys[a.ref] for a in undone if a.entries & {wish.source, wish.target}]
            _apply(draft, ref, wish, keys, freed)


def _gone(draft: Draft, present: Applied) -> bool:
    """Whether a person undid it in NAV: what is reversed there was unapplied before."""
    items = (draft.item(entry) for entry in present.entries)
    return any(item is not None and item.reversed for item in items)


def _undone(
    draft: Draft, standing: Mapping[Ref, Applied], wanted: Mapping[Ref, Wish | None]
) -> set[Applied]:
    """What is not as it should be, or touches an entry that is about to be undone; and whatever was applied to the same entries later."""
    undone = {
        a
        for a in standing.values()
        if a.entries & draft.broken.keys() or (a.ref in wanted and not _as(a, wanted[a.ref]))
    }
    while True:
        later = {
            a
            for a in standing.values()
            if a not in undone and any(a.place > b.place and a.entries & b.entries for b in undone)
        }
        if not later:
            return undone
        undone |= later


def _as(present: Applied, wish: Wish | None) -> bool:
    return wish is not None and (wish.source, wish.target, wish.amount) == (
        present.source,
        present.target,
        present.amount,
    )


def _unapply(draft: Draft, undone: Sequence[Applied]) -> dict[Ref, str]:
    """The commands, the last application first; each waits for the later ones on the same entries."""
    keys: dict[Ref, str] = {}
    for present in undone:
        after = [keys[a.ref] for a in undone if a.ref in keys and a.entries & present.entries]
        breakers = [draft.broken[entry] for entry in present.entries if entry in draft.broken]
        day = _undo_day(draft, present, breakers)
        payload = _payload(present.customer_no, present.source, present.target, day)
        if breakers:
            payload["document_no"] = (
                draft.commands[breakers[0]].payload.get("document_no") or payload["document_no"]
            )
        command = draft.step(draft.facts.cases[present.ref], Role.UNAPPLY, "U", payload, after)
        keys[present.ref] = command.key
        draft.then(present.ref, command.key)
        for breaker in breakers:
            _wait(draft, breaker, command.key)
    return keys


def _undo_day(draft: Draft, present: Applied, breakers: Sequence[str]) -> date:
    """The day of the application while it is open, but money that goes back is unapplied on its day."""
    days = [
        date.fromisoformat(draft.commands[key].payload["posting_date"])
        for key in breakers
        if draft.commands[key].role is Role.POST
        or key in draft.loosed
        or (
            not draft.facts.calendar.takes(present.day, vat=False)
            and "posting_date" in draft.commands[key].payload
        )
    ]
    return application_day(draft.facts, present.day, *days)


def _apply(
    draft: Draft, ref: Ref, wish: Wish, keys: Mapping[Ref, str], freed: Iterable[str]
) -> None:
    """The command; it waits for what makes its entries, and for what makes room on them (``freed``), whosesoever it is."""
    makers = [
        command
        for command in draft.commands.values()
        if entry_of(command.payload) in (wish.source, wish.target)
    ]
    undone = draft.commands[keys[ref]] if ref in keys else None
    days = [draft.entry_day(wish.source), draft.entry_day(wish.target)]
    if undone is not None:
        days.append(date.fromisoformat(undone.payload["posting_date"]))
    day = application_day(draft.facts, *days, *_settled_on(draft, ref))
    payload = _payload(draft.entry_customer(wish.target), wish.source, wish.target, day)
    payload["amount"] = str(wish.amount)
    after = [command.key for command in makers] + ([undone.key] if undone else [])
    after += [
        key
        for entry in (wish.source, wish.target)
        if (key := draft.broken.get(entry)) and key not in after
    ]
    after += [key for key in sorted(freed) if key not in after]
    command = draft.step(draft.facts.cases[ref], Role.APPLY, "A", payload, after)
    draft.then(ref, command.key)


def _settled_on(draft: Draft, ref: Ref) -> tuple[date, ...]:
    """The day on which FreshBooks settles it, if NAV takes that day already: a credit that is used in May is open until then in both books."""
    record = draft.facts.cases[ref].record
    if isinstance(record, Payment) and not draft.facts.calendar.after_window(record.paid_on):
        return (record.paid_on,)
    return ()


def _payload(customer_no: str, source: Entry, target: Entry, day: date) -> dict[str, str]:
    return {
        "posting_date": day.isoformat(),
        "document_no": target[1],
        "customer_no": customer_no,
        "from_document_type": source[0],
        "from_document_no": source[1],
        "to_document_type": target[0],
        "to_document_no": target[1],
        "amount": "",
    }


def _wait(draft: Draft, key: str, other: str) -> None:
    """Let a command wait for another, and with it the unapplications that it brings: NAV undoes the last application first."""
    for brought in draft.loosed.get(key, ()):
        command = draft.commands.pop(brought)
        draft.commands[brought] = replace(command, depends_on=(*command.depends_on, other))
    command = draft.commands[key]
    draft.commands[key] = replace(command, depends_on=(*command.depends_on, other))
    draft.then(command.ref, other)


def _payments(draft: Draft) -> Iterable[Case]:
    return (case for ref, case in draft.facts.cases.items() if ref.kind is Kind.PAYMENT)
