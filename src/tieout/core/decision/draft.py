"""A plan while it is being made: what has been decided so far in this round, so that later documents can build on earlier ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from tieout.core.decision.adopted_entry import adopted_document, adopted_entries
from tieout.core.decision.applied import Wish
from tieout.core.decision.customer import buyer_of, customer_command
from tieout.core.decision.facts import Case, Facts
from tieout.core.decision.lookup import Lookup
from tieout.core.decision.outcome import conflict_reason
from tieout.core.decision.payload import Entry, entry_of, payload_amount, payload_customer
from tieout.core.decision.plan import Command, Role, State, Verdict
from tieout.core.decision.standing import (
    Standing,
    conflict_of,
    is_beside,
    is_chargeback,
    standing_of,
)
from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import DocumentType
from tieout.core.journal.numbers import candidates, revised
from tieout.core.records.customer import Customer
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Ref, command_key
from tieout.core.records.ledger import CustomerEntry

Payload = dict[str, Any]


class Draft:
    """Commands by key, verdicts by document, and the numbers that this round gives out.

    ``wishes`` says of payments what they should be applied to (None: to nothing); one that is not in it is left as it is. ``broken`` are entries
    that a command of this round reverses, takes back or pays back, with the command's key: nothing may be applied to them while that is done.
    ``loosed`` are the unapplications that such a command brings itself, by its key. ``adopted`` is what stands in NAV for each adopted document,
    ``keyed_customers`` whose these are.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.commands: dict[str, Command] = {}
        self.verdicts: dict[Ref, Verdict] = {}
        self.wishes: dict[Ref, Wish | None] = {}
        self.broken: dict[Entry, str] = {}
        self.loosed: dict[str, tuple[str, ...]] = {}
        self.lookup = Lookup(facts)
        self.adopted = _adopted(facts)
        self.adopted_entries = adopted_entries(facts)
        stand = [command.payload for command in self.adopted.values() if command]
        self.keyed_customers = frozenset(map(payload_customer, stand))
        for payload in stand:
            entry = entry_of(payload)
            if entry:
                self.lookup.documents.setdefault(entry, payload)
        self._making: dict[Ref, list[str]] = defaultdict(list)
        self._numbers: dict[str, set[str]] = defaultdict(set)
        for kind, no in facts.taken:
            self._numbers[kind].add(no)

    def add(
        self,
        ref: Ref,
        role: Role,
        standing: Standing,
        make: Callable[[int], Payload],
        depends_on: Sequence[str] = (),
    ) -> Command:
        """Add a command whose payload ``make(revision)`` gives.

        An earlier command without effect that asked for exactly this is asked again under its own key; otherwise the next revision is used.
        """
        retried = [c for c in standing.retried if c.role is role]
        for revision in (*(c.revision for c in retried), standing.revision_next):
            command = self._command(
                command_key(self.facts.prefix, ref, str(revision)),
                ref,
                role,
                revision,
                make(revision),
                depends_on,
            )
            if all(c.key != command.key or c.hash == command.hash for c in retried):
                return self._put(command)
        raise AssertionError("the next revision is always free")

    def add_fixed(
        self,
        suffix: str,
        ref: Ref,
        role: Role,
        revision: int,
        payload: Payload,
        after: Sequence[str] = (),
        word: str = "",
    ) -> Command:
        """Add a command that is done once, under a key of its own; asked for again if it had no effect. ``word`` is the TYPE of its key."""
        key = command_key(self.facts.prefix, ref, suffix, word)
        return self._put(self._command(key, ref, role, revision, payload, after))

    def step(
        self, case: Case, role: Role, letter: str, payload: Payload, after: Sequence[str] = ()
    ) -> Command:
        """Add a command that may be done again and again, numbered: it is the next after those of its role that were done."""
        done = sum(stored.done for stored in case.commands if stored.command.role is role)
        revision = max(1, standing_of(case.commands).revision_next - 1)
        return self.add_fixed(f"{letter}{done + 1}", case.ref, role, revision, payload, after)

    def _command(
        self,
        key: str,
        ref: Ref,
        role: Role,
        revision: int,
        payload: Payload,
        after: Sequence[str],
    ) -> Command:
        return Command(
            key=key,
            ref=ref,
            revision=revision,
            role=role,
            payload=payload,
            depends_on=tuple(dict.fromkeys(after)),
            setup_version=self.facts.setup.version,
        )

    def _put(self, command: Command) -> Command:
        self.commands[command.key] = command
        aside = is_beside(command) or is_chargeback(command)
        if command.role in _MAKING and not aside:
            self._making[command.ref].append(command.key)
        entry = entry_of(command.payload)
        if entry:
            self.lookup.documents[entry] = command.payload
        return command

    def drop(self, key: str) -> None:
        """Take a command back that was added in vain."""
        command = self.commands.pop(key)
        self._making[command.ref] = [k for k in self._making[command.ref] if k != key]

    def then(self, ref: Ref, key: str) -> None:
        """A document's verdict also waits for this command."""
        verdict = self.verdicts.get(ref)
        if verdict is not None and key not in verdict.after:
            self.verdicts[ref] = replace(verdict, after=(*verdict.after, key))

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
        self._numbers[command.payload["document_type"]].add(command.payload["document_no"])

    def used(self, kind: DocumentType) -> Set[str]:
        """The numbers of this type that are in NAV or were given out in this round."""
        return self._numbers[kind]

    def standing_document(self, ref: Ref) -> Command | None:
        """The command whose document stands for a record once this round is done; None if it has no place in the books."""
        case = self.facts.cases.get(ref)
        if case is None:
            return None
        if ref in self.adopted:
            return self.adopted[ref]
        planned = [self.commands[key] for key in self._making.get(ref, ())]
        posts = [
            c for c in planned if c.role is Role.POST and c.payload["document_type"] != "Refund"
        ]
        if posts:
            return posts[0]
        posted = standing_of(case.commands).posted
        undone = any(c.role is not Role.POST for c in planned)
        return None if undone or (posted and self._reversed(posted)) else posted

    def _reversed(self, posted: Command) -> bool:
        """Whether a person reversed in NAV what we posted."""
        item = self.facts.items.get(entry_of(posted.payload) or ("", ""))
        return item is not None and item.reversed

    def item(self, entry: Entry) -> CustomerEntry | None:
        """What NAV shows of an entry, ours or an adopted one."""
        return self.facts.items.get(entry) or self.adopted_entries.get(entry)

    def entry_day(self, entry: Entry) -> date:
        """The posting date of a document of ours."""
        return date.fromisoformat(self._payload(entry)["posting_date"])

    def entry_amount(self, entry: Entry) -> Decimal:
        """What a document of ours makes the customer owe more or less."""
        return payload_amount(self._payload(entry))

    def entry_customer(self, entry: Entry) -> str:
        """The customer of a document of ours."""
        return payload_customer(self._payload(entry))

    def _payload(self, entry: Entry) -> Mapping[str, Any]:
        return self.lookup.documents[entry]

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
        command, findings = customer_command(record, self.facts, history)
        if command is None:
            return held(record.ref, *findings)
        self.commands[command.key] = command
        return waits(record.ref, record.ref, command.key)


def _adopted(facts: Facts) -> dict[Ref, Command | None]:
    return {
        ref: adopted_document(facts, ref)
        for ref in facts.adoptions
        if ref in facts.cases and standing_of(facts.cases[ref].commands).posted is None
    }


_MAKING = frozenset({Role.POST, Role.REVERSE, Role.TAKE_BACK})


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


def left_out(ref: Ref, standing: Standing, reason: str, *after: str) -> Verdict:
    """A document that has no place in the books: agreed if it was taken out of them, else excluded."""
    if standing.ever_posted or after:
        return Verdict(ref=ref, state=State.AGREED, reason=f"{reason} and reversed", after=after)
    return Verdict(ref=ref, state=State.EXCLUDED, reason=reason)


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
