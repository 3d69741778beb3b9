"""What an import without a database remembers while it runs, and deciding with it: the product's own ``decide``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tieout.core.decision.decide import decide
from tieout.core.decision.facts import Case, DocumentRecord, Facts
from tieout.core.decision.plan import Command, Plan, Receipt, Role, State, StoredCommand
from tieout.core.journal.setup import PostingSetup
from tieout.core.records.customer import Customer
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.payment import Payment

PREFIX, EPOCH = "FB", 1


class NotPosted(Exception):
    """A document was held or refused; the figures of such a run could not be compared."""


class Desk:
    """Customers and their NAV numbers, and the posted invoices that payments build on."""

    def __init__(self, setup: PostingSetup) -> None:
        self._setup = setup
        self._numbers: dict[str, str] = {}
        self._invoices: dict[Ref, Case] = {}
        self.customers: dict[str, Customer] = {}

    def decide(
        self,
        records: Sequence[DocumentRecord],
        taken: frozenset[tuple[str, str]] = frozenset(),
    ) -> Plan:
        """What is to be done about these documents, which stand nowhere yet."""
        paid = {r.invoice for r in records if isinstance(r, Payment)} & self._invoices.keys()
        cases = {record.ref: Case(ref=record.ref, record=record) for record in records}
        return decide(
            Facts(
                prefix=PREFIX,
                setup=self._setup,
                setups={self._setup.version: self._setup},
                cases={**{ref: self._invoices[ref] for ref in paid}, **cases},
                customer_nos=self._numbers,
                customers=self.customers,
                taken=taken,
            )
        )

    def created(self, commands: Iterable[Command], receipts: Iterable[Receipt]) -> None:
        """NAV has made these customers."""
        for stored in _done(commands, receipts):
            assert stored.receipt is not None
            self._numbers[stored.command.ref.key] = stored.receipt.no

    def posted(self, plan: Plan, receipts: Iterable[Receipt]) -> None:
        """NAV has carried out a plan."""
        stored = {done.command.ref: done for done in _done(plan.commands, receipts)}
        for verdict in plan.verdicts:
            if verdict.state not in (State.AGREED, State.EXCLUDED):
                raise NotPosted(f"{verdict.ref} is {verdict.state}: {verdict.reason}")
            if verdict.ref.kind is Kind.INVOICE:
                commands = (stored[verdict.ref],) if verdict.ref in stored else ()
                self._invoices[verdict.ref] = Case(
                    ref=verdict.ref, record=None, commands=commands, known=verdict
                )


def customers_of(plan: Plan) -> tuple[Command, ...]:
    """The customers that must be made before anything else of a plan."""
    return tuple(c for c in plan.commands if c.role is Role.CREATE_CUSTOMER)


def _done(commands: Iterable[Command], receipts: Iterable[Receipt]) -> Iterable[StoredCommand]:
    for command, receipt in zip(commands, receipts, strict=True):
        if not receipt.status.done:
            raise NotPosted(f"{command.key} was not posted: {receipt.status} {receipt.text}")
        yield StoredCommand(command=command, state="done", receipt=receipt)
