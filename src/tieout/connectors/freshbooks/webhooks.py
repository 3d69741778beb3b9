"""FreshBooks' notifications: which record changed, and whether the message is really from FreshBooks.

A notification is a form that carries ids only. Its signature is the HMAC-SHA256, in base64, of the form written as JSON in the order received, keyed with the
verifier of the callback that it was sent for (FreshBooks: Webhooks). Nothing here does I/O.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from tieout.core.failures import Unintelligible
from tieout.core.records.identity import Kind, Ref

SIGNATURE_HEADER = "X-FreshBooks-Hmac-SHA256"
# The nouns of events and what they are here. A callback for a noun alone receives all its events (FreshBooks: Webhooks).
NOUNS = {
    "invoice": Kind.INVOICE,
    "payment": Kind.PAYMENT,
    "credit_note": Kind.CREDIT_NOTE,
    "client": Kind.CUSTOMER,
}
# What we ask to be notified of: the documents. Customers are read when a document needs them.
EVENTS = ("invoice", "payment", "credit_note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """``object_id`` is the changed record, or the callback itself while it is being verified; then ``verifier`` is set, which is a secret."""

    name: str
    object_id: str
    account_id: str
    business_id: str
    verifier: str = field(repr=False)

    @property
    def handshake(self) -> bool:
        """Whether this asks us to confirm a callback, known by the presence of a verifier whatever the name says."""
        return bool(self.verifier)

    @property
    def ref(self) -> Ref | None:
        """The record to look at; None if it is nothing that we keep."""
        kind = NOUNS.get(self.name.partition(".")[0])
        if kind is None or self.handshake or not self.object_id.isdigit():
            return None
        return Ref(kind, self.object_id)


def notification(body: bytes) -> Notification:
    """What a message says. Raises Unintelligible if it is no notification."""
    form = dict(_pairs(body))
    if "name" not in form or "object_id" not in form:
        raise Unintelligible("freshbooks", "a notification without name or object_id")
    return Notification(
        name=form["name"],
        object_id=form["object_id"],
        account_id=form.get("account_id", ""),
        business_id=form.get("business_id", ""),
        verifier=form.get("verifier", ""),
    )


def signature(verifier: str, body: bytes) -> str:
    """The signature that FreshBooks puts on a message."""
    message = json.dumps(dict(_pairs(body)))
    digest = hmac.digest(verifier.encode(), message.encode(), hashlib.sha256)
    return b64encode(digest).decode()


def is_signed(verifier: str, body: bytes, received: str) -> bool:
    """Whether the header fits the message; compared in constant time. A body that is no form is not signed."""
    try:
        expected = signature(verifier, body)
    except Unintelligible:
        return False
    return hmac.compare_digest(expected.encode(), received.encode())


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=100)
    except ValueError:  # UnicodeDecodeError is one
        raise Unintelligible("freshbooks", "a notification that is no form") from None
