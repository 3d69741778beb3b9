"""Holding a plan to what the way into NAV can carry. Through the gateway a plan stays as it is.

Through NAV's pages documents are only drafted. What waits in a journal counts as posted while a plan is made; here
the plan is then brought to what is true: drafts that are not right any more are withdrawn, and decided anew; what pages cannot do is held
with what to do by hand; what is drafted awaits posting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from tieout.core.decision.credit import OVERPAYMENT
from tieout.core.decision.draft import Draft, held
from tieout.core.decision.outcome import awaiting
from tieout.core.decision.payload import Entry, entry_of
from tieout.core.decision.plan import Command, Role, State, StoredCommand, Verdict
from tieout.core.decision.reach import Obstacle, obstacle
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind, Ref, type_of_key

# What is done after a document is posted; a document is not kept back because of it.
AFTERWARDS = frozenset({Role.APPLY, Role.SET_ON_HOLD, Role.SET_DUE_DATE})


def as_if_posted(known: Verdict) -> Verdict:
    """What a document that awaits posting is to those that build on it."""
    return replace(known, state=State.AGREED) if known.awaits_posting else known


def keep_to_route(draft: Draft) -> None:
    """Bring a plan to what the way can carry, and say which documents await posting."""
    if draft.facts.reach.gateway:
        return
    _withdraw(draft)
    _by_hand(draft)
    _refuse(draft)
    _await_posting(draft)


def _withdraw(draft: Draft) -> None:
    """Delete the unposted lines that this plan would undo; once they are gone, what is left to do is decided anew."""
    touched = _touched(draft)
    refs = {stored.command.ref for stored in touched}
    entries = {entry_of(stored.command.payload) for stored in touched}
    gone = {key for key, c in draft.commands.items() if c.ref in refs or _names(c) & entries}
    gone = _with_dependants(draft, gone, siblings=True)
    waiting = refs | {draft.commands[key].ref for key in gone}
    for key in gone:
        del draft.commands[key]
    keys = [_take_back(draft, stored).key for stored in touched]
    for ref in waiting & draft.verdicts.keys():
        reason = "its lines in NAV's journal are replaced"
        draft.verdicts[ref] = Verdict(
            ref=ref, state=State.PENDING, reason=reason, after=tuple(keys)
        )


def _touched(draft: Draft) -> list[StoredCommand]:
    waits = {
        entry_of(stored.command.payload): stored
        for case in draft.facts.cases.values()
        for stored in case.commands
        if stored.awaits
    }
    undone: set[Entry | None] = set(draft.broken)
    for command in draft.commands.values():
        if command.role is Role.UNAPPLY:
            undone |= _names(command)
    # An application that is undone is one of the money's posting: the document that it settles stays.
    return [s for entry, s in waits.items() if entry in undone and _goes(draft, s, entry)]


def _goes(draft: Draft, stored: StoredCommand, entry: Entry | None) -> bool:
    return entry in draft.broken or stored.command.ref.kind is Kind.PAYMENT


def _names(command: Command) -> set[Entry | None]:
    """The entries that an application is about."""
    payload = command.payload
    if "from_document_no" not in payload:
        return set()
    return {
        (payload[f"{side}_document_type"], payload[f"{side}_document_no"])
        for side in ("from", "to")
    }


def _take_back(draft: Draft, stored: StoredCommand) -> Command:
    command = stored.command
    payload = {
        "document_key": command.key,
        "template_name": command.payload["template_name"],
        "batch_name": command.payload["batch_name"],
        "lines_count": str(len(command.payload["lines"])),
    }
    suffix = f"{command.key.rpartition('-')[2]}X"
    return draft.add_fixed(
        suffix,
        command.ref,
        Role.TAKE_BACK,
        command.revision,
        payload,
        word=type_of_key(command.key),
    )


def _by_hand(draft: Draft) -> None:
    """What a person says to have done in NAV is not asked for again."""
    done = {
        key
        for key, command in draft.commands.items()
        if draft.facts.approved(command.ref, "NEEDS_GATEWAY")
        and (found := _obstacle(draft, command))
        and found.by_hand
    }
    for key in done:
        del draft.commands[key]
    for key, command in draft.commands.items():
        left = tuple(k for k in command.depends_on if k not in done)
        draft.commands[key] = replace(command, depends_on=left)
    for ref, verdict in draft.verdicts.items():
        left = tuple(k for k in verdict.after if k not in done)
        draft.verdicts[ref] = replace(verdict, after=left)


def _refuse(draft: Draft) -> None:
    """Hold what pages cannot do, and what builds on it; of a document that cannot be drafted nothing is undone either."""
    causes = {key: f for key, c in draft.commands.items() if (f := _finding(draft, c))}
    firm = {key for key in causes if draft.commands[key].role not in AFTERWARDS}
    gone = _with_dependants(draft, firm, siblings=True) | _with_dependants(
        draft, set(causes), siblings=False
    )
    # In the order of the plan: what a person reads is the same in every process.
    commands = {key: draft.commands.pop(key) for key in list(draft.commands) if key in gone}
    for ref, verdict in list(draft.verdicts.items()):
        concerned = [k for k, c in commands.items() if c.ref == ref or k in verdict.after]
        if concerned:
            mine = [
                k
                for k in concerned
                if commands[k].ref.kind is Kind.CUSTOMER or commands[k].ref == ref
            ]
            own = [causes[k] for k in mine if k in causes]
            draft.verdicts[ref] = held(ref, *(own or _because(ref, commands, causes)))


def _because(
    ref: Ref, commands: Mapping[str, Command], causes: Mapping[str, Finding]
) -> list[Finding]:
    """Why a document waits that could be drafted itself."""
    others = sorted({str(commands[key].ref) for key in causes if commands[key].ref != ref})
    return [
        Finding(
            rule="WAITS",
            text=f"waits for {', '.join(others)}, which needs the gateway or a person in NAV.",
            remedy="It goes on by itself once that is settled.",
        )
    ]


def _finding(draft: Draft, command: Command) -> Finding | None:
    found = _obstacle(draft, command)
    if found is not None:
        return Finding(rule="NEEDS_GATEWAY", text=found.text, remedy=found.remedy)
    case = draft.facts.cases.get(command.ref)
    posts = [s for s in case.commands if s.command.role is Role.POST] if case else []
    removed = [s for s in posts[-1:] if s.state == "removed"]
    if (
        command.role is Role.POST
        and removed
        and not draft.facts.approved(command.ref, "DRAFT_REMOVED")
    ):
        return Finding(
            rule="DRAFT_REMOVED",
            text=f"Its lines ({removed[-1].command.key}) were deleted from NAV's journal unposted.",
            remedy="If it is to be drafted again, approve it: tieout approve. Else delete it in FreshBooks.",
        )
    return None


def _obstacle(draft: Draft, command: Command) -> Obstacle | None:
    return obstacle(command, draft.facts.reach, _factor(draft, command))


def _factor(draft: Draft, command: Command) -> Decimal | None:
    code = command.payload.get("currency_code")
    if not code or "posting_date" not in command.payload:
        return None
    return draft.facts.factor(code, date.fromisoformat(command.payload["posting_date"]))


def _with_dependants(draft: Draft, keys: Iterable[str], *, siblings: bool) -> set[str]:
    """These commands, whatever depends on them, and with ``siblings`` whatever else the same documents would do."""
    gone = set(keys)
    while True:
        refs = {draft.commands[key].ref for key in gone} if siblings else set()
        more = {
            key
            for key, command in draft.commands.items()
            if key not in gone and (gone & set(command.depends_on) or command.ref in refs)
        }
        if not more:
            return gone
        gone |= more


def _await_posting(draft: Draft) -> None:
    cases = draft.facts.cases
    for ref, verdict in list(draft.verdicts.items()):
        if verdict.state is State.AGREED and any(s.awaits for s in cases[ref].commands):
            draft.verdicts[ref] = awaiting(verdict)
    for ref, verdict in list(draft.verdicts.items()):
        note = cases[ref].record
        if isinstance(note, CreditNote) and note.credit_type == OVERPAYMENT:
            owner = draft.lookup.owner_of(note)
            waits = owner is not None and draft.verdicts[owner.ref].awaits_posting
            draft.verdicts[ref] = awaiting(verdict) if waits else verdict
