"""What NAV's statuses, error bodies and SOAP faults mean.

NAV answers every business error of SOAP with status 500, and its OData codes differ from version to version: what counts is the text. Tables, not code.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tieout.connectors.http import Call, Statuses
from tieout.core.failures import (
    Failure,
    OutcomeUnknown,
    Outdated,
    Refused,
    Superseded,
    Unauthorized,
    Unintelligible,
    Unreachable,
)

LONGEST = 500

# Texts of NAV and of the gateway (docs/protocols/gateway.md), the first that fits.
TEXTS: tuple[tuple[re.Pattern[str], type[Failure]], ...] = (
    (re.compile(r"^TIEOUT-EPOCH"), Superseded),
    (re.compile(r"^TIEOUT-(REQUEST|SETUP)"), Refused),
    (re.compile(r"locked by another user|deadlock", re.IGNORECASE), Unreachable),
    (re.compile(r"user has (already )?(changed|modified)", re.IGNORECASE), Outdated),
    (re.compile(r"rejected the client credentials", re.IGNORECASE), Unauthorized),
)


def words(body: bytes) -> str:
    """What an OData error says, without the correlation id.

    >>> words(b'{"error":{"code":"Unknown","message":"The Customer does not exist."}}')
    'The Customer does not exist.'
    """
    try:
        decoded: Any = msgspec.json.decode(body)
        message = decoded["error"]["message"]
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError):
        return ""
    return re.sub(r"\s*CorrelationId:.*", "", str(message))[:LONGEST]


def kind_of(text: str, otherwise: type[Failure]) -> type[Failure]:
    """The failure that a text of NAV is."""
    return next((kind for pattern, kind in TEXTS if pattern.search(text)), otherwise)


def of_fault(call: Call, text: str) -> Failure:
    """The failure that a SOAP fault is.

    A fault of a call that writes and that is none of the gateway's own refusals proves nothing: commands before it may be committed.
    """
    kind = kind_of(text, Refused)
    declared = text.startswith("TIEOUT-")
    if call.writes and not declared and kind is not Unauthorized:
        kind = OutcomeUnknown
    return kind(call.system, text[:LONGEST] or "a fault without a text")


READ = Statuses(
    table={401: Unauthorized, 403: Unauthorized, 408: Unreachable, 409: Unreachable},
    accepted=frozenset({404}),
    otherwise=Unintelligible,
    words=words,
    means=kind_of,
)
WRITE = Statuses(
    table={401: Unauthorized, 403: Unauthorized, 408: OutcomeUnknown, 409: Outdated, 412: Outdated},
    words=words,
    means=kind_of,
)
DELETE = Statuses(table=WRITE.table, accepted=frozenset({404}), words=words, means=kind_of)
# Status 500 carries a fault, which the caller reads.
SOAP = Statuses(table={401: Unauthorized, 403: Unauthorized}, accepted=frozenset({500}))
