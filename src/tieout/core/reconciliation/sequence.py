"""Which numbers are missing between the first and the last of each series, in FreshBooks and in NAV, and why, where that is known.

An auditor asks for every number. A gap is no difference between the books: a deleted invoice leaves one in both. What is told is what each number that is
missing was, and which have no reason at all.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tieout.core.reconciliation.books import OVERPAYMENT, FreshbooksBooks, ref_of_key
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice

NUMBER = re.compile(r"(.*?)(\d{1,18})")
# The end of a key that posts a document: its revision. Reversals end on X.
REVISION = re.compile(r"-(\d+)$")
NUMBERED = (Kind.INVOICE, Kind.CREDIT_NOTE)
FRESHBOOKS, NAV = "FreshBooks", "NAV"


class Why(StrEnum):
    """Why a number is missing."""

    DELETED = "deleted in FreshBooks"
    DRAFT = "a draft in FreshBooks, not sent"
    LATER = "dated after the day"
    EXCLUDED = "not to be posted"
    HELD = "held: a person has to decide"
    WAITING = "waits to be posted"
    DEAD = "given up; a person has to decide"
    OTHER_NUMBER = "posted under another number"
    WITH_PAYMENT = "what was paid too much; in NAV with its payment"
    WHEN_USED = "a credit that counts when it is used"
    NOT_POSTED = "not in NAV"
    UNKNOWN = "no document has this number"


STATES = {"held": Why.HELD, "pending": Why.WAITING, "dead": Why.DEAD, "excluded": Why.EXCLUDED}
# What nobody has to look at.
HARMLESS = frozenset(Why) - {
    Why.HELD,
    Why.WAITING,
    Why.DEAD,
    Why.NOT_POSTED,
    Why.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Numbers in a row that are missing for one reason, as they would be written; ``ref`` is the document, if one is known."""

    first: str
    last: str
    count: int
    why: Why
    ref: Ref | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The numbers of one kind in one system that begin alike: first and last, how many there are, what is missing, and what was given twice."""

    system: str
    kind: Kind
    first: str
    last: str
    present: int
    gaps: tuple[Gap, ...]
    twice: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        return sum(gap.count for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class _Numbered:
    start: str
    width: int
    value: int
    ref: Ref


# A document that has the number and does not count, or is not in NAV under it; and why.
Known = tuple[Why, Ref, str]


def sequences(sides: Sides, gone: Mapping[Ref, str] | None = None) -> tuple[Series, ...]:
    """All series of invoices and credit notes; ``gone`` are the numbers of documents that FreshBooks does not list any more."""
    books, deleted = sides.freshbooks, gone or {}
    live = _live(books)
    return (
        *_series(FRESHBOOKS, [_of(d.number, d.ref) for d in live], _not_counted(books, deleted)),
        *_series(NAV, _posted(sides), _not_posted(sides, deleted)),
    )


def _live(books: FreshbooksBooks) -> tuple[Invoice | CreditNote, ...]:
    return (*books.live_invoices, *books.live_credit_notes)


def _of(number: str, ref: Ref) -> _Numbered | None:
    found = NUMBER.fullmatch(number.strip().upper())
    return _Numbered(found[1], len(found[2]), int(found[2]), ref) if found else None


def _not_counted(books: FreshbooksBooks, gone: Mapping[Ref, str]) -> dict[tuple[Kind, str], Known]:
    """FreshBooks' numbers of documents that do not count, with the reason."""
    found: dict[tuple[Kind, str], Known] = {}
    for ref, number in gone.items():
        found[ref.kind, number.upper()] = (Why.DELETED, ref, "")
    documents: tuple[Invoice | CreditNote, ...] = (*books.invoices, *books.credit_notes)
    for one in documents:
        later = books.as_of is not None and one.issued_on > books.as_of
        if one.visibility is Visibility.DELETED:
            found[one.ref.kind, one.number.upper()] = (Why.DELETED, one.ref, "")
        elif later or one.draft:
            why = Why.LATER if later else Why.DRAFT
            found[one.ref.kind, one.number.upper()] = (why, one.ref, f"of {one.issued_on}")
    return found


def _posted(sides: Sides) -> Iterator[_Numbered | None]:
    """NAV's numbers of what stands under our keys, without the marks of revisions and reversals."""
    seen: set[tuple[Ref, str]] = set()
    for entry in sides.nav.receivable_entries:
        ref = ref_of_key(sides.nav.prefix, entry.external_document_no)
        revision = REVISION.search(entry.external_document_no)
        if ref is None or revision is None or ref.kind not in NUMBERED:
            continue
        number = (
            entry.document_no.removesuffix(f"-{revision[1]}")
            if revision[1] != "1"
            else entry.document_no
        )
        if (ref, number) not in seen and not _by_id(number, ref):
            seen.add((ref, number))
            yield _of(number, ref)


def _by_id(number: str, ref: Ref) -> bool:
    """Whether NAV's number is made of FreshBooks' id, which is no series."""
    return number.endswith(f"I-{ref.key}")


def _not_posted(sides: Sides, gone: Mapping[Ref, str]) -> dict[tuple[Kind, str], Known]:
    """For each number that NAV could have of a FreshBooks document: why it is not there."""
    books, recorded = sides.freshbooks, sides.evidence.recorded
    found = _not_counted(books, gone)
    for one in _live(books):
        known = recorded.documents.get(one.ref) if recorded else None
        family = sides.nav.families.get(one.ref, ())
        numbers = ", ".join(dict.fromkeys(entry.document_no for entry in family))
        if numbers:
            why = Why.OTHER_NUMBER
        elif isinstance(one, CreditNote) and one.credit_type == OVERPAYMENT:
            why = Why.WITH_PAYMENT
        elif one.ref in books.deferred:
            why = Why.WHEN_USED
        else:
            why = STATES.get(known.state if known else "", Why.NOT_POSTED)
        found[one.ref.kind, one.number.upper()] = (why, one.ref, numbers)
    marks = {Kind.INVOICE: sides.nav.prefix, Kind.CREDIT_NOTE: f"{sides.nav.prefix}C"}
    return {
        (kind, f"{marks[kind]}{number}"): known
        for (kind, number), known in found.items()
        if kind in marks
    }


def _series(
    system: str,
    numbers: Sequence[_Numbered | None] | Iterator[_Numbered | None],
    known: Mapping[tuple[Kind, str], Known],
) -> Iterator[Series]:
    by_start: dict[tuple[Kind, str], list[_Numbered]] = defaultdict(list)
    for one in numbers:
        if one is not None:
            by_start[one.ref.kind, one.start].append(one)
    for (kind, _), some in sorted(
        by_start.items(), key=lambda item: (NUMBERED.index(item[0][0]), item[0][1])
    ):
        ordered = sorted(some, key=lambda one: one.value)
        yield Series(
            system=system,
            kind=kind,
            first=_written(ordered[0], ordered[0].value),
            last=_written(ordered[-1], ordered[-1].value),
            present=len({one.value for one in ordered}),
            gaps=tuple(_gaps(ordered, known)),
            twice=tuple(_twice(ordered)),
        )


def _written(like: _Numbered, value: int) -> str:
    return f"{like.start}{value:0{like.width}d}"


def _twice(ordered: Sequence[_Numbered]) -> Iterator[str]:
    refs: dict[int, set[Ref]] = defaultdict(set)
    for one in ordered:
        refs[one.value].add(one.ref)
    for one in {o.value: o for o in ordered}.values():
        if len(refs[one.value]) > 1:
            yield _written(one, one.value)


def _gaps(ordered: Sequence[_Numbered], known: Mapping[tuple[Kind, str], Known]) -> Iterator[Gap]:
    for before, after in itertools.pairwise(ordered):
        if after.value > before.value + 1:
            yield from _missing(before, after.value, known)


def _missing(
    before: _Numbered, until: int, known: Mapping[tuple[Kind, str], Known]
) -> Iterator[Gap]:
    """What is missing between two numbers: each that is known of by itself, the others in a row."""
    kind, begin = before.ref.kind, before.value + 1
    inside = _inside(before, until, known)
    for value in (*inside, until):
        if value > begin:
            first, last = _written(before, begin), _written(before, value - 1)
            yield Gap(first=first, last=last, count=value - begin, why=Why.UNKNOWN)
        if value < until:
            number = _written(before, value)
            why, ref, text = known[kind, number]
            yield Gap(first=number, last=number, count=1, why=why, ref=ref, text=text)
        begin = value + 1


def _inside(
    before: _Numbered, until: int, known: Mapping[tuple[Kind, str], Known]
) -> Collection[int]:
    kind, span = before.ref.kind, range(before.value + 1, until)
    if len(span) <= len(known):
        return [value for value in span if (kind, _written(before, value)) in known]
    values = (_of(number, before.ref) for k, number in known if k is kind)
    return sorted(
        one.value
        for one in values
        if one
        and one.start == before.start
        and one.value in span
        and (kind, _written(before, one.value)) in known
    )
