"""An explanation as one document for a program; amounts are text, exact. Personal data is left out, and what was left out is named."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from tieout.app.explanation.adoption import adoption_page
from tieout.app.explanation.page_command import command_page
from tieout.app.explanation.page_ledgers import entry_page, nav_page
from tieout.app.explanation.reading import Explanation
from tieout.app.explanation.words import stamp
from tieout.core.explanation.dossier import Agreement, Content, Dossier
from tieout.core.explanation.steps import Source, Step

Page = dict[str, Any]


def page_of(found: Explanation, *, source: bool) -> Page:
    """Everything that was found about one subject; ``source`` adds the content as received and what NAV was told word by word."""
    dossier = found.dossier
    return {
        "asked": found.subject.asked,
        "pair": found.pair,
        "explained": found.is_explained,
        "words": found.subject.words,
        "entry": entry_page(found.subject.entry) if found.subject.entry else None,
        "document": _document(found, dossier) if dossier else None,
        "content": _content(found, dossier.content, source=source)
        if dossier and dossier.content
        else None,
        "approvals": [_approval(each) for each in dossier.agreements] if dossier else [],
        "adoption": adoption_page(found),
        "commands": [
            command_page(step, found.rates.get(step.sent.stored.command.key), source=source)
            for step in found.steps
        ],
        "nav": nav_page(found, source=source) if found.ledgers is not None else None,
        "not_read": found.not_read,
    }


def _document(found: Explanation, dossier: Dossier) -> Page:
    return {
        "ref": str(dossier.ref),
        "kind": str(dossier.ref.kind),
        "number": dossier.number,
        "state": str(dossier.state),
        "reason": dossier.reason,
        "findings": dossier.findings,
        "since": stamp(dossier.since),
        "agreed_last": stamp(dossier.verified_at),
        "to_be_looked_at": dossier.waits,
        "client": f"customer/{dossier.customer}" if dossier.customer else "",
        "customer_no": dossier.customer_no,
        "customer_made_by": [each.stored.command.key for each in dossier.making],
        "pays": f"invoice/{dossier.invoice}" if dossier.invoice else "",
        "uses_credit": f"credit_note/{dossier.credit}" if dossier.credit else "",
        "currency": dossier.currency,
        "amount": dossier.amount,
        "dated": dossier.dated,
        "due_on": dossier.due_on,
        "outstanding": dossier.outstanding,
        "unreadable": found.unreadable,
    }


def _approval(agreement: Agreement) -> Page:
    return {
        "rule": agreement.rule,
        "value": agreement.value,
        "by": agreement.by,
        "at": stamp(agreement.at),
        "holds": agreement.holds,
    }


def _content(found: Explanation, content: Content, *, source: bool) -> Page:
    told: Page = {
        "fingerprint": content.hash,
        "intact": found.intact,
        "bytes": len(content.content),
        "sha256": hashlib.sha256(content.content).hexdigest(),
        "changed_in_freshbooks": stamp(content.updated_at),
        "deleted": content.deleted,
        "unlisted": content.unlisted,
        "not_kept": _not_kept(found.steps),
    }
    if source:
        told["source"] = content.content.decode("utf-8", "backslashreplace")
    return told


def _not_kept(steps: Sequence[Step]) -> list[str]:
    """The commands that were made of another content than the one that is kept."""
    return [step.sent.stored.command.key for step in steps if step.source is Source.NOT_KEPT]
