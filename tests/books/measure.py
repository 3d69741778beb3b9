"""How well the books check does on made-up books: what it found of what is true, and how much of what it says is true."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from tests.books.firm import firm
from tests.books.keying import Books, books

from tieout.core.matching.check import check_books
from tieout.core.matching.result import BooksCheck

# What an error brings with it is no false alarm: a payment that was never keyed leaves its invoice open.
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


@dataclass
class Figures:
    """Counts over one firm or many."""

    documents: int = 0
    pairs: int = 0
    found: int = 0
    made: int = 0
    wrong: int = 0
    planted: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    seconds: float = 0

    def add(self, other: Figures) -> None:
        for name in ("documents", "pairs", "found", "made", "wrong", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("planted", "named", "told", "false"):
            getattr(self, name).update(getattr(other, name))

    @property
    def recall(self) -> float:
        return self.found / self.pairs

    @property
    def precision(self) -> float:
        return 1 - self.wrong / self.made

    @property
    def naming(self) -> float:
        return self.named.total() / self.planted.total()

    @property
    def truth_of_naming(self) -> float:
        return 1 - self.false.total() / self.told.total()


def measure(seed: int, documents: int) -> Figures:
    """One firm, checked from the first to the last day of its year."""
    made = books(firm(seed, documents), seed)
    begun = time.perf_counter()
    found = check_books(made.freshbooks, made.nav, date(2024, 1, 1), date(2026, 12, 31))
    return compared(made, found, time.perf_counter() - begun)


def classes(made: Books) -> dict[str | int, object]:
    """Documents that nobody could tell apart count as each other: of a client two payments of one amount on one day, in NAV two entries that say the same."""
    found: dict[str | int, object] = {}
    for f in made.freshbooks:
        found[f.ref] = (f.kind, f.client, f.currency, f.amount, f.day, f.number)
    for n in made.nav:
        text = (n.external_no, n.description, n.type, n.accounts)
        found[n.entry_no] = (n.customer_no, n.currency, n.amount, n.posting_date, text)
    return found


def compared(made: Books, found: BooksCheck, seconds: float) -> Figures:
    """What was found beside what is true."""
    figures = Figures(documents=len(made.freshbooks), seconds=seconds)
    alike = classes(made)
    pairs = Counter(
        (alike[f.ref], alike[n.entry_no])
        for m in found.matches
        for f in m.freshbooks
        for n in m.nav
    )
    true = Counter((alike[ref], alike[number]) for ref, number in made.truth.pairs)
    figures.pairs, figures.made = true.total(), pairs.total()
    figures.found, figures.wrong = (true & pairs).total(), (pairs - true).total()
    told = [
        (str(d.kind), {f.ref for f in d.freshbooks} | {n.entry_no for n in d.nav})
        for d in found.differences
    ]
    by_mark = {(kind, mark) for kind, marks in told for mark in marks}
    planted = {(e.kind, mark) for e in made.truth.errors for mark in (*e.freshbooks, *e.nav)}
    for error in made.truth.errors:
        figures.planted[error.kind] += 1
        marks = {(error.kind, mark) for mark in (*error.freshbooks, *error.nav)}
        figures.named[error.kind] += bool(marks & by_mark)
    for kind, marks in told:
        figures.told[kind] += 1
        figures.false[kind] += not {(kind, mark) for mark in marks} & planted
    return figures
