"""Undoing a posted document: the exact opposite of what was posted, applied to it; NAV never deletes."""

from __future__ import annotations

from dataclasses import replace

from tieout.core.journal.lines import (
    AccountType,
    Application,
    DocumentType,
    Journal,
    JournalLine,
)
from tieout.core.journal.terms import Terms

OPPOSITES = {
    DocumentType.INVOICE: DocumentType.CREDIT_MEMO,
    DocumentType.CREDIT_MEMO: DocumentType.INVOICE,
    DocumentType.PAYMENT: DocumentType.REFUND,
    DocumentType.REFUND: DocumentType.PAYMENT,
    DocumentType.BLANK: DocumentType.BLANK,
}


def reversal_of(posted: Journal, document_no: str, terms: Terms | None = None) -> Journal:
    """The journal that undoes ``posted``, its customer line applied to the original.

    On the same date, or on that of ``terms`` with their reason where the original's is closed. The rate is always the original's, whatever
    ``terms`` say, and so are the local amounts: an undone document leaves no exchange gain or loss.
    """
    original = Application(document_type=posted.document_type, document_no=posted.document_no)

    def opposite(line: JournalLine) -> JournalLine:
        mirrored = line.reversed()
        if line.account_type is AccountType.CUSTOMER:
            return replace(mirrored, applies_to=original)
        return mirrored

    return replace(
        posted,
        document_type=OPPOSITES[posted.document_type],
        document_no=document_no,
        posting_date=terms.posting_date if terms else posted.posting_date,
        reason_code=terms.reason_code if terms else posted.reason_code,
        due_date=None,
        lines=tuple(opposite(line) for line in posted.lines),
    )
