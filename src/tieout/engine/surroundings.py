"""What NAV shows around the documents of a round: its open days and rates, numbers in use, items, what persons keyed or blocked there."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tieout.core.decision.calendar import Calendar
from tieout.core.decision.facts import Case
from tieout.core.decision.standing import Standing, standing_of
from tieout.core.journal.numbers import candidates, revised
from tieout.core.records.adoption import AdoptedEntry, Adoption
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import BankEntry, CustomerEntry, NavCustomer
from tieout.core.records.payment import Payment
from tieout.engine.ports import Rate, Shelves
from tieout.engine.world import World

Cases = Mapping[Ref, Case]


class Surroundings:
    """Reads NAV for one drain. The calendar, the rates and the list of unlinked customers are read once."""

    def __init__(self, world: World, store: Shelves) -> None:
        self._world, self._store = world, store
        self._calendar: Calendar | None = None
        self._rates: dict[str, tuple[Rate, ...]] = {}
        self._strangers: tuple[NavCustomer, ...] | None = None

    async def of(
        self, cases: Cases, linked: Mapping[str, str], adoptions: Mapping[Ref, Adoption]
    ) -> dict[str, Any]:
        """The facts about NAV that deciding these cases takes."""
        target = self._world.target
        new = [case for case in cases.values() if _is_new(case, adoptions)]
        reach, calendar, rates, taken, items = await asyncio.gather(
            target.reach(),
            self._days(),
            self._rates_of(cases),
            target.taken(_numbers(self._world.pair.prefix, cases)),
            target.items(_posted_numbers(cases)),
        )
        blocked, adopted = await asyncio.gather(
            self._blocked(linked.values()), self._adopted(adoptions.values())
        )
        receipts, lines, reconciled, unlinked = await asyncio.gather(
            self._receipts(new, linked),
            self._lines(new),
            self._reconciled(cases),
            self._unlinked(new, linked),
        )
        return {
            "reach": reach,
            "calendar": calendar,
            "rates": rates,
            "taken": taken,
            "items": {(item.document_type, item.document_no): item for item in items},
            "blocked": blocked,
            "adopted_items": adopted,
            "strangers": receipts,
            "bank_strangers": lines,
            "reconciled": reconciled,
            "nav_customers": unlinked,
        }

    async def _days(self) -> Calendar:
        if self._calendar is None:
            self._calendar = await self._world.target.calendar()
        return self._calendar

    async def _rates_of(self, cases: Cases) -> Mapping[str, tuple[Rate, ...]]:
        wanted = {case.record.currency for case in cases.values() if case.record}
        unread = wanted - {self._world.setup.lcy} - set(self._rates)
        if unread:
            found = await self._world.target.rates(unread)
            self._rates |= {currency: found.get(currency, ()) for currency in unread}
        return self._rates

    async def _blocked(self, nos: Collection[str]) -> dict[str, str]:
        found = await self._world.target.nav_customers(nos) if nos else ()
        return {customer.no: customer.blocked for customer in found if customer.blocked}

    async def _adopted(self, adoptions: Iterable[Adoption]) -> tuple[CustomerEntry, ...]:
        nos = sorted({entry.document_no for each in adoptions for entry in each.entries})
        return await self._world.target.items(nos) if nos else ()

    async def _receipts(
        self, new: Sequence[Case], linked: Mapping[str, str]
    ) -> tuple[CustomerEntry, ...]:
        """Open receipts that are not ours, of customers whose money is about to be posted."""
        keys = {payment.customer.key for payment in _money(new)}
        nos = [linked[key] for key in keys if key in linked]
        found = await self._world.target.open_receipts(nos) if nos else ()
        strange = [entry for entry in found if not self._ours(entry.document_no)]
        adopted = {e.entry_no for e in await self._adopted_as(strange)}
        return tuple(entry for entry in strange if entry.entry_no not in adopted)

    async def _adopted_as(
        self, strange: Sequence[CustomerEntry | BankEntry]
    ) -> tuple[AdoptedEntry, ...]:
        """What of this persons adopted as documents of FreshBooks."""
        nos = {entry.document_no for entry in strange}
        return await self._store.adopted_entries(self._world.pair, nos) if nos else ()

    async def _lines(self, new: Sequence[Case]) -> tuple[BankEntry, ...]:
        """Bank lines that are not ours, with the amount of money that is about to be posted."""
        money = _money(new)
        if not money:
            return ()
        days = [payment.paid_on for payment in money]
        around = timedelta(days=self._world.setup.duplicate_days)
        found = await self._world.target.bank_lines(
            {_received(payment, new) for payment in money}, min(days) - around, max(days) + around
        )
        strange = [e for e in found if not e.reversed and not self._ours(e.document_no)]
        adopted = {(e.document_no, e.posting_date) for e in await self._adopted_as(strange)}
        return tuple(e for e in strange if (e.document_no, e.posting_date) not in adopted)

    async def _reconciled(self, cases: Cases) -> frozenset[str]:
        """The numbers of posted money whose bank line is reconciled; asked only of what has changed."""
        nos = _posted_numbers({ref: case for ref, case in cases.items() if _changed(case)})
        found = await self._world.target.bank_lines_of(nos) if nos else ()
        return frozenset(entry.document_no for entry in found if entry.reconciled)

    async def _unlinked(
        self, new: Sequence[Case], linked: Mapping[str, str]
    ) -> tuple[NavCustomer, ...]:
        """The customers of NAV that no client is linked to; read when one may have to be made."""
        if all(case.record is None or case.record.customer.key in linked for case in new):
            return ()
        if self._strangers is None:
            known = await self._store.linked_customers(self._world.pair)
            everyone = await self._world.target.nav_customers()
            self._strangers = tuple(each for each in everyone if each.no not in known)
        return self._strangers

    def _ours(self, document_no: str) -> bool:
        """Whether a number is one that we make for money: ``FBP10301``, ``FBP10301-2``, ``FBC0000071``."""
        prefix = re.escape(self._world.pair.prefix)
        return re.fullmatch(rf"{prefix}[PCRWX].+", document_no) is not None


def _is_new(case: Case, adoptions: Mapping[Ref, Adoption]) -> bool:
    """Whether something of it may have to be posted for the first time."""
    stands = case.ref in adoptions or standing_of(case.commands).posted is not None
    return case.record is not None and not stands


def _money(cases: Sequence[Case]) -> list[Payment]:
    records = (case.record for case in cases)
    return [
        record
        for record in records
        if isinstance(record, Payment)
        and not record.from_credit
        and record.visibility is not Visibility.DELETED
    ]


def _changed(case: Case) -> bool:
    """Whether money is no longer what was posted, as far as amount, day and visibility tell."""
    record, journal = case.record, standing_of(case.commands).journal
    if journal is None or record is None or isinstance(record, Invoice):
        return False
    day = record.paid_on if isinstance(record, Payment) else record.issued_on
    same = (day, record.amount.amount) == (journal.document_date, -journal.amount)
    return not same or record.visibility is Visibility.DELETED


def _received(payment: Payment, cases: Sequence[Case]) -> Decimal:
    """What came in with a payment, an overpayment included."""
    notes = [case.record for case in cases if isinstance(case.record, CreditNote)]
    rest = [note for note in notes if note.ref == payment.overpayment]
    return payment.amount.amount + (rest[0].amount.amount if rest else 0)


def _numbers(prefix: str, cases: Cases) -> list[str]:
    """The document numbers that may be given out in this round."""
    return [
        number
        for case in cases.values()
        if isinstance(case.record, Invoice | CreditNote)
        for number in _numbers_of(prefix, case.ref, case.record.number, standing_of(case.commands))
    ]


def _numbers_of(prefix: str, ref: Ref, number: str, standing: Standing) -> set[str]:
    """The numbers of a document's next revision, and of those that were refused."""
    bases = (standing.base,) if standing.base else candidates(prefix, ref, number)
    revisions = {standing.revision_next, *(command.revision for command in standing.retried)}
    first = set() if standing.base else set(bases)
    return first | {revised(base, revision) for base in bases for revision in revisions}


def _posted_numbers(cases: Cases) -> list[str]:
    standings = (standing_of(case.commands) for case in cases.values())
    return [str(s.posted.payload["document_no"]) for s in standings if s.posted]
