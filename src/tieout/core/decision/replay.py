"""The same documents decided twice: which come out otherwise, and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.decision.forecast import LEFT_OUT, STOPPED, Foreseen

Place = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What stands on one account by either setup, local currency, debit positive."""

    kind: str
    account: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Otherwise:
    """A document that comes out otherwise: its accounts, or whether and why it stops or is left out."""

    before: Foreseen
    after: Foreseen
    moved: tuple[Moved, ...]


def otherwise(
    before: Sequence[Foreseen], after: Sequence[Foreseen]
) -> tuple[tuple[Otherwise, ...], tuple[Moved, ...]]:
    """The documents that differ, and every account of all documents by either setup."""
    others = {document.ref: document for document in after}
    pairs = [(document, others[document.ref]) for document in before]
    found = [
        Otherwise(before=one, after=two, moved=_moved(_sums([one]), _sums([two])))
        for one, two in pairs
    ]
    return tuple(o for o in found if _differs(o)), _moved(_sums(before), _sums(after), every=True)


def _differs(one: Otherwise) -> bool:
    return bool(one.moved) or _stops(one.before) != _stops(one.after)


def _stops(document: Foreseen) -> tuple[str, str]:
    """Whether it stops or is left out, and why; what is posted does not say why."""
    quiet = document.mark not in (STOPPED, LEFT_OUT)
    return ("", "") if quiet else (document.mark, document.reason)


def _sums(documents: Sequence[Foreseen]) -> Mapping[Place, Decimal]:
    sums: defaultdict[Place, Decimal] = defaultdict(Decimal)
    for document in documents:
        for effect in document.effects:
            sums[effect.kind, effect.account] += effect.amount
    return sums


def _moved(
    before: Mapping[Place, Decimal], after: Mapping[Place, Decimal], *, every: bool = False
) -> tuple[Moved, ...]:
    both = [
        Moved(
            kind=kind,
            account=account,
            before=before.get((kind, account), Decimal(0)),
            after=after.get((kind, account), Decimal(0)),
        )
        for kind, account in sorted({*before, *after})
    ]
    return tuple(one for one in both if every or one.difference)
