"""The posting setup against NAV's tables: what is not there, or would be refused when something is posted."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.unit.core.books import SETUP
from tests.unit.core.sales import CANADA

from tieout.app.pair_check import setup_results
from tieout.connectors.nav.setup import Account, BankAccount, Batch, NavSetup, VatSetup
from tieout.core.journal.setup import PostingSetup, SalesTaxRule

ACCOUNTS = ["1210", "1340", "2240", "2320", "4000", "4050", "6310", "6400", "6500", "7100"]
RATES = {"VAT20": Decimal(20), "VAT5": Decimal(5), "VAT0": Decimal(0)}


def nav(setup: PostingSetup) -> NavSetup:
    """A company that the setup fits."""
    groups = {rule.gen_bus for rule in setup.customers}
    products = {rule.gen_prod for rule in setup.lines}
    vat = {
        (business, product): VatSetup(percent=rate, calculation="Normal VAT", sales_account="2200")
        for business in ("DOMESTIC", "EXPORT", "CASHVAT")
        for product, rate in RATES.items()
    }
    vat["", ""] = VatSetup(percent=Decimal(0), calculation="Sales Tax", sales_account="")
    control = Account(name="Receivables", type="Posting", direct_posting=False, blocked=False)
    return NavSetup(
        lcy=setup.lcy,
        max_vat_difference=Decimal("0.05"),
        accounts={
            "1200": control,
            "1205": control,
            **{
                no: Account(name=no, type="Posting", direct_posting=True, blocked=False)
                for no in ACCOUNTS
            },
        },
        customer_groups={"DOMESTIC": "1200", "FOREIGN": "1205"},
        vat=vat,
        general=frozenset((business, product) for business in groups for product in products),
        gen_bus=frozenset(groups),
        gen_prod=frozenset(products),
        vat_bus=frozenset({"DOMESTIC", "EXPORT", "CASHVAT"}),
        vat_prod=frozenset(RATES),
        banks={
            "BANK-EUR": BankAccount(name="Bank EUR", currency="EUR", blocked=False),
            **{
                no: BankAccount(name=no, currency="", blocked=False)
                for no in ("BANK-GBP", "BANK-CAD", "STRIPE")
            },
        },
        batches={
            (template, "FRESHBOOKS"): Batch(no_series="", allow_vat_difference=True)
            for template in ("GENERAL", "CASHRCPT")
        },
        countries=frozenset({"GB", "CA"}),
        payment_terms=frozenset({"30 DAYS"}),
        posting_from=None,
        posting_to=None,
    )


def wrong(setup: PostingSetup, company: NavSetup) -> list[str]:
    return [result.found for result in setup_results(setup, company) if not result.ok]


@pytest.mark.parametrize("setup", [SETUP, CANADA], ids=["gb", "ca"])
def test_the_setups_that_come_with_tieout_fit(setup: PostingSetup) -> None:
    assert wrong(setup, nav(setup)) == []


def test_an_account_that_only_the_rounding_needs_is_missed_too() -> None:
    setup = replace(SETUP, rounding_account="7999")
    assert wrong(setup, nav(setup)) == ["7999 does not exist"]


def test_a_bank_account_in_a_currency_takes_that_currency_alone() -> None:
    rule = replace(SETUP.payments[0], account_no="BANK-EUR")
    assert wrong(replace(SETUP, payments=(rule,)), nav(SETUP)) == [
        "BANK-EUR takes EUR only, its rule for Bank Transfer does not"
    ]
    assert not wrong(replace(SETUP, payments=(replace(rule, currency="EUR"),)), nav(SETUP))


def test_vat_differences_must_be_allowed_as_far_as_the_setup_uses_them() -> None:
    wide = replace(SETUP, max_vat_difference=Decimal("0.10"))
    assert wrong(wide, nav(wide)) == ["NAV allows 0.05 a line, the setup 0.10"]
    strict = replace(SETUP, vat_difference=False, rounding_account="")
    assert len(wrong(strict, nav(strict))) == 1
    refusing = {key: Batch(no_series="", allow_vat_difference=False) for key in nav(SETUP).batches}
    company = replace(nav(SETUP), batches=refusing)
    assert len(wrong(SETUP, company)) == 1
    assert not wrong(replace(SETUP, vat_difference=False), company)


def test_a_company_without_sales_tax_is_told() -> None:
    company = replace(nav(CANADA), vat={})
    (found,) = wrong(CANADA, company)
    assert "VAT Posting Setup has no Sales Tax for blank/blank" in found


def test_a_tax_that_the_law_doubts_is_told_and_does_not_fail() -> None:
    rule = SalesTaxRule(name1="GST", name2="QST", compounded=True, tax_area="QC")
    setup = replace(CANADA, sales_taxes=(*CANADA.sales_taxes, rule))
    told = [result.found for result in setup_results(setup, nav(setup)) if result.ok]
    assert any(text.startswith("TAX_LAW_DOUBTFUL: QST is charged on top") for text in told)
    assert not wrong(setup, nav(setup))
