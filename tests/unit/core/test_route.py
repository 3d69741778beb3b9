"""Plans where nothing is installed in NAV: drafts wait for a person, are withdrawn when they are not right any more, and what pages cannot do is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.unit.core.books import Bench, customer, invoice, line, payment

from tieout.core.decision.decide import decide
from tieout.core.decision.outcome import outcome
from tieout.core.decision.plan import Plan, Receipt, Role, State, Status, Verdict
from tieout.core.decision.reach import Reach
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref

WORK, MORE = line("10", "80.00"), line("11.25", "80.00")
BILL, MONEY = Ref(Kind.INVOICE, "34101"), Ref(Kind.PAYMENT, "10301")


class Desk(Bench):
    """A NAV in which documents are only drafted; ``post`` is what the accountant does."""

    def __init__(self) -> None:
        super().__init__()
        self.known["reach"] = Reach(gateway=False, terms={"30 DAYS": "30D"})

    def round(self) -> dict[Ref, Verdict]:
        plan = decide(self.facts())
        return {verdict.ref: verdict for verdict in outcome(plan, self.draft(plan))}

    def draft(self, plan: Plan) -> dict[str, Receipt]:
        receipts = {}
        for command in plan.commands:
            back = command.role is Role.TAKE_BACK
            status = Status.POSTED if back else Status.AWAITING
            receipts[command.key] = self._note(command, status, "")
            if back:
                self.change(command.payload["document_key"], state="withdrawn")
            else:
                self.change(command.key, state="awaiting")
        return receipts

    def change(self, key: str, *, state: str) -> None:
        for ref, commands in self.history.items():
            self.history[ref] = [
                replace(stored, state=state) if stored.command.key == key else stored
                for stored in commands
            ]

    def post(self) -> None:
        """All that waits, in its order."""
        for commands in self.history.values():
            for stored in commands:
                if stored.awaits:
                    self.ledger.carry_out(stored.command)
                    self.change(stored.command.key, state="done")

    def asked(self) -> list[str]:
        return [command.key for command in decide(self.facts()).commands]


def drafted() -> Desk:
    desk = Desk()
    desk.show(invoice("960.00", WORK), payment("960.00"))
    assert {v.reason for v in desk.round().values()} == {"awaiting_posting"}
    return desk


def test_what_is_drafted_waits_for_a_person_and_then_agrees() -> None:
    desk = drafted()
    assert desk.asked() == []
    assert {v.reason for v in desk.round().values()} == {"awaiting_posting"}
    desk.post()
    assert {v.state for v in desk.round().values()} == {State.AGREED}
    assert desk.items["Invoice", "FB0000101"].remaining == 0


def test_a_draft_that_is_not_right_any_more_is_withdrawn_and_drafted_anew() -> None:
    desk = drafted()
    desk.show(invoice("1080.00", MORE))
    plan = decide(desk.facts())
    (back,) = [command for command in plan.commands if command.ref == BILL]
    assert (back.key, back.role) == ("FB-INV-34101-1X", Role.TAKE_BACK)
    assert back.payload == {
        "document_key": "FB-INV-34101-1",
        "template_name": "GENERAL",
        "batch_name": "FRESHBOOKS",
        "lines_count": "2",
    }
    verdicts = {verdict.ref: verdict for verdict in plan.verdicts}
    assert verdicts[BILL].state is State.PENDING
    assert verdicts[BILL].reason == "its lines in NAV's journal are replaced"
    assert back.key in verdicts[BILL].after
    desk.draft(plan)
    assert "FB-INV-34101-2" in desk.asked()
    desk.round()
    desk.post()
    assert desk.items["Invoice", "FB0000101-2"].amount == 1080


def test_a_draft_of_what_is_deleted_is_withdrawn_and_leaves_nothing() -> None:
    desk = drafted()
    desk.show(
        invoice("960.00", WORK, visibility=Visibility.DELETED),
        payment("960.00", visibility=Visibility.DELETED),
    )
    while desk.asked():
        desk.round()
    desk.post()
    assert desk.items == {}


def test_what_pages_cannot_do_is_told_and_nothing_of_it_is_drafted() -> None:
    """No page takes a due date: payment terms must lead to it."""
    desk = Desk()
    late = replace(invoice("960.00", WORK), due_on=date(2026, 3, 17))
    desk.show(late, payment("960.00"))
    verdicts = desk.round()
    assert desk.history == {}
    assert verdicts[BILL].reason.startswith("NEEDS_GATEWAY: FB0000101 is due on 2026-03-17")
    assert verdicts[MONEY].reason.startswith("WAITS: waits for invoice/34101")
    desk.show(replace(late, due_on=date(2026, 4, 9)))
    assert desk.asked() == ["FB-INV-34101-1", "FB-PMT-10301-1"]


def test_a_customer_whose_name_no_page_takes_is_made_by_hand() -> None:
    desk = Desk()
    desk.customer_nos.clear()
    desk.show(invoice("960.00", WORK))
    assert desk.asked() == ["FB-CUS-7001-1"]
    desk.client = customer(organization="Acme " * 12)
    reason = desk.round()[BILL].reason
    assert reason.startswith("NEEDS_GATEWAY: The customer's name or street is longer than 50")
    assert desk.history == {}


def test_what_is_posted_is_undone_by_hand_once_a_person_says_so() -> None:
    desk = drafted()
    desk.post()
    desk.show(payment("960.00", visibility=Visibility.DELETED))
    told = desk.round()[MONEY].reason
    posting, application = told.split("; ")
    assert posting.startswith("NEEDS_GATEWAY: The posting under FB-PMT-10301-1 must be reversed.")
    assert application.startswith("NEEDS_GATEWAY: The application between FBP10301 and FB0000101")
    assert desk.asked() == []
    desk.known["approvals"] = {MONEY: {"NEEDS_GATEWAY": ""}}
    assert desk.asked() == []
    assert desk.round()[MONEY].state is State.AGREED


def test_a_draft_that_a_person_deleted_is_drafted_again_only_if_he_agrees() -> None:
    desk = Desk()
    desk.show(invoice("960.00", WORK))
    desk.round()
    desk.change("FB-INV-34101-1", state="removed")
    assert desk.round()[BILL].reason.startswith("DRAFT_REMOVED: Its lines (FB-INV-34101-1) were")
    desk.known["approvals"] = {BILL: {"DRAFT_REMOVED": ""}}
    assert desk.asked() == ["FB-INV-34101-2"]


def test_through_the_gateway_a_plan_stays_as_it_is() -> None:
    bench = Bench()
    late = replace(invoice("960.00", WORK), due_on=date(2026, 3, 17))
    bench.show(late)
    (command,) = decide(bench.facts()).commands
    assert command.payload["due_date"] == "2026-03-17"
