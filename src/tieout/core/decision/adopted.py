"""What a person adopted stands in NAV already: nothing is posted for it, and what people keyed is never reversed."""

from __future__ import annotations

from tieout.core.decision.applied import Wish
from tieout.core.decision.draft import Draft, held
from tieout.core.decision.facts import Case, Facts
from tieout.core.decision.payload import entry_of, payload_customer
from tieout.core.decision.plan import State, Verdict
from tieout.core.decision.standing import standing_of
from tieout.core.records.adoption import Adoption, substance
from tieout.core.records.document import Visibility
from tieout.core.records.finding import Finding
from tieout.core.records.payment import Payment

ACCEPT_ANEW = (
    "Undo the change in FreshBooks; or correct NAV with the accountant and accept it anew (tieout check --accept),"
    " which takes it as it is then; or withdraw it (tieout check --withdraw) once NAV's entry is reversed, and it is posted as usual."
)


def decide_adopted(draft: Draft, case: Case) -> Verdict | None:
    """The verdict on an adopted document; None if it is not adopted, or stands in NAV by our own posting."""
    adoption = draft.facts.adoptions.get(case.ref)
    if adoption is None or standing_of(case.commands).posted is not None:
        return None
    finding = _changed(case, adoption) or _changed_in_nav(draft.facts, adoption)
    if finding:
        return held(case.ref, finding)
    if isinstance(case.record, Payment):
        _wish(draft, case.record)
    reason = f"adopted, nothing to post: {adoption.told()}"
    return Verdict(ref=case.ref, state=State.AGREED, reason=reason)


def _wish(draft: Draft, payment: Payment) -> None:
    """Adopted money settles an invoice that is ours; what two adopted entries are to each other is for those who keyed them."""
    invoice = draft.standing_document(payment.invoice)
    source = draft.standing_document(payment.ref)
    if payment.invoice in draft.facts.adoptions or invoice is None or source is None:
        return
    if payload_customer(invoice.payload) != payload_customer(source.payload):
        return
    ends = entry_of(source.payload), entry_of(invoice.payload)
    if ends[0] and ends[1]:
        wish = Wish(source=ends[0], target=ends[1], amount=payment.amount.amount)
        draft.wishes[payment.ref] = wish


def _changed(case: Case, adoption: Adoption) -> Finding | None:
    """A finding if FreshBooks shows something else than when it was adopted."""
    record = case.record
    if record is not None and substance(record) == adoption.substance_of(case.ref):
        return None
    now = "changed in FreshBooks"
    if record is None:
        now = "not known to FreshBooks any more"
    elif record.visibility is Visibility.DELETED:
        now = "deleted in FreshBooks"
    return Finding(
        rule="ADOPTED_CHANGED",
        text=f"It is {now} since it was adopted; what people keyed is not reversed: {adoption.told()}.",
        remedy=ACCEPT_ANEW,
    )


def _changed_in_nav(facts: Facts, adoption: Adoption) -> Finding | None:
    """A finding if NAV does not show an entry as it was."""
    shown = {item.entry_no: item for item in facts.adopted_items}
    for entry in adoption.entries:
        item = shown.get(entry.entry_no)
        what = f"NAV entry {entry.entry_no} ({entry.document_no})"
        if item is None:
            return _nav(f"{what} is not shown by NAV any more.")
        if item.reversed:
            return _nav(f"{what} was reversed in NAV.")
        if item.amount != entry.amount:
            return _nav(f"{what} has {item.amount} now, {entry.amount} was accepted.")
    return None


def _nav(text: str) -> Finding:
    return Finding(
        rule="ADOPTED_ENTRY_CHANGED",
        text=f"It was adopted, but {text}",
        remedy="If it was keyed anew, accept that (tieout check --accept); if Tieout is to post it, withdraw it: tieout check --withdraw.",
    )
