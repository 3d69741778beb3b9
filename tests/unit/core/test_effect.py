"""What a command writes into NAV's ledgers, by NAV's own rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tieout.core.decision.effect import BANK, GL, Chart, Vat, effects
from tieout.core.decision.payload import journal_payload
from tieout.core.decision.plan import Command, Role
from tieout.core.journal.lines import (
    AccountType,
    DocumentType,
    Journal,
    JournalLine,
    PostingGroups,
    SalesTax,
)
from tieout.core.records.identity import Kind, Ref

DAY = date(2026, 3, 10)
GROUPS = PostingGroups(
    gen_posting_type="Sale", gen_bus="DOM", gen_prod="SERV", vat_bus="DOM", vat_prod="VAT20"
)
VAT = Vat(percent=Decimal(20), calculation="Normal VAT", account="2200")
CHART = Chart(
    lcy="GBP",
    receivables={"DOM": "1200", "FOREIGN": "1210"},
    groups={"C1": "DOM"},
    vat={("DOM", "VAT20"): VAT},
)


def debit(amount: str, group: str = "") -> JournalLine:
    return JournalLine(
        account_type=AccountType.CUSTOMER,
        account_no="C1",
        amount=Decimal(amount),
        posting_group=group,
    )


def credit(amount: str, vat: str | None = None) -> JournalLine:
    return JournalLine(
        account_type=AccountType.GL_ACCOUNT,
        account_no="4000",
        amount=-Decimal(amount),
        groups=GROUPS,
        vat_amount=None if vat is None else -Decimal(vat),
    )


def told(
    *lines: JournalLine, chart: Chart = CHART, currency: str = "", factor: str = ""
) -> list[tuple[str, str, str]]:
    journal = Journal(
        document_type=DocumentType.INVOICE,
        document_no="FB1",
        posting_date=DAY,
        document_date=DAY,
        due_date=None,
        currency_code=currency,
        currency_factor=Decimal(factor) if factor else None,
        template="GENERAL",
        batch="TIEOUT",
        lines=lines,
    )
    command = Command(
        key="FB-INV-1-1",
        ref=Ref(Kind.INVOICE, "1"),
        revision=1,
        role=Role.POST,
        payload=journal_payload(journal),
    )
    found = effects(command, chart)
    assert {(e.key, e.ref, e.day) for e in found} == {("FB-INV-1-1", command.ref, DAY)}
    return [(e.kind, e.account, str(e.amount)) for e in found]


def test_vat_is_split_off_its_line() -> None:
    assert told(debit("960.00"), credit("960.00")) == [
        (GL, "1200", "960.00"),
        (GL, "4000", "-800.00"),
        (GL, "2200", "-160.00"),
    ]


@pytest.mark.parametrize(("vat", "net", "tax"), [("16.67", "-83.32", "-16.67"), ("16.66", "-83.33", "-16.66")])  # fmt: skip
def test_a_vat_that_was_given_stands(vat: str, net: str, tax: str) -> None:
    """NAV's own would be 16.67."""
    assert told(debit("99.99"), credit("99.99", vat))[1:] == [(GL, "4000", net), (GL, "2200", tax)]


def test_vat_that_waits_until_it_is_paid() -> None:
    waits = replace(CHART, vat={("DOM", "VAT20"): replace(VAT, waiting="2205")})
    assert told(debit("12.00"), credit("12.00"), chart=waits)[2] == (GL, "2205", "-2.00")


@pytest.mark.parametrize("kind", ["Reverse Charge VAT", "Full VAT"])
def test_a_sale_whose_buyer_owes_the_vat(kind: str) -> None:
    owed = replace(CHART, vat={("DOM", "VAT20"): replace(VAT, calculation=kind)})
    assert told(debit("12.00"), credit("12.00"), chart=owed)[1:] == [(GL, "4000", "-12.00")]


def test_foreign_lines_are_rounded_one_by_one() -> None:
    """At 1.17 EUR for a pound, 120.06 EUR are 102.62 GBP (102.615) and their VAT 17.10 (20 % in it)."""
    lines = debit("120.06", "FOREIGN"), credit("120.06")
    assert told(*lines, currency="EUR", factor="1.17") == [
        (GL, "1210", "102.62"),
        (GL, "4000", "-85.52"),
        (GL, "2200", "-17.10"),
    ]


def test_a_local_amount_that_was_given_stands() -> None:
    given = replace(credit("120.06"), amount_lcy=Decimal("-102.61"))
    assert told(debit("120.06"), given, currency="EUR", factor="1.17")[1] == (GL, "4000", "-85.51")


def test_a_bank_account_is_told_by_its_own_name_where_its_account_is_not_known() -> None:
    bank = JournalLine(
        account_type=AccountType.BANK_ACCOUNT, account_no="BANK", amount=Decimal("5.00")
    )
    assert told(bank, debit("-5.00"))[0] == (BANK, "BANK", "5.00")
    known = replace(CHART, banks={"BANK": "1100"})
    assert told(bank, debit("-5.00"), chart=known)[0] == (GL, "1100", "5.00")


def test_sales_tax_stays_in_its_line() -> None:
    taxed = replace(credit("113.00"), sales_tax=SalesTax(area="ON", group="TAXABLE"))
    assert told(debit("113.00"), taxed)[1:] == [(GL, "4000", "-113.00")]


def test_what_posts_nothing_has_no_effect() -> None:
    command = Command(
        key="FB-PMT-1-A1",
        ref=Ref(Kind.PAYMENT, "1"),
        revision=1,
        role=Role.APPLY,
        payload={"posting_date": "2026-03-10"},
    )
    assert effects(command, CHART) == ()
