"""Reading what an explanation needs: the record of a document from the database, its entries from NAV. FreshBooks is not asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from tieout.app.installation import Installation
from tieout.app.running import explained as in_words
from tieout.app.setups import read_setup
from tieout.app.systems import by_pages
from tieout.connectors.freshbooks.resources import RESOURCES
from tieout.connectors.nav.entries import NavEntries
from tieout.connectors.nav.pages.journals import Batch, batch_of
from tieout.connectors.nav.pages.target import PagesTarget
from tieout.core.explanation.again import Record
from tieout.core.explanation.asked import Asked
from tieout.core.explanation.dossier import Dossier
from tieout.core.explanation.entries import Ledgers, Unposted
from tieout.core.explanation.rate import Rate, rate_of
from tieout.core.explanation.steps import Step, steps_of
from tieout.core.failures import Failure, Unintelligible
from tieout.core.journal.setup import PostingSetup
from tieout.core.reconciliation.books import ref_of_key
from tieout.core.records.adoption import Adoption
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.ledger import CustomerEntry, GLEntry, NavCustomer
from tieout.engine.ports import Pair

OPEN_STATES = ("intended", "unknown", "awaiting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a word turned out to mean: a document of the pair, with the entry or key that led to it, or what is said of it if there is none."""

    asked: str
    ref: Ref | None = None
    entry: GLEntry | None = None
    key: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything about one subject. ``intact`` says whether the content still has its fingerprint; ``not_read`` why NAV was not read, empty if it was.

    ``rates`` are by the key of the command; ``card`` is the customer in NAV, if it is a client that is explained. ``adoption`` says that people keyed it
    and who accepted that, ``adopted_now`` are its entries as NAV shows them.
    """

    subject: Subject
    pair: str
    prefix: str
    dossier: Dossier | None = None
    record: Record | None = None
    unreadable: str = ""
    intact: bool = False
    steps: tuple[Step, ...] = ()
    rates: Mapping[str, Rate] = field(default_factory=dict)
    ledgers: Ledgers | None = None
    card: NavCustomer | None = None
    adoption: Adoption | None = None
    adopted_now: tuple[CustomerEntry, ...] = ()
    not_read: str = ""

    @property
    def is_explained(self) -> bool:
        """Whether what was asked for is of this pair: on record or adopted, and if it is an entry with a key, under a command on record."""
        known = self.dossier is not None or self.adoption is not None
        return known and (not self.subject.key or self.subject.key in self.dossier_keys)

    @property
    def dossier_keys(self) -> tuple[str, ...]:
        return self.dossier.keys if self.dossier else ()


class Explainer:
    """Explains documents of one pair; NAV is read only where it has to be, by filters."""

    def __init__(self, installation: Installation, pair: Pair) -> None:
        self._installation, self._store, self._pair = installation, installation.store, pair
        self._setups: dict[int, PostingSetup] = {}
        self._rates: dict[tuple[str, date], tuple[date, Decimal] | None] = {}

    async def subjects(self, asked: Asked) -> list[Subject]:
        """All that a word means in this pair; what means nothing is one subject that says so. Raises Unreachable if only NAV could tell."""
        if asked.ref is not None:
            return [Subject(asked=asked.text, ref=asked.ref, key=asked.key)]
        entries = await self._entry(asked.entry_no)
        found = [subject for entry in entries for subject in await self._of_entry(asked, entry)]
        if asked.number:
            numbered = await self._store.numbered(self._pair, asked.number)
            found += [Subject(asked=asked.text, ref=ref) for ref in numbered]
        if asked.number and not found:
            found = await self._of_nav_number(asked)
        return found or [Subject(asked=asked.text, words=_nothing(asked, self._pair))]

    async def explain(self, subject: Subject) -> Explanation:
        """Everything about it. NAV may be away; then what is on record is explained all the same."""
        if subject.ref is None:
            words = subject.words or await self._stranger(subject)
            return self._found(replace(subject, words=words))
        dossier = await self._store.dossier(self._pair, subject.ref)
        found = await self._adopted(self._found(subject, dossier), subject.ref)
        if dossier is not None:
            found = await self._on_record(found, dossier)
            found = await self._in_nav(found, dossier)
        if found.is_explained:
            return found
        words = await self._unknown(subject, found.ledgers)
        return replace(found, subject=replace(subject, words=words))

    def _found(self, subject: Subject, dossier: Dossier | None = None) -> Explanation:
        pair = self._pair
        return Explanation(subject=subject, pair=pair.name, prefix=pair.prefix, dossier=dossier)

    async def _adopted(self, found: Explanation, ref: Ref) -> Explanation:
        adoption = (await self._store.adoptions(self._pair, [ref])).get(ref)
        if adoption is None:
            return found
        try:
            shown = await (await self._entries()).customers(adoption.entry_nos)
        except Failure as failure:
            return replace(found, adoption=adoption, not_read=in_words(failure))
        return replace(found, adoption=adoption, adopted_now=tuple(shown))

    async def _on_record(self, found: Explanation, dossier: Dossier) -> Explanation:
        record, intact, unreadable = _understood(dossier)
        await self._read_setups()
        steps = steps_of(dossier, record, self._setups)
        return replace(found, record=record, intact=intact, unreadable=unreadable, steps=steps)

    async def _in_nav(self, found: Explanation, dossier: Dossier) -> Explanation:
        try:
            if dossier.ref.kind is Kind.CUSTOMER:
                card = await self._card(dossier.customer_no)
                return replace(found, ledgers=Ledgers(), card=card)
            if not dossier.keys:
                return replace(found, ledgers=Ledgers())
            entries = await self._entries()
            ledgers = await entries.ledgers(dossier.keys)
            ledgers = replace(ledgers, unposted=await self._unposted(dossier))
            return replace(found, ledgers=ledgers, rates=await self._rates_of(found.steps))
        except Failure as failure:
            return replace(found, not_read=in_words(failure))

    async def _card(self, no: str) -> NavCustomer | None:
        target = await self._installation.target(self._pair)
        found = await target.nav_customers([no]) if no else ()
        return found[0] if found else None

    async def _read_setups(self) -> None:
        if not self._setups:
            versions = await self._store.posting_setups(self._pair)
            self._setups = {n: read_setup(content, n) for n, content in versions.items()}

    async def _entries(self) -> NavEntries:
        return NavEntries((await self._installation.target(self._pair)).odata)

    async def _entry(self, number: int) -> list[GLEntry]:
        """The G/L entry with a number; a customer ledger entry has the number of a G/L entry of its posting, unless it was carried over from elsewhere."""
        if not number:
            return []
        entries = await self._entries()
        found = await entries.general([number])
        if found:
            return found
        customers = await entries.customers([number])
        same = [
            each
            for customer in customers
            for each in await entries.numbered([customer.document_no])
            if (each.document_type, each.posting_date)
            == (customer.document_type, customer.posting_date)
        ]
        return same[:1]

    async def _of_entry(self, asked: Asked, entry: GLEntry) -> list[Subject]:
        """The document whose key an entry carries; or those that it was adopted as; or none."""
        key = entry.external_document_no
        ref = ref_of_key(self._pair.prefix, key)
        if ref is not None:
            return [Subject(asked=asked.text, ref=ref, entry=entry, key=key)]
        adopted = await self._adopted_as(entry)
        if not adopted:
            return [Subject(asked=asked.text, entry=entry)]
        return [Subject(asked=asked.text, ref=one, entry=entry) for one in adopted]

    async def _adopted_as(self, entry: GLEntry) -> list[Ref]:
        """The documents as which the posting of a G/L entry was adopted: by its own number, or by the number, type and day of the document."""
        numbered = await self._store.adopted_entries(self._pair, [entry.document_no])
        posted = (entry.document_type, entry.posting_date)
        same = [e.entry_no for e in numbered if (e.document_type, e.posting_date) == posted]
        wanted = {entry.entry_no} if entry.entry_no in same else set(same)
        adoptions = await self._store.all_adoptions(self._pair) if wanted else ()
        return [ref for one in adoptions if wanted & {*one.entry_nos} for ref in one.refs]

    async def _of_nav_number(self, asked: Asked) -> list[Subject]:
        """A word may be the number that a document has in NAV."""
        entries = await self._entries()
        found: dict[str, Subject] = {}
        for entry in await entries.numbered([asked.number.upper()]):
            for subject in await self._of_entry(asked, entry):
                found.setdefault(str(subject.ref or entry.external_document_no), subject)
        return list(found.values())

    async def _stranger(self, subject: Subject) -> str:
        """What is said of an entry that carries no key of the pair."""
        entry = subject.entry
        assert entry is not None
        external = entry.external_document_no
        under = f"its external document no. is {external!r}" if external else "it carries none"
        words = (
            f"G/L entry {entry.entry_no} carries no key of pair {self._pair.name} ({under})."
            f" Tieout did not post it for this pair: {posted(entry)}."
        )
        for other in await self._installation.store.pairs(self._pair.company_id):
            if ref_of_key(other.prefix, external) is not None:
                words += (
                    f" It is a key of pair {other.name}: tieout explain {other.name} {external}"
                )
        return words

    async def _unknown(self, subject: Subject, ledgers: Ledgers | None) -> str:
        """What is said of a document that was never seen, or of a key that no command on record has."""
        if not subject.key:
            return f"{subject.ref} was never seen in FreshBooks by pair {self._pair.name}."
        general = ledgers.general if ledgers else ()
        entry = subject.entry or next(
            (e for e in general if e.external_document_no == subject.key), None
        )
        if entry is None:
            (entry,) = (await (await self._entries()).keyed([subject.key]))[:1] or (None,)
        words = (
            f"No command on record has the key {subject.key}, so Tieout sent NAV nothing under it."
        )
        if entry is None:
            return f"{words} Nothing stands in NAV under it either."
        return f"{words} G/L entry {entry.entry_no} has it all the same: {posted(entry)}."

    async def _unposted(self, dossier: Dossier) -> tuple[Unposted, ...]:
        """Lines that wait in a journal, where persons post: those of commands that nobody knows to be posted."""
        if not by_pages(self._pair):
            return ()
        keys: dict[Batch, list[str]] = {}
        for sent in dossier.sent:
            command = sent.stored.command
            if sent.stored.state in OPEN_STATES and "lines" in command.payload:
                keys.setdefault(batch_of(command.payload), []).append(command.key)
        if not keys:
            return ()
        newest = self._setups[max(self._setups)]
        writer = await self._installation.writer(self._pair, newest)
        assert isinstance(writer, PagesTarget)
        entries = NavEntries(writer.odata)
        return tuple(
            [
                line
                for batch, some in keys.items()
                for line in await entries.unposted(writer.journals.page(batch[0]), batch, some)
            ]
        )

    async def _rates_of(self, steps: tuple[Step, ...]) -> dict[str, Rate]:
        found: dict[str, Rate] = {}
        for step in steps:
            journal, command = step.journal, step.sent.stored.command
            if journal is None or not journal.currency_code:
                continue
            asked = (journal.currency_code, journal.posting_date)
            if asked not in self._rates:
                self._rates[asked] = await (await self._entries()).rate(*asked)
            lcy = self._setups[command.setup_version].lcy
            rate = rate_of(journal, lcy, self._rates[asked])
            assert rate is not None
            found[command.key] = rate
        return found


def posted(entry: GLEntry) -> str:
    """Who posted an entry, when and as what. NAV's page shows the posting date and the user, not the moment."""
    what = f"{entry.document_type} {entry.document_no}".strip()
    by = entry.user or "somebody whom NAV does not name"
    return f"posted by {by} with posting date {entry.posting_date} as {what}, account {entry.gl_account_no}, {entry.amount}"


def _understood(dossier: Dossier) -> tuple[Record | None, bool, str]:
    """The content as a record, whether its fingerprint is still what was stored, and why it cannot be read."""
    if dossier.content is None:
        return None, False, ""
    resource, content = RESOURCES[dossier.ref.kind], dossier.content.content
    try:
        intact = resource.observation(dossier.ref.key, content).hash == dossier.content.hash
        return resource.record(dossier.ref, content), intact, ""
    except Unintelligible as failure:
        return None, False, failure.text


def _nothing(asked: Asked, pair: Pair) -> str:
    entry = f"NAV has no G/L or customer ledger entry {asked.entry_no}" if asked.entry_no else ""
    number = (
        f"neither FreshBooks nor NAV has a document {asked.number} that pair {pair.name} has seen"
        if asked.number
        else ""
    )
    said = ", and ".join(filter(None, (entry, number)))
    return f"{said[:1].upper()}{said[1:]}."
