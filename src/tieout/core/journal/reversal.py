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

OPPOSITES = {
    DocumentType.INVOICE: DocumentType.CREDIT_MEMO,
    DocumentType.CREDIT_MEMO: DocumentType.INVOICE,
}


def reversal_of(posted: Journal, document_no: str) -> Journal:
    """The journal that undoes ``posted``, on the same date, its customer line applied to the original.

    Right only while that date is open in NAV; a closed one is refused there and held.
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
        due_date=None,
        lines=tuple(opposite(line) for line in posted.lines),
    )
