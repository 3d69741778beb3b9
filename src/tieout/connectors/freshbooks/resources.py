"""The kinds of FreshBooks records that we read: where they live, how they are found, what their bytes mean.

One row each. Everything that differs between invoices, credit notes, payments and clients when reading is in this table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tieout.connectors.freshbooks.wire import credit_note, customer, invoice, payment
from tieout.core.failures import Unintelligible
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Observation, Record

DELETED = 1
EASTERN = ZoneInfo("America/New_York")
BUILTINS = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """``ids_filter`` is the search key that takes many ids, ``clients_filter`` the one that takes many clients; empty if there is none that works.

    ``day_filter`` tells whether ``updated_min`` works. ``added`` reads a record with its lines added up, but for those of some names.
    """

    kind: Kind
    path: str
    plural: str
    single: str
    ids_filter: str
    day_filter: bool
    has_lines: bool
    volatile: frozenset[str]
    record: Callable[[Ref, bytes], Record]
    clients_filter: str = ""
    added: Callable[[Ref, bytes, Collection[str]], Record] | None = None

    @property
    def scope(self) -> str:
        """The object that FreshBooks' scopes name it by, which is the last part of its path."""
        return self.path.rpartition("/")[2]

    def observation(self, key: str, content: bytes) -> Observation:
        fields = fields_of(content)
        return Observation(
            ref=Ref(self.kind, key),
            content=content,
            hash=hash_of(fields, self.volatile),
            updated_at=moment(str(fields.get("updated") or "")),
            deleted=fields.get("vis_state") == DELETED,
        )


@dataclass(frozen=True, slots=True)
class GeneralLedger:
    """FreshBooks' own general ledger, a list like any other."""

    path: str = "journal_entries/journal_entry_details"
    plural: str = "journal_entry_details"
    has_lines: bool = False
    scope: str = "journal_entries"


RESOURCES = {
    resource.kind: resource
    for resource in (
        Resource(
            kind=Kind.INVOICE,
            path="invoices/invoices",
            plural="invoices",
            single="invoice",
            ids_filter="search[invoiceids][]",
            day_filter=True,
            has_lines=True,
            volatile=invoice.VOLATILE,
            record=invoice.invoice,
            added=invoice.invoice_added,
            clients_filter="search[customerids][]",
        ),
        Resource(
            kind=Kind.CREDIT_NOTE,
            path="credit_notes/credit_notes",
            plural="credit_notes",
            single="credit_note",
            ids_filter="",
            day_filter=False,
            has_lines=True,
            volatile=credit_note.VOLATILE,
            record=credit_note.credit_note,
        ),
        Resource(
            kind=Kind.PAYMENT,
            path="payments/payments",
            plural="payments",
            single="payment",
            ids_filter="search[logids][]",
            day_filter=True,
            has_lines=False,
            volatile=payment.VOLATILE,
            record=payment.payment,
            clients_filter="search[clientids][]",
        ),
        Resource(
            kind=Kind.CUSTOMER,
            path="users/clients",
            plural="clients",
            single="client",
            ids_filter="search[userids][]",
            day_filter=True,
            has_lines=False,
            volatile=customer.VOLATILE,
            record=customer.customer,
        ),
    )
}


def moment(stamp: str) -> datetime | None:
    """When a record last changed. FreshBooks writes US/Eastern wall time; of the hour that comes twice in autumn the first is meant.

    >>> moment("2026-07-01 08:00:00")
    datetime.datetime(2026, 7, 1, 12, 0, tzinfo=datetime.timezone.utc)
    >>> moment("")
    """
    try:
        return datetime.fromisoformat(stamp).replace(tzinfo=EASTERN).astimezone(UTC)
    except ValueError:
        return None


def fingerprint(content: bytes, volatile: frozenset[str]) -> str:
    """SHA-256 of what a record says: whatever the order of its fields or the spelling of its numbers, and without its volatile fields."""
    return hash_of(fields_of(content), volatile)


def fields_of(content: bytes) -> dict[str, Any]:
    """The fields of a record; amounts stay exact. Raises Unintelligible if it is no object."""
    fields: dict[str, Any] = BUILTINS.decode(content)
    if not isinstance(fields, dict):
        raise Unintelligible("freshbooks", "a record is not an object")
    return fields


def hash_of(fields: Mapping[str, Any], volatile: frozenset[str]) -> str:
    """The fingerprint of fields that were read already."""
    meaning = {name: value for name, value in fields.items() if name not in volatile}
    return hashlib.sha256(msgspec.json.encode(meaning, order="deterministic")).hexdigest()
