"""``tieout pair check``: whether both systems answer, and NAV's set-up fits the posting setup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tieout.app.checks import CheckResult
from tieout.app.installation import Installation
from tieout.app.pair_codes import code_results
from tieout.app.running import explained
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.gateway import VERSION, version_of
from tieout.connectors.nav.pages.target import PagesTarget
from tieout.connectors.nav.setup import NavSetup
from tieout.core.failures import Failure
from tieout.core.journal.doubts import setup_findings
from tieout.core.journal.lines import AccountType
from tieout.core.journal.setup import PostingSetup
from tieout.engine.ports import Pair


async def check_pair(installation: Installation, pair: Pair) -> list[CheckResult]:
    """Everything that must be right before the first posting; an unreachable system is a result too."""
    setup = await installation.setup(pair)
    stored = await installation.store.freshbooks_connection(pair)
    results = [await _freshbooks(await installation.source(pair), stored.account_id)]
    writer = await installation.writer(pair, setup)
    if isinstance(writer, PagesTarget):
        return results + await _pages(writer, setup)
    return results + await _nav(writer, setup)


async def _freshbooks(source: FreshbooksSource, account_id: str) -> CheckResult:
    what = "FreshBooks answers and shows the business"
    try:
        business = (await source.identity()).business(account_id)
    except Failure as failure:
        return CheckResult(what=what, ok=False, found=explained(failure), unreachable=True)
    if business is None:
        return CheckResult(what=what, ok=False, found=f"the consent does not cover {account_id}")
    return CheckResult(what=what, ok=True, found=f"{business.name} ({business.timezone})")


async def _nav(target: NavTarget, setup: PostingSetup) -> list[CheckResult]:
    try:
        pong = await target.ping()
    except Failure as failure:
        return [
            CheckResult(
                what="NAV's gateway answers", ok=False, found=explained(failure), unreachable=True
            )
        ]
    window = f"posting from {pong.posting_from or 'ever'} to {pong.posting_to or 'ever'}"
    old = "" if version_of(pong) >= VERSION else f"; install version {VERSION} (nav/guide.md)"
    answers = CheckResult(
        what="NAV's gateway answers",
        ok=not old,
        found=f"{pong.company}, version {pong.version}{old}, user {pong.user}, {window}",
    )
    try:
        nav = await target.setup()
    except Failure as failure:
        return [
            answers,
            CheckResult(
                what="NAV's set-up is readable",
                ok=False,
                found=explained(failure),
                unreachable=True,
            ),
        ]
    return [answers, *setup_results(setup, nav), *await code_results(target.odata, setup)]


async def _pages(target: PagesTarget, setup: PostingSetup) -> list[CheckResult]:
    """Without a gateway NAV is asked for its pages only, and whether our batches take a line, which is deleted at once."""
    what = "NAV's pages answer"
    try:
        nav = await target.setup()
    except Failure as failure:
        return [CheckResult(what=what, ok=False, found=explained(failure), unreachable=True)]
    window = f"posting from {nav.posting_from or 'ever'} to {nav.posting_to or 'ever'}"
    found = f"{nav.lcy}, {window}; a person posts what is drafted"
    tried = [await _tried(target, batch) for batch in target.batches if batch in nav.batches]
    answers = CheckResult(what=what, ok=True, found=found)
    codes = await code_results(target.odata, setup)
    return [answers, *tried, *setup_results(setup, nav), *codes]


async def _tried(target: PagesTarget, batch: tuple[str, str]) -> CheckResult:
    what = f"batch {'/'.join(batch)} takes lines through page {target.journals.page(batch[0])}"
    try:
        await target.journals.probe(batch)
    except Failure as failure:
        return CheckResult(what=what, ok=False, found=explained(failure))
    return CheckResult(what=what, ok=True, found="yes")


def setup_results(setup: PostingSetup, nav: NavSetup) -> list[CheckResult]:
    """The posting setup against NAV's tables: everything that it names exists there and may be posted to."""
    return [
        _result("the local currency is the setup's", _currency(setup, nav)),
        _result("G/L accounts exist and take direct postings", _accounts(setup, nav)),
        _result("bank accounts exist", _banks(setup, nav)),
        _result("posting groups and VAT set-up are complete", _groups(setup, nav)),
        _result("VAT differences fit", _differences(setup, nav)),
        _doubts(setup),
        _result("customer groups, countries and payment terms exist", _customers(setup, nav)),
        _result("receivables accounts take no direct postings", _control(setup, nav)),
        _result("journal batches are ours and fit", _batches(setup, nav)),
    ]


def _result(what: str, wrong: Iterable[str]) -> CheckResult:
    found = list(wrong)
    return CheckResult(what=what, ok=not found, found="; ".join(found) or "yes")


def _doubts(setup: PostingSetup) -> CheckResult:
    """What the law doubts is posted all the same, so it does not fail the check."""
    found = "; ".join(str(finding) for finding in setup_findings(setup))
    return CheckResult(what="taxes are as the law has them", ok=True, found=found or "yes")


def _currency(setup: PostingSetup, nav: NavSetup) -> Iterator[str]:
    if nav.lcy != setup.lcy:
        yield f"NAV has {nav.lcy}, the posting setup {setup.lcy}"


def _accounts(setup: PostingSetup, nav: NavSetup) -> Iterator[str]:
    for no in sorted(_gl_accounts(setup)):
        account = nav.accounts.get(no)
        if account is None:
            yield f"{no} does not exist"
        elif account.blocked or not account.direct_posting or account.type != "Posting":
            yield f"{no} {account.name} is blocked, no posting account, or without direct posting"


def _gl_accounts(setup: PostingSetup) -> set[str]:
    """Every G/L account that the setup names."""
    named = {rule.gl_account for rule in setup.lines}
    money = {(rule.account_type, rule.account_no) for rule in setup.payments}
    if setup.prepayment:
        money.add((setup.prepayment.account_type, setup.prepayment.account_no))
        named.add(setup.prepayment.vat_account)
    named |= {no for kind, no in money if kind is AccountType.GL_ACCOUNT}
    named |= {setup.discount_account, setup.rounding_account, setup.bank_charge_account}
    if setup.write_off:
        rule = setup.write_off
        named |= {rule.bad_debt_account, rule.relief_account, rule.repay_account}
    return named - {""}


def _banks(setup: PostingSetup, nav: NavSetup) -> Iterator[str]:
    for rule in setup.payments:
        if rule.account_type is AccountType.BANK_ACCOUNT:
            bank = nav.banks.get(rule.account_no)
            if bank is None or bank.blocked:
                yield f"{rule.account_no} (for {rule.method}) does not exist or is blocked"
            elif bank.currency and bank.currency != rule.currency:
                yield f"{rule.account_no} takes {bank.currency} only, its rule for {rule.method} does not"


def _groups(setup: PostingSetup, nav: NavSetup) -> Iterator[str]:
    for customer in setup.customers:
        for line in setup.lines:
            used = not line.vat_bus or customer.vat_bus in line.vat_bus
            if used and (customer.gen_bus, line.gen_prod) not in nav.general:
                yield f"General Posting Setup lacks {customer.gen_bus}/{line.gen_prod}"
        if setup.sales_taxes:
            yield from _sales_tax(customer.vat_bus, nav)
            continue
        for tax in setup.taxes:
            if not tax.vat_bus or customer.vat_bus in tax.vat_bus:
                yield from _vat(customer.vat_bus, tax.vat_prod, tax.percent, nav)


def _vat(vat_bus: str, vat_prod: str, percent: object, nav: NavSetup) -> Iterator[str]:
    found = nav.vat.get((vat_bus, vat_prod))
    if found is None:
        yield f"VAT Posting Setup lacks {vat_bus}/{vat_prod}"
    elif found.percent != percent:
        yield f"VAT Posting Setup {vat_bus}/{vat_prod} has {found.percent} %, the setup {percent} %"


def _sales_tax(vat_bus: str, nav: NavSetup) -> Iterator[str]:
    """Lines with sales tax have no VAT product group, and that pair says that it is sales tax."""
    found = nav.vat.get((vat_bus, ""))
    if found is None or found.calculation != "Sales Tax":
        yield f"VAT Posting Setup has no Sales Tax for {vat_bus or 'blank'}/blank"


def _differences(setup: PostingSetup, nav: NavSetup) -> Iterator[str]:
    if setup.vat_difference and not setup.sales_taxes:
        if setup.max_vat_difference > nav.max_vat_difference:
            yield f"NAV allows {nav.max_vat_difference} a line, the setup {setup.max_vat_difference}"
    elif not setup.rounding_account:
        yield "no VAT difference is allowed, and there is no rounding_account for a cent"


def _customers(setup: PostingSetup, nav: NavSetup) -> Iterator[str]:
    for rule in setup.customers:
        if rule.customer_posting_group not in nav.customer_groups:
            yield f"customer posting group {rule.customer_posting_group} does not exist"
        if rule.payment_terms and rule.payment_terms not in nav.payment_terms:
            yield f"payment terms {rule.payment_terms} do not exist"
        for country in rule.countries:
            if country not in nav.countries:
                yield f"country {country} does not exist"


def _control(setup: PostingSetup, nav: NavSetup) -> Iterator[str]:
    for rule in setup.customers:
        no = nav.customer_groups.get(rule.customer_posting_group, "")
        account = nav.accounts.get(no)
        if account is not None and account.direct_posting:
            yield f"{no} {account.name} allows direct posting, past the customer ledger"


def _batches(setup: PostingSetup, nav: NavSetup) -> Iterator[str]:
    for template in sorted({setup.template, setup.payment_template}):
        batch = nav.batches.get((template, setup.batch))
        if batch is None:
            yield f"batch {template}/{setup.batch} does not exist"
        elif batch.no_series:
            yield f"batch {template}/{setup.batch} has a number series; it must have none"
        elif setup.vat_difference and not setup.sales_taxes and not batch.allow_vat_difference:
            yield f"batch {template}/{setup.batch} does not allow VAT differences"
        if any(character.isdigit() for character in setup.batch):
            yield f"batch name {setup.batch} has a digit: NAV would rename it after posting"
