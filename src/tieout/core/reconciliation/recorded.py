"""What Tieout itself has on record, for the two checks that are about that: no document is forgotten (I12), and nothing was posted past it (I28)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tieout.core.records.identity import Ref

DONE = "done"
# Roles of commands that make entries of their own in the general ledger; the others settle, mark or reverse what is there.
POSTS = ("post", "reverse")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A document that was seen: its state, and whether it is known that FreshBooks' lists show it no more (deleted, or accepted by a person)."""

    state: str
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A command that was stored before it was written: its key, what it does, how far it is, and the version of the posting setup behind it."""

    ref: Ref
    key: str
    role: str
    state: str
    setup_version: int


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """All documents ever seen and all commands ever intended of a pair; ``user`` is the service user, empty where persons post."""

    documents: Mapping[Ref, Known]
    commands: Sequence[Sent]
    user: str = ""

    @cached_property
    def versions(self) -> Mapping[Ref, int]:
        """By which version of the posting setup each document was posted last."""
        return {
            sent.ref: sent.setup_version
            for sent in self.commands
            if sent.role == "post" and sent.state == DONE
        }
