"""I16: FreshBooks' own trial balance balances, is what its general ledger adds up to, and its receivables are what its invoices have outstanding.

The report is worked out by FreshBooks alone: a general ledger of which a page was lost would not come to it.
A break here is FreshBooks' own, and is reported as such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.reconciliation.books import FreshbooksBooks
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.population import RECEIVABLES
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.feed import FeedLine, OwnBalances
from tieout.core.records.identity import Kind
from tieout.core.records.money import total

Place = tuple[str, str]
NOT_READ = "FreshBooks did not let its trial balance be read. Connect the pair anew (tieout pair connect): the consent asks for it now."
WITHOUT_LEDGER = "FreshBooks did not let its own ledger be read."
LEDGER = "FreshBooks' trial balance is not what its general ledger comes to"
OWED = "FreshBooks' receivables are not what its invoices have outstanding"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """An account in one currency: what it should come to, and the trial balance from before and after."""

    place: Place
    wanted: Decimal
    stands: tuple[Decimal, Decimal]

    @property
    def agrees(self) -> bool:
        return self.wanted in self.stands

    def difference(self, text: str) -> Difference:
        """What moved while it was read is on its way."""
        before, after = self.stands
        currency, number = self.place
        return Difference(
            invariant="I16",
            kind=Break.POPULATION if before == after else Break.IN_FLIGHT,
            subject=f"FreshBooks account {number} {currency}",
            freshbooks=self.wanted,
            nav=after,
            text=text,
        )


class TrialBalance:
    """Each account of FreshBooks against the lines of its general ledger, and receivables against its invoices, in every currency of a document."""

    def __init__(self) -> None:
        self._own: OwnBalances | None = None
        self._not_compared = ""
        self._ledger: dict[Place, Decimal] = defaultdict(Decimal)
        self._lists: dict[str, Decimal] = defaultdict(Decimal)

    def add(self, traces: Traces) -> Iterable[Difference]:
        books = traces.sides.freshbooks
        self._own = own = books.own_balances
        if own is None or books.ledger is None:
            self._not_compared = NOT_READ if own is None else WITHOUT_LEDGER
            return ()
        lines = [line for line in books.ledger if _is_of(own, line)]
        for line in lines:
            self._ledger[line.currency, line.account_number] += line.amount
        for currency in own.after:
            self._lists[currency] += _owed(books, lines, currency)
        return ()

    def check(self) -> Check:
        own = self._own
        if own is None or self._not_compared:
            return _check(not_compared=self._not_compared)
        accounts = tuple(self._accounts(own))
        owed = [_owing(own, currency, self._lists[currency]) for currency in own.after]
        return _check(
            compared=len(accounts) + len(owed),
            lists=total(one.wanted for one in owed),
            report=total(one.stands[-1] for one in owed),
            found=(
                *_unbalanced(own),
                *(one.difference(LEDGER) for one in accounts if not one.agrees),
                *(one.difference(OWED) for one in owed if not one.agrees),
            ),
        )

    def _accounts(self, own: OwnBalances) -> Iterator[_Account]:
        sums, after = self._ledger, own.after
        told = {(code, no): amount for code, some in after.items() for no, amount in some.items()}
        for place in sorted({*sums, *told}):
            # What comes to nothing need not be in a report.
            if sums.get(place) or told.get(place):
                wanted = sums.get(place, ZERO)
                yield _Account(place=place, wanted=wanted, stands=_stands(own, place))


def _is_of(own: OwnBalances, line: FeedLine) -> bool:
    return line.currency in own.after and own.first <= line.day <= own.last


def _stands(own: OwnBalances, place: Place) -> tuple[Decimal, Decimal]:
    currency, number = place
    before, after = (each.get(currency, {}) for each in (own.before, own.after))
    return before.get(number, ZERO), after.get(number, ZERO)


def _owing(own: OwnBalances, currency: str, owed: Decimal) -> _Account:
    """Receivables by the lists, and by the trial balance."""
    place = (currency, RECEIVABLES)
    return _Account(place=place, wanted=owed, stands=_stands(own, place))


def _owed(books: FreshbooksBooks, lines: Sequence[FeedLine], currency: str) -> Decimal:
    """What is outstanding by the lists, and what FreshBooks has on receivables of what lowers no invoice."""
    outstanding = total(books.outstanding(i) for i in books.live_invoices if i.currency == currency)
    on = [x for x in lines if x.currency == currency and x.account_number == RECEIVABLES]
    return outstanding + _beside(books, on, currency)


def _beside(books: FreshbooksBooks, lines: Sequence[FeedLine], currency: str) -> Decimal:
    """Credits, and payments whose invoice is gone, as far as they are on receivables; nobody knows whether a credit waits there until it is used."""
    invoices = {invoice.ref for invoice in books.live_invoices}
    gone = {p.ref for p in books.live_payments if p.invoice not in invoices}
    uses = {
        p.ref: p.amount.amount
        for p in books.live_payments
        if p.from_credit and p.invoice in invoices and p.currency == currency
    }
    aside = gone | uses.keys()
    on_receivables = total(
        line.amount
        for line in lines
        if line.document and (line.document.kind is Kind.CREDIT_NOTE or line.document in aside)
    )
    return on_receivables + total(uses.values())


def _unbalanced(own: OwnBalances) -> Iterator[Difference]:
    for currency, accounts in own.after.items():
        left = total(accounts.values())
        if left:
            yield Difference(
                invariant="I16",
                kind=Break.POPULATION,
                subject=f"FreshBooks trial balance {currency}",
                freshbooks=_debits(accounts),
                nav=_debits(accounts) - left,
                text="FreshBooks' debits are not its credits",
            )


def _debits(accounts: Mapping[str, Decimal]) -> Decimal:
    return total(amount for amount in accounts.values() if amount > 0)


def _check(
    compared: int = 0,
    lists: Decimal = ZERO,
    report: Decimal = ZERO,
    found: tuple[Difference, ...] = (),
    not_compared: str = "",
) -> Check:
    return Check(
        invariant="I16",
        name="FreshBooks' trial balance",
        compared=compared,
        freshbooks=lists,
        # FreshBooks' other figure: NAV has no part in this.
        nav=report,
        found=found,
        not_compared=not_compared,
    )
