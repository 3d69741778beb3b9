"""Check two books that nothing connects: match their documents, then name what is different."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from tieout.core.matching.adopted import match_adopted
from tieout.core.matching.applied import open_amounts, unapplied
from tieout.core.matching.cards import freshbooks_card, nav_card
from tieout.core.matching.choose import match_scored, propose
from tieout.core.matching.customers import learn
from tieout.core.matching.documents import Document, FreshbooksDocument, NavDocument
from tieout.core.matching.exact import match_exactly
from tieout.core.matching.groups import match_loosely, match_sums
from tieout.core.matching.naming import Ruler, differences_of
from tieout.core.matching.pool import Pool
from tieout.core.matching.result import BooksCheck, Break, Customer, Difference, Match
from tieout.core.matching.twins import freshbooks_twins, name_of, nav_twins
from tieout.core.matching.usual import habits
from tieout.core.records.adoption import Adoption

# A date within so many days of the document's is the same, in the same month.
DAYS = 3


def check_books(
    freshbooks: Sequence[FreshbooksDocument],
    nav: Sequence[NavDocument],
    first: date,
    last: date,
    days: int = DAYS,
    adoptions: Iterable[Adoption] = (),
) -> BooksCheck:
    """Compare what both sides have from ``first`` to ``last``.

    The documents may reach beyond these days, so that what was keyed early or late finds its counterpart; only what has a document within them is reported.
    A document of nothing (amount zero) is not expected here. What is adopted is matched already.
    """
    pool = Pool([freshbooks_card(f) for f in freshbooks], [nav_card(n) for n in nav])
    match_adopted(pool, adoptions)
    match_all(pool)
    proposals = _open_proposals(pool)
    within = Within(first, last)
    matches = [m for m in pool.matches if within.touches(m)]
    ruler = Ruler(links=pool.links, usual=habits(pool.matches), days=days)
    found = [each for match in pool.matches for each in differences_of(match, ruler)]
    missing = [f.document for f in pool.free(pool.freshbooks)]
    strange = [n.document for n in pool.free(pool.nav)]
    found += unapplied(pool.matches, missing, found)
    found += open_amounts(pool.matches, missing, strange, found)
    found = [each for each in found if within.touches(each)]
    found += _unmatched(pool, within, proposals)
    broken = {id(f) for each in found for f in each.freshbooks}
    return BooksCheck(
        freshbooks=tuple(f for f in freshbooks if within.covers(f)),
        nav=tuple(n for n in nav if within.covers(n)),
        matches=tuple(matches),
        proposals=tuple(p for p in proposals if within.touches(p)),
        differences=tuple(sorted(found, key=_order)),
        customers=tuple(_customers(pool)),
        agreed=tuple(m for m in matches if not any(id(f) in broken for f in m.freshbooks)),
    )


class Within:
    """The days that are reported."""

    def __init__(self, first: date, last: date) -> None:
        self._first, self._last = first, last

    def covers(self, document: Document) -> bool:
        return self._first <= document.day <= self._last

    def touches(self, found: Match | Difference) -> bool:
        return any(self.covers(document) for document in found.documents)


def match_all(pool: Pool) -> None:
    """All tiers in their order: the surest first, each with what is left of the one before."""
    match_exactly(pool)
    match_scored(pool, same_amount=True)
    pool.links = learn(pool.pairs, pool.freshbooks, pool.nav)
    match_sums(pool)
    match_scored(pool)
    match_loosely(pool)
    match_scored(pool, late=True)


def _open_proposals(pool: Pool) -> list[Match]:
    """The proposals whose documents are still free, the best first, each document once."""
    free = {id(card.document) for card in pool.free(pool.freshbooks)}
    free |= {id(card.document) for card in pool.free(pool.nav)}
    found: list[Match] = []
    for each in sorted([*pool.proposals, *propose(pool)], key=lambda match: -match.score):
        ends = {id(end) for end in each.documents}
        if ends <= free:
            free -= ends
            found.append(each)
    return found


def _unmatched(pool: Pool, within: Within, proposals: Sequence[Match]) -> Iterator[Difference]:
    """What only one side has, and what it has twice."""
    hints = {id(end): match for match in proposals for end in match.documents}
    twins = {id(n): m for n, m in nav_twins(pool)}
    copies = {id(f): g for f, g in freshbooks_twins(pool)}
    for f in pool.free(pool.freshbooks):
        if within.covers(f.document):
            copy = copies.get(id(f))
            text = f"looks like {name_of(copy.document)} written twice" if copy else ""
            kind = Break.DUPLICATE if copy else Break.MISSING_IN_NAV
            text = text or _hint(hints.get(id(f.document)), "NAV has nothing like it")
            yield _alone(kind, text, f=f.document)
    for n in pool.free(pool.nav):
        if within.covers(n.document):
            twin = twins.get(id(n))
            text = f"looks like {name_of(twin.document)} keyed twice" if twin else ""
            kind = Break.DUPLICATE if twin else Break.MISSING_IN_FB
            text = text or _hint(hints.get(id(n.document)), "FreshBooks has nothing like it")
            text += f"; it says {n.document.description!r}" if n.document.description else ""
            yield _alone(kind, text, n=n.document)


def _hint(match: Match | None, otherwise: str) -> str:
    if match is None:
        return otherwise
    ours = ", ".join(name_of(f) for f in match.freshbooks)
    theirs = ", ".join(name_of(n) for n in match.nav)
    return f"perhaps {ours} = {theirs}: {', '.join(match.reasons)}"


def _alone(
    kind: Break,
    text: str,
    f: FreshbooksDocument | None = None,
    n: NavDocument | None = None,
) -> Difference:
    document = f or n
    assert document is not None, "a difference without a document"
    return Difference(
        kind=kind,
        freshbooks=(f,) if f else (),
        nav=(n,) if n else (),
        at_risk=abs(document.amount),
        currency=document.currency,
        text=text,
    )


def _order(each: Difference) -> tuple[int, str, str]:
    document = each.documents[0]
    return list(Break).index(each.kind), document.day.isoformat(), document.ref


def _customers(pool: Pool) -> Iterator[Customer]:
    clients = {f.document.client: f.document.client_name for f in pool.freshbooks}
    names = {n.document.customer_no: n.document.customer_name for n in pool.nav}
    for client, no in sorted(pool.links.main.items()):
        yield Customer(
            client=client,
            client_name=clients.get(client, ""),
            customer_no=no,
            customer_name=names.get(no, ""),
            documents=pool.links.documents[client, no],
        )
