"""Documents and set-up for the tests of the core, written as a bookkeeper would jot them down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.unit.core.ledger import Ledger

from tieout.app.setups import default_setup, read_setup
from tieout.connectors.nav.wire.gateway import FUNCTIONS
from tieout.core.decision.facts import Case, Facts
from tieout.core.decision.plan import Command, Plan, Receipt, Status, StoredCommand
from tieout.core.journal.buyer import Buyer
from tieout.core.journal.terms import Terms
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.customer import Customer
from tieout.core.records.document import Line, LineTax, Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import Money
from tieout.core.records.payment import Payment

SETUP = read_setup(default_setup("GBP"), 1)
HOME = Buyer(customer_no="C00010", gen_bus="DOMESTIC", vat_bus="DOMESTIC")
DAY = date(2026, 3, 10)
TERMS = Terms(posting_date=DAY)
CLIENTS = ("7001", "7002")
CLIENT = Ref(Kind.CUSTOMER, "7001")


def pounds(text: str) -> Money:
    return Money(Decimal(text), "GBP")


def line(quantity: str, unit_cost: str, percent: str | None = "20", name: str = "Work") -> Line:
    amount = Decimal(quantity) * Decimal(unit_cost)
    taxes = () if percent is None else (LineTax(name="VAT", percent=Decimal(percent)),)
    return Line(
        name=name,
        description="",
        quantity=Decimal(quantity),
        unit_cost=pounds(unit_cost),
        amount=Money(amount, "GBP"),
        taxes=taxes,
    )


def invoice(
    total: str,
    *lines: Line,
    key: str = "34101",
    number: str = "0000101",
    visibility: Visibility = Visibility.ACTIVE,
    draft: bool = False,
    discount: str = "0",
    tax_included: bool = False,
    day: date = DAY,
    currency: str = "GBP",
) -> Invoice:
    return Invoice(
        ref=Ref(Kind.INVOICE, key),
        number=number,
        customer=CLIENT,
        issued_on=day,
        due_on=None,
        amount=Money(Decimal(total), currency),
        outstanding=Money(Decimal(total), currency),
        discount=Money(Decimal(discount), currency),
        draft=draft,
        visibility=visibility,
        lines=lines,
        tax_included=tax_included,
    )


def payment(
    total: str,
    key: str = "10301",
    of: str = "34101",
    method: str = "Bank Transfer",
    day: date = date(2026, 4, 2),
    visibility: Visibility = Visibility.ACTIVE,
    credit: str | None = None,
) -> Payment:
    return Payment(
        ref=Ref(Kind.PAYMENT, key),
        invoice=Ref(Kind.INVOICE, of),
        customer=CLIENT,
        amount=pounds(total),
        paid_on=day,
        method=method,
        from_credit=credit is not None,
        credit=Ref(Kind.CREDIT_NOTE, credit) if credit else None,
        overpayment=None,
        visibility=visibility,
    )


def credit_note(
    total: str, *lines: Line, key: str = "30947", credit_type: str = "goodwill"
) -> CreditNote:
    return CreditNote(
        ref=Ref(Kind.CREDIT_NOTE, key),
        number="0000070",
        customer=CLIENT,
        credit_type=credit_type,
        issued_on=DAY,
        amount=pounds(total),
        used=pounds("0"),
        draft=False,
        visibility=Visibility.ACTIVE,
        lines=lines,
    )


def customer(country: str = "United Kingdom", organization: str = "Acme Ltd") -> Customer:
    return Customer(
        ref=CLIENT,
        organization=organization,
        first_name="Ann",
        last_name="Lee",
        email="ann@acme.test",
        phone="+44 20 7946 0000",
        street="1 High St",
        street2="",
        city="London",
        province="",
        postal_code="NW1 7BT",
        country=country,
        vat_number="",
        currency="GBP",
        visibility=Visibility.ACTIVE,
    )


class Bench:
    """A NAV that posts what it is asked by its own rules, so that the next decision can be taken on what it did.

    What NAV would refuse is an error of the plan, unless the test refuses it (``do(refuse=...)``); so is what the gateway has no element for.
    """

    def __init__(self, client: Customer | None = None) -> None:
        self.client = client or customer()
        self.records: dict[Ref, Invoice | Payment | CreditNote] = {}
        self.history: dict[Ref, list[StoredCommand]] = {}
        self.ledger = Ledger()
        self.customer_nos: dict[str, str] = {CLIENT.key: "C00010"}
        self.known: dict[str, object] = {}
        self._place = 0

    @property
    def items(self) -> dict[tuple[str, str], CustomerEntry]:
        return self.ledger.entries()

    def facts(self) -> Facts:
        given: dict[str, object] = {
            "prefix": "FB",
            "setup": SETUP,
            "setups": {1: SETUP},
            "cases": {
                ref: Case(ref=ref, record=record, commands=tuple(self.history.get(ref, ())))
                for ref, record in self.records.items()
            },
            "customer_nos": self.customer_nos,
            "customers": {
                key: replace(self.client, ref=Ref(Kind.CUSTOMER, key)) for key in CLIENTS
            },
            "taken": frozenset(self.items),
            "items": self.items,
        }
        return Facts(**{**given, **self.known})  # type: ignore[arg-type]

    def show(self, *records: Invoice | Payment | CreditNote) -> None:
        for record in records:
            self.records[record.ref] = record

    def do(self, plan: Plan, refuse: tuple[str, ...] = ()) -> dict[str, Receipt]:
        """Carry out a plan; keys in ``refuse`` are refused, and what depends on them is skipped."""
        receipts: dict[str, Receipt] = {}
        for command in plan.commands:
            lost = [k for k in command.depends_on if k in receipts and not receipts[k].status.done]
            status = Status.SKIPPED if lost else Status.POSTED
            status = Status.REFUSED if command.key in refuse else status
            FUNCTIONS[command.role][1].render([command])
            if status is Status.POSTED:
                self.ledger.carry_out(command)
            receipts[command.key] = self._note(command, status, "".join(lost))
        return receipts

    def _note(self, command: Command, status: Status, text: str) -> Receipt:
        self._place += 1
        receipt = Receipt(key=command.key, status=status, text=text or "No.")
        state = {Status.POSTED: "done", Status.REFUSED: "refused"}.get(status, "abandoned")
        stored = StoredCommand(command=command, state=state, receipt=receipt, place=self._place)
        rows = [c for c in self.history.get(command.ref, []) if c.command.key != command.key]
        self.history[command.ref] = [*rows, stored]
        return receipt
