"""Callbacks: addresses to be told of events, once they have proved that they listen.

Registering sends a verifier to the address; a PUT that repeats it turns the callback on. Errors of
this family have a style of their own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime

import msgspec

from tieout_sandboxes.freshbooks import errors
from tieout_sandboxes.freshbooks.clock import eastern, iso_utc
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.given import Given, text
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.search import Key, boolean, equals
from tieout_sandboxes.freshbooks.table import Row, Table

FIRST_ID = 2_001
# Each noun with the object of the scope whose right to read it takes to be told of it; where the API's words do not say which, none.
OBJECTS = {
    "bill": "bills",
    "bill_vendor": "bill_vendors",
    "category": "",
    "client": "clients",
    "credit_note": "credit_notes",
    "estimate": "estimates",
    "expense": "expenses",
    "invoice": "invoices",
    "item": "billable_items",
    "payment": "payments",
    "project": "projects",
    "recurring": "",
    "service": "",
    "tax": "taxes",
    "time_entry": "time_entries",
}
EVENTS = frozenset(
    [*OBJECTS]
    + [f"{noun}.{verb}" for noun in OBJECTS for verb in ("create", "update", "delete")]
    + ["estimate.sendByEmail", "invoice.sendByEmail"]
)


class Callback(msgspec.Struct, kw_only=True):
    """A callback as the API shows it; its verifier is never shown."""

    callbackid: int
    event: str = ""
    updated_at: str = ""
    uri: str = ""
    verified: bool = False


class Callbacks(Resource[Callback]):
    """`/events/account/{account_id}/events/callbacks`."""

    record = Callback
    single = "callback"
    plural = "callbacks"
    path = "events/callbacks"
    scope = ""
    edits = {"event": text, "uri": text}  # noqa: RUF012
    delete_verb = True
    soft = False
    actions = frozenset({"verifier", "resend"})

    def __init__(self, core: Core) -> None:
        super().__init__(core, Table(FIRST_ID))
        self.verifiers: dict[int, str] = {}
        self.shake_hands: Callable[[Row[Callback]], None] = lambda _row: None

    def keys(self) -> Mapping[str, Key[Callback]]:
        found: dict[str, Key[Callback]] = {
            "event": Key(
                str, errors.FILTER_SCALAR, lambda row, value: covers(value, row.wire.event)
            )
        }
        if self.core.switches.callback_filters:
            found["uri"] = equals(lambda row: row.wire.uri)
            found["verified"] = boolean(lambda row: row.wire.verified)
        return found

    def new(self, given: Given) -> Row[Callback]:
        given.require("event", "uri")
        number = self.table.take_id()
        self.verifiers[number] = secrets.token_urlsafe(24)
        return Row(number, Callback(callbackid=number), self.core.clock.now())

    def needs(self, given: Given) -> Collection[str]:
        event = given.raw("event")
        name = OBJECTS.get(event.partition(".")[0]) if isinstance(event, str) else ""
        asked = name and self.core.switches.callback_scope == "read"
        return [f"user:{name}:read"] if asked else ()

    def settle(self, row: Row[Callback], given: Given) -> None:
        allowed = EVENTS | ({"all"} if self.core.switches.event_all else set())
        if row.wire.event not in allowed:
            message = "Value error, Unrecognized event."
            raise given.refuse("event", errors.INVALID_VALUE, message)
        if not row.wire.uri.startswith(("https://", "http://")):
            raise given.refuse("uri", errors.INVALID_VALUE, "Value error, Invalid uri.")

    def after_create(self, row: Row[Callback]) -> None:
        self.shake_hands(row)

    def act(self, row: Row[Callback], given: Given) -> None:
        if given.raw("resend"):
            self.shake_hands(row)
        elif self._proved(row, text(given, "verifier")):
            row.wire.verified = True
        elif self.core.switches.wrong_verifier == "refused":
            message = "Value error, Verifier does not match."
            raise given.refuse("verifier", errors.INVALID_VALUE, message)

    def _proved(self, row: Row[Callback], verifier: str) -> bool:
        return secrets.compare_digest(verifier.encode(), self.verifiers[row.id].encode())

    def stamp(self, wire: Callback, now: datetime) -> None:
        spaced = self.core.switches.callback_stamp == "space"
        wire.updated_at = eastern(now) if spaced else iso_utc(now)

    def listening(self, event: str) -> list[Row[Callback]]:
        """The verified callbacks that are to be told of an event."""
        return [row for row in self.table if row.wire.verified and covers(row.wire.event, event)]


def covers(registered: str, event: str) -> bool:
    """Whether a registration hears of an event: the event itself, its noun, or everything."""
    return registered in (event, event.partition(".")[0], "all")
