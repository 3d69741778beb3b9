"""Putting together what the report of a tie-out tells: from the tie-out itself, and from what the store knows beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from tieout.app.installation import Installation
from tieout.app.reporting.statement import Statement, Tally
from tieout.connectors.freshbooks.client import FreshbooksSource
from tieout.core.decision.forecast import Foreseen
from tieout.core.reconciliation.ageing import ageing
from tieout.core.reconciliation.agreement import subject_of
from tieout.core.reconciliation.bridges import bridges
from tieout.core.reconciliation.listing import listing
from tieout.core.reconciliation.roll_forward import LedgerRolls, Roll
from tieout.core.reconciliation.sequence import sequences
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.engine.ports import Pair

# So many documents are looked up together.
AT_ONCE = 1000


async def statement_of(
    installation: Installation,
    pair: Pair,
    result: Tieout,
    sides: Sides,
    cures: Mapping[Ref, Foreseen],
    read_at: datetime,
) -> Statement:
    """All that the report tells of a tie-out; nothing is read anew but what FreshBooks calls the business."""
    as_of = sides.freshbooks.as_of
    source = await installation.source(pair)
    rules = sides.evidence.rules
    found = bridges(sides, result)
    standing = () if as_of else await installation.store.open_differences(pair)
    gone = await _numbers_gone(installation, pair, source, sides)
    return Statement(
        pair=pair.name,
        freshbooks=await business_name(installation, pair, source),
        nav=(await installation.store.nav_connection(pair)).company,
        lcy=sides.lcy,
        prefix=sides.nav.prefix,
        as_of=as_of,
        read_at=read_at,
        setup_version=max(rules.setups) if rules else 0,
        result=result,
        tallies=tuple(_tallies(sides)),
        bridges=found,
        ageing=ageing(sides, as_of or read_at.date()),
        series=sequences(sides, gone),
        documents=listing(sides, found),
        accounts=tuple(_rolls(sides)),
        clients={key: one.name for key, one in rules.clients.items()} if rules else {},
        drafts={str(d.ref): (d.currency, d.issued_on, d.number) for d in sides.freshbooks.drafts},
        since={subject_of(one.difference): one.since for one in standing},
        cures=cures,
    )


async def business_name(installation: Installation, pair: Pair, source: FreshbooksSource) -> str:
    """What FreshBooks calls the business, or else its account."""
    account_id = (await installation.store.freshbooks_connection(pair)).account_id
    business = (await source.identity()).business(account_id)
    return business.name if business and business.name else f"account {account_id}"


async def _numbers_gone(
    installation: Installation, pair: Pair, source: FreshbooksSource, sides: Sides
) -> Mapping[Ref, str]:
    """The numbers of invoices and credit notes that were seen once and are listed no more."""
    recorded, found = sides.evidence.recorded, dict[Ref, str]()
    known = recorded.documents if recorded else {}
    gone = [r for r, one in known.items() if one.gone and r.kind is not Kind.PAYMENT]
    gone = [ref for ref in gone if ref not in sides.freshbooks.listed]
    for start in range(0, len(gone), AT_ONCE):
        stored = await installation.store.documents(pair, gone[start : start + AT_ONCE])
        for ref, one in stored.items():
            record = one.observation and source.normalize(ref, one.observation.content)
            if isinstance(record, Invoice | CreditNote) and record.number:
                found[ref] = record.number
    return found


def _rolls(sides: Sides) -> Sequence[Roll]:
    accounts, rolls = sides.evidence.accounts, LedgerRolls()
    if accounts is None:
        return ()
    rolls.add(accounts)
    return rolls.rolls(accounts)


def _tallies(sides: Sides) -> Iterator[Tally]:
    books, nav = sides.freshbooks, sides.nav
    ours = "FreshBooks"
    yield _counted(ours, "invoice", ((i.currency, i.amount.amount) for i in books.live_invoices))
    notes = ((n.currency, n.amount.amount) for n in books.live_credit_notes)
    yield _counted(ours, "credit note", notes)
    yield _counted(ours, "payment", ((p.currency, p.amount.amount) for p in books.live_payments))
    entries = ((e.currency_code or sides.lcy, e.amount) for e in nav.entries)
    yield _counted("NAV", "customer ledger entry", entries)
    general = sides.evidence.accounts
    if general is not None:
        debits = ((sides.lcy, e.amount) for e in general.entries if general.counts(e.posting_date))
        yield _counted("NAV", "general ledger entry", debits)


def _counted(system: str, what: str, amounts: Iterable[tuple[str, Decimal]]) -> Tally:
    count, sums = 0, defaultdict[str, Decimal](Decimal)
    for currency, amount in amounts:
        count += 1
        sums[currency] += amount
    return Tally(system=system, what=what, count=count, sums=sums)
