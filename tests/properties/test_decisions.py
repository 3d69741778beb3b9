"""Laws of deciding, for any order of what people do: it comes to rest, deciding again changes nothing, and NAV has exactly what FreshBooks shows."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.core.books import Bench, invoice, line, payment

from tieout.core.decision.decide import decide
from tieout.core.decision.outcome import outcome
from tieout.core.decision.plan import State
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice

KEYS = ("1", "2", "3")
HOURS = st.sampled_from(["1", "2.5", "10", "11.25"])
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from(KEYS), HOURS),
        st.tuples(st.just("draft"), st.sampled_from(KEYS), HOURS),
        st.tuples(st.just("delete"), st.sampled_from(KEYS), HOURS),
        st.tuples(st.just("pay"), st.sampled_from(KEYS), HOURS),
        st.tuples(st.just("refuse"), st.sampled_from(KEYS), HOURS),
        st.tuples(st.just("rest"), st.sampled_from(KEYS), HOURS),
    ),
    min_size=1,
    max_size=14,
)


def an_invoice(key: str, hours: str, **fields: object) -> Invoice:
    net = Decimal(hours) * 80
    total = str((net * Decimal("1.2")).quantize(Decimal("0.01")))
    return invoice(total, line(hours, "80.00"), key=key, number=f"00{key}", **fields)  # type: ignore[arg-type]


def act(bench: Bench, deed: str, key: str, hours: str, serial: int) -> None:
    """One thing that somebody does."""
    known = bench.records.get(Ref(Kind.INVOICE, key))
    posted = bool(bench.history.get(Ref(Kind.INVOICE, key)))
    if deed == "write":
        bench.show(an_invoice(key, hours))
    elif deed == "draft" and not posted:
        bench.show(an_invoice(key, hours, draft=True))
    elif deed == "delete" and isinstance(known, Invoice):
        bench.show(an_invoice(key, hours, visibility=Visibility.DELETED))
    elif deed == "pay" and isinstance(known, Invoice) and known.visibility is Visibility.ACTIVE:
        bench.show(payment("1.00", key=str(9000 + serial), of=key))
    elif deed == "refuse":
        plan = decide(bench.facts())
        bench.do(plan, refuse=tuple(c.key for c in plan.commands))


def rest(bench: Bench) -> set[State]:
    """Decide and do until nothing is left to do; the states in the end. It must not take long."""
    for _ in range(3):
        plan = decide(bench.facts())
        receipts = bench.do(plan)
        verdicts = outcome(plan, receipts)
        if not plan.commands:
            return {v.state for v in verdicts}
    raise AssertionError(f"no rest: {[c.key for c in plan.commands]}")


def in_nav(bench: Bench, key: str) -> Decimal:
    """What NAV's customer ledger has of an invoice, all revisions and reversals together."""
    base = f"FB00{key}"
    return sum(
        (e.amount for (_, no), e in bench.items.items() if no.split("-")[0] == base), Decimal(0)
    )


@settings(max_examples=400, deadline=None)
@given(DEEDS)
def test_any_order_of_deeds_comes_to_rest_in_agreement(deeds: list[tuple[str, str, str]]) -> None:
    bench = Bench()
    for serial, (deed, key, hours) in enumerate(deeds):
        act(bench, deed, key, hours, serial)
        if deed == "rest":
            rest(bench)
    rest(bench)
    for ref, record in bench.records.items():
        if isinstance(record, Invoice):
            live = record.visibility is Visibility.ACTIVE and not record.draft
            assert in_nav(bench, ref.key) == (record.amount.amount if live else 0)


@settings(max_examples=400, deadline=None)
@given(DEEDS)
def test_no_command_is_done_twice_and_no_number_is_given_twice(
    deeds: list[tuple[str, str, str]],
) -> None:
    bench = Bench()
    for serial, (deed, key, hours) in enumerate(deeds):
        act(bench, deed, key, hours, serial)
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
