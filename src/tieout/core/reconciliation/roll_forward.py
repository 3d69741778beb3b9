"""I21: every account on which the pair has posted comes to what NAV says: opening, what is from FreshBooks, what others posted, and the closing of the year.

The other invariants look at what carries a key of ours. This one looks at whole accounts: what others post beside it is listed with its user, and what no entry
accounts for is a difference. Ledger and sub-ledger: each customer and each bank account too, and the bank ledger against its accounts in the general ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from tieout.core.reconciliation.accounts import CLOSES_THE_YEAR, Accounts
from tieout.core.reconciliation.bank_control import BankControl
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.evidence import NOT_GIVEN
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.ledger import GLEntry
from tieout.core.records.money import total

POSTED_MEANWHILE = "NAV posted to it while it was read; look again"


@dataclass(slots=True)
class Roll:
    """What an account comes to, part by part, in local currency; ``later`` is dated after the day as of which is compared.

    ``stands`` is NAV's own balance, as often as it was read; ``debits`` are those since the pair began, ``debits_ours`` what of them is from FreshBooks.
    """

    name: str
    stands: tuple[Decimal, ...] = (ZERO,)
    opening: Decimal = ZERO
    ours: Decimal = ZERO
    others: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    closes_year: Decimal = ZERO
    later: Decimal = ZERO
    debits: Decimal = ZERO
    debits_ours: Decimal = ZERO

    def add(self, amount: Decimal, *, counts: bool, ours: bool) -> None:
        """An entry of a sub-ledger, which does not say who posted it; ``counts``: it is dated up to the day."""
        if not counts:
            self.later += amount
        elif ours:
            self.ours += amount
        else:
            self.others["others"] += amount

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


class RollForward:
    """Account by account; the figures are the debits from FreshBooks, and all debits on these accounts since the pair began."""

    def __init__(self) -> None:
        self._accounts: Accounts | None = None
        self._ledger, self._banks, self._customers = LedgerRolls(), _BankRolls(), _CustomerRolls()
        self._control = BankControl()

    def add(self, traces: Traces) -> Iterable[Difference]:
        self._accounts = accounts = traces.sides.evidence.accounts
        if accounts is not None:
            self._ledger.add(accounts)
            self._banks.add(accounts)
            self._customers.add(traces.sides, accounts)
            self._control.add(accounts)
        return ()

    def check(self) -> Check:
        if self._accounts is None:
            return _check((), ZERO, ZERO, not_compared=NOT_GIVEN)
        ledger = self._ledger.rolls(self._accounts)
        customers, banks = (x.rolls(self._accounts) for x in (self._customers, self._banks))
        rolls = (*ledger, *customers, *banks)
        check = _check(rolls, total(r.debits_ours for r in ledger), total(r.debits for r in ledger))
        found = (*_broken(rolls), *self._control.found())
        return replace(check, found=found, explained=tuple(_beside(ledger)))


class LedgerRolls:
    """Every G/L account on which the pair has posted up to the day."""

    def __init__(self) -> None:
        self._rolls: dict[str, Roll] = {}
        self._touched: set[str] = set()

    def add(self, accounts: Accounts) -> None:
        """The entries of a part."""
        for entry in accounts.entries:
            roll = self._rolls.get(entry.gl_account_no)
            if roll is None:
                roll = self._rolls[entry.gl_account_no] = Roll(f"account {entry.gl_account_no}")
            if _add(accounts, roll, entry):
                self._touched.add(entry.gl_account_no)

    def rolls(self, accounts: Accounts) -> Sequence[Roll]:
        """All parts together, beside NAV's own balances."""
        for no in self._touched:
            self._rolls[no].stands = accounts.accounts.get(no, (ZERO,))
        return [self._rolls[no] for no in sorted(self._touched)]


def _add(accounts: Accounts, roll: Roll, entry: GLEntry) -> bool:
    """Whether it is ours and counts."""
    amount, day = entry.amount, entry.posting_date
    if not accounts.counts(day):
        roll.later += amount
        return False
    ours = accounts.is_ours(entry)
    if amount > 0 and day >= accounts.first_day:
        roll.debits += amount
        roll.debits_ours += amount if ours else ZERO
    if ours:
        roll.ours += amount
    elif day < accounts.first_day:
        roll.opening += amount
    elif entry.source == CLOSES_THE_YEAR:
        roll.closes_year += amount
    else:
        roll.others[entry.user] += amount
    return ours


class _CustomerRolls:
    """The customers that are FreshBooks clients: what made their items larger or smaller."""

    def __init__(self) -> None:
        self._rolls: dict[str, Roll] = {}

    def add(self, sides: Sides, accounts: Accounts) -> None:
        for no in sides.managed - self._rolls.keys():
            self._rolls[no] = Roll(f"customer {no}")
        ours = {e.entry_no for some in sides.nav.families_since.values() for e in some}
        for detail in sides.nav.detailed_entries:
            roll = self._rolls.get(detail.customer_no)
            if roll is None:
                continue  # a customer that is no FreshBooks client
            counts = accounts.counts(detail.posting_date)
            roll.add(detail.amount_lcy, counts=counts, ours=detail.customer_entry_no in ours)

    def rolls(self, accounts: Accounts) -> Sequence[Roll]:
        for no, roll in self._rolls.items():
            roll.stands = accounts.customers.get(no, (ZERO,))
        return [self._rolls[no] for no in sorted(self._rolls)]


class _BankRolls:
    """The bank accounts that have an entry of ours."""

    def __init__(self) -> None:
        self._rolls: dict[str, Roll] = {}
        self._touched: set[str] = set()

    def add(self, accounts: Accounts) -> None:
        ours = {e.entry_no for e in accounts.entries if accounts.is_ours(e)}
        for entry in accounts.bank_entries:
            no = entry.bank_account_no
            roll = self._rolls.setdefault(no, Roll(f"bank account {no}"))
            if entry.entry_no in ours:
                self._touched.add(no)
            counts = accounts.counts(entry.posting_date)
            roll.add(entry.amount_lcy, counts=counts, ours=entry.entry_no in ours)

    def rolls(self, accounts: Accounts) -> Sequence[Roll]:
        for no in self._touched:
            self._rolls[no].stands = accounts.banks.get(no, (ZERO,))
        return [self._rolls[no] for no in sorted(self._touched)]


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


def _check(
    rolls: Sequence[Roll], ours: Decimal, all_of_them: Decimal, not_compared: str = ""
) -> Check:
    return Check(
        invariant="I21",
        name="accounts rolled forward",
        compared=len(rolls),
        freshbooks=ours,
        nav=all_of_them,
        not_compared=not_compared,
    )
