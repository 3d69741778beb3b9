"""What a tie-out was made of, so that it says what it claims: which records of both systems, read when, by which version of the posting setup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

from tieout.core.records.credit_note import CreditNote
from tieout.core.records.invoice import Invoice
from tieout.core.records.payment import Payment

FRESHBOOKS, NAV = "FreshBooks", "NAV"
# By how much the clocks of both systems and ours may differ.
CLOCKS = timedelta(minutes=5)
Document = Invoice | CreditNote | Payment
ASKED = "Both were asked before and after"
# NAV's other ledgers only grow, which their last entries tell; FreshBooks' own stands between two readings of its trial balance.
TWICE = "FreshBooks' lists and NAV's customer and VAT entries were read twice, the others asked before and after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """One list of FreshBooks or one ledger of NAV: how many of its records were read.

    ``before`` and ``after`` is how far it reached when reading began and when all was read: the number of FreshBooks' records, or NAV's last entry number.
    ``changed`` names the records that are known to have changed in between, as far as their system can tell; ``unseen``: it cannot, but for their number.
    """

    system: str
    name: str
    count: int
    before: int
    after: int
    changed: tuple[str, ...] = ()
    unseen: bool = False

    @property
    def stood_still(self) -> bool:
        return self.before == self.after and not self.changed

    @property
    def told(self) -> str:
        """How many, and up to which entry."""
        return f"{self.count:,} {self.name}" + (f" up to {self.after}" * (self.system == NAV))

    @property
    def moved(self) -> str:
        """What happened to it while both systems were read."""
        grown = f" from {self.before:,} to {self.after:,}" * (self.before != self.after)
        of = "'" if self.system.endswith("s") else "'s"
        return f"{self.system}{of} {self.name}{grown}" + "".join(f", {one}" for one in self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state of both systems that was compared. Both were read from ``begun`` to ``ended``; no earlier and no later state is claimed.

    ``twice`` says that FreshBooks' lists and those of NAV's ledgers whose entries can change were read twice.

    From here a daily run goes on: ``deleted`` are the ids of FreshBooks' deleted documents by kind, ``fresh`` what those said, in short, that had changed just
    then, or of which FreshBooks does not tell when they did, ``balances`` what NAV's accounts came to.
    """

    begun: datetime
    ended: datetime
    setup_version: int
    populations: tuple[Population, ...]
    twice: bool = False
    deleted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fresh: Mapping[str, str] = field(default_factory=dict)
    balances: Mapping[str, Decimal] = field(default_factory=dict)

    def has(self, document: Document) -> bool:
        """Whether a document, read since, is as it was then."""
        if is_long_ago(document, self.begun):
            return True
        return self.fresh.get(str(document.ref)) == fingerprint(document)

    @property
    def stood_still(self) -> bool:
        """Whether nothing was seen to change while both were read."""
        return all(population.stood_still for population in self.populations)

    def last(self, name: str) -> int:
        """The last entry of one of NAV's ledgers that it holds."""
        return next(p.before for p in self.populations if (p.system, p.name) == (NAV, name))

    def of(self, system: str) -> str:
        """The populations of one system in words."""
        return ", ".join(p.told for p in self.populations if p.system == system)


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """What a daily run goes on from, and what it looked at."""

    since: datetime
    whole: datetime
    changed: int
    entries: int
    clients: int
    documents: int

    @property
    def told(self) -> str:
        """What it claims, and what it leaves to the last tie-out of everything."""
        return (
            f"Looked at since {_moment(self.since)}: {self.changed} documents that changed in FreshBooks and {self.entries} entries that came to NAV;"
            f" with them all {self.documents} documents of the {self.clients} clients concerned. All others stand as they were found before,"
            f" the last time that everything was read was {_moment(self.whole)}."
        )


def is_long_ago(document: Document, begun: datetime) -> bool:
    """Whether a document was last changed well before a reading began, whichever system's clock is behind."""
    return document.updated_on is not None and document.updated_on < begun - CLOCKS


def fingerprint(document: Document) -> str:
    """What a document says, in short: other content, another text; in whatever zone its last change is given."""
    changed = document.updated_on
    if changed is not None and changed.tzinfo is not UTC:
        document = replace(document, updated_on=changed.astimezone(UTC))
    return sha256(repr(document).encode()).hexdigest()[:16]


def claim(snapshot: Snapshot, differences: int, explained: int) -> str:
    """What a tie-out of this snapshot says, and no more.

    >>> at = datetime(2026, 10, 31, 6, 0, 12)
    >>> some = (
    ...     Population(system="FreshBooks", name="invoices", count=1699, before=1699, after=1700),
    ...     Population(system="NAV", name="G/L entries", count=9000, before=12345, after=12345),
    ... )
    >>> print(claim(Snapshot(begun=at, ended=at, setup_version=2, populations=some), 0, 3))
    Claimed is this and no more: as read from 2026-10-31 06:00:12 to 2026-10-31 06:00:12, by version 2 of the posting setup,
    FreshBooks' 1,699 invoices
    and NAV's 9,000 G/L entries up to 12345
    agree but for the differences (0) and explained items (3) that are listed.
    While they were read there moved FreshBooks' invoices from 1,699 to 1,700: look again when it is quiet.
    """
    span = f"{_moment(snapshot.begun)} to {_moment(snapshot.ended)}"
    lines = [
        f"Claimed is this and no more: as read from {span}, by version {snapshot.setup_version} of the posting setup,",
        f"FreshBooks' {snapshot.of(FRESHBOOKS)}",
        f"and NAV's {snapshot.of(NAV)}",
        f"agree but for the differences ({differences}) and explained items ({explained}) that are listed.",
        _stillness(snapshot.populations, twice=snapshot.twice),
    ]
    return "\n".join(lines)


def _stillness(populations: Sequence[Population], *, twice: bool) -> str:
    moved = "; ".join(p.moved for p in populations if not p.stood_still)
    if moved:
        return f"While they were read there moved {moved}: look again when it is quiet."
    told = f"{TWICE if twice else ASKED}, and nothing had moved while they were read."
    unseen = ", ".join(p.name for p in populations if p.unseen)
    return f"{told} An edit in between would not show in: {unseen}." if unseen else told


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
