"""What customers owe in both books, by customer and currency, added up over all parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.flight import Account
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.money import total


class Totals:
    """The sums of all parts; ``clients`` are those that are one customer, by its number, ``moving`` is what is on its way."""

    def __init__(self) -> None:
        self.owed: dict[Account, Decimal] = defaultdict(Decimal)
        self.balances: dict[Account, Decimal] = defaultdict(Decimal)
        self.strange: dict[Account, Decimal] = defaultdict(Decimal)
        self.moving: dict[Account, Decimal] = defaultdict(Decimal)
        self.clients: dict[str, set[str]] = defaultdict(set)
        self.managed: frozenset[str] = frozenset()
        self._linked: Mapping[str, str] | None = None

    def add(self, sides: Sides) -> None:
        for sums, part in (
            (self.owed, sides.owed_by_account),
            (self.balances, sides.balances),
            (self.strange, sides.strange_balances),
            (self.moving, sides.flight.accounts),
        ):
            for account, amount in part.items():
                sums[account] += amount
        if sides.customer_nos is not self._linked:  # all parts have the same
            self._linked, self.managed = sides.customer_nos, sides.managed
            for client, no in sides.customer_nos.items():
                self.clients[no].add(client)
        for client, _ in sides.owed:
            if client not in sides.customer_nos:
                self.clients[client].add(client)

    def agree(self, account: Account) -> bool:
        """Whether a customer owes the same in both books."""
        return self.owed.get(account) == self.balances.get(account)

    def name(self, account: Account) -> str:
        """A customer as both books call it."""
        no, currency = account
        keys = ", ".join(sorted(self.clients.get(no, {no})))
        linked = no if no in self.managed else "none"
        return f"client {keys} = customer {linked}" + (f" in {currency}" if currency else "")

    def is_on_its_way(self, account: Account, difference: Decimal) -> bool:
        """Whether what a customer owes differs by what is on its way, to the cent."""
        return bool(difference) and self.moving.get(account, ZERO) == difference

    def are_on_their_way(self, difference: Decimal) -> bool:
        """Whether receivables in local currency differ by it."""
        return bool(difference) and _at_home(self.moving) == difference

    @property
    def strange_at_home(self) -> Decimal:
        """What stands on receivables in local currency that is not from FreshBooks."""
        return _at_home(self.strange)


def _at_home(amounts: dict[Account, Decimal]) -> Decimal:
    return total(amount for (_, code), amount in amounts.items() if not code)
