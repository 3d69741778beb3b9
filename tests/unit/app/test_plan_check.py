"""What NAV would refuse is told before it is sent: one reason for each thing that is wrong in its set-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.unit.app.test_pair_check import nav
from tests.unit.core.books import SETUP

from tieout.app.plan_check import refusals
from tieout.connectors.nav.setup import Batch, NavSetup
from tieout.core.decision.payload import journal_payload
from tieout.core.decision.plan import Command, Role
from tieout.core.journal.lines import AccountType, DocumentType, Journal, JournalLine, PostingGroups
from tieout.core.records.identity import Kind, Ref

DAY = date(2026, 3, 10)
COMPANY = nav(SETUP)
GROUPS = PostingGroups(
    gen_posting_type="Sale",
    gen_bus=SETUP.customers[0].gen_bus,
    gen_prod=SETUP.lines[0].gen_prod,
    vat_bus="DOMESTIC",
    vat_prod="VAT20",
)
JOURNAL = Journal(
    document_type=DocumentType.INVOICE,
    document_no="FB1",
    posting_date=DAY,
    document_date=DAY,
    due_date=None,
    currency_code="",
    template="GENERAL",
    batch="FRESHBOOKS",
    lines=(
        JournalLine(account_type=AccountType.CUSTOMER, account_no="C1", amount=Decimal(12)),
        JournalLine(
            account_type=AccountType.GL_ACCOUNT,
            account_no="4000",
            amount=Decimal(-12),
            groups=GROUPS,
        ),
    ),
)
MONEY = replace(
    JOURNAL,
    lines=(
        JournalLine(
            account_type=AccountType.BANK_ACCOUNT, account_no="BANK-EUR", amount=Decimal(5)
        ),
        JournalLine(account_type=AccountType.CUSTOMER, account_no="C1", amount=Decimal(-5)),
    ),
    currency_code="EUR",
    currency_factor=Decimal("1.17"),
)


def reasons(payload: Mapping[str, Any] | Journal, company: NavSetup = COMPANY) -> tuple[str, ...]:
    told = journal_payload(payload) if isinstance(payload, Journal) else payload
    command = Command(
        key="FB-INV-1-1", ref=Ref(Kind.INVOICE, "1"), revision=1, role=Role.POST, payload=told
    )
    return refusals([command], company).get("FB-INV-1-1", ())


@pytest.mark.parametrize("journal", [JOURNAL, MONEY])
def test_what_fits_is_not_refused(journal: Journal) -> None:
    assert reasons(journal) == ()


def with_account(**changes: Any) -> NavSetup:
    accounts = COMPANY.accounts
    return replace(COMPANY, accounts={**accounts, "4000": replace(accounts["4000"], **changes)})


def with_bank(**changes: Any) -> NavSetup:
    banks = COMPANY.banks
    return replace(COMPANY, banks={**banks, "BANK-EUR": replace(banks["BANK-EUR"], **changes)})


@pytest.mark.parametrize(
    ("company", "reason"),
    [
        (with_account(blocked=True), "G/L account 4000 4000 is blocked"),
        (with_account(direct_posting=False), "G/L account 4000 4000 takes no direct posting"),
        (with_account(type="Heading"), "G/L account 4000 4000 is a Heading account"),
        (replace(COMPANY, accounts={}), "G/L account 4000 does not exist"),
        (replace(COMPANY, vat={}), "VAT Posting Setup lacks DOMESTIC/VAT20"),
        (
            replace(COMPANY, general=frozenset()),
            f"General Posting Setup lacks {GROUPS.gen_bus}/{GROUPS.gen_prod}",
        ),
        (replace(COMPANY, batches={}), "journal batch GENERAL/FRESHBOOKS does not exist"),
        (
            replace(
                COMPANY,
                batches={
                    ("GENERAL", "FRESHBOOKS"): Batch(no_series="G", allow_vat_difference=True)
                },
            ),
            "journal batch GENERAL/FRESHBOOKS has a number series",
        ),
        (
            replace(COMPANY, posting_from=date(2026, 4, 1)),
            "2026-03-10 is outside of the service user's posting window",
        ),
        (
            replace(COMPANY, posting_to=date(2026, 2, 28)),
            "2026-03-10 is outside of the service user's posting window",
        ),
    ],
)
def test_a_sale_that_nav_would_refuse(company: NavSetup, reason: str) -> None:
    assert reasons(JOURNAL, company) == (reason,)


@pytest.mark.parametrize(
    ("company", "reason"),
    [
        (with_bank(blocked=True), "bank account BANK-EUR Bank EUR is blocked"),
        (
            with_bank(currency="USD"),
            "bank account BANK-EUR Bank EUR is in USD, the document in EUR",
        ),
        (replace(COMPANY, banks={}), "bank account BANK-EUR does not exist"),
    ],
)
def test_money_that_nav_would_refuse(company: NavSetup, reason: str) -> None:
    assert reasons(MONEY, company) == (reason,)


def test_vat_without_an_account() -> None:
    vat = {k: replace(one, sales_account="") for k, one in COMPANY.vat.items()}
    told = reasons(JOURNAL, replace(COMPANY, vat=vat))
    assert told == ("VAT Posting Setup DOMESTIC/VAT20 has no Sales VAT Account",)


def test_a_customer_of_a_group_that_nav_does_not_have() -> None:
    assert reasons({"customer_posting_group": "DOMESTIC"}) == ()
    told = reasons({"customer_posting_group": "MOON"})
    assert told == ("customer posting group MOON does not exist",)
    nowhere = replace(COMPANY, customer_groups={"DOMESTIC": ""})
    told = reasons({"customer_posting_group": "DOMESTIC"}, nowhere)
    assert told == ("customer posting group DOMESTIC has no receivables account",)
