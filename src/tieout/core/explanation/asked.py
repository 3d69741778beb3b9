"""What a person who asks for an explanation may mean by a word: a document of FreshBooks, its number, an entry in NAV, or a key."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.core.reconciliation.books import ref_of_key
from tieout.core.records.identity import Kind, Ref

ENTRY = "entry"
# NAV counts entries in 32 bits.
LAST_ENTRY_NO = 2**31 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One word and all that it may mean; what is empty or none it cannot mean.

    ``ref`` is a FreshBooks document or client, ``key`` a key of the pair, ``entry_no`` the number of a G/L or customer ledger entry, ``number`` a
    document number, FreshBooks' or NAV's.
    """

    text: str
    ref: Ref | None = None
    key: str = ""
    entry_no: int = 0
    number: str = ""


def understand(text: str, prefix: str) -> Asked:
    """Read what a person typed, for a pair whose keys have this prefix. Raises ValueError with what is expected.

    >>> understand("fb-inv-34101-1x", "FB").ref
    Ref(kind=<Kind.INVOICE: 'invoice'>, key='34101')
    >>> asked = understand("4711", "FB")
    >>> asked.entry_no, asked.number
    (4711, '4711')
    >>> understand("0000201", "FB").entry_no, understand("entry/4711", "FB").number
    (0, '')
    """
    word = text.strip()
    if not word:
        raise ValueError(
            "Name a document like invoice/34101, its number, an entry number or a key."
        )
    kind, slash, rest = word.partition("/")
    if slash and kind == ENTRY:
        return Asked(text=word, entry_no=_entry_no(word, rest))
    if slash and kind in set(Kind):
        return Asked(text=word, ref=Ref.parse(word))
    ref = ref_of_key(prefix, word.upper())
    if ref is not None:
        return Asked(text=word, key=word.upper(), ref=ref)
    counted = word.isascii() and word.isdigit() and not word.startswith("0")
    entry_no = int(word) if counted and int(word) <= LAST_ENTRY_NO else 0
    return Asked(text=word, entry_no=entry_no, number=word)


def _entry_no(word: str, digits: str) -> int:
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits) <= LAST_ENTRY_NO):
        raise ValueError(f"{word!r} is no entry number; write it as entry/4711")
    return int(digits)
