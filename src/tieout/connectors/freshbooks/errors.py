"""What FreshBooks' statuses and error bodies mean; its several styles of error are read as one.

Shown of a body are numbers, field names and messages, never values: those may be a person's name or address.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tieout.connectors.http import Statuses
from tieout.core.failures import (
    Forbidden,
    Outdated,
    Refused,
    Unauthorized,
    Unintelligible,
    Unreachable,
)

LONGEST = 300
CREDENTIALS = {401: Unauthorized, 403: Forbidden}


def words(body: bytes) -> str:
    """What FreshBooks says is wrong.

    >>> words(b'{"response":{"errors":[{"errno":1012,"field":"userid","message":"Client not found.","value":"12345"}]}}')
    '1012 userid Client not found.'
    >>> words(b'{"error":"unauthenticated","error_description":"This action requires authentication to continue."}')
    'unauthenticated This action requires authentication to continue.'
    >>> words(b"<html>502 Bad Gateway</html>")
    ''
    """
    try:
        decoded = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return "; ".join(_said(decoded))[:LONGEST]


def errors_of(decoded: Any) -> list[dict[str, Any]]:
    """The errors of an accounting answer, which FreshBooks sends as a list or as a single object."""
    response = decoded.get("response") if isinstance(decoded, dict) else None
    found = response.get("errors") if isinstance(response, dict) else None
    listed = found if isinstance(found, list) else [found]
    return [error for error in listed if isinstance(error, dict)]


def _said(decoded: Any) -> list[str]:
    accounting = errors_of(decoded)
    if accounting:
        return [_joined(error, "errno", "field", "message") for error in accounting]
    if not isinstance(decoded, dict):
        return []
    details = decoded.get("details")
    more = [str(d) for d in details if isinstance(d, str)] if isinstance(details, list) else []
    return [_joined(decoded, "errno", "code", "error", "error_description", "message"), *more]


def _joined(error: dict[str, Any], *names: str) -> str:
    return " ".join(str(error[name]) for name in names if isinstance(error.get(name), (str, int)))


# A read that is refused is a mistake of ours; 404 and 410 are an answer: there is no such record.
READ = Statuses(
    table={**CREDENTIALS, 408: Unreachable, 409: Unreachable},
    accepted=frozenset({404, 410}),
    otherwise=Unintelligible,
    words=words,
)
WRITE = Statuses(table={**CREDENTIALS, 409: Outdated}, otherwise=Refused, words=words)
# The token endpoint says in its body what is wrong with a grant.
TOKEN = Statuses(accepted=frozenset({400, 401, 403}), otherwise=Refused, words=words)
