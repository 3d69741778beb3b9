"""What is left over because it stands twice: an entry keyed a second time, a document written a second time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tieout.core.matching.cards import Freshbooks, Nav
from tieout.core.matching.documents import Document, FreshbooksDocument, NavDocument
from tieout.core.matching.pool import Pool, grouped
from tieout.core.matching.slips import one_slip

# With the same number a twin may come so much later; without one only so.
NUMBERED_DAYS, RARE_DAYS, PLAIN_DAYS = 60, 25, 10


def nav_twins(pool: Pool) -> Iterator[tuple[Nav, Nav]]:
    """Each entry that is left and looks like one that is matched, with that one."""
    left = {id(n) for n in pool.free(pool.nav)}
    often = Counter((n.document.customer_no, n.units) for n in pool.nav)
    alike = grouped(((n.units, n.document.currency), n) for n in pool.nav if id(n) not in left)
    for n in pool.free(pool.nav):
        rare = often[n.document.customer_no, n.units] == 2
        first = [m for m in alike.get((n.units, n.document.currency), ()) if is_twin(m, n, rare)]
        if first:
            yield n, min(first, key=lambda m: (abs(m.day - n.day), m.document.entry_no))


def is_twin(m: Nav, n: Nav, rare: bool = False) -> bool:  # noqa: FBT001, FBT002 - one mark of many
    """Whether an entry may be the same thing keyed again: by its number, or else by customer, text and day, of which a ``rare`` amount needs less."""
    if m.units != n.units or m.document.currency != n.document.currency:
        return False
    days = abs(m.day - n.day)
    if m.external and n.external:
        same = m.external == n.external or bool(one_slip(m.external, n.external))
        return same and days <= NUMBERED_DAYS
    same_customer = m.document.customer_no == n.document.customer_no
    same_text = m.document.description == n.document.description or bool(m.told & n.told)
    if same_customer and same_text and m.told & n.told:
        return days <= NUMBERED_DAYS
    return same_customer and same_text and days <= (RARE_DAYS if rare else PLAIN_DAYS)


def freshbooks_twins(pool: Pool) -> Iterator[tuple[Freshbooks, Freshbooks]]:
    """Each document that is left and looks like one that is matched: the same client, amount, day and contents."""
    left = {id(f) for f in pool.free(pool.freshbooks)}
    alike = grouped((_marks(f.document), f) for f in pool.freshbooks if id(f) not in left)
    for f in pool.free(pool.freshbooks):
        first = [g for g in alike.get(_marks(f.document), ()) if abs(g.day - f.day) <= 1]
        if first and f.number:
            yield f, first[0]


def _marks(f: FreshbooksDocument) -> tuple[object, ...]:
    return f.kind, f.client, f.amount, f.currency, f.categories, f.reference


def name_of(document: Document) -> str:
    """How a person finds a document again: what it is and its number."""
    if isinstance(document, NavDocument):
        return f"entry {document.entry_no} ({document.external_no or document.document_no})"
    return f"{document.kind.replace('_', ' ')} {document.number or document.ref.rpartition('/')[2]}"
