"""What shall be done: facts in, a plan of commands out.

For every document the question is the same: what stands in NAV (told from our commands and NAV's ledger), what should stand there (told from FreshBooks), and
which commands lead from one to the other. Deciding again after they are done yields an empty plan.
"""

from __future__ import annotations

from tieout.core.decision.draft import Draft, dead
from tieout.core.decision.facts import Case, Facts
from tieout.core.decision.invoice import decide_credit_note, decide_invoice
from tieout.core.decision.payment import decide_payment
from tieout.core.decision.plan import STAGES, Command, Plan, Verdict
from tieout.core.decision.standing import conflict_of
from tieout.core.records.identity import Kind

DECIDERS = {
    Kind.INVOICE: decide_invoice,
    Kind.CREDIT_NOTE: decide_credit_note,
    Kind.PAYMENT: decide_payment,
}


def decide(facts: Facts) -> Plan:
    """The plan for all cases of a round: commands in the order of work, one verdict for each case."""
    draft = Draft(facts)
    for kind, decider in DECIDERS.items():
        for case in _cases(facts, kind):
            draft.verdicts[case.ref] = case.known or _conflict(case) or decider(draft, case)
    return Plan(
        commands=tuple(sorted(draft.commands.values(), key=_stage)),
        verdicts=tuple(v for v in draft.verdicts.values() if not facts.cases[v.ref].known),
    )


def _cases(facts: Facts, kind: Kind) -> list[Case]:
    return [facts.cases[ref] for ref in sorted(facts.cases) if ref.kind is kind]


def _conflict(case: Case) -> Verdict | None:
    command = conflict_of(case.commands)
    return None if command is None else dead(case.ref, command)


def _stage(command: Command) -> int:
    return STAGES.index(command.role)
