"""A line of FreshBooks' general ledger as it writes it, to our line."""

from __future__ import annotations

import datetime

import msgspec

from tieout.connectors.freshbooks.wire.common import WireMoney
from tieout.core.failures import Unintelligible
from tieout.core.records.feed import FeedLine
from tieout.core.records.identity import Kind, Ref


class WireAccount(msgspec.Struct):
    """The account of a line."""

    account_number: str | int


class WireEntry(msgspec.Struct):
    """What the line is part of, and the document that it comes from; ids that are not there are null or 0."""

    entryid: int
    invoiceid: int | None = None
    paymentid: int | None = None
    creditid: int | None = None

    def document(self) -> Ref | None:
        named = (
            (Kind.PAYMENT, self.paymentid),
            (Kind.CREDIT_NOTE, self.creditid),
            (Kind.INVOICE, self.invoiceid),
        )
        return next((Ref(kind, str(number)) for kind, number in named if number), None)


class WireFeedLine(msgspec.Struct):
    """A row of ``journal_entry_details``; one of ``debit`` and ``credit`` is null, and never both (FreshBooks: Journal Entry Details)."""

    user_entered_date: datetime.date
    account: WireAccount
    entry: WireEntry
    debit: WireMoney | None = None
    credit: WireMoney | None = None

    def moved(self) -> WireMoney:
        """The one side that there is, debit positive. Raises Unintelligible."""
        if self.debit is not None and self.credit is None:
            return self.debit
        if self.credit is not None and self.debit is None:
            return WireMoney(-self.credit.amount, self.credit.code)
        sides = "neither a debit nor a credit" if self.debit is None else "a debit and a credit"
        text = f"a line of entry {self.entry.entryid} in the general ledger has {sides}"
        raise Unintelligible("freshbooks", text)


DECODER = msgspec.json.Decoder(WireFeedLine)


def feed_line(content: bytes) -> FeedLine:
    """The line that the bytes say. Raises Unintelligible."""
    try:
        wire = DECODER.decode(content)
    except msgspec.DecodeError as error:
        text = f"a line of the general ledger cannot be read: {error}"
        raise Unintelligible("freshbooks", text) from None
    moved = wire.moved()
    return FeedLine(
        entry=wire.entry.entryid,
        document=wire.entry.document(),
        day=wire.user_entered_date,
        account_number=str(wire.account.account_number),
        amount=moved.amount,
        currency=moved.code,
    )
