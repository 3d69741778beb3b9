"""Document numbers in NAV: the FreshBooks number where it fits and is free, else the id.

At most 16 characters, so that the longest suffix (``-C10``) still fits into NAV's 20. Upper case, since NAV's Code fields are.
"""

from __future__ import annotations

import re

from tieout.core.records.identity import Kind, Ref

LENGTH = 16
MARKS = {Kind.INVOICE: "", Kind.CREDIT_NOTE: "C", Kind.PAYMENT: "P"}
# Characters that NAV's filters give a meaning are left out of numbers.
PLAIN = re.compile(r"[A-Z0-9/._-]+")


def candidates(prefix: str, ref: Ref, number: str) -> tuple[str, ...]:
    """The numbers to try, best first; the last is always free to use since it carries the id.

    >>> candidates("FB", Ref(Kind.INVOICE, "34101"), "0000101")
    ('FB0000101', 'FBI-34101')
    >>> candidates("FB", Ref(Kind.PAYMENT, "10301"), "")
    ('FBP10301',)
    """
    if ref.kind is Kind.PAYMENT:
        return (marked(prefix, "P", ref),)
    by_number = f"{prefix}{MARKS[ref.kind]}{number}".upper()
    by_id = f"{prefix}{MARKS[ref.kind]}I-{ref.key}"
    fits = number and len(by_number) <= LENGTH and PLAIN.fullmatch(by_number)
    return (by_number, by_id) if fits else (by_id,)


def marked(prefix: str, mark: str, ref: Ref) -> str:
    """A number made from the id: ``P`` payment, ``R`` refund, ``W`` write-off, ``X`` chargeback, ``V`` VAT of a prepayment, ``T`` transfer of one,
    ``G`` goodwill credit used.

    >>> marked("FB", "R", Ref(Kind.PAYMENT, "11002"))
    'FBR11002'
    """
    return f"{prefix}{mark}{ref.key}"


def revised(base: str, revision: int) -> str:
    """The number of a revision: the first has no suffix.

    >>> revised("FB0000101", 1), revised("FB0000101", 2)
    ('FB0000101', 'FB0000101-2')
    """
    return base if revision == 1 else f"{base}-{revision}"


def base_of(number: str, revision: int) -> str:
    """The number without the suffix of its revision.

    >>> base_of("FB0000101-2", 2), base_of("FBINV-1", 1)
    ('FB0000101', 'FBINV-1')
    """
    return number if revision == 1 else number.removesuffix(f"-{revision}")


def reversal(base: str, revision: int) -> str:
    """The number of the reversal of a revision.

    >>> reversal("FB0000101", 1)
    'FB0000101-C1'
    """
    return f"{base}-C{revision}"
