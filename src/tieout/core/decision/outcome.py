"""What the receipts make of a plan: where each document stands after NAV has answered."""

from __future__ import annotations

from collections.abc import Mapping

from tieout.core.decision.plan import (
    AWAITING_POSTING,
    Command,
    Plan,
    Receipt,
    State,
    Status,
    Verdict,
)
from tieout.core.records.finding import Finding


def outcome(plan: Plan, receipts: Mapping[str, Receipt]) -> tuple[Verdict, ...]:
    """The final verdict on each document of the plan.

    A verdict stands if all commands it comes after are done. NAV's refusal holds the document with
    NAV's words; what depends on it is held with *waits for*. What was not tried, or has no answer,
    stays pending, and so does what waits in a journal for a person to post it.
    """
    commands = {command.key: command for command in plan.commands}
    return tuple(_final(verdict, commands, receipts) for verdict in plan.verdicts)


def _final(
    verdict: Verdict, commands: Mapping[str, Command], receipts: Mapping[str, Receipt]
) -> Verdict:
    for key in verdict.after:
        receipt = receipts.get(key)
        if receipt is None or receipt.status in (Status.NOT_TRIED, Status.INCOMPLETE):
            return Verdict(ref=verdict.ref, state=State.PENDING, reason="NAV has not answered yet")
        if receipt.status is Status.CONFLICT:
            return Verdict(ref=verdict.ref, state=State.DEAD, reason=conflict_reason(key))
        if receipt.status is Status.REFUSED:
            return _refused(verdict, commands[key], receipt)
        if receipt.status is Status.SKIPPED:
            return _skipped(verdict, key, commands, receipts)
    found = [receipts[key].status for key in verdict.after]
    return awaiting(verdict) if Status.AWAITING in found else verdict


def _skipped(
    verdict: Verdict, key: str, commands: Mapping[str, Command], receipts: Mapping[str, Receipt]
) -> Verdict:
    """What NAV refused first tells a person what to do; that something else came after it does not."""
    for before in commands[key].depends_on:
        receipt = receipts.get(before)
        if receipt is not None and receipt.status is Status.REFUSED:
            return _refused(verdict, commands[before], receipt)
        if receipt is not None and receipt.status is Status.SKIPPED:
            return _skipped(verdict, before, commands, receipts)
    text = f"waits for what NAV has not carried out: {receipts[key].text}."
    return _held(verdict, "WAITS", text)


def awaiting(verdict: Verdict) -> Verdict:
    """The verdict on a document that would be right if its journal were posted."""
    return Verdict(
        ref=verdict.ref, state=State.PENDING, reason=AWAITING_POSTING, after=verdict.after
    )


def _refused(verdict: Verdict, command: Command, receipt: Receipt) -> Verdict:
    if command.ref == verdict.ref:
        return _held(verdict, "REFUSED_BY_NAV", receipt.text)
    return _held(verdict, "WAITS", f"waits for {command.ref}, refused by NAV: {receipt.text}")


def _held(verdict: Verdict, rule: str, text: str) -> Verdict:
    finding = Finding(rule=rule, text=text, remedy="Clear it up in NAV or FreshBooks, then retry.")
    return Verdict(ref=verdict.ref, state=State.HELD, reason=str(finding), findings=(finding,))


def conflict_reason(key: str) -> str:
    """Why a document is dead whose key NAV has with other contents."""
    return (
        f"CONFLICT: NAV knows {key} with other contents. Either two installations feed this company "
        "with the same prefix, or this is a defect; nothing was written."
    )
