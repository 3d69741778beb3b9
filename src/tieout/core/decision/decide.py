"""What shall be done: facts in, a plan of commands out.

For every document the question is the same: what stands in NAV (told from our commands and NAV's ledger), what should stand there (told from FreshBooks), and
which commands lead from one to the other. Deciding again after they are done yields an empty plan.
"""

from __future__ import annotations

from collections.abc import Mapping

from tieout.core.decision.adopted import decide_adopted
from tieout.core.decision.applications import settle_applications
from tieout.core.decision.credit import OVERPAYMENT, PREPAYMENT
from tieout.core.decision.deferred_credit import is_deferred
from tieout.core.decision.disputes import mark_disputes
from tieout.core.decision.draft import Draft, dead, held, left_out, waits
from tieout.core.decision.due_dates import carry_due_dates
from tieout.core.decision.facts import Case, Facts
from tieout.core.decision.invoice import decide_sale, vanished
from tieout.core.decision.payment import decide_payment
from tieout.core.decision.plan import STAGES, Command, Plan, State, Verdict
from tieout.core.decision.prepayment import decide_prepayment
from tieout.core.decision.route import as_if_posted, keep_to_route
from tieout.core.decision.standing import conflict_of, standing_of
from tieout.core.decision.unmatched import ownerless
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind

COUNTS_LATER = "a goodwill credit counts when it is used (goodwill_recognition)"


def decide(facts: Facts) -> Plan:
    """The plan for all cases of a round: commands in the order of work, one verdict for each case."""
    draft = Draft(facts)
    for case in _in_order(facts):
        known = as_if_posted(case.known) if case.known else None
        draft.verdicts[case.ref] = (
            known or _conflict(case) or decide_adopted(draft, case) or _decide(draft, case)
        )
    settle_applications(draft)
    mark_disputes(draft)
    carry_due_dates(draft)
    keep_to_route(draft)
    return Plan(
        commands=_in_order_of_work(draft.commands),
        verdicts=tuple(v for v in draft.verdicts.values() if not facts.cases[v.ref].known),
    )


def _in_order(facts: Facts) -> list[Case]:
    """What others build on comes first: invoices, credits, payments, and at last the credits that are only the rest of a payment."""
    order = [Kind.INVOICE, Kind.CREDIT_NOTE, Kind.PAYMENT]

    def place(case: Case) -> tuple[int, Kind, str]:
        rest = _type(case) == OVERPAYMENT
        return (len(order) if rest else order.index(case.ref.kind), case.ref.kind, case.ref.key)

    return sorted(facts.cases.values(), key=place)


def _decide(draft: Draft, case: Case) -> Verdict:
    if case.ref.kind is Kind.PAYMENT:
        return decide_payment(draft, case)
    if _type(case) == OVERPAYMENT:
        return _decide_overpayment(draft, case)
    if _type(case) == PREPAYMENT:
        return decide_prepayment(draft, case)
    if is_deferred(draft.facts, case.ref):
        return Verdict(ref=case.ref, state=State.EXCLUDED, reason=COUNTS_LATER)
    return vanished(case) if case.record is None else decide_sale(draft, case)


def _type(case: Case) -> str:
    return case.record.credit_type if isinstance(case.record, CreditNote) else ""


def _decide_overpayment(draft: Draft, case: Case) -> Verdict:
    """The rest of a payment's receipt: it stands in NAV as what is open of that receipt."""
    note = case.record
    assert isinstance(note, CreditNote)
    owner = draft.lookup.owner_of(note)
    verdict = draft.verdicts.get(owner.ref) if owner else None
    if owner is None or verdict is None:
        gone = note.visibility is Visibility.DELETED
        standing = standing_of(case.commands)
        return (
            left_out(case.ref, standing, "deleted in FreshBooks")
            if gone
            else held(case.ref, ownerless(draft.lookup, note))
        )
    if verdict.state is State.AGREED:
        return Verdict(
            ref=case.ref,
            state=State.AGREED,
            reason=f"received with {owner.ref}",
            after=verdict.after,
        )
    if verdict.state is State.PENDING:
        return waits(case.ref, owner.ref, *verdict.after)
    return held(case.ref, _owner_waits(str(owner.ref)))


def _owner_waits(owner: str) -> Finding:
    return Finding(
        rule="WAITS",
        text=f"waits for {owner}, which is not posted.",
        remedy="It goes on by itself once that is settled.",
    )


def _conflict(case: Case) -> Verdict | None:
    command = conflict_of(case.commands)
    return None if command is None else dead(case.ref, command)


def _in_order_of_work(commands: Mapping[str, Command]) -> tuple[Command, ...]:
    """By stages, but nothing before what it waits for: NAV would skip it, and a second copy of that call would not."""
    ordered: dict[str, Command] = {}
    met: set[str] = set()

    def place(command: Command) -> None:
        met.add(command.key)
        for key in command.depends_on:
            if key in commands and key not in met:
                place(commands[key])
        ordered[command.key] = command

    for command in sorted(commands.values(), key=_stage):
        if command.key not in met:
            place(command)
    return tuple(ordered.values())


def _stage(command: Command) -> int:
    return STAGES.index(command.role)
