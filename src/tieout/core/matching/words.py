"""Reading numbers out of what people type, and names without how they are spelled."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tieout.core.matching.slips import one_slip

# Of shorter numbers nearly all are one slip apart.
SHORTEST_TO_MISTYPE = 3

# Words beside a number that say what it is and do not tell one from another.
USUAL = {"INV", "INVOICE", "INVOICES", "NO", "NR", "NUM", "NUMBER", "FB", "CN", "CRN", "CR", "CM"}
USUAL |= {"CREDIT", "MEMO", "NOTE", "PAYMENT", "PAYMENTS", "PMT", "PAID", "RE", "REF", "REFERENCE"}
USUAL |= {"FOR", "SALES", "S"}
# How firms end their names.
FORMS = {"LTD", "LIMITED", "LLC", "LLP", "INC", "PLC", "CO", "COMPANY", "CORP", "GMBH", "AG"}
FORMS |= {"BV", "SA", "SARL", "AND", "THE", "OF"}
PART = re.compile(r"[A-Z]+|\d+")
DAY = re.compile(r"(?<![\d/.])(\d{1,2})[/.](\d{1,2})(?!\d)")
TOKEN = re.compile(r"[A-Za-z]*[-/]?\d[\w\-/]*")


@lru_cache(maxsize=200_000)
def number_key(text: str) -> str:
    """A document number without what people leave out or add: capitals, zeros in front, marks, the word *invoice*.

    >>> number_key("0000105"), number_key("inv. 105"), number_key("2026-0105"), number_key("B-105/A")
    ('105', '105', '2026.105', 'B.105.A')
    >>> number_key("")
    ''
    """
    parts = PART.findall(text.upper())
    kept = [part.lstrip("0") or "0" if part.isdigit() else part for part in parts]
    kept = [part for part in kept if part not in USUAL]
    return ".".join(kept) if any(part[0].isdigit() for part in kept) else ""


def tokens(text: str) -> list[str]:
    """What in a text may be a number of a document, as it is written.

    >>> tokens("Paid INV-0105, 106")
    ['INV-0105', '106']
    """
    return TOKEN.findall(text)


@lru_cache(maxsize=50_000)
def days_in(text: str) -> frozenset[tuple[int, int]]:
    """The days that a text names without their year, as month and day, whichever of the two is written first.

    >>> sorted(days_in("Sales 22/05")), sorted(days_in("Takings 3.4."))
    ([(5, 22)], [(3, 4), (4, 3)])
    """
    pairs = [(int(a), int(b)) for a, b in DAY.findall(text)]
    both = {pair for a, b in pairs for pair in ((a, b), (b, a))}
    return frozenset((month, day) for month, day in both if 1 <= month <= 12 and 1 <= day <= 31)


@lru_cache(maxsize=200_000)
def numbers_in(text: str) -> frozenset[str]:
    """The keys of all numbers in a text that a person wrote; a range names both its ends and all between.

    >>> sorted(numbers_in("Invoices 0000105, 106 and INV-0107"))
    ['105', '106', '107']
    >>> sorted(numbers_in("Inv 0000105-0000107"))
    ['105', '105.107', '106', '107']
    """
    found = {number_key(token) for token in TOKEN.findall(text)} - {""}
    for key in list(found):
        first, _, last = key.partition(".")
        if first.isdigit() and last.isdigit() and 0 < int(last) - int(first) <= 40:
            found |= {str(n) for n in range(int(first), int(last) + 1)}
    return frozenset(found)


@lru_cache(maxsize=100_000)
def number_slip(right: str, typed: str) -> str:
    """The slip by which a number in a text came of the right one, as it is written or without what people leave out; empty if none did.

    >>> number_slip("0000105", "Invoice 150"), number_slip("0000105", "INV0000106"), number_slip("0000105", "Receipt")
    ('two digits exchanged', 'one digit mistaken', '')
    """
    pairs = [(_figures(right), _figures(token)) for token in tokens(typed)]
    pairs += [(number_key(right), number_key(token)) for token in tokens(typed)]
    long = [(a, b) for a, b in pairs if min(len(a), len(b)) >= SHORTEST_TO_MISTYPE]
    return next((slip for a, b in long if (slip := one_slip(a, b))), "")


def _figures(text: str) -> str:
    return "".join(PART.findall(text.upper())).lstrip("INVOCRM")


@lru_cache(maxsize=50_000)
def name_key(name: str) -> frozenset[str]:
    """The words of a name that tell it from another.

    >>> sorted(name_key("Müller & Sons, Ltd."))
    ['MULLER', 'SONS']
    """
    plain = unicodedata.normalize("NFKD", name.upper())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[A-Z0-9]+", letters.replace("'", "").replace(".", ""))
    return frozenset(word for word in words if word not in FORMS) or frozenset(words)


def names_fit(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names may be the same firm's: one holds all words of the other, or they share two of three.

    >>> names_fit(name_key("Acme Trading Ltd"), name_key("ACME TRADING")), names_fit(name_key("Acme"), name_key("Apex"))
    (True, False)
    """
    common = len(one & other)
    return common > 0 and (
        common == min(len(one), len(other)) or 3 * common >= 2 * max(len(one), len(other))
    )
