"""How FreshBooks signs a notification: HMAC-SHA256 over the form, written again as JSON, in base64.

The key is the verifier of that callback. The JSON keeps the order in which the fields are sent, all
values are texts, and it is spaced as Python's `json.dumps` spaces it (freshbooks.com/api/webhooks).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence

HEADER = "X-FreshBooks-Hmac-SHA256"


def sign(verifier: str, fields: Sequence[tuple[str, str]]) -> str:
    """The value of the signature header for these form fields."""
    message = json.dumps(dict(fields)).encode()
    digest = hmac.new(verifier.encode(), message, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
