"""Both sides beside each other: per document, per client and currency, and what stands on one side only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tieout_sandboxes.audit.freshbooks_side import FreshbooksSide, Wanted
from tieout_sandboxes.audit.nav_side import Booked, Family, NavSide

CENT = Decimal("0.01")
ZERO = Decimal(0)
KINDS = {"INV": "invoice", "CRN": "credit_note", "PMT": "payment"}


@dataclass(frozen=True)
class Disagreement:
    """One figure on which the books differ; `where` is the FreshBooks document or the client with its currency."""

    where: str
    what: str
    freshbooks: object
    nav: object

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: FreshBooks {self.freshbooks}, NAV {self.nav}"


def compare(freshbooks: FreshbooksSide, nav: NavSide) -> list[Disagreement]:
    """Everything on which they disagree, documents first."""
    found = [
        difference
        for family in sorted({*freshbooks.documents, *nav.documents})
        for difference in _document(
            family, freshbooks.documents.get(family), nav.documents.get(family, Booked()), nav.lcy
        )
    ]
    found += _customers(freshbooks, nav)
    found += [Disagreement("NAV", text, "", "") for text in nav.strange]
    return found


def _document(
    family: Family, wanted: Wanted | None, booked: Booked, lcy: str
) -> Iterator[Disagreement]:
    where = f"{KINDS[family[0]]}/{family[1]}"
    wanted = wanted or Wanted(0, "", ZERO, open=None if family[0] == "PMT" else ZERO)
    if booked.total != wanted.total:
        yield Disagreement(where, "total", wanted.total, booked.total)
        return
    if not wanted.total:
        yield from _leftovers(where, booked, home=booked.currencies <= {lcy})
        return
    if booked.currencies != {wanted.currency}:
        yield Disagreement(where, "currency", wanted.currency, sorted(booked.currencies))
    if wanted.open is not None and booked.open != wanted.open:
        yield Disagreement(where, "open", wanted.open, booked.open)
    yield from _local(where, wanted, booked, home=wanted.currency == lcy)


def _local(where: str, wanted: Wanted, booked: Booked, *, home: bool) -> Iterator[Disagreement]:
    """Net, tax and cash in local currency: exact at home, else at the rate of the whole document within a cent for each G/L entry.

    Sales tax may be a cent off for each tax: NAV works it backwards out of the gross amount and takes no amount of tax from us.
    """
    rate = booked.total_lcy / booked.total
    tolerance = CENT * (wanted.vague + (booked.sales_taxes if home else booked.rows))
    for what in ("net", "tax", "cash"):
        theirs, ours = getattr(wanted, what), getattr(booked, what)
        if abs(theirs * rate - ours) > tolerance:
            yield Disagreement(where, what, theirs, f"{ours} in local currency")
    if home and booked.total_lcy != booked.total:
        yield Disagreement(where, "local amount", wanted.total, booked.total_lcy)


def _leftovers(where: str, booked: Booked, *, home: bool) -> Iterator[Disagreement]:
    """A document that comes to nothing leaves nothing behind; but foreign money given back at another rate has cost or earned the difference."""
    left = {
        "net": booked.net,
        "tax": booked.tax,
        "cash": booked.cash,
        "local amount": booked.total_lcy,
    }
    if not home:
        left |= {"cash": booked.cash + booked.total_lcy, "local amount": ZERO}
    for what, amount in left.items():
        if amount:
            yield Disagreement(where, what, ZERO, amount)


def _customers(freshbooks: FreshbooksSide, nav: NavSide) -> Iterator[Disagreement]:
    """Balances by client and currency, over the NAV customers that carry the client's documents."""
    served = _served(freshbooks, nav)
    balances: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for (customer, currency), amount in nav.balances.items():
        clients = served.get(customer, set())
        if len(clients) > 1:
            yield Disagreement(
                f"NAV customer {customer}", "clients", sorted(clients), "one customer"
            )
        for client in list(clients)[:1]:
            balances[client, currency] += amount
        if not clients and amount:
            yield Disagreement(f"NAV customer {customer}", f"balance in {currency}", ZERO, amount)
    for client, currency in sorted({*freshbooks.balances, *balances}):
        theirs = freshbooks.balances.get((client, currency), ZERO)
        ours = balances.get((client, currency), ZERO)
        if theirs != ours:
            yield Disagreement(f"client {client}", f"balance in {currency}", theirs, ours)


def _served(freshbooks: FreshbooksSide, nav: NavSide) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for family, wanted in freshbooks.documents.items():
        for customer in nav.documents.get(family, Booked()).customers:
            found[customer].add(wanted.client)
    return found
