"""The first tier: the same number, amount and currency, and no second document that it could be."""

from __future__ import annotations

from tieout.core.matching.cards import Freshbooks, Nav
from tieout.core.matching.customers import Same, learn
from tieout.core.matching.pool import Pool, grouped
from tieout.core.matching.result import Tier

# So far apart two days may be at most; a number may be used again years later.
LATE, EARLY = 60, -7
SCORE = 100


def match_exactly(pool: Pool) -> None:
    """Match by number, amount and currency: once to learn who is who, then all but those of another customer, then learn again."""
    pool.links = learn(_pairs(pool), pool.freshbooks, pool.nav)
    for f, n in _pairs(pool):
        if pool.is_free(f) and pool.is_free(n) and _is_sure(pool, f, n):
            pool.take([f], [n], Tier.EXACT, SCORE, "same number", "same amount", "same customer")
    pool.links = learn(pool.pairs, pool.freshbooks, pool.nav)


def _pairs(pool: Pool) -> list[tuple[Freshbooks, Nav]]:
    """Each FreshBooks document with the one NAV entry of its number and amount; of twins with the nearest, then the first posted."""
    by_mark = grouped(
        ((key, n.units, n.document.currency), n)
        for n in pool.free(pool.nav)
        for key in n.keyed | n.told
    )
    ours = grouped(
        ((key, f.units, f.document.currency), f)
        for f in pool.free(pool.freshbooks)
        for key in f.numbers
    )
    found = []
    for mark, fs in ours.items():
        near = [n for n in by_mark.get(mark, ()) if EARLY <= n.day - fs[0].day <= LATE]
        if len(fs) == 1 and near:
            found.append((fs[0], min(near, key=lambda n: _distance(fs[0], n, mark[0]))))
    return found


def _distance(f: Freshbooks, n: Nav, key: str) -> tuple[bool, int, int]:
    return key not in n.keyed, abs(n.day - f.day), n.document.entry_no


def _is_sure(pool: Pool, f: Freshbooks, n: Nav) -> bool:
    same = pool.links.same(f, n)
    if same in (Same.YES, Same.BY_NAME):
        return n.kind in (None, f.document.kind)
    return False
