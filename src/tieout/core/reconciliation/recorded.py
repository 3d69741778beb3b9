"""What Tieout itself has on record, for the two checks that are about that: no document is forgotten (I12), and nothing was posted past it (I28)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from tieout.core.records.identity import Ref

DONE = "done"
# Roles of commands that make entries of their own in the general ledger; the others settle, mark or reverse what is there.
POSTS = ("post", "reverse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A document that was seen: its state, and whether it is known that FreshBooks' lists show it no more (deleted, or accepted by a person);
    ``reason`` is why it is not agreed.
    """

    state: str
    gone: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document on record, and how it stands."""

    ref: Ref
    known: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A command that was stored before it was written: its key, what it does, how far it is, the version of the posting setup behind it, and the
    rate that NAV's table gave (units of the currency for one of the local currency; none at home). ``at`` is when it was stored, ``answer`` NAV's words
    if it refused.
    """

    ref: Ref
    key: str
    role: str
    state: str
    setup_version: int
    factor: Decimal | None = None
    at: datetime | None = None
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """All documents ever seen and all commands ever intended of a pair; ``user`` is the service user, empty where persons post."""

    documents: Mapping[Ref, Known]
    commands: Sequence[Sent]
    user: str = ""

    def name_of(self, user: str) -> str:
        """Who it was: Tieout itself, or a person or program by its user in NAV."""
        ours = bool(user) and user.upper() == self.user.upper()
        return "Tieout" if ours else user or "nobody"

    @cached_property
    def factors(self) -> Mapping[Ref, frozenset[Decimal]]:
        """The rates of NAV's table at which each foreign document was sent."""
        found: dict[Ref, set[Decimal]] = defaultdict(set)
        for sent in self.commands:
            if sent.factor is not None:
                found[sent.ref].add(sent.factor)
        return {ref: frozenset(factors) for ref, factors in found.items()}

    @cached_property
    def versions(self) -> Mapping[Ref, int]:
        """By which version of the posting setup each document was posted last."""
        return {
            sent.ref: sent.setup_version
            for sent in self.commands
            if sent.role == "post" and sent.state == DONE
        }


NOTHING_RECORDED = Recorded(documents={}, commands=())
