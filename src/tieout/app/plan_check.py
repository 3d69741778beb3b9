"""Whether NAV will take what is planned: every line of every command against the tables that NAV itself looks into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tieout.connectors.nav.setup import NavSetup
from tieout.core.decision.payload import payload_journal
from tieout.core.decision.plan import Command
from tieout.core.journal.lines import AccountType, Journal, JournalLine, PostingGroups


def refusals(commands: Sequence[Command], nav: NavSetup) -> Mapping[str, tuple[str, ...]]:
    """What NAV would say to each command, by its key; only of those that it would refuse."""
    told = {c.key: tuple(dict.fromkeys(_refused(c, nav))) for c in commands}
    return {key: reasons for key, reasons in told.items() if reasons}


def _refused(command: Command, nav: NavSetup) -> Iterator[str]:
    payload = command.payload
    if "posting_date" in payload:
        yield from _day(date.fromisoformat(payload["posting_date"]), nav)
    if "customer_posting_group" in payload:
        yield from _group(payload["customer_posting_group"], nav)
    if "lines" in payload:
        journal = payload_journal(payload)
        yield from _batch(journal, nav)
        for line in journal.lines:
            yield from _line(journal, line, nav)


def _day(day: date, nav: NavSetup) -> Iterator[str]:
    too_early = nav.posting_from is not None and day < nav.posting_from
    too_late = nav.posting_to is not None and day > nav.posting_to
    if too_early or too_late:
        yield f"{day} is outside of the service user's posting window"


def _group(code: str, nav: NavSetup) -> Iterator[str]:
    if code not in nav.customer_groups:
        yield f"customer posting group {code} does not exist"
    elif not nav.customer_groups[code]:
        yield f"customer posting group {code} has no receivables account"


def _batch(journal: Journal, nav: NavSetup) -> Iterator[str]:
    name = f"{journal.template}/{journal.batch}"
    batch = nav.batches.get((journal.template, journal.batch))
    if batch is None:
        yield f"journal batch {name} does not exist"
    elif batch.no_series:
        yield f"journal batch {name} has a number series"


def _line(journal: Journal, line: JournalLine, nav: NavSetup) -> Iterator[str]:
    if line.account_type is AccountType.GL_ACCOUNT:
        yield from _account(line.account_no, nav)
    elif line.account_type is AccountType.BANK_ACCOUNT:
        yield from _bank(line.account_no, journal, nav)
    elif line.posting_group:
        yield from _group(line.posting_group, nav)
    if line.groups is not None:
        yield from _posting_groups(line.groups, nav)


def _account(no: str, nav: NavSetup) -> Iterator[str]:
    account = nav.accounts.get(no)
    if account is None:
        yield f"G/L account {no or '(none)'} does not exist"
    elif account.type != "Posting":
        yield f"G/L account {no} {account.name} is a {account.type} account"
    elif account.blocked:
        yield f"G/L account {no} {account.name} is blocked"
    elif not account.direct_posting:
        yield f"G/L account {no} {account.name} takes no direct posting"


def _bank(no: str, journal: Journal, nav: NavSetup) -> Iterator[str]:
    bank = nav.banks.get(no)
    if bank is None:
        yield f"bank account {no or '(none)'} does not exist"
    elif bank.blocked:
        yield f"bank account {no} {bank.name} is blocked"
    elif bank.currency and bank.currency != journal.currency_code:
        money = journal.currency_code or nav.lcy
        yield f"bank account {no} {bank.name} is in {bank.currency}, the document in {money}"


def _posting_groups(groups: PostingGroups, nav: NavSetup) -> Iterator[str]:
    if (groups.gen_bus, groups.gen_prod) not in nav.general:
        yield f"General Posting Setup lacks {groups.gen_bus}/{groups.gen_prod}"
    vat = nav.vat.get((groups.vat_bus, groups.vat_prod))
    if vat is None:
        yield f"VAT Posting Setup lacks {groups.vat_bus or 'blank'}/{groups.vat_prod or 'blank'}"
    elif vat.calculation == "Normal VAT" and vat.percent and not vat.sales_account:
        yield f"VAT Posting Setup {groups.vat_bus}/{groups.vat_prod} has no Sales VAT Account"
