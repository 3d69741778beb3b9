"""What a command will write into NAV's general ledger and bank ledger, told before it is sent.

NAV's own rules, as codeunit 12 and table 81 have them: every line in local currency, VAT split off the gross amount of a line with VAT groups, the customer's
line on the receivables account of its posting group. What NAV adds when items are applied (exchange gains and losses, VAT that falls due when it is paid) is
not told here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tieout.core.decision.payload import payload_journal
from tieout.core.decision.plan import Command
from tieout.core.journal.lines import AccountType, DocumentType, Journal, JournalLine
from tieout.core.records.identity import Ref
from tieout.core.records.money import decimals, round_half_away

GL, BANK = "G/L Account", "Bank Account"
WAITS = frozenset({DocumentType.INVOICE, DocumentType.CREDIT_MEMO})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vat:
    """What a pair of VAT groups does: its rate, NAV's word for how it is computed, where output VAT goes, and (``waiting``) where it waits until it is paid."""

    percent: Decimal
    calculation: str
    account: str
    waiting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Where NAV's set-up leads: receivables accounts by customer posting group, posting groups by customer, VAT by its two groups, G/L accounts of banks.

    The G/L account of a bank account need not be known; its entries are then told as those of the bank account.
    """

    lcy: str
    receivables: Mapping[str, str]
    groups: Mapping[str, str] = field(default_factory=dict)
    vat: Mapping[tuple[str, str], Vat] = field(default_factory=dict)
    banks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One entry that will stand: on a G/L account, or on that of a bank account (``kind``). ``amount`` in local currency, debit positive.

    ``taxed`` says that NAV will split sales tax off it, to accounts that no page tells.
    """

    key: str
    ref: Ref
    day: date
    kind: str
    account: str
    amount: Decimal
    taxed: bool = False


def effects(command: Command, chart: Chart) -> tuple[Effect, ...]:
    """The entries that a command writes by itself, none if it posts no lines."""
    if "lines" not in command.payload:
        return ()
    journal = payload_journal(command.payload)
    return tuple(
        Effect(
            key=command.key,
            ref=command.ref,
            day=journal.posting_date,
            kind=kind,
            account=account,
            amount=amount,
            taxed=line.sales_tax is not None,
        )
        for line in journal.lines
        for kind, account, amount in _entries(journal, line, chart)
        if amount
    )


def _entries(
    journal: Journal, line: JournalLine, chart: Chart
) -> Iterator[tuple[str, str, Decimal]]:
    local = _local(journal, line, chart.lcy)
    if line.account_type is AccountType.CUSTOMER:
        group = line.posting_group or chart.groups.get(line.account_no, "")
        yield GL, chart.receivables.get(group, ""), local
    elif line.account_type is AccountType.BANK_ACCOUNT:
        account = chart.banks.get(line.account_no)
        yield (GL, account, local) if account else (BANK, line.account_no, local)
    else:
        vat = _vat_of(line, chart)
        tax = _tax(journal, line, local, vat, chart.lcy) if vat else Decimal(0)
        yield GL, line.account_no, local - tax
        if vat:
            waits = vat.waiting and journal.document_type in WAITS
            yield GL, vat.waiting if waits else vat.account, tax


def _vat_of(line: JournalLine, chart: Chart) -> Vat | None:
    """The VAT that NAV splits off a line; none of sales tax, and none of a sale whose buyer owes it."""
    if line.groups is None or line.sales_tax is not None:
        return None
    vat = chart.vat.get((line.groups.vat_bus, line.groups.vat_prod))
    return vat if vat and vat.calculation == "Normal VAT" else None


def _tax(journal: Journal, line: JournalLine, local: Decimal, vat: Vat, lcy: str) -> Decimal:
    """Its part of the local amount; a VAT that was given and is not NAV's own keeps its base instead."""
    share = vat.percent / (100 + vat.percent)
    own = round_half_away(line.amount * share, decimals(journal.currency_code or lcy))
    if line.vat_amount is not None and line.vat_amount != own:
        base = line.amount - line.vat_amount
        return local - _converted(journal, base, lcy)
    return round_half_away(local * share, decimals(lcy))


def _local(journal: Journal, line: JournalLine, lcy: str) -> Decimal:
    return line.amount_lcy if line.amount_lcy is not None else _converted(journal, line.amount, lcy)


def _converted(journal: Journal, amount: Decimal, lcy: str) -> Decimal:
    factor = journal.currency_factor
    return amount if factor is None else round_half_away(amount / factor, decimals(lcy))
