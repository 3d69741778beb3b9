"""A second opinion on both books: what FreshBooks shows against what NAV has posted, each read anew."""

from tieout_sandboxes.audit.compare import Disagreement, compare
from tieout_sandboxes.audit.freshbooks_side import FreshbooksSide
from tieout_sandboxes.audit.nav_side import NavSide
from tieout_sandboxes.people import FreshbooksPerson, NavReader

__all__ = ["Disagreement", "FreshbooksSide", "NavSide", "audit_books", "compare"]


async def audit_books(freshbooks: FreshbooksPerson, nav: NavReader) -> list[Disagreement]:
    """Everything on which the two books disagree; empty if they agree to the cent.

    It reads both servers' own answers, shares no code with the product and knows nothing of its postings but the prefix of its keys.
    """
    theirs = FreshbooksSide.of(
        invoices=await freshbooks.every("invoice"),
        payments=await freshbooks.every("payment"),
        credit_notes=await freshbooks.every("credit_note"),
    )
    return compare(theirs, await NavSide.read(nav))
