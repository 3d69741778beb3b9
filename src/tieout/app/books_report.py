"""A books check as an accountant sends it to a client: what is claimed, the figures, and rows of both sides. CSV, Excel and PDF are made from this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from tieout.app.books_report_words import title
from tieout.core.matching.documents import Document, FreshbooksDocument, NavDocument
from tieout.core.matching.result import BooksCheck, Break, Difference, Match
from tieout.core.records.identity import Kind
from tieout.core.records.money import total

KINDS = {Kind.INVOICE: "Invoices", Kind.CREDIT_NOTE: "Credit notes", Kind.PAYMENT: "Payments"}

MATCHED_BY = (
    "Documents were matched by what both systems show of them: numbers, amounts, customers, days, currencies and texts."
    " Nothing connects the two systems. Tieout only read; it posted and changed nothing."
)
NOT_CLAIMED = "Nothing is claimed about other days, other ledgers, or what neither list shows."


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``freshbooks`` and ``nav`` are the names of business and company.

    ``read_freshbooks`` and ``read_nav`` are all documents that were compared, of days around those that are reported too.
    ``left_out`` counts by system and reason what was read and not compared (of FreshBooks: of all days).
    """

    freshbooks: str
    nav: str
    first: date
    last: date
    read_at: datetime
    days: int
    found: BooksCheck
    read_freshbooks: Sequence[FreshbooksDocument] = ()
    read_nav: Sequence[NavDocument] = ()
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def claim(self) -> list[str]:
        """What may be said of these books, and what not."""
        found = self.found
        compared = (
            f"Compared were the invoices, credit notes and payments of {self.freshbooks} dated {self.first} to {self.last}"
            f" ({len(found.freshbooks):,}) with the customer ledger entries of {self.nav} posted on these days ({len(found.nav):,}),"
            f" as both systems showed them on {self.read_at:%Y-%m-%d} at {self.read_at:%H:%M} UTC."
        )
        agreed = (
            f"{len(found.agreed):,} matches agree; {len(found.differences):,} differences are listed below, each with both sides' figures."
            f" A date counts as the same within {self.days} days in the same month."
        )
        proposed = (
            f"{len(found.proposals):,} further matches are only proposed: too little speaks for them."
            " Their documents count as missing until a person decides."
        )
        only = [proposed] if found.proposals else []
        return [compared, agreed, *only, MATCHED_BY, NOT_CLAIMED]


@dataclass(frozen=True, slots=True)
class Risk:
    """How many differences of a kind there are in a currency, and what they come to."""

    kind: Break
    currency: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Side:
    """What both sides have of one kind in one currency: counts and sums, as on customers' accounts (debit positive)."""

    what: str
    currency: str
    freshbooks: int
    freshbooks_sum: Decimal
    nav: int
    nav_sum: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """Both sides of a match or difference in one line; several documents are named with their sum.

    ``documents`` and ``entries`` name them all, for programs: by reference in FreshBooks, by entry number in NAV.
    """

    kind: str
    number: str
    client: str
    day: str
    amount: Decimal | None
    tax: Decimal | None
    entry: str
    external: str
    customer: str
    posted: str
    nav_amount: Decimal | None
    nav_tax: Decimal | None
    remaining: Decimal | None
    currency: str
    at_risk: Decimal | None
    text: str
    documents: str = ""
    entries: str = ""


def risks(found: BooksCheck) -> list[Risk]:
    """The totals at risk by kind and currency, in the order of kinds."""
    return [
        Risk(kind, currency, len(some), total(each.at_risk for each in some))
        for kind in Break
        for currency in sorted({each.currency for each in found.differences})
        if (some := [e for e in found.differences if (e.kind, e.currency) == (kind, currency)])
    ]


def sides(found: BooksCheck) -> list[Side]:
    """Both populations by kind and currency; what NAV does not call one of the three is last."""
    ours = [(KINDS[f.kind], f.currency, f.amount) for f in found.freshbooks]
    theirs = [(_called(n), n.currency, n.amount) for n in found.nav]
    order = [*KINDS.values(), "Other entries"]
    marks = sorted(
        {mark[:2] for mark in (*ours, *theirs)}, key=lambda mark: (order.index(mark[0]), mark[1])
    )
    return [Side(*mark, *_counted(ours, mark), *_counted(theirs, mark)) for mark in marks]


def _called(n: NavDocument) -> str:
    names = {"Invoice": "Invoices", "Credit Memo": "Credit notes", "Payment": "Payments"}
    return names.get(n.type, "Other entries")


def _counted(
    some: Iterable[tuple[str, str, Decimal]], mark: tuple[str, str]
) -> tuple[int, Decimal]:
    amounts = [amount for what, currency, amount in some if (what, currency) == mark]
    return len(amounts), total(amounts)


def of_kind(found: BooksCheck, kind: Break) -> list[Row]:
    """The differences of one kind."""
    return [difference_row(each) for each in found.differences if each.kind is kind]


def difference_row(each: Difference) -> Row:
    """A difference in one line."""
    return _row(title(each.kind), each.freshbooks, each.nav, each.at_risk, each.text)


def match_row(match: Match) -> Row:
    """A match in one line, with the reasons why it is one."""
    return _row(str(match.tier), match.freshbooks, match.nav, None, ", ".join(match.reasons))


def _row(
    kind: str,
    ours: Sequence[FreshbooksDocument],
    theirs: Sequence[NavDocument],
    at_risk: Decimal | None,
    text: str,
) -> Row:
    return Row(
        kind=kind,
        number=_joined(label(f) for f in ours),
        client=_joined(_distinct(f.client_name for f in ours)),
        day=_days(ours),
        amount=_sum([f.amount for f in ours]),
        tax=_sum([f.tax for f in ours]),
        entry=_joined(str(n.entry_no) for n in theirs),
        external=_joined(_distinct(n.external_no or n.document_no for n in theirs)),
        customer=_joined(_distinct(f"{n.customer_no} {n.customer_name}" for n in theirs)),
        posted=_days(theirs),
        nav_amount=_sum([n.amount for n in theirs]),
        nav_tax=_sum([n.tax for n in theirs]),
        remaining=_sum([n.remaining for n in theirs]),
        currency=[*(f.currency for f in ours), *(n.currency for n in theirs)][0],
        at_risk=at_risk or None,
        text=text,
        documents=" ".join(f.ref for f in ours),
        entries=" ".join(n.ref for n in theirs),
    )


def label(f: FreshbooksDocument) -> str:
    """How a document is called on paper: its number, or of a payment what it pays."""
    if f.number:
        return f.number
    return f"for {f.named[0]}" if f.named else f.ref.rpartition("/")[2]


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return total(known) if known and len(known) == len(amounts) else None


def _joined(texts: Iterable[str], most: int = 4) -> str:
    """The first few and how many more."""
    some = [text for text in texts if text]
    more = f" and {len(some) - most} more" if len(some) > most else ""
    return ", ".join(some[:most]) + more


def _distinct(texts: Iterable[str]) -> Iterator[str]:
    return iter(dict.fromkeys(texts))


def _days(documents: Sequence[Document]) -> str:
    days = sorted({document.day for document in documents})
    if not days:
        return ""
    return days[0].isoformat() if len(days) == 1 else f"{days[0]} to {days[-1]}"
