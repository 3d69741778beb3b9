"""Who a document is made out to: a copy of the client's name and address at the time of writing."""

from __future__ import annotations

from typing import Any

from tieout_sandboxes.freshbooks.clients import ADDRESS_PARTS, Client
from tieout_sandboxes.freshbooks.given import text

FIELDS = ("fname", "lname", "organization", "vat_name", "vat_number", *ADDRESS_PARTS)
RECIPIENT_EDITS = {**dict.fromkeys(FIELDS, text), "address": text}


def recipient(client: Client) -> dict[str, Any]:
    """The recipient fields of a new document for this client."""
    copied = {part: getattr(client, f"p_{part}") for part in ADDRESS_PARTS}
    return copied | {
        "fname": client.fname,
        "lname": client.lname,
        "organization": client.organization,
        "vat_name": client.vat_name or "",
        "vat_number": client.vat_number or "",
    }
