"""A plan while it is being made: what has been decided so far in this round, so that later documents can build on earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tieout.core.decision.customer import buyer_of, customer_command
from tieout.core.decision.facts import Case, Facts
from tieout.core.decision.outcome import conflict_reason
from tieout.core.decision.plan import Command, Role, State, Verdict
from tieout.core.decision.standing import Standing, conflict_of
from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import DocumentType
from tieout.core.journal.numbers import candidates, revised
from tieout.core.records.customer import Customer
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Ref, command_key

Payload = dict[str, Any]


class Draft:
    """Commands by key, verdicts by document, and the numbers that this round gives out."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.commands: dict[str, Command] = {}
        self.verdicts: dict[Ref, Verdict] = {}
        self._given: set[tuple[str, str]] = set()

    def add(
        self,
        ref: Ref,
        role: Role,
        standing: Standing,
        make: Callable[[int], Payload],
        depends_on: Sequence[str] = (),
        suffix: str = "",
    ) -> Command:
        """Add a command whose payload ``make(revision)`` gives.

        An earlier command without effect that asked for exactly this is asked again under its own key; otherwise the next revision is used.
        """
        retried = [c for c in standing.retried if c.role is role]
        for revision in (*(c.revision for c in retried), standing.revision_next):
            command = Command(
                key=command_key(self.facts.prefix, ref, f"{revision}{suffix}"),
                ref=ref,
                revision=revision,
                role=role,
                payload=make(revision),
                depends_on=tuple(depends_on),
                setup_version=self.facts.setup.version,
            )
            if all(c.key != command.key or c.hash == command.hash for c in retried):
                self.commands[command.key] = command
                return command
        raise AssertionError("the next revision is always free")

    def add_fixed(
        self,
        key: str,
        case: Case,
        role: Role,
        revision: int,
        payload: Payload,
        after: Sequence[str],
    ) -> Command:
        """Add a command that belongs to one revision: undoing it or (un)applying it happens once."""
        command = Command(
            key=key,
            ref=case.ref,
            revision=revision,
            role=role,
            payload=payload,
            depends_on=tuple(after),
            setup_version=self.facts.setup.version,
        )
        self.commands[key] = command
        return command

    def number(self, ref: Ref, number: str, standing: Standing, kind: DocumentType) -> str:
        """The base document number: the one it has always had, else the first candidate that nothing else uses."""
        if standing.base:
            return standing.base
        used = self.used(kind)
        for base in candidates(self.facts.prefix, ref, number):
            if base not in used:
                return base
        raise AssertionError(f"the number made from the id of {ref} is in use")

    def give(self, command: Command) -> None:
        """Note the number that a command takes."""
        self._given.add((command.payload["document_type"], command.payload["document_no"]))

    def used(self, kind: DocumentType) -> frozenset[str]:
        """The numbers of this type that are in NAV or were given out in this round."""
        pairs = (*self.facts.taken, *self._given)
        return frozenset(no for document_type, no in pairs if document_type == kind)

    def buyer(self, customer: Ref) -> Buyer | Verdict:
        """The customer as NAV knows it, or (adding the command that creates it) what the document waits for.

        The verdict's ``ref`` is the customer's; the caller puts its own in.
        """
        record = self.facts.customers.get(customer.key)
        if record is None:
            return held(customer, missing_customer(customer))
        customer_no = self.facts.customer_nos.get(customer.key)
        if customer_no is not None:
            buyer = buyer_of(record, self.facts.setup, customer_no)
            return held(customer, buyer) if isinstance(buyer, Finding) else buyer
        return self._create(record)

    def _create(self, record: Customer) -> Verdict:
        history = self.facts.customer_commands.get(record.ref.key, ())
        conflict = conflict_of(history)
        if conflict is not None:
            return dead(record.ref, conflict)
        command, findings = customer_command(record, self.facts.setup, self.facts.prefix, history)
        if command is None:
            return held(record.ref, *findings)
        self.commands[command.key] = command
        return waits(record.ref, record.ref, command.key)


def held(ref: Ref, *findings: Finding) -> Verdict:
    """Hold a document for a person, with every finding."""
    reason = "; ".join(str(finding) for finding in findings)
    return Verdict(ref=ref, state=State.HELD, reason=reason, findings=findings)


def dead(ref: Ref, conflict: Command) -> Verdict:
    """Stop at a document that NAV knows with other contents; nothing more is written for it."""
    return Verdict(ref=ref, state=State.DEAD, reason=conflict_reason(conflict.key))


def waits(ref: Ref, other: Ref, *after: str) -> Verdict:
    """A document that can only be decided once another is done."""
    return Verdict(ref=ref, state=State.PENDING, reason=f"waits for {other}", after=after)


def missing_customer(customer: Ref) -> Finding:
    """The document names a client that FreshBooks does not show."""
    return Finding(
        rule="CUSTOMER_MISSING",
        text=f"FreshBooks does not know client {customer.key} any more.",
        remedy="Check the document's client in FreshBooks, then retry.",
    )


def numbered(payload: Payload, base: str, revision: int) -> Payload:
    """The payload under the number of its revision."""
    return {**payload, "document_no": revised(base, revision)}
