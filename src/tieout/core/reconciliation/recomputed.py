"""What each explained item comes to by the rule of its class, worked out anew from the documents and entries themselves; for I26.

The checks explain from what they compare. Here every class has one rule of its own, that asks the entries: is the cause there, and how much is it?
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tieout.core.reconciliation.accounts import Accounts
from tieout.core.reconciliation.books import ref_of_key
from tieout.core.reconciliation.difference import Break, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import CENT
from tieout.core.reconciliation.traces import Traces, document_of
from tieout.core.records.identity import CHARGEBACK, Ref, type_of_key
from tieout.core.records.ledger import GLEntry
from tieout.core.records.money import total
from tieout.core.records.payment import Payment

REFUND = "Refund"
# What is closed for money, and not for documents with VAT.
MONEY = ("I7", "I24")
# What is compared of documents that bring revenue, and must be nothing of all others.
SALES = ("I6", "I18")


@dataclass(frozen=True, slots=True)
class Recomputed:
    """How much is explained, without sign, and since which day; ``whole`` is what it is a part of, where the item does not say."""

    amount: Decimal
    since: date
    whole: Decimal | None = None


def recomputed(traces: Traces, item: Difference) -> Recomputed | None:
    """What an explained item comes to; None if its class has no rule, or the rule does not give it. Only a draft may come to nothing."""
    rule = RULES.get(item.kind)
    found = rule(traces, item) if rule else None
    return found if found and (found.amount or item.kind is Break.CUT_OFF) else None


def _draft(traces: Traces, item: Difference) -> Recomputed | None:
    ref = document_of(item.subject)
    draft = traces.drafts.get(ref) if ref else None
    if ref is None or draft is None or abs(item.freshbooks) != abs(draft.amount.amount):
        return None
    return Recomputed(abs(item.freshbooks), _day(traces, ref))


def _rounding(traces: Traces, item: Difference) -> Recomputed | None:
    """Exactly what stands on the rounding account for the document, and no more than may stand there; a cent for each row of a foreign one."""
    sides, ref = traces.sides, document_of(item.subject)
    document = traces.documents.get(ref) if ref else None
    if ref is None or document is None:
        return None
    amount = sides.nav.rounded.get(ref, ZERO)
    home = document.currency == sides.lcy
    cents = ZERO if home else CENT * (1 + len(sides.nav.taxes.get(ref, ())))
    off = abs(item.freshbooks - item.nav - amount)
    fits = off <= cents and abs(amount) <= sides.max_rounding
    whole = abs(sides.at_home(ref, document.currency, document.amount.amount))
    return Recomputed(abs(amount), _day(traces, ref), whole) if fits else None


def _bank_charge(traces: Traces, item: Difference) -> Recomputed | None:
    """What stands on accounts of bank charges under a receipt that balances."""
    rules, ref = traces.sides.evidence.rules, document_of(item.subject)
    rows = _standing(traces, ref)
    if ref is None or rules is None or total(row.amount for row in rows):
        return None
    charge = total(row.amount for row in rows if row.gl_account_no in rules.charges)
    return Recomputed(abs(charge), _day(traces, ref))


def _refund(traces: Traces, item: Difference) -> Recomputed | None:
    """What went back, or came again, by documents of its own."""
    general, ref = traces.sides.evidence.general, document_of(item.subject)
    back = [
        row
        for row in _standing(traces, ref)
        if row.document_type == REFUND or type_of_key(row.external_document_no) == CHARGEBACK
        if general and row.gl_account_no in general.receivables
    ]
    if not back:
        return None
    return Recomputed(total(abs(row.amount) for row in back), min(r.posting_date for r in back))


def _closed(traces: Traces, item: Difference) -> Recomputed | None:
    """The whole document, or the application, if the day on which it should lie is closed in NAV and it lies on a later one; if it was moved, or taken,
    out of what is closed; or if people applied, as they did, what was adopted.
    """
    evidence, ref = traces.sides.evidence, document_of(item.subject)
    if ref is None:
        return None
    first = evidence.first_open if item.invariant in MONEY else evidence.first_open_vat
    if item.invariant in SALES and ref not in traces.sides.sales:
        return _gone(traces, ref, item, first)
    day = min(_day(traces, ref), *traces.used_on.get(ref, ()), date.max)
    posted_on = _posted_on(traces, ref, item)
    late = day < first and any(posted > day for posted in posted_on)
    adopted = item.invariant == "I24" and ref in traces.sides.nav.adopted.refs and posted_on
    amount = abs(item.nav) or abs(item.freshbooks)
    if late or adopted:
        return Recomputed(amount, day)
    return None if item.invariant == "I24" else _moved(traces, ref, item, first)


def _moved(traces: Traces, ref: Ref, item: Difference, first_open: date) -> Recomputed | None:
    """The whole document, if it was moved out of what is closed: its last posting is what FreshBooks has, where it has it."""
    *earlier, last = _postings(traces, ref) or [[]]
    if not last or _days(item, last) != {_as_compared(item, _day(traces, ref))}:
        return None
    if traces.standing(ref, last[0].external_document_no) != traces.amount(ref):
        return None
    posted = _taken_back(item, earlier, first_open)
    amount = abs(item.nav) or abs(item.freshbooks)
    return Recomputed(amount, _first_day(posted)) if posted else None


def _gone(traces: Traces, ref: Ref, item: Difference, first_open: date) -> Recomputed | None:
    """All that was posted, if FreshBooks does not have it any more, or not yet by the day, and nothing is left of it."""
    posted = _taken_back(item, _postings(traces, ref), first_open)
    amount = total(row.amount for row in posted if row.amount > 0)
    return Recomputed(amount, _first_day(posted), amount) if posted else None


def _taken_back(
    item: Difference, postings: Sequence[Sequence[GLEntry]], first_open: date
) -> Sequence[GLEntry]:
    """What was posted on days that are closed, and taken back on others; nothing if more than that is off."""
    off = [row for rows in postings if len(_days(item, rows)) > 1 for row in rows]
    posted = [row for row in off if not row.external_document_no.endswith("X")]
    closed = all(row.posting_date < first_open for row in posted)
    return posted if closed and not any(map(_left, postings)) else ()


def _first_day(rows: Sequence[GLEntry]) -> date:
    return min(row.posting_date for row in rows)


def _postings(traces: Traces, ref: Ref) -> list[list[GLEntry]]:
    """The entries of each posting with those of its opposite, in the order of the keys."""
    found: dict[str, list[GLEntry]] = {}
    for row in _standing(traces, ref):
        found.setdefault(row.external_document_no.removesuffix("X"), []).append(row)
    return [found[key] for key in sorted(found, key=lambda key: int(key.rpartition("-")[2]))]


def _days(item: Difference, rows: Sequence[GLEntry]) -> set[date]:
    return {_as_compared(item, row.posting_date) for row in rows}


def _as_compared(item: Difference, day: date) -> date:
    """A VAT return knows months only."""
    return day.replace(day=1) if item.invariant == "I18" else day


def _left(rows: Sequence[GLEntry]) -> bool:
    """Whether anything is left of these entries on any account."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.gl_account_no] += row.amount
    return any(sums.values())


def _rate(traces: Traces, item: Difference) -> Recomputed | None:
    """By how much an entry is off today's table, if it stands at a rate that is on record as NAV's when it was posted."""
    ref = document_of(item.subject)
    factors = traces.recorded.factors.get(ref, frozenset()) if ref else frozenset()
    for entry in traces.customer_entries(ref) if ref else ():
        local = traces.sides.nav.local.get(entry.entry_no)
        if local == item.nav and any(abs(entry.amount / f - item.nav) <= CENT for f in factors):
            return Recomputed(abs(item.freshbooks - item.nav), entry.posting_date)
    return None


def _regrouped(traces: Traces, item: Difference) -> Recomputed | None:
    """The whole document, if NAV's VAT entries show another group of the customer than the posting setup gives it today."""
    evidence, ref = traces.sides.evidence, document_of(item.subject)
    document = traces.documents.get(ref) if ref else None
    if ref is None or document is None or evidence.rules is None or evidence.general is None:
        return None
    today = evidence.rules.vat_bus(ref, document.customer)
    shown = {entry.vat_bus for entry in evidence.general.vat_of.get(ref, ())}
    amount = abs(item.nav) or abs(item.freshbooks)
    return Recomputed(amount, _day(traces, ref)) if shown - {today} else None


def _reversed(traces: Traces, item: Difference) -> Recomputed | None:
    """What others reversed of a key's entries: each the opposite of one of them."""
    ref = ref_of_key(traces.sides.nav.prefix, item.subject)
    rows = traces.keyed.get(ref, ()) if ref else ()
    stood = {row.entry_no: row.amount for row in rows}
    undone = [
        row
        for row in rows
        if row.external_document_no == item.subject and traces.is_other(row.user)
        if row.reverses and stood.get(row.reverses) == -row.amount
    ]
    debit = total(row.amount for row in undone if row.amount > 0)
    if not undone or debit != item.nav:
        return None
    return Recomputed(debit, min(row.posting_date for row in undone))


def _restated(traces: Traces, item: Difference) -> Recomputed | None:
    """By how much FreshBooks changed a document of the frozen past, if NAV has it as it is now."""
    frozen, ref = traces.sides.evidence.frozen, document_of(item.subject)
    one = traces.restated.get(ref) if ref else None
    if frozen is None or one is None or one.ref in traces.off:
        return None
    return Recomputed(one.amount, frozen.day)


Rule = Callable[[Traces, Difference], Recomputed | None]
RULES: Mapping[Break, Rule] = {
    Break.CUT_OFF: _draft,
    Break.ROUNDING: _rounding,
    Break.BANK_CHARGE: _bank_charge,
    Break.REFUND: _refund,
    Break.DATE_PERIOD: _closed,
    Break.PRIOR_PERIOD_CHANGE: _restated,
    Break.RATE: _rate,
    Break.VAT_GROUP: _regrouped,
    Break.ACCOUNT_MAPPING: _regrouped,
    Break.LINE_ATTRIBUTES: _regrouped,
    Break.PROVENANCE: _reversed,
}


class Beside:
    """Of whole accounts: all that others posted on each since the pair began, debits and credits alike; part by part."""

    def __init__(self) -> None:
        self._accounts: dict[str, Recomputed] = {}

    def add(self, accounts: Accounts) -> None:
        for row in accounts.entries:
            if accounts.is_beside(row):
                day, amount = row.posting_date, abs(row.amount)
                known = self._accounts.get(row.gl_account_no, Recomputed(ZERO, day))
                more = Recomputed(known.amount + amount, min(known.since, day))
                self._accounts[row.gl_account_no] = more

    def recomputed(self, item: Difference) -> Recomputed | None:
        """What an item of an account comes to; None if it is none, or nothing was posted beside."""
        if item.kind is not Break.NAV_ONLY:
            return None
        found = self._accounts.get(item.subject.removeprefix("account "))
        return found if found and found.amount else None


def _standing(traces: Traces, ref: Ref | None) -> tuple[GLEntry, ...]:
    general = traces.sides.evidence.general
    return general.by_document.get(ref, ()) if general and ref else ()


def _day(traces: Traces, ref: Ref) -> date:
    """FreshBooks' day of a document; of one that it does not have any more, that of its first entry."""
    document = traces.documents.get(ref)
    if document is None:
        return min(row.posting_date for row in traces.keyed[ref])
    return document.paid_on if isinstance(document, Payment) else document.issued_on


def _posted_on(traces: Traces, ref: Ref, item: Difference) -> list[date]:
    """The posting dates of an application of this amount (I24), or of a document's entries."""
    if item.invariant != "I24":
        return [row.posting_date for row in traces.keyed.get(ref, ())]
    return [
        detail.posting_date
        for entry in traces.customer_entries(ref)
        for detail in traces.applications.get(entry.entry_no, ())
        if detail.amount == item.nav
    ]
