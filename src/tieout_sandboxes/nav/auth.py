"""Who may call: Basic authentication with a password or a web service access key.

Both are accepted, as NAV does for NavUserPassword (Microsoft, "Web Services Authentication").
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Credentials:
    """One user; the access key has the 44 characters NAV gives it."""

    user: str = "TIEOUT"
    key: str = field(
        default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode(), repr=False
    )
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)

    def accepts(self, header: str | None) -> bool:
        """True if the Authorization header names this user with one of the two secrets."""
        scheme, _, encoded = (header or "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        known = [
            hmac.compare_digest(secret.encode(), s.encode()) for s in (self.key, self.password)
        ]
        return user.upper() == self.user.upper() and any(known)
