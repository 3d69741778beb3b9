"""I26: what is explained is recomputed by the rule of its class, gross, aged and limited; words explain nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.unit.core.both_books import BANK_GL, ZERO, BothBooks, cents

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.evidence import NOTHING
from tieout.core.reconciliation.explained import NO_RULE, ExplainedItems
from tieout.core.reconciliation.limits import LIMITS, limits_of
from tieout.core.reconciliation.recomputed import RULES
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.ledger import GLEntry
from tieout.core.records.money import Money

CHARGES = "6310"


def checked(result: Tieout) -> Check:
    (check,) = [check for check in result.checks if check.invariant == "I26"]
    return check


def charged(books: BothBooks, share: str) -> str:
    """Of a receipt the bank keeps a share, on the account of bank charges; which one."""
    at = next(n for n, row in enumerate(books.bank) if row.bank_account_no == "BANK-GBP")
    receipt = books.bank[at]
    charge = cents(receipt.amount * Decimal(share))
    rest = receipt.amount - charge
    books.bank[at] = replace(receipt, amount=rest, amount_lcy=rest)
    row = next(n for n, r in enumerate(books.gl) if r.entry_no == receipt.entry_no)
    old: GLEntry = books.gl[row]
    assert old.gl_account_no == BANK_GL
    books.gl[row] = replace(old, amount=rest)
    kept = replace(old, entry_no=7000, gl_account_no=CHARGES, amount=charge)
    books.gl.append(kept)
    return f"payment/{receipt.document_no.removeprefix('FBP')}"


def with_receipt() -> BothBooks:
    return next(
        books
        for books in map(BothBooks, range(100))
        if any(row.bank_account_no == "BANK-GBP" for row in books.bank)
    )


def test_every_class_is_summed_gross_with_its_age() -> None:
    listed = 0
    for seed in range(40):
        result = BothBooks(seed).tie()
        check, items = checked(result), [d for d in result.explained if d.invariant != "I26"]
        assert (check.found, check.compared) == ((), len(items))
        assert {d.kind for d in check.explained} == {d.kind for d in items}
        assert check.freshbooks == check.nav == sum((d.nav for d in check.explained), ZERO)
        for one in check.explained:
            count = sum(d.kind is one.kind for d in items)
            assert one.text.startswith(f"gross, items: {count}, the oldest of 202")
        listed += len(items)
    assert listed > 40


def test_what_a_bank_keeps_has_its_limit() -> None:
    """Receivables, revenue, money: everything else agrees, whatever the bank is said to have kept."""
    books = with_receipt()
    small = charged(books, "0.20")
    result = books.tie()
    assert result.agrees
    assert (Break.BANK_CHARGE, small) in {(d.kind, d.subject) for d in result.explained}
    books = with_receipt()
    large = charged(books, "0.90")
    (found,) = books.tie().differences
    assert (found.invariant, found.kind, found.subject) == ("I26", Break.NOT_EXPLAINED, large)
    assert "I7 lists it as BANK_CHARGE" in found.text
    assert "is more than 25% of" in found.text
    check = checked(books.tie())
    assert check.freshbooks - check.nav == cents(found.nav * Decimal("0.90"))


def test_a_charge_under_a_key_that_does_not_balance_is_none() -> None:
    books = with_receipt()
    charged(books, "0.20")
    books.gl[-1] = replace(books.gl[-1], amount=books.gl[-1].amount - Decimal("0.01"))
    assert NO_RULE in {d.text.partition(": ")[2] for d in checked(books.tie()).found}


def test_a_draft_may_come_to_nothing() -> None:
    books = next(b for b in map(BothBooks, range(100)) if any(i.draft for i in b.invoices))
    nothing = Money(Decimal(0), "GBP")
    books.invoices = [
        replace(i, amount=nothing, outstanding=nothing, lines=()) if i.draft else i
        for i in books.invoices
    ]
    found = checked(books.tie())
    assert found.found == ()
    assert Break.CUT_OFF in {one.kind for one in found.explained}


def test_a_draft_expires() -> None:
    books = next(b for b in map(BothBooks, range(100)) if any(i.draft for i in b.invoices))
    draft = min(i.issued_on for i in books.invoices if i.draft)
    books.today = draft + timedelta(days=1096)
    assert books.tie().agrees
    books.today += timedelta(days=1)
    found = checked(books.tie()).found
    assert [d.kind for d in found] == [Break.NOT_EXPLAINED] * len(found)
    assert f"it is of {draft.isoformat()}, 1097 days old, and may be 1096" in found[0].text


def test_a_class_is_limited_gross() -> None:
    """Two postings that cancel each other out are two all the same."""
    books = BothBooks(0)
    for amount in ("70.00", "-70.00"):
        books.post_beside("4000", date(2026, 7, 1), Decimal(amount), "ANN")
    gross = next(d.nav for d in checked(books.tie()).explained if d.kind is Break.NAV_ONLY)
    assert gross >= Decimal(140)
    books.limits = limits_of({"NAV_ONLY": {"total": str(gross)}})
    assert books.tie().agrees
    books.limits = limits_of({"NAV_ONLY": {"total": str(gross - 1)}})
    (found,) = books.tie().differences
    assert (found.subject, found.freshbooks, found.nav) == ("all NAV_ONLY", gross - 1, gross)
    assert found.cause.startswith("the largest: account ")


@pytest.mark.parametrize("kind", [*RULES, Break.AMOUNT], ids=str)
def test_words_explain_nothing(kind: Break) -> None:
    """Whatever a check says: without what its rule asks for, an item of any class is a difference."""
    for seed in range(5):
        books = BothBooks(seed)
        subject = str(next(i.ref for i in books.invoices if not i.draft))
        item = Difference(
            invariant="I1",
            kind=kind,
            subject=subject,
            freshbooks=ZERO,
            nav=Decimal("5.00"),
            text="agreed with the client on the telephone",
        )
        told = Check(
            invariant="I1", name="", compared=1, freshbooks=ZERO, nav=ZERO, explained=(item,)
        )
        items = ExplainedItems()
        traces = Traces(sides=books.sides())
        items.begin(traces)
        items.add(traces, told.explained)
        check = items.check([told])
        assert [d.text for d in check.found] == [f"I1 lists it as {kind}: {NO_RULE}"]
        assert (check.freshbooks, check.nav) == (Decimal("5.00"), ZERO)


def test_every_class_that_may_be_explained_has_a_limit_and_a_rule() -> None:
    assert set(LIMITS) == {*RULES, Break.NAV_ONLY}
    assert NOTHING.limits == LIMITS


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"WORDS": {}}, "has no class 'WORDS'; there are ACCOUNT_MAPPING, "),
        ({"RATE": {"much": 1}}, "of RATE must be an object of share, total and days"),
        ({"RATE": {"days": -1}}, "of RATE has days -1; give a number"),
        ({"RATE": {"total": "a lot"}}, "of RATE has total 'a lot'; give a number"),
        ({"RATE": {"total": True}}, "of RATE has total True; give a number"),
    ],
)
def test_a_limit_that_is_none_is_refused(given: dict[str, dict[str, object]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        limits_of(given)


def test_a_limit_may_be_lifted() -> None:
    assert limits_of({"BANK_CHARGE": {"share": None}})[Break.BANK_CHARGE].share is None
