"""Why an invoice is open by another amount: what settles it is missing or other itself, or somebody applied or unapplied an entry in NAV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain

from tieout.core.reconciliation.difference import Difference
from tieout.core.reconciliation.document_cause import document_cause
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.recorded import DONE
from tieout.core.reconciliation.traces import Traces
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry, DetailedEntry
from tieout.core.records.money import total

NEVER = "was never applied in NAV"


def application_cause(traces: Traces, invoice: Ref, difference: Difference) -> str:
    """The first cause of what is open; empty if none was found."""
    left = difference.nav - difference.freshbooks
    refs = (invoice, *traces.paid_by.get(invoice, ()))
    off = {ref: total(traces.off[ref].values()) for ref in refs if ref in traces.off}
    for ref, amount in off.items():
        if amount == left or (len(off) == 1 and not _by_others(traces, refs)):
            return _of(traces, ref, invoice)
    by_others = _by_others(traces, refs)
    if by_others:
        return _hand(traces, *by_others[0])
    if off:
        return _of(traces, next(iter(off)), invoice)
    return _not_applied(traces, refs)


def _of(traces: Traces, ref: Ref, invoice: Ref) -> str:
    cause = document_cause(traces, ref)
    return cause if ref == invoice else f"{ref}: {cause}"


def _by_others(
    traces: Traces, refs: Sequence[Ref]
) -> Sequence[tuple[CustomerEntry, DetailedEntry]]:
    """What others applied and what still stands of it, and what of ours they unapplied; in the order of NAV."""
    found = chain.from_iterable(
        _hands(traces, entry) for ref in refs for entry in traces.customer_entries(ref)
    )
    return sorted(found, key=lambda pair: pair[1].entry_no)


def _hands(traces: Traces, entry: CustomerEntry) -> Iterator[tuple[CustomerEntry, DetailedEntry]]:
    theirs: set[Decimal] = set()
    for detail in traces.applications.get(entry.entry_no, ()):
        if not traces.may_be_other(detail.user):
            continue
        if not _opens(entry, detail):
            theirs.add(detail.amount)
            if not detail.unapplied and traces.is_other(detail.user):
                yield entry, detail
        elif -detail.amount not in theirs:
            yield entry, detail


def _opens(entry: CustomerEntry, detail: DetailedEntry) -> bool:
    """Whether a detail makes more of an entry open, as an application that is undone does."""
    return detail.unapplied and (detail.amount > ZERO) == (entry.amount > ZERO)


def _hand(traces: Traces, entry: CustomerEntry, detail: DetailedEntry) -> str:
    done = "unapplied" if _opens(entry, detail) else "applied"
    return (
        f"entry {entry.entry_no} ({entry.document_type} {entry.document_no}) was {done} by {traces.recorded.name_of(detail.user)}"
        f" on {detail.posting_date.isoformat()} ({abs(detail.amount)}, detailed entry {detail.entry_no})"
    )


def _not_applied(traces: Traces, refs: Sequence[Ref]) -> str:
    """What should settle the invoice and is not applied in NAV, or not any more; or the command that was refused."""
    for ref in refs[1:]:
        for sent in traces.commands.get(ref, ()):
            if sent.role == "apply" and sent.state != DONE:
                answer = f": {sent.answer}" if sent.answer else ""
                return f"{sent.key} is {sent.state}{answer}"
        for entry in traces.customer_entries(ref):
            made = traces.applications.get(entry.entry_no, ())
            if entry.open and made and _opens(entry, made[-1]):
                return f"{ref}: {_hand(traces, entry, made[-1])}, and not applied again"
            if entry.open and not made:
                return f"{ref}: entry {entry.entry_no} ({entry.document_type} {entry.document_no}) {NEVER}"
    return ""
