"""The second tier: of all pairs that may be the same, those that are likely enough and have no rival."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from tieout.core.matching.cards import Freshbooks, Nav
from tieout.core.matching.customers import Same
from tieout.core.matching.pool import Pool, grouped
from tieout.core.matching.result import Match, Tier
from tieout.core.matching.score import (
    LATE_LINE,
    LATE_RELIEF,
    LINE,
    MARGIN,
    WORTH_PROPOSING,
    Edge,
    Evidence,
    edge,
)
from tieout.core.matching.slips import without_one
from tieout.core.matching.twins import is_twin
from tieout.core.records.identity import Kind

# Documents of one customer that are closer than this are compared even if nothing else is alike.
CLOSE_DAYS = 10
# An amount that more documents have tells nothing without the customer.
COMMON = 12
# Pairs with less than this are nobody's rivals.
FLOOR = WORTH_PROPOSING - MARGIN
# What an entry of the other sign may be called and still be the document, its sign mistaken: a payment's own number is its invoice's.
SIGNLESS = {True: (None, Kind.INVOICE), False: (None, Kind.CREDIT_NOTE)}
NOWHERE_ELSE = ("nothing else has this amount", 13)
ONLY = ("the only one of this customer with this amount", 10)
LEFT = ("the only ones left of this customer in these days", 20)


def match_scored(pool: Pool, *, same_amount: bool = False, late: bool = False) -> None:
    """Match every pair above the line that has no rival; again, until no more come of it."""
    line = LATE_LINE if late else LINE
    edges = sorted(_edges(pool, late=late), key=_order)
    edges = [each for each in edges if each.points >= FLOOR]
    while _round(pool, edges, line, same_amount=same_amount):
        pass


def propose(pool: Pool) -> list[Match]:
    """The best pair of each document that is left, where one is worth a person's look."""
    edges = sorted(_edges(pool, late=True), key=_order)
    found: list[Match] = []
    seen: set[int] = set()
    for each in edges:
        ends = {id(each.freshbooks), id(each.nav)}
        if each.points >= WORTH_PROPOSING and not ends & seen:
            seen |= ends
            found.append(
                Match(
                    freshbooks=(each.freshbooks.document,),
                    nav=(each.nav.document,),
                    tier=Tier.SCORED,
                    score=each.points,
                    reasons=each.reasons,
                )
            )
    return found


def _order(each: Edge) -> tuple[int, str, int]:
    return -each.points, each.freshbooks.document.ref, each.nav.document.entry_no


def _round(pool: Pool, edges: list[Edge], line: int, *, same_amount: bool) -> bool:
    around = _Around([e for e in edges if pool.is_free(e.freshbooks) and pool.is_free(e.nav)])
    made = False
    for each in around.edges:
        if each.points < line:
            break
        free = pool.is_free(each.freshbooks) and pool.is_free(each.nav)
        if free and (each.same_amount or not same_amount) and not around.has_rival(each):
            pool.take([each.freshbooks], [each.nav], Tier.SCORED, each.points, *each.reasons)
            made = True
    return made


class _Around:
    """The pairs that are still possible, by their ends."""

    def __init__(self, edges: list[Edge]) -> None:
        self.edges = edges
        self._points = {(id(e.freshbooks), id(e.nav)): e.points for e in edges}
        self._of: dict[int, list[Edge]] = defaultdict(list)
        for each in edges:
            self._of[id(each.freshbooks)].append(each)
            self._of[id(each.nav)].append(each)

    def has_rival(self, e: Edge) -> bool:
        """Whether another pair of either end is about as good and has nowhere better to go."""
        ends = (id(e.freshbooks), id(e.nav))
        return any(
            r is not e and e.points - r.points < MARGIN and not self._goes_elsewhere(e, r)
            for end in ends
            for r in self._of[end]
        )

    def _goes_elsewhere(self, e: Edge, r: Edge) -> bool:
        """Whether the rival's other end has a partner of its own, so that an exchange would make both worse or no difference; or is e's entry keyed again."""
        same_f = r.freshbooks is e.freshbooks
        if not same_f and _is_alike(e.freshbooks, r.freshbooks) and e.points >= r.points:
            return True
        if same_f and e.points >= r.points and is_twin(e.nav, r.nav) and _comes_first(e, r):
            return True
        for own in self._of[id(r.nav) if same_f else id(r.freshbooks)]:
            if own is not r:
                f, n = (own.freshbooks, e.nav) if same_f else (e.freshbooks, own.nav)
                exchanged = r.points + self._points.get((id(f), id(n)), FLOOR)
                no_matter = _is_alike(f, e.freshbooks) and own.points >= exchanged - e.points
                if no_matter or e.points + own.points - exchanged >= MARGIN:
                    return True
        return False


def _is_alike(a: Freshbooks, b: Freshbooks) -> bool:
    """Whether nobody could tell which of two documents an entry without a number is."""
    one, other = a.document, b.document
    same = (one.kind, one.client, one.currency) == (other.kind, other.client, other.currency)
    return a is not b and same and (a.units, a.day) == (b.units, b.day)


def _comes_first(e: Edge, r: Edge) -> bool:
    day = e.freshbooks.day
    first, second = ((abs(n.day - day), n.document.entry_no) for n in (e.nav, r.nav))
    return first < second


def _edges(pool: Pool, *, late: bool) -> Iterator[Edge]:
    """Every pair with something in common, scored. Late, an amount is as common as it is among what is left."""
    free_f, free_n = pool.free(pool.freshbooks), pool.free(pool.nav)
    fs, ns = (free_f, free_n) if late else (pool.freshbooks, pool.nav)
    ours = Counter((f.document.client, f.units) for f in fs)
    theirs = Counter((n.document.customer_no, n.units) for n in ns)
    amounts = Counter(f.units for f in pool.freshbooks) + Counter(n.units for n in pool.nav)
    alone = _alone(pool, free_f, free_n)
    for f, n in _candidates(pool, free_f, free_n):
        others = max(ours[f.document.client, f.units], theirs[n.document.customer_no, n.units])
        more: list[Evidence] = []
        if f.units == n.units:
            more += [NOWHERE_ELSE] if amounts[f.units] == 2 else [ONLY] if others == 1 else []
        elif alone.get(id(f)) is n:
            more.append(LEFT)
        if late and pool.links.same(f, n) is Same.NO:
            more.append(("", LATE_RELIEF))
        yield edge(pool, f, n, others, tuple(more))


def _candidates(
    pool: Pool, fs: list[Freshbooks], ns: list[Nav]
) -> Iterable[tuple[Freshbooks, Nav]]:
    found: dict[tuple[int, int], tuple[Freshbooks, Nav]] = {}
    for pairs in (_by_number(fs, ns), _by_amount(fs, ns), _by_customer(pool, fs, ns)):
        for f, n in pairs:
            found[id(f), id(n)] = (f, n)
    return found.values()


def _by_number(fs: list[Freshbooks], ns: list[Nav]) -> Iterator[tuple[Freshbooks, Nav]]:
    """The same number, or one that is a slip away; whatever the sign, for an invoice may be keyed as a credit."""
    keyed = grouped((key, n) for n in ns for key in n.keyed | n.told)
    slipped = grouped((part, n) for n in ns if n.external for part in without_one(n.external))
    for f in fs:
        for key in f.numbers:
            found = keyed.get(key, [])
            for part in without_one(key):
                found = [*found, *slipped.get(part, ())]
            yield from ((f, n) for n in found if f.debit == n.debit or n.kind in SIGNLESS[f.debit])


def _by_amount(fs: list[Freshbooks], ns: list[Nav]) -> Iterator[tuple[Freshbooks, Nav]]:
    amounts = grouped((n.units, n) for n in ns)
    for f in fs:
        same = amounts.get(f.units, [])
        if len(same) <= COMMON:
            yield from ((f, n) for n in same)


def _by_customer(
    pool: Pool, fs: list[Freshbooks], ns: list[Nav]
) -> Iterator[tuple[Freshbooks, Nav]]:
    theirs = grouped(((n.document.customer_no, n.debit), n) for n in ns)
    for f in fs:
        no = pool.links.main.get(f.document.client, "")
        for n in theirs.get((no, f.debit), ()):
            if f.units == n.units or abs(n.day - f.day) <= CLOSE_DAYS:
                yield f, n


def _alone(pool: Pool, fs: list[Freshbooks], ns: list[Nav]) -> dict[int, Nav]:
    """For each document the one entry that is left of its customer in these days, if there is but one on either side and neither may be part of a sum."""
    summed = {id(document) for each in pool.proposals for document in each.documents}
    pairs = list(_by_customer(pool, fs, ns))
    close = [(f, n) for f, n in pairs if abs(n.day - f.day) <= CLOSE_DAYS]
    close = [(f, n) for f, n in close if not {id(f.document), id(n.document)} & summed]
    count = Counter(id(card) for pair in close for card in pair)
    return {id(f): n for f, n in close if count[id(f)] == 1 and count[id(n)] == 1}
