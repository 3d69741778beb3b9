"""Laws of deciding, for any order of what people do: it comes to rest, deciding again changes nothing, and NAV has exactly what FreshBooks shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.core.books import Bench, credit_note, invoice, line, payment

from tieout.core.decision.decide import decide
from tieout.core.decision.outcome import outcome
from tieout.core.decision.standing import applied_to, standing_of
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment

# Numbers that look like each other's revisions.
NUMBERS = {"1": "101", "2": "101-1", "3": "101-2"}
HOURS = st.sampled_from(["1", "2.5", "10", "11.25"])
DEED = st.sampled_from(
    [
        "write",
        "write",
        "write",
        "rest",
        "rest",
        "rest",
        "draft",
        "delete",
        "pay",
        "early",
        "credit",
        "use",
        "refuse",
    ]
)
# Who did what to which invoice, for how many hours; the last says which commands of a refusal are refused.
DEEDS = st.lists(
    st.tuples(DEED, st.sampled_from(sorted(NUMBERS)), HOURS, st.integers(1, 15)),
    min_size=1,
    max_size=20,
)
Deed = tuple[str, str, str, int]


def an_invoice(key: str, hours: str, **fields: object) -> Invoice:
    return invoice(gross(hours), line(hours, "80.00"), key=key, number=NUMBERS[key], **fields)  # type: ignore[arg-type]


def gross(hours: str) -> str:
    return str((Decimal(hours) * 80 * Decimal("1.2")).quantize(Decimal("0.01")))


def act(bench: Bench, deed: Deed, serial: int) -> None:
    """One thing that somebody does."""
    what, key, hours, which = deed
    known = bench.records.get(Ref(Kind.INVOICE, key))
    posted = bool(bench.history.get(Ref(Kind.INVOICE, key)))
    active = isinstance(known, Invoice) and known.visibility is Visibility.ACTIVE
    if what == "write":
        bench.show(an_invoice(key, hours))
    elif what == "draft" and not posted:
        bench.show(an_invoice(key, hours, draft=True))
    elif what == "delete" and known is not None:
        bench.show(an_invoice(key, hours, visibility=Visibility.DELETED))
    elif what in ("pay", "early") and active:
        day = date(2026, 3, 1) if what == "early" else date(2026, 4, 2)
        bench.show(payment("1.00", key=str(9000 + serial), of=key, day=day))
    elif what == "credit":
        bench.show(credit_note(gross(hours), line(hours, "80.00"), key="70"))
    elif what == "use" and active and Ref(Kind.CREDIT_NOTE, "70") in bench.records:
        bench.show(payment("1.00", key=str(9000 + serial), of=key, credit="70"))
    elif what == "rest":
        rest(bench)
    elif what == "refuse":
        plan = decide(bench.facts())
        bench.do(plan, tuple(c.key for n, c in enumerate(plan.commands) if which >> n % 4 & 1))


def rest(bench: Bench) -> None:
    """Decide and do until nothing is left to do. It must not take long."""
    for _ in range(4):
        plan = decide(bench.facts())
        outcome(plan, bench.do(plan))
        if not plan.commands:
            return
    raise AssertionError(f"no rest: {[c.key for c in plan.commands]}")


def in_nav(bench: Bench, ref: Ref) -> Decimal:
    """What NAV's customer ledger has of a document, all revisions and reversals together."""
    made = [stored.command for stored in bench.history.get(ref, ()) if stored.state == "done"]
    places = [(c.payload["document_type"], c.payload["document_no"]) for c in made]
    return sum((bench.items[place].amount for place in places), Decimal(0))


@settings(max_examples=400, deadline=None)
@given(DEEDS)
def test_any_order_of_deeds_comes_to_rest_in_agreement(deeds: list[Deed]) -> None:
    bench = Bench()
    for serial, deed in enumerate(deeds):
        act(bench, deed, serial)
    rest(bench)
    for ref, record in bench.records.items():
        if isinstance(record, Invoice):
            live = record.visibility is Visibility.ACTIVE and not record.draft
            assert in_nav(bench, ref) == (record.amount.amount if live else 0)


@settings(max_examples=400, deadline=None)
@given(DEEDS)
def test_what_is_paid_is_applied_to_what_stands_for_its_invoice(deeds: list[Deed]) -> None:
    bench = Bench()
    for serial, deed in enumerate(deeds):
        act(bench, deed, serial)
    rest(bench)
    for ref, record in bench.records.items():
        invoice = isinstance(record, Payment) and standing_of(bench.history.get(record.invoice, ()))
        target = applied_to(bench.history.get(ref, ()))
        if invoice and bench.history.get(ref):
            posted = invoice.posted
            assert target == (posted and ("Invoice", posted.payload["document_no"]))


@settings(max_examples=400, deadline=None)
@given(DEEDS)
def test_no_command_is_done_twice_and_no_number_is_given_twice(deeds: list[Deed]) -> None:
    bench = Bench()
    for serial, deed in enumerate(deeds):
        act(bench, deed, serial)
        plan = decide(bench.facts())
        done = {s.command.key for h in bench.history.values() for s in h if s.state == "done"}
        keys = [command.key for command in plan.commands]
        assert len(keys) == len(set(keys))
        assert not done & set(keys)
        made = [
            (c.payload["document_type"], c.payload["document_no"])
            for c in plan.commands
            if "lines" in c.payload
        ]
        assert len(made) == len(set(made))
        assert not set(made) & set(bench.items)
        bench.do(plan)
