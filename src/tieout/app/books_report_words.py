"""What a report calls the kinds of difference, in an accountant's words."""

from __future__ import annotations

from tieout.core.matching.result import Break

# The title of each kind, and what it means.
WORDS: dict[Break, tuple[str, str]] = {
    Break.MISSING_IN_NAV: (
        "Missing in NAV",
        "FreshBooks has the document; no entry in NAV could be matched with it.",
    ),
    Break.MISSING_IN_FB: (
        "Missing in FreshBooks",
        "NAV has the entry; no document in FreshBooks could be matched with it.",
    ),
    Break.DUPLICATE: (
        "Entered twice",
        "Looks like a second copy of a document that is matched already.",
    ),
    Break.AMOUNT: ("Different amount", "The same document with different totals."),
    Break.TAX: ("Different tax", "The totals agree, the tax in them does not."),
    Break.DATE: ("Different date", "Posted in the right month on another day."),
    Break.PERIOD: ("Different period", "Posted in another month than the document is dated."),
    Break.CUSTOMER: (
        "Different customer",
        "Posted to another customer than this client's documents are.",
    ),
    Break.CURRENCY: ("Different currency", "Posted in another currency."),
    Break.ACCOUNT: (
        "Unusual account",
        "Posted to another G/L account than documents of this kind usually are.",
    ),
    Break.TYPE: ("Different type", "Posted as another type of document."),
    Break.NUMBER: (
        "Different number",
        "The document number was keyed otherwise, or left out where it usually is there.",
    ),
    Break.UNAPPLIED: (
        "Unapplied",
        "FreshBooks has used the payment or credit; in NAV it is still open.",
    ),
    Break.OPEN_AMOUNT: (
        "Different open amount",
        "The invoice is open by different amounts, though its own payments agree.",
    ),
}


def title(kind: Break) -> str:
    """The kind as a heading."""
    return WORDS[kind][0]


def meaning(kind: Break) -> str:
    """The kind in one sentence."""
    return WORDS[kind][1]
