"""Both sides of a tie-out, and the little that links them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.evidence import NOTHING, Evidence
from tieout.core.reconciliation.expected import ZERO, Expected
from tieout.core.reconciliation.flight import Account, Flight
from tieout.core.reconciliation.sales import Sale, sales
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import decimals, round_half_away, total

CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Sides:
    """Both books; ``customer_nos`` maps FreshBooks client ids to NAV customer numbers.

    ``expected`` is what should stand in NAV's customer ledger (zero amounts included), ``flight`` what is on its way there,
    ``max_rounding`` how much of a document may stand on the rounding account, because NAV computes another tax.
    """

    freshbooks: FreshbooksBooks
    nav: NavBooks
    customer_nos: Mapping[str, str]
    lcy: str
    expected: tuple[Expected, ...]
    flight: Flight
    max_rounding: Decimal = ZERO
    evidence: Evidence = NOTHING

    def local(self, ref: Ref, amount: Decimal) -> Decimal:
        """A foreign amount at the rate at which its document stands in NAV."""
        family = self.nav.families[ref]
        foreign = total(entry.amount for entry in family)
        local = total(self.nav.local.get(entry.entry_no, ZERO) for entry in family)
        return (amount * local / foreign).quantize(CENT, ROUND_HALF_UP) if foreign else ZERO

    def at_home(self, ref: Ref, currency: str, amount: Decimal) -> Decimal:
        """An amount of a document in local currency, rounded: as it is, or at the rate at which its document stands in NAV."""
        if currency == self.lcy:
            return round_half_away(amount, decimals(self.lcy))
        return self.local(ref, amount)

    def account(self, client: str, currency: str) -> Account:
        """A client and a currency in NAV's words; an unlinked client stands for itself."""
        return self.customer_nos.get(client, client), "" if currency == self.lcy else currency

    @cached_property
    def sales(self) -> Mapping[Ref, Sale]:
        """All that brings revenue or takes it back, by its document."""
        return {sale.ref: sale for sale in sales(self.freshbooks)}

    @cached_property
    def owed(self) -> Mapping[tuple[str, str], Decimal]:
        """What each FreshBooks client owes in each currency: open invoices less unused credit."""
        books = self.freshbooks
        owed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for invoice in books.live_invoices:
            owed[invoice.customer.key, invoice.currency] += books.outstanding(invoice)
        for note in books.live_credit_notes:
            owed[note.customer.key, note.currency] -= books.unused(note)
        for payment in books.orphans:
            owed[payment.customer.key, payment.currency] -= payment.amount.amount
        return owed

    @cached_property
    def owed_by_account(self) -> Mapping[Account, Decimal]:
        """The same by customer; several clients may be one customer."""
        owed: dict[Account, Decimal] = defaultdict(Decimal)
        for (client, currency), amount in self.owed.items():
            owed[self.account(client, currency)] += amount
        return owed

    @cached_property
    def clients(self) -> Mapping[str, frozenset[str]]:
        """The clients that are one customer, by its number."""
        clients: dict[str, set[str]] = defaultdict(set)
        for client in {*self.customer_nos, *(client for client, _ in self.owed)}:
            clients[self.customer_nos.get(client, client)].add(client)
        return {no: frozenset(some) for no, some in clients.items()}

    @cached_property
    def balances(self) -> Mapping[Account, Decimal]:
        """What NAV says that these customers owe."""
        balances: dict[Account, Decimal] = defaultdict(Decimal)
        unlinked = {client for client, _ in self.owed if client not in self.customer_nos}
        for entry in self.nav.entries:
            if entry.customer_no in self.managed or entry.customer_no in unlinked:
                balances[entry.customer_no, entry.currency_code] += self.nav.remaining(entry)
        return balances

    @cached_property
    def managed(self) -> frozenset[str]:
        """The customers that are FreshBooks clients."""
        return frozenset(self.customer_nos.values())

    @cached_property
    def strange(self) -> tuple[CustomerEntry, ...]:
        """What stands on these customers in NAV and has no key of a FreshBooks document."""
        known = {e.entry_no for some in self.nav.families.values() for e in some}
        return tuple(
            entry
            for entry in self.nav.entries
            if entry.customer_no in self.managed
            if entry.entry_no not in known and not entry.reversed
        )

    @cached_property
    def strange_balances(self) -> Mapping[Account, Decimal]:
        """What is open of it, or what is open of ours because it was applied: what it changes of what these customers owe."""
        changed: dict[Account, Decimal] = defaultdict(Decimal)
        for entry in self.strange:
            changed[entry.customer_no, entry.currency_code] += entry.amount
        return changed
