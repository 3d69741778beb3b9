"""Why one document differs: the earliest thing on record that explains it, told with its entry, key, person and day.

What somebody else posted or reversed under its key comes before what FreshBooks changed after it was posted: NAV's entries are in order, and without them
both books would still have what was posted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from tieout.core.reconciliation.books import ref_of_key
from tieout.core.reconciliation.recorded import DONE, POSTS, Sent
from tieout.core.reconciliation.traces import Document, Traces
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry, GLEntry
from tieout.core.records.payment import Payment

UNSEEN = "not seen by Tieout yet"
WAITS = "it waits to be looked at again"
STATES = {
    "held": "Tieout holds it",
    "dead": "Tieout has given it up",
    "excluded": "Tieout leaves it out",
    "pending": "it waits to be looked at by Tieout",
    "agreed": "Tieout has it as agreed, and set out to post nothing",
}
# How far a command is that NAV has nothing of.
UNPOSTED = {
    "awaiting": "is drafted in NAV's journal, and nobody has posted it yet",
    "intended": "was about to be sent, and it is not known what came of it",
    "unknown": "was sent, and it is not known what came of it",
    "refused": "was refused by NAV",
    "abandoned": "was given up before it was posted",
    "withdrawn": "was drafted and withdrawn before it was posted",
    "removed": "was drafted, and somebody deleted the draft",
    DONE: "is on record as posted, and NAV has nothing of it any more",
}


def document_cause(traces: Traces, ref: Ref) -> str:
    """The first cause of whatever differs of a document."""
    rows = traces.keyed.get(ref, ())
    if adopted := _adopted(traces, ref):
        return adopted
    return (
        _somebody(traces, rows)
        or (_never_arrived(traces, ref) if not rows else "")
        or _changed(traces, ref)
        or _posted(traces, ref, rows)
    )


def due_date_cause(traces: Traces, ref: Ref) -> str:
    """Why an open invoice is due on another day. NAV's ledger keeps the day alone, not who changed it."""
    if adopted := _adopted(traces, ref):
        return adopted
    changed, posted = _changed(traces, ref), traces.posted(ref)
    if changed or posted is None:
        return changed
    return f"changed in NAV, whose ledger does not say by whom; FreshBooks shows no change since it was posted as {posted.key}"


def _adopted(traces: Traces, ref: Ref) -> str:
    """What people keyed and a person accepted as it is."""
    adoption = traces.sides.nav.adopted.by_ref.get(ref)
    return (
        f"keyed by people and adopted: {adoption.told()}{_standing(traces, ref)}"
        if adoption
        else ""
    )


def key_cause(traces: Traces, key: str) -> str:
    """Why a key's entries are not what was asked for under it."""
    ref = ref_of_key(traces.sides.nav.prefix, key)
    rows = traces.keyed.get(ref, ()) if ref else ()
    mine = [row for row in rows if row.external_document_no == key]
    sent = traces.by_key.get(key)
    return _somebody(traces, mine) or (_unposted(sent) if sent and not mine else "")


def after_the_day(traces: Traces, ref: Ref) -> str:
    """The first entry of a document that was posted after the day as of which both books are compared."""
    day = traces.sides.nav.as_of
    later = [row for row in traces.keyed.get(ref, ()) if day and row.posting_date > day]
    return (
        f"{_entry(later[0])} was posted by {traces.recorded.name_of(later[0].user)}"
        if later
        else ""
    )


def keyed(traces: Traces, entry: CustomerEntry) -> str:
    """An entry that is not from FreshBooks: who keyed it, as what, and for whom."""
    posted = traces.users.get(entry.entry_no)
    user = traces.recorded.name_of(posted.user) if posted else "somebody"
    source = f", source {posted.source}" if posted and posted.source else ""
    what = f"{entry.document_type} {entry.document_no}".strip()
    key = posted.external_document_no if posted else ""
    shown = f"under {key}, which is no key of this pair" if key else "with no key of this pair"
    return (
        f"entry {entry.entry_no} of {entry.posting_date.isoformat()} was keyed by {user} as {what}"
        f" for customer {entry.customer_no} ({entry.amount}{source}), {shown}"
    )


def past_the_ledger(traces: Traces, entry: GLEntry) -> str:
    """An entry that somebody posted to the receivables account itself."""
    user = traces.recorded.name_of(entry.user)
    return (
        f"entry {entry.entry_no} of {entry.posting_date.isoformat()} was posted by {user} as {entry.document_no}"
        f" to account {entry.gl_account_no} itself ({entry.amount}), past the customer ledger"
    )


def _somebody(traces: Traces, rows: Sequence[GLEntry]) -> str:
    """The first entry under a key of the document that another posted, or that nobody asked for."""
    for row in rows:
        recorded = traces.sides.evidence.recorded is not None
        unasked = recorded and row.external_document_no not in traces.by_key
        if not unasked and not traces.is_other(row.user):
            continue
        user = traces.recorded.name_of(row.user)
        if row.reverses:
            return f"entry {row.reverses} was reversed by {user} on {row.posting_date.isoformat()} (entry {row.entry_no}, {row.external_document_no})"
        asked = ", which no command on record asked for" if unasked else ""
        return f"{_entry(row)} was posted by {user}{asked}"
    return ""


def _never_arrived(traces: Traces, ref: Ref) -> str:
    """Why NAV has nothing under a document's keys."""
    sent = [one for one in traces.commands.get(ref, ()) if one.role in POSTS]
    if sent:
        return _unposted(sent[-1]) + _standing(traces, ref)
    known = traces.known(ref)
    if known is None:
        return f"{UNSEEN}{_last_change(traces, ref)}"
    reason = f": {known.reason}" if known.reason else ""
    return f"{STATES[known.state]}{reason}{_last_change(traces, ref)}"


def _unposted(sent: Sent) -> str:
    answer = f": {sent.answer}" if sent.answer else ""
    return f"{sent.key}{_at(sent)} {UNPOSTED[sent.state]}{answer}"


def _changed(traces: Traces, ref: Ref) -> str:
    """What FreshBooks did with the document after it was posted."""
    posted, document = traces.posted(ref), traces.documents.get(ref)
    if posted is None:
        return ""
    key = f"{posted.key}{_at(posted)}"
    had, has = traces.standing(ref, posted.key), traces.amount(ref)
    amounts = f" ({had} -> {has})" if had != has else ""
    if document is None or document.visibility is Visibility.DELETED:
        text = f"deleted in FreshBooks after it had been posted as {key}"
    elif _is_draft(document):
        text = f"made a draft again in FreshBooks after it had been posted as {key}"
    elif _is_later(document.updated_on, posted.at, other=had != has):
        text = f"changed in FreshBooks, {_last(document)}after it had been posted as {key}{amounts}"
    elif amounts:
        text = (
            f"posted as {key}, and other in FreshBooks now{amounts}, which does not say since when"
        )
    else:
        return ""
    return text + _standing(traces, ref)


def _is_later(changed: datetime | None, posted: datetime | None, *, other: bool) -> bool:
    """Whether FreshBooks, which counts in seconds, changed a document after it was posted; in the same second only if it is another now."""
    if changed is None or posted is None:
        return False
    return changed > posted or (other and changed >= posted.replace(microsecond=0))


def _last(document: Document) -> str:
    return f"last on {moment(document.updated_on)}, " if document.updated_on else ""


def _is_draft(document: Document) -> bool:
    return not isinstance(document, Payment) and document.draft


def _posted(traces: Traces, ref: Ref, rows: Sequence[GLEntry]) -> str:
    """All that is left: Tieout posted it so, and nothing was done since."""
    posted = traces.posted(ref)
    if posted is None or not rows:
        return ""
    first = next((row for row in rows if row.external_document_no == posted.key), rows[0])
    return (
        f"{_entry(first)} was posted by {traces.recorded.name_of(first.user)}{_at(posted)}, by version {posted.setup_version} of the posting setup;"
        " neither book shows a change since"
    )


def _standing(traces: Traces, ref: Ref) -> str:
    """What keeps the document from being carried over, if Tieout knows of it."""
    known = traces.known(ref)
    if known is None or known.state in ("agreed", "excluded"):
        return ""
    if known.state == "pending":
        return f"; {WAITS}"
    return f"; {STATES[known.state]}" + (f": {known.reason}" if known.reason else "")


def _last_change(traces: Traces, ref: Ref) -> str:
    changed = traces.changed_on(ref)
    return f"; last changed in FreshBooks on {moment(changed)}" if changed else ""


def _entry(row: GLEntry) -> str:
    return f"entry {row.entry_no} of {row.posting_date.isoformat()} ({row.external_document_no})"


def _at(sent: Sent) -> str:
    return f" on {moment(sent.at)}" if sent.at else ""


def moment(at: datetime) -> str:
    """A moment as people read it.

    >>> moment(datetime(2026, 3, 9, 14, 5, tzinfo=UTC))
    '2026-03-09 14:05 UTC'
    """
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
