"""I21: every account on which the pair has posted comes to what NAV says: opening, what is from FreshBooks, what others posted, and the closing of the year.

The other invariants look at what carries a key of ours. This one looks at whole accounts: what others post beside it is listed with its user, and what no entry
accounts for is a difference. Ledger and sub-ledger: each customer and each bank account too, and the bank ledger against its accounts in the general ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from tieout.core.reconciliation.accounts import CLOSES_THE_YEAR, Accounts
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.evidence import NOT_GIVEN
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.ledger import GLEntry
from tieout.core.records.money import total

POSTED_MEANWHILE = "NAV posted to it while it was read; look again"


@dataclass(slots=True, kw_only=True)
class Roll:
    """What an account comes to, part by part, in local currency; ``later`` is dated after the day as of which is compared."""

    name: str
    stands: tuple[Decimal, ...]
    opening: Decimal = ZERO
    ours: Decimal = ZERO
    others: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    closes_year: Decimal = ZERO
    later: Decimal = ZERO

    @property
    def closing(self) -> Decimal:
        return self.opening + self.ours + total(self.others.values()) + self.closes_year

    @property
    def nav(self) -> Decimal:
        """What NAV says that the account comes to by the day."""
        return self.stands[-1] - self.later

    @property
    def agrees(self) -> bool:
        return self.closing + self.later in self.stands

    @property
    def moved(self) -> bool:
        """Whether NAV posted to it between the two readings of its balance."""
        return len(set(self.stands)) > 1

    def told(self) -> str:
        """Every part in figures."""
        others = (f"posted by {user or 'nobody'} {a}" for user, a in sorted(self.others.items()))
        closing = [f"closing of the year {self.closes_year}"] if self.closes_year else []
        parts = [f"opening {self.opening}", f"from FreshBooks {self.ours}", *others, *closing]
        return " + ".join(parts) + f" = {self.closing}"

    def difference(self, kind: Break, text: str) -> Difference:
        return Difference(
            invariant="I21",
            kind=kind,
            subject=self.name,
            freshbooks=self.closing,
            nav=self.nav,
            text=f"{text}: {self.told()}",
        )


def roll_forward(sides: Sides) -> Check:
    """Account by account; the figures are the debits from FreshBooks, and all debits on these accounts since the pair began."""
    accounts = sides.evidence.accounts
    if accounts is None:
        return _check((), not_compared=NOT_GIVEN)
    ledger = tuple(ledger_rolls(accounts))
    rolls = (*ledger, *_customers(sides, accounts), *_banks(accounts))
    ours, all_of_them = _debits(accounts)
    return replace(
        _check(rolls),
        freshbooks=ours,
        nav=all_of_them,
        found=(*_broken(rolls), *_bank_control(accounts)),
        explained=tuple(_beside(ledger)),
    )


def ledger_rolls(accounts: Accounts) -> Iterator[Roll]:
    """Every G/L account on which the pair has posted."""
    rows: dict[str, list[GLEntry]] = {no: [] for no in accounts.touched}
    for entry in accounts.entries:
        if entry.gl_account_no in rows:
            rows[entry.gl_account_no].append(entry)
    for no, entries in rows.items():
        roll = Roll(name=f"account {no}", stands=accounts.accounts.get(no, (ZERO,)))
        for entry in entries:
            _add(accounts, roll, entry)
        yield roll


def _add(accounts: Accounts, roll: Roll, entry: GLEntry) -> None:
    if not accounts.counts(entry.posting_date):
        roll.later += entry.amount
    elif accounts.is_ours(entry):
        roll.ours += entry.amount
    elif entry.posting_date < accounts.first_day:
        roll.opening += entry.amount
    elif entry.source == CLOSES_THE_YEAR:
        roll.closes_year += entry.amount
    else:
        roll.others[entry.user] += entry.amount


def _customers(sides: Sides, accounts: Accounts) -> Iterator[Roll]:
    """The customers that are FreshBooks clients: what made their items larger or smaller."""
    ours = {e.entry_no for some in sides.nav.families_since.values() for e in some}
    rolls = {
        no: Roll(name=f"customer {no}", stands=accounts.customers.get(no, (ZERO,)))
        for no in sorted(sides.managed)
    }
    for detail in sides.nav.detailed_entries:
        roll = rolls.get(detail.customer_no)
        if roll is None:
            continue
        if not accounts.counts(detail.posting_date):
            roll.later += detail.amount_lcy
        elif detail.customer_entry_no in ours:
            roll.ours += detail.amount_lcy
        else:
            roll.others["others"] += detail.amount_lcy
    yield from rolls.values()


def _banks(accounts: Accounts) -> Iterator[Roll]:
    """The bank accounts that have an entry of ours."""
    ours = {e.entry_no for e in accounts.entries if accounts.is_ours(e)}
    touched = {e.bank_account_no for e in accounts.bank_entries if e.entry_no in ours}
    rolls = {
        no: Roll(name=f"bank account {no}", stands=accounts.banks.get(no, (ZERO,)))
        for no in sorted(touched)
    }
    for entry in accounts.bank_entries:
        roll = rolls.get(entry.bank_account_no)
        if roll is None:
            continue
        if not accounts.counts(entry.posting_date):
            roll.later += entry.amount_lcy
        elif entry.entry_no in ours:
            roll.ours += entry.amount_lcy
        else:
            roll.others["others"] += entry.amount_lcy
    yield from rolls.values()


def _bank_control(accounts: Accounts) -> Iterator[Difference]:
    """The bank ledger against its accounts in the general ledger: a bank entry has the number of its G/L entry (codeunit 12)."""
    banks = {e.entry_no: e for e in accounts.bank_entries}
    control = {e.gl_account_no for e in accounts.entries if e.entry_no in banks}
    sums: dict[str, list[Decimal]] = {no: [ZERO, ZERO] for no in control}
    strays: dict[str, list[GLEntry]] = defaultdict(list)
    for entry in accounts.entries:
        no = entry.gl_account_no
        if no not in control or not _in_period(accounts, entry.posting_date):
            continue
        bank = banks.get(entry.entry_no)
        sums[no][0] += bank.amount_lcy if bank else ZERO
        sums[no][1] += entry.amount
        if bank is None or bank.amount_lcy != entry.amount:
            strays[no].append(entry)
    for no, (bank_ledger, general) in sorted(sums.items()):
        if bank_ledger != general:
            yield _control(no, bank_ledger, general, strays[no])


def _in_period(accounts: Accounts, day: date) -> bool:
    return accounts.first_day <= day and accounts.counts(day)


def _control(
    no: str, bank_ledger: Decimal, general: Decimal, strays: Sequence[GLEntry]
) -> Difference:
    told = ", ".join(
        f"{e.document_no} of {e.posting_date.isoformat()} by {e.user or 'nobody'} ({e.amount}, entry {e.entry_no})"
        for e in strays[:4]
    )
    first = min(strays, key=lambda entry: entry.entry_no)
    return Difference(
        invariant="I21",
        kind=Break.CONTROL,
        subject=f"account {no}",
        freshbooks=bank_ledger,
        nav=general,
        text=f"the account differs from the bank ledger: {told}",
        cause=f"entry {first.entry_no} of {first.posting_date.isoformat()} was posted by {first.user or 'nobody'} past the bank ledger ({first.amount})",
    )


def _broken(rolls: Iterable[Roll]) -> Iterator[Difference]:
    for roll in rolls:
        if not roll.agrees and roll.moved:
            yield roll.difference(Break.IN_FLIGHT, POSTED_MEANWHILE)
        elif not roll.agrees:
            yield roll.difference(Break.ROLL_FORWARD, "NAV's balance is not what its entries give")


def _beside(rolls: Iterable[Roll]) -> Iterator[Difference]:
    """What others posted beside us is theirs to do; it is listed, since no invariant of documents sees it."""
    for roll in rolls:
        if roll.agrees and roll.others:
            yield roll.difference(Break.NAV_ONLY, "not all is from FreshBooks")


def _debits(accounts: Accounts) -> tuple[Decimal, Decimal]:
    touched = frozenset(accounts.touched)
    counted = [
        e
        for e in accounts.entries
        if e.amount > 0 and e.gl_account_no in touched and _in_period(accounts, e.posting_date)
    ]
    return total(e.amount for e in counted if accounts.is_ours(e)), total(e.amount for e in counted)


def _check(rolls: Sequence[Roll], not_compared: str = "") -> Check:
    return Check(
        invariant="I21",
        name="accounts rolled forward",
        compared=len(rolls),
        freshbooks=ZERO,
        nav=ZERO,
        not_compared=not_compared,
    )
