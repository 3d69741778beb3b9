"""Prepayments: a receipt on account, and what becomes of the tax that FreshBooks states on one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.unit.core.books import SETUP, Bench, credit_note, invoice, line, payment
from tests.unit.core.test_decide import keys, settle

from tieout.core.decision.plan import State
from tieout.core.journal.lines import AccountType
from tieout.core.journal.policies import PrepaymentRule
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Line, Visibility
from tieout.core.records.finding import Finding

RECEIPT, DECLARED = "FB-CRN-30947-1", "FB-CRN-30947-V1"
PLAIN, TAXED, REDUCED = line("1", "600.00", None), line("1", "500.00"), line("1", "500.00", "5")
ON_ACCOUNT = PrepaymentRule(account_type=AccountType.GL_ACCOUNT, account_no="1210")
AT_RECEIPT = replace(ON_ACCOUNT, vat_at_receipt=True, vat_account="2320", gen_prod="SERVICES")


def prepaid(*lines: Line, total: str = "600.00") -> CreditNote:
    return credit_note(total, *lines, credit_type="prepayment")


def bench_of(rule: PrepaymentRule, *, said: str = "") -> Bench:
    bench = Bench()
    setup = replace(SETUP, prepayment=rule)
    bench.known |= {"setup": setup, "setups": {1: setup}}
    if said:
        bench.known["approvals"] = {prepaid().ref: {"PREPAYMENT_VAT": said}}
    return bench


def asked(bench: Bench, note: CreditNote) -> Finding:
    """What a person is asked; nothing is written meanwhile."""
    bench.show(note)
    assert keys(bench) == []
    (finding,) = settle(bench)[note.ref].findings
    return finding


def declared(bench: Bench) -> Decimal:
    (command,) = [s.command for s in bench.history[prepaid().ref] if s.command.key == DECLARED]
    return -Decimal(command.payload["lines"][1]["vat_amount"])


@pytest.mark.parametrize("lines", [(), (PLAIN,), (line("1", "600.00", "0"),)])
def test_without_tax_it_is_a_receipt_on_account(lines: tuple[Line, ...]) -> None:
    bench = bench_of(ON_ACCOUNT)
    bench.show(prepaid(*lines))
    assert keys(bench) == [RECEIPT]


def test_a_tax_that_no_receipt_declares_is_asked_about() -> None:
    finding = asked(bench_of(ON_ACCOUNT), prepaid(TAXED))
    assert finding.rule == "PREPAYMENT_TAXED"
    assert finding.text.startswith("FreshBooks states 100.00 GBP of tax on prepayment 0000070")


def test_a_tax_put_on_it_later_leaves_the_receipt_as_it_was_until_it_is_gone() -> None:
    bench = bench_of(ON_ACCOUNT)
    bench.show(prepaid(PLAIN))
    settle(bench)
    assert asked(bench, prepaid(line("1", "600.00"), total="720.00")).rule == "PREPAYMENT_TAXED"
    assert bench.items["Payment", "FBC0000070"].amount == Decimal("-600.00")
    bench.show(prepaid(PLAIN))
    assert settle(bench)[prepaid().ref].state is State.AGREED
    assert keys(bench) == []


def test_a_receipt_with_a_tax_in_doubt_still_pays_its_invoice() -> None:
    bench = bench_of(ON_ACCOUNT)
    bench.show(prepaid(PLAIN))
    settle(bench)
    bench.show(
        prepaid(TAXED),
        invoice("960.00", line("10", "80.00")),
        payment("600.00", credit=prepaid().ref.key),
    )
    verdicts = settle(bench)
    assert [r.kind for r, v in verdicts.items() if v.state is State.HELD] == ["credit_note"]
    assert bench.items["Invoice", "FB0000101"].remaining == Decimal("360.00")


def test_one_that_is_deleted_needs_no_tax() -> None:
    bench = bench_of(ON_ACCOUNT)
    bench.show(replace(prepaid(TAXED), visibility=Visibility.DELETED))
    assert settle(bench)[prepaid().ref].state is State.EXCLUDED


@pytest.mark.parametrize(
    ("lines", "total", "vat"), [((TAXED,), "600.00", "100.00"), ((REDUCED,), "525.00", "25.00")]
)
def test_the_tax_of_its_lines_says_what_is_declared(
    lines: tuple[Line, ...], total: str, vat: str
) -> None:
    bench = bench_of(AT_RECEIPT)
    bench.show(prepaid(*lines, total=total))
    assert keys(bench) == [RECEIPT, DECLARED]
    settle(bench)
    assert declared(bench) == Decimal(vat)
    assert keys(bench) == []


def test_lines_of_two_rates_or_of_none_say_nothing() -> None:
    mixed = prepaid(TAXED, REDUCED, total="1125.00")
    assert asked(bench_of(AT_RECEIPT), mixed).rule == "PREPAYMENT_VAT"
    assert asked(bench_of(AT_RECEIPT), prepaid(PLAIN)).rule == "PREPAYMENT_VAT"


def test_a_tax_that_is_not_mapped_is_told() -> None:
    odd = prepaid(line("1", "500.00", "13"), total="565.00")
    assert asked(bench_of(AT_RECEIPT), odd).rule == "TAX_NOT_MAPPED"


@pytest.mark.parametrize("by_rule", [True, False])
def test_another_tax_than_a_rule_or_a_person_says_is_asked_about(by_rule: bool) -> None:
    rule = replace(AT_RECEIPT, vat_prod="VAT20") if by_rule else AT_RECEIPT
    bench = bench_of(rule, said="" if by_rule else "VAT20")
    finding = asked(bench, prepaid(REDUCED, total="525.00"))
    assert finding.rule == "PREPAYMENT_TAXED"
    assert finding.text.endswith("states 25.00 GBP of tax on prepayment 0000070; in VAT group VAT20 it is 87.50.")  # fmt: skip


@pytest.mark.parametrize(
    ("note", "rule", "is_asked"),
    [
        (prepaid(TAXED), AT_RECEIPT, False),
        (prepaid(PLAIN), AT_RECEIPT, True),
        (prepaid(PLAIN), replace(AT_RECEIPT, vat_prod="VAT20"), False),
        (prepaid(TAXED, total="601.00"), AT_RECEIPT, True),
        (prepaid(PLAIN, total="601.00"), replace(AT_RECEIPT, vat_prod="VAT20"), True),
        (prepaid(TAXED), ON_ACCOUNT, False),
        (prepaid(REDUCED, total="525.00"), ON_ACCOUNT, True),
    ],
)
def test_what_is_changed_after_its_vat_was_declared_is_asked_about(
    note: CreditNote, rule: PrepaymentRule, is_asked: bool
) -> None:
    bench = bench_of(AT_RECEIPT)
    bench.show(prepaid(TAXED))
    settle(bench)
    setup = replace(SETUP, prepayment=rule)
    bench.known["setup"] = setup
    bench.show(note)
    assert keys(bench) == []
    found = settle(bench)[note.ref].findings
    assert [f.rule for f in found] == ["PREPAYMENT_VAT_DECLARED"] * is_asked
    assert all(f.text.startswith("It was changed after") for f in found)


def test_its_vat_is_taken_back_when_the_invoice_declares_it() -> None:
    bench = bench_of(AT_RECEIPT)
    bench.show(prepaid(TAXED))
    settle(bench)
    bench.show(
        invoice("960.00", line("10", "80.00"), day=date(2026, 4, 1)),
        payment("600.00", credit=prepaid().ref.key),
    )
    assert keys(bench)[1] == "FB-CRN-30947-V1X"
    settle(bench)
    bench.show(replace(prepaid(TAXED), visibility=Visibility.DELETED))
    (finding,) = settle(bench)[prepaid().ref].findings
    assert finding.text.startswith("It was deleted after")
