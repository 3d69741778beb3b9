"""A second opinion on both books: what FreshBooks shows against what NAV has posted, each read anew."""

from collections.abc import Iterable

from tieout_sandboxes.audit.compare import Disagreement, compare
from tieout_sandboxes.audit.freshbooks_side import FreshbooksSide
from tieout_sandboxes.audit.nav_side import NavSide
from tieout_sandboxes.people import Fields, FreshbooksPerson, NavReader

__all__ = ["Disagreement", "FreshbooksSide", "NavSide", "audit_books", "compare"]


async def audit_books(
    freshbooks: FreshbooksPerson, nav: NavReader, *more: FreshbooksPerson
) -> list[Disagreement]:
    """Everything on which the two books disagree; empty if they agree to the cent.

    It reads both servers' own answers, shares no code with the product and knows nothing of its postings but the form of its keys. ``more`` are further
    businesses that feed the same company; the ids of their records must be others.
    """
    people = (freshbooks, *more)
    theirs = FreshbooksSide.of(
        invoices=await _every(people, "invoice"),
        payments=await _every(people, "payment"),
        credit_notes=await _every(people, "credit_note"),
    )
    return compare(theirs, await NavSide.read(nav))


async def _every(people: Iterable[FreshbooksPerson], kind: str) -> list[Fields]:
    return [record for person in people for record in await person.every(kind)]
