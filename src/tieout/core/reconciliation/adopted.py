"""What people keyed and a person adopted stands in NAV without a key of ours: it is found by its entry numbers, which Tieout has on record.

An entry for several documents is shared out by what each was when it was adopted; what NAV has beside that is the last one's. What is open of it cannot be
shared out, so that such documents are looked at together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from tieout.core.reconciliation.difference import Check
from tieout.core.records.adoption import AdoptedDocument, Adoption
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.ledger import CustomerEntry
from tieout.core.records.money import total

SALES = frozenset({Kind.INVOICE, Kind.CREDIT_NOTE})
RATES = "I20"
# What leans on keys in the general ledger, or on the posting setup: by which accounts, taxes and rates people keyed is theirs to say.
NOT_COMPARED = {
    "I2": SALES,
    "I6": SALES,
    "I7": frozenset({Kind.PAYMENT}),
    "I18": SALES,
    "I19": SALES,
    RATES: frozenset(Kind),
}


@dataclass(frozen=True, kw_only=True)
class Adopted:
    """All adoptions of a pair that stand."""

    adoptions: Sequence[Adoption] = ()

    @cached_property
    def by_ref(self) -> Mapping[Ref, Adoption]:
        return {ref: each for each in self.adoptions for ref in each.refs}

    @property
    def refs(self) -> Set[Ref]:
        return self.by_ref.keys()

    @cached_property
    def groups(self) -> tuple[frozenset[Ref], ...]:
        """The documents that were adopted together, where there are several."""
        return tuple(frozenset(each.refs) for each in self.adoptions if len(each.refs) > 1)

    @cached_property
    def by_entry(self) -> Mapping[int, Adoption]:
        return {no: each for each in self.adoptions for no in each.entry_nos}

    def among(self, refs: Set[Ref]) -> Iterator[AdoptedDocument]:
        """Those of these documents that were adopted, as they were then."""
        for ref in sorted(self.refs & refs):
            yield next(d for d in self.by_ref[ref].documents if d.ref == ref)

    def shares(
        self, entry: CustomerEntry, remaining: Decimal
    ) -> Iterator[tuple[Ref, CustomerEntry]]:
        """Whose an adopted entry is, with the part of each; ``remaining`` is what is open of it, which stands with the first."""
        adoption = self.by_entry[entry.entry_no]
        if len(adoption.documents) == 1:
            yield adoption.refs[0], entry
            return
        left = remaining
        for ref, amount in _parts(adoption, entry):
            yield ref, replace(entry, amount=amount, remaining=left, share=True)
            left = Decimal(0)


NOTHING_ADOPTED = Adopted()


def _parts(adoption: Adoption, entry: CustomerEntry) -> Iterator[tuple[Ref, Decimal]]:
    """By what each document was; of several entries each takes its part of every document."""
    whole = total(each.amount for each in adoption.entries)
    *others, last = adoption.documents
    taken = Decimal(0)
    for document in others:
        alone = len(adoption.entries) == 1
        share = document.amount if alone else document.amount * entry.amount / whole
        part = share.quantize(Decimal("0.01"))
        taken += part
        yield document.ref, part
    yield last.ref, entry.amount - taken


def say_left_out(
    checks: Sequence[Check], documents: Sequence[AdoptedDocument], lcy: str
) -> tuple[Check, ...]:
    """The same checks; those that cannot compare what was adopted say of how many documents."""
    return tuple(replace(check, left_out=_told(check, documents, lcy)) for check in checks)


def _told(check: Check, documents: Sequence[AdoptedDocument], lcy: str) -> str:
    kinds = NOT_COMPARED.get(check.invariant, frozenset())
    some = [d for d in documents if d.ref.kind in kinds]
    if check.invariant == RATES:
        some = [d for d in some if d.currency != lcy]
    if not some or check.not_compared:
        return ""
    what = "document, which stands" if len(some) == 1 else "documents, which stand"
    return f"{len(some)} adopted {what} under no key of ours"
