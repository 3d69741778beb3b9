"""The third tier: one posting for several documents, a day's sales in one entry, one document in several parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from tieout.core.matching.cards import Freshbooks, Nav
from tieout.core.matching.customers import Same, learn
from tieout.core.matching.pool import Pool, grouped
from tieout.core.matching.result import Match, Tier
from tieout.core.matching.slips import amount_slip
from tieout.core.matching.sums import (
    NAMED_SAFETY,
    SAFETY,
    all_but,
    choices,
    is_no_accident,
    runs,
)
from tieout.core.matching.words import days_in
from tieout.core.records.money import total

# A sum is keyed so many days at most after, and before, the documents that it is made of.
LATE, EARLY = 45, 5
# Unless its text names them: then the year may be mistaken.
A_YEAR = 400
# A day's sales are keyed within these days.
SUMMARY_LATE = 4
NAMED, SAME_DAY, SURE = 95, 85, 75
UNSURE = 45

Search = Callable[[Sequence[Freshbooks], int], tuple[list[tuple[Freshbooks, ...]], int]]


def match_sums(pool: Pool) -> None:
    """Match by sums, those first that the numbers name."""
    _parts(pool, named=True)
    _several(pool, named=True)
    _several(pool, named=False)
    _parts(pool, named=False)
    pool.links = learn(pool.pairs, pool.freshbooks, pool.nav)
    _summaries(pool)
    pool.links = learn(pool.pairs, pool.freshbooks, pool.nav)
    _summaries(pool)


def _fits(f: Freshbooks, n: Nav) -> bool:
    return (
        f.debit == n.debit
        and f.document.currency == n.document.currency
        and n.kind in (None, f.document.kind)
    )


# ---------------------------------------------------------------- several documents in one entry


def _several(pool: Pool, *, named: bool) -> None:
    clients = grouped(
        ((pool.links.main.get(f.document.client), f.debit), f) for f in pool.free(pool.freshbooks)
    )
    for n in sorted(pool.free(pool.nav), key=lambda n: -abs(n.units)):
        known = _named_in(pool, n) if named else clients.get((n.document.customer_no, n.debit), ())
        near = (-A_YEAR, A_YEAR) if named else (-LATE, EARLY)
        fs = [f for f in pool.free(known) if _fits(f, n) and near[0] <= f.day - n.day <= near[1]]
        fs = [f for f in fs if abs(f.units) < abs(n.units)]
        if len(fs) > 1 and named:
            if sum(f.units for f in fs) == n.units:
                pool.take(fs, [n], Tier.SUMMED, NAMED, f"its text names all {len(fs)}", "same sum")
        elif len(fs) > 1:
            _search(pool, n, sorted(fs, key=lambda f: (f.day, f.document.ref)))


def _named_in(pool: Pool, n: Nav) -> list[Freshbooks]:
    found = {id(f): f for key in n.keyed | n.told for f in pool.numbers.get((n.debit, key), ())}
    return [f for f in found.values() if pool.links.same(f, n) is not Same.NO]


def _search(pool: Pool, n: Nav, fs: list[Freshbooks]) -> None:
    """All of one day, then neighbours, then any few: the first way that finds exactly one sum."""
    for span, key in (("day", lambda f: f.document.day), ("month", _month)):
        whole = grouped((key(f), f) for f in fs)
        for some in sorted(whole.values(), key=lambda some: abs(some[0].day - n.day)):
            if len(some) > 1 and sum(f.units for f in some) == n.units:
                reasons = ("same sum", f"all {len(some)} of that {span}", "same customer")
                pool.take(some, [n], Tier.SUMMED, SAME_DAY, *reasons)
                return
    ways: tuple[Search, ...] = (runs, choices)
    for way in ways:
        near = sorted(fs, key=lambda f: abs(f.day - n.day)) if way is choices else fs
        found, tried = way(near, n.units)
        if found:
            _take_or_propose(pool, found, [n], tried, near)
            return


def _month(f: Freshbooks) -> date:
    return f.document.day.replace(day=1)


def _take_or_propose(
    pool: Pool,
    found: list[tuple[Freshbooks, ...]],
    ns: list[Nav],
    tried: int,
    among: Sequence[Freshbooks],
) -> None:
    reasons = ("same sum", f"{len(found[0])} documents", "same customer")
    if len(found) == 1 and is_no_accident(among, tried):
        pool.take(found[0], ns, Tier.SUMMED, SURE, *reasons)
    else:
        rivals = f"{len(found)} sums fit" if len(found) > 1 else "may be chance"
        pool.proposals.append(_proposal(found[0], ns, *reasons, rivals))


def _proposal(fs: Iterable[Freshbooks], ns: Iterable[Nav], *reasons: str) -> Match:
    return Match(
        freshbooks=tuple(f.document for f in fs),
        nav=tuple(n.document for n in ns),
        tier=Tier.SUMMED,
        score=UNSURE,
        reasons=reasons,
    )


# ---------------------------------------------------------------- one document in several entries


def _parts(pool: Pool, *, named: bool) -> None:
    by_number = grouped((key, n) for n in pool.free(pool.nav) for key in _stems(n))
    by_customer = grouped(((n.document.customer_no, n.debit), n) for n in pool.free(pool.nav))
    for f in sorted(pool.free(pool.freshbooks), key=lambda f: -abs(f.units)):
        no = pool.links.main.get(f.document.client, "")
        known = (
            {id(n): n for key in f.numbers for n in by_number.get(key, ())}.values()
            if named
            else by_customer.get((no, f.debit), ())
        )
        ns = [n for n in pool.free(known) if _fits(f, n) and -EARLY <= n.day - f.day <= LATE]
        ns = [n for n in ns if abs(n.units) < abs(f.units)]
        found, tried = choices(sorted(ns, key=lambda n: abs(n.day - f.day)), f.units)
        if len(found) != 1:
            continue
        words = ("same sum", f"in {len(found[0])} parts")
        if named:
            pool.take([f], found[0], Tier.SUMMED, NAMED, "same number", *words)
        elif _names_no_other(pool, f, found[0]) and is_no_accident(ns, tried, _safety(f, found[0])):
            pool.take([f], found[0], Tier.SUMMED, SURE, "same customer", *words)
        else:
            pool.proposals.append(_proposal([f], found[0], "same customer", *words))


def _stems(n: Nav) -> Iterator[str]:
    """The numbers of an entry, also without what tells parts from each other (``105.A``, ``105.2``)."""
    for key in n.keyed | n.told:
        yield key
        if "." in key:
            yield key.rpartition(".")[0]


def _safety(f: Freshbooks, ns: Iterable[Nav]) -> int:
    """Where one part carries the number of the document, only the others may be there by chance."""
    return NAMED_SAFETY if any(f.numbers & (n.keyed | n.told) for n in ns) else SAFETY


def _names_no_other(pool: Pool, f: Freshbooks, ns: Iterable[Nav]) -> bool:
    keys = {key for n in ns for key in ({n.external} if n.external else n.told)} - f.numbers
    return not any((f.debit, key) in pool.numbers for key in keys)


# ---------------------------------------------------------------- a day's sales in one entry


def _summaries(pool: Pool) -> None:
    """Entries on a customer of nobody's own, with all that was sold on the day; or all but one or two."""
    days = grouped(((f.day, f.debit), f) for f in pool.free(pool.freshbooks))
    for n in pool.free(pool.nav):
        if pool.links.is_open(n.document.customer_no):
            for day in _days_of(n):
                if _summary(pool, _sold(pool, days.get((day, n.debit), ()), n), n):
                    break


def _days_of(n: Nav) -> list[int]:
    """The days whose sales an entry may be: those that its text names, then its own and the few before."""
    named = [n.day - late for late in range(-A_YEAR, A_YEAR) if _is_named(n, n.day - late)]
    return [
        *sorted(named, key=lambda day: abs(day - n.day)),
        *range(n.day, n.day - SUMMARY_LATE, -1),
    ]


def _is_named(n: Nav, day: int) -> bool:
    that = date.fromordinal(day)
    return (that.month, that.day) in days_in(n.document.description)


def _sold(pool: Pool, fs: Iterable[Freshbooks], n: Nav) -> list[Freshbooks]:
    no = n.document.customer_no
    return [
        f for f in pool.free(fs) if _fits(f, n) and pool.links.main.get(f.document.client, no) == no
    ]


def _summary(pool: Pool, fs: list[Freshbooks], n: Nav) -> bool:
    if sum(f.units for f in fs) == n.units and fs:
        if len(fs) == 1 and not pool.links.is_collective(n.document.customer_no):
            return False
        pool.take(fs, [n], Tier.SUMMED, SAME_DAY, "same sum", f"all {len(fs)} of that day")
        return True
    if len(fs) < 3:
        return False
    found, tried = all_but(fs, n.units)
    if len(found) == 1 and is_no_accident(fs, tried, NAMED_SAFETY):
        reasons = ("same sum", f"{len(found[0])} of {len(fs)} of that day")
        pool.take(found[0], [n], Tier.SUMMED, SURE, *reasons)
        return True
    return False


def match_loosely(pool: Pool) -> None:
    """Where it is clear what an entry is made of though it comes to another sum: the amount is what differs."""
    _named_loosely(pool)
    _summaries_loosely(pool)


def _named_loosely(pool: Pool) -> None:
    """An entry whose text names several documents of its customer, and one slip of the hand from their sum."""
    for n in pool.free(pool.nav):
        fs = [f for f in pool.free(_named_in(pool, n)) if _fits(f, n)]
        whole = total(f.document.amount for f in fs)
        if len(fs) > 1 and (slip := amount_slip(whole, n.document.amount, None)):
            pool.take(fs, [n], Tier.SUMMED, SURE, f"its text names all {len(fs)}", f"sum: {slip}")


def _summaries_loosely(pool: Pool) -> None:
    """A day's entry on a collective customer, with all that is left of the day, though the sum is another."""
    days = grouped(((f.day, f.debit), f) for f in pool.free(pool.freshbooks))
    for n in pool.free(pool.nav):
        day = _days_of(n)[0]
        fs = _sold(pool, days.get((day, n.debit), ()), n)
        if len(fs) > 1 and pool.links.is_collective(n.document.customer_no):
            whole = sum(f.units for f in fs)
            if abs(whole - n.units) * 4 <= abs(whole):
                pool.take(fs, [n], Tier.SUMMED, SURE, f"all {len(fs)} of that day", "another sum")
