"""Do both books agree? Five invariants, each from both systems' own figures, and a named difference for whatever breaks one.

I1 every document has the same total, customer and currency; I3 every invoice is open by the same amount; I4 every customer owes the same; I5 the receivables
accounts of the general ledger equal the customer ledger, and both equal what FreshBooks says is owed; I23 every open invoice is due on the same day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.expected import ZERO, Expected, expected_documents
from tieout.core.reconciliation.flight import Account, Flight, Pending, flight_of
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import total

INVOICE = "Invoice"


class Break(StrEnum):
    """What kind of disagreement it is."""

    MISSING_IN_NAV = "MISSING_IN_NAV"
    MISSING_IN_FB = "MISSING_IN_FB"
    DUPLICATE = "DUPLICATE"
    AMOUNT = "AMOUNT"
    CURRENCY = "CURRENCY"
    CUSTOMER_MISMATCH = "CUSTOMER_MISMATCH"
    OPEN_AMOUNT = "OPEN_AMOUNT"
    DUE_DATE = "DUE_DATE"
    BALANCE = "BALANCE"
    CONTROL = "CONTROL"
    IN_FLIGHT = "IN_FLIGHT"
    DATE_PERIOD = "DATE_PERIOD"
    PRIOR_PERIOD_CHANGE = "PRIOR_PERIOD_CHANGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One disagreement: where, of which kind, both figures, and in words."""

    invariant: str
    kind: Break
    subject: str
    freshbooks: Decimal
    nav: Decimal
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One invariant in figures: how many things were compared, both totals, and whether they agree."""

    invariant: str
    name: str
    compared: int
    freshbooks: Decimal
    nav: Decimal
    differences: int

    @property
    def agrees(self) -> bool:
        return self.differences == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tieout:
    """The result: every check, every difference, what is on its way; ``agrees`` only without any difference."""

    checks: tuple[Check, ...]
    differences: tuple[Difference, ...]
    in_flight: tuple[Pending, ...] = ()

    @property
    def agrees(self) -> bool:
        return not self.differences

    @property
    def breaks(self) -> tuple[Difference, ...]:
        """The differences that do not go away by waiting."""
        return tuple(d for d in self.differences if d.kind is not Break.IN_FLIGHT)


def tie_out(
    freshbooks: FreshbooksBooks,
    nav: NavBooks,
    customer_nos: Mapping[str, str],
    lcy: str,
    in_flight: Collection[Ref] = (),
) -> Tieout:
    """Compare the books; ``customer_nos`` maps FreshBooks client ids to NAV customer numbers.

    ``in_flight`` are documents that Tieout still has to carry over.
    """
    expected = list(expected_documents(freshbooks, customer_nos, lcy))
    flight = flight_of(in_flight, expected, freshbooks, nav)
    parts = [
        _documents(expected, nav, flight),
        _open_items(freshbooks, nav, flight),
        _balances(freshbooks, nav, customer_nos, lcy, flight),
        _control(freshbooks, nav, customer_nos, lcy, flight),
        _due_dates(freshbooks, nav, flight),
    ]
    return Tieout(
        checks=tuple(check for check, _ in parts),
        differences=tuple(d for _, differences in parts for d in differences),
        in_flight=flight.pending,
    )


def _documents(
    documents: Sequence[Expected], nav: NavBooks, flight: Flight
) -> tuple[Check, list[Difference]]:
    expected = {e.ref: e for e in documents if e.amount}
    differences: list[Difference] = []
    for ref, want in expected.items():
        found = list(_compare_family(want, nav.families.get(ref, ())))
        later = found and list(_compare_family(want, nav.families_since.get(ref, ())))
        differences += found if later else _late(found, ref, nav)
    for ref in set(nav.families) - set(expected):
        left = total(e.amount for e in nav.families[ref])
        if left:
            found = [_difference("I1", Break.MISSING_IN_FB, str(ref), ZERO, left)]
            stays = total(e.amount for e in nav.families_since[ref])
            differences += found if stays else _late(found, ref, nav)
    moving = {str(ref) for ref in (*expected, *nav.families) if flight.explains(ref)}
    differences = [_in_flight(d) if d.subject in moving else d for d in differences]
    check = Check(
        invariant="I1",
        name="document totals",
        compared=len(expected),
        freshbooks=total(e.amount for e in expected.values()),
        nav=total(e.amount for entries in nav.families.values() for e in entries),
        differences=len(differences),
    )
    return check, differences


def _late(found: Sequence[Difference], ref: Ref, nav: NavBooks) -> list[Difference]:
    """Differences that what NAV posted after the day makes good: the document came later, or was changed when its period was closed."""
    kind = Break.PRIOR_PERIOD_CHANGE if ref in nav.families else Break.DATE_PERIOD
    return [replace(difference, kind=kind) for difference in found]


def _compare_family(want: Expected, entries: Sequence[CustomerEntry]) -> Iterator[Difference]:
    subject = str(want.ref)
    standing = _standing(entries)
    amount = total(standing.values())
    if not entries:
        yield _difference("I1", Break.MISSING_IN_NAV, subject, want.amount, ZERO)
        return
    if amount != want.amount:
        twice = amount and amount % want.amount == 0
        kind = Break.DUPLICATE if twice else Break.AMOUNT
        yield _difference("I1", kind, subject, want.amount, amount)
    others = sorted({no for no, _ in standing} - {want.customer_no})
    if others:
        text = f"FreshBooks' customer is {want.customer_no or 'not linked'}, NAV has {others}"
        yield _difference("I1", Break.CUSTOMER_MISMATCH, subject, want.amount, amount, text)
    currencies = sorted({c for _, c in standing} - {want.currency_code})
    if currencies:
        text = f"NAV has currency {currencies}, expected {want.currency_code!r}"
        yield _difference("I1", Break.CURRENCY, subject, want.amount, amount, text)


def _standing(entries: Sequence[CustomerEntry]) -> dict[tuple[str, str], Decimal]:
    """What stands of a family by customer and currency; what was reversed there and posted elsewhere does not."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in entries:
        sums[entry.customer_no, entry.currency_code] += entry.amount
    return {place: amount for place, amount in sums.items() if amount}


def _open_items(
    books: FreshbooksBooks, nav: NavBooks, flight: Flight
) -> tuple[Check, list[Difference]]:
    """What is open of an invoice, together with what is left of its payments: one that was cut below what was paid leaves a credit, an overpayment too."""
    differences: list[Difference] = []
    theirs = ours = ZERO
    paid: dict[Ref, list[Ref]] = defaultdict(list)
    for payment in books.money:
        if books.moves(payment):
            paid[payment.invoice].append(payment.ref)
    for invoice in books.live_invoices:
        rests = (books.overpayments.get(ref) for ref in paid[invoice.ref])
        left = books.outstanding(invoice) - total(books.unused(note) for note in rests if note)
        family = [e for ref in (invoice.ref, *paid[invoice.ref]) for e in nav.families.get(ref, ())]
        remaining = total(nav.remaining(e) for e in family)
        theirs, ours = theirs + left, ours + remaining
        if left != remaining:
            moving = flight.explains_open(invoice.ref, left - remaining)
            kind = Break.IN_FLIGHT if moving else Break.OPEN_AMOUNT
            differences.append(_difference("I3", kind, str(invoice.ref), left, remaining))
    check = Check(
        invariant="I3",
        name="open items",
        compared=len(books.live_invoices),
        freshbooks=theirs,
        nav=ours,
        differences=len(differences),
    )
    return check, differences


def _due_dates(
    books: FreshbooksBooks, nav: NavBooks, flight: Flight
) -> tuple[Check, list[Difference]]:
    """Open items are of the same age in both books. NAV keeps the date of an entry that is closed, so only what is open now is compared."""
    differences: list[Difference] = []
    compared = [
        (invoice, entry, nav.remaining(entry))
        for invoice in books.live_invoices
        for entry in nav.families.get(invoice.ref, ())
        if invoice.due_on and entry.open and entry.document_type == INVOICE
    ]
    for invoice, entry, open_ in compared:
        if invoice.due_on != entry.due_on:
            kind = Break.IN_FLIGHT if flight.explains(invoice.ref) else Break.DUE_DATE
            text = f"FreshBooks: due on {invoice.due_on}, NAV: due on {entry.due_on or 'no day'}"
            owed = books.outstanding(invoice)
            differences.append(_difference("I23", kind, str(invoice.ref), owed, open_, text))
    check = Check(
        invariant="I23",
        name="due dates of open items",
        compared=len(compared),
        freshbooks=total(books.outstanding(i) for i in {i.ref: i for i, _, _ in compared}.values()),
        nav=total(open_ for _, _, open_ in compared),
        differences=len(differences),
    )
    return check, differences


def _owed(books: FreshbooksBooks) -> dict[Account, Decimal]:
    """What each FreshBooks client owes in each currency: open invoices less unused credit."""
    owed: dict[Account, Decimal] = defaultdict(Decimal)
    for invoice in books.live_invoices:
        owed[invoice.customer.key, invoice.currency] += books.outstanding(invoice)
    for note in books.live_credit_notes:
        owed[note.customer.key, note.currency] -= books.unused(note)
    for payment in books.orphans:
        owed[payment.customer.key, payment.currency] -= payment.amount.amount
    return owed


def _balances(
    books: FreshbooksBooks,
    nav: NavBooks,
    customer_nos: Mapping[str, str],
    lcy: str,
    flight: Flight,
) -> tuple[Check, list[Difference]]:
    """What customers owe in each currency; several clients may be one customer."""
    owed: dict[Account, Decimal] = defaultdict(Decimal)
    clients: dict[str, set[str]] = defaultdict(set)
    for (key, currency), amount in _owed(books).items():
        owed[customer_nos.get(key, key), "" if currency == lcy else currency] += amount
    for key in {*customer_nos, *(key for key, _ in _owed(books))}:
        clients[customer_nos.get(key, key)].add(key)
    balances: dict[Account, Decimal] = defaultdict(Decimal)
    for entry in nav.entries:
        if entry.customer_no in clients:
            balances[entry.customer_no, entry.currency_code] += nav.remaining(entry)
    differences = [
        _difference(
            "I4",
            Break.IN_FLIGHT
            if flight.explains_balance(place, owed[place] - balances[place])
            else Break.BALANCE,
            _account(clients, customer_nos, place),
            owed[place],
            balances[place],
        )
        for place in sorted({*owed, *balances})
        if owed[place] != balances[place]
    ]
    check = Check(
        invariant="I4",
        name="customer balances",
        compared=len(clients),
        freshbooks=total(owed.values()),
        nav=total(balances.values()),
        differences=len(differences),
    )
    return check, differences


def _account(
    clients: Mapping[str, set[str]], customer_nos: Mapping[str, str], place: Account
) -> str:
    no, currency = place
    keys = ", ".join(sorted(clients.get(no, {no})))
    linked = no if no in customer_nos.values() else "none"
    return f"client {keys} = customer {linked}" + (f" in {currency}" if currency else "")


def _control(
    books: FreshbooksBooks,
    nav: NavBooks,
    customer_nos: Mapping[str, str],
    lcy: str,
    flight: Flight,
) -> tuple[Check, list[Difference]]:
    """The general ledger's receivables against the customer ledger (NAV's own house), and what of it is ours and in local currency against FreshBooks.

    Local amounts of foreign money exist in NAV only; that money is compared in its own currency, customer by customer.
    """
    ours = set(customer_nos.values())
    ledger = total(entry.amount_lcy for entry in nav.details)
    others = total(
        entry.amount_lcy
        for entry in nav.details
        if entry.customer_no not in ours or entry.currency_code
    )
    owed = total(amount for (_, currency), amount in _owed(books).items() if currency == lcy)
    stands = nav.control - others
    pairs = [
        (ledger, nav.control, "the receivables accounts differ from the customer ledger"),
        (owed, stands, "the receivables accounts differ from what FreshBooks says is owed"),
    ]
    differences = [
        _difference("I5", Break.CONTROL, "receivables", left, right, text)
        for left, right, text in pairs
        if left != right
    ]
    if owed != stands and flight.explains_control(owed - stands):
        differences[-1] = _in_flight(differences[-1])
    check = Check(
        invariant="I5",
        name="receivables control",
        compared=len(pairs),
        freshbooks=owed,
        nav=stands,
        differences=len(differences),
    )
    return check, differences


def _in_flight(difference: Difference) -> Difference:
    return replace(difference, kind=Break.IN_FLIGHT)


def _difference(
    invariant: str, kind: Break, subject: str, freshbooks: Decimal, nav: Decimal, text: str = ""
) -> Difference:
    return Difference(
        invariant=invariant,
        kind=kind,
        subject=subject,
        freshbooks=freshbooks,
        nav=nav,
        text=text,
    )
