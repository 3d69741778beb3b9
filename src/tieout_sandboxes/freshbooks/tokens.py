"""Grants: codes that are good once for five minutes, access tokens for twelve hours, refresh tokens once.

The loser of two refreshes with the same token gets `invalid_grant` and has to be authorised anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tieout_sandboxes.freshbooks.clock import Clock
from tieout_sandboxes.freshbooks.errors import OAuthRefusal, Unauthenticated
from tieout_sandboxes.freshbooks.switches import Switches

ACCESS_LIFE = timedelta(hours=12)
CODE_LIFE = timedelta(minutes=5)
OBJECTS = (
    "bill_payments",
    "bill_vendors",
    "billable_items",
    "bills",
    "business",
    "clients",
    "credit_notes",
    "estimates",
    "expenses",
    "invoices",
    "journal_entries",
    "online_payments",
    "other_income",
    "payments",
    "projects",
    "retainers",
    "taxes",
    "teams",
    "time_entries",
    "uploads",
)
READ_ONLY_OBJECTS = ("profile", "notifications", "reports")
ALL_SCOPES = frozenset(
    [f"user:{name}:{verb}" for name in OBJECTS for verb in ("read", "write")]
    + [f"user:{name}:read" for name in READ_ONLY_OBJECTS]
)


@dataclass(frozen=True)
class Grant:
    """What an application may do, and since when."""

    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, repr=False)
class Pair:
    """An access token and the refresh token that renews it."""

    access_token: str
    refresh_token: str
    grant: Grant


@dataclass(frozen=True)
class Code:
    """An authorisation code on its way from the browser to the application."""

    redirect_uri: str
    scopes: frozenset[str]
    expires_at: datetime
    challenge: str = ""


@dataclass(repr=False)
class Grants:
    """One registered application and everything it has been granted."""

    clock: Clock
    switches: Switches
    client_id: str = field(default_factory=lambda: secrets.token_hex(32))
    client_secret: str = field(default_factory=lambda: secrets.token_hex(32))
    _codes: dict[str, Code] = field(default_factory=dict)
    _access: dict[str, Grant] = field(default_factory=dict)
    _refresh: dict[str, Pair] = field(default_factory=dict)

    def mint_code(self, redirect_uri: str = "", scope: str = "") -> str:
        """What the owner's consent gives the application."""
        return self.mint(self.wanted(redirect_uri, scope))

    def wanted(self, redirect_uri: str, scope: str, *, challenge: str = "") -> Code:
        """What a code would be good for; an unknown scope spoils all of it."""
        scopes = frozenset(scope.split()) or ALL_SCOPES
        if not scopes <= ALL_SCOPES:
            raise OAuthRefusal(
                400, "invalid_scope", "The requested scope is invalid, unknown, or malformed"
            )
        expires = self.clock.now() + CODE_LIFE
        return Code(redirect_uri, scopes | {"user:profile:read"}, expires, challenge)

    def mint(self, code: Code) -> str:
        """The code in letters, from now on good once."""
        text = secrets.token_hex(32)
        self._codes[text] = code
        return text

    def issue(self, scopes: frozenset[str] = ALL_SCOPES) -> Pair:
        """A new pair of tokens."""
        now = self.clock.now()
        grant = Grant(scopes, now, now + ACCESS_LIFE)
        pair = Pair(_jwt(grant), secrets.token_hex(32), grant)
        self._access[pair.access_token] = grant
        self._refresh[pair.refresh_token] = pair
        return pair

    def exchange(self, code: str, redirect_uri: str, *, verifier: str = "") -> Pair:
        """Turns a code into tokens, once."""
        known = self._codes.pop(code, None)
        if known is None or known.expires_at <= self.clock.now():
            raise _invalid_grant()
        if known.redirect_uri and known.redirect_uri != redirect_uri:
            raise _invalid_grant()
        if not self._proved(known.challenge, verifier):
            raise _invalid_grant()
        if self.switches.reconsent_revokes:
            self._access.clear()
            self._refresh.clear()
        return self.issue(known.scopes)

    def _proved(self, challenge: str, verifier: str) -> bool:
        """Whether the one who brings the code is the one who asked for it (RFC 7636, S256)."""
        if not challenge or self.switches.pkce == "ignored":
            return True
        digest = hashlib.sha256(verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge

    def refresh(self, token: str) -> Pair:
        """Turns a refresh token into a new pair, once."""
        old = self._refresh.pop(token, None)
        if old is None:
            raise _invalid_grant()
        if self.switches.refresh_revokes_access_token:
            self._access.pop(old.access_token, None)
        return self.issue(old.grant.scopes)

    def revoke(self, token: str) -> None:
        """Ends an access token, or the pair of a refresh token, at once."""
        self._access.pop(token, None)
        pair = self._refresh.pop(token, None)
        if pair is not None:
            self._access.pop(pair.access_token, None)

    def known(self, token: str) -> Grant | None:
        """The grant behind a live access token, or behind a refresh token."""
        pair = self._refresh.get(token)
        grant = pair.grant if pair else self._access.get(token)
        alive = pair is not None or (grant is not None and grant.expires_at > self.clock.now())
        return grant if alive else None

    def check_client_id(self, client_id: str) -> None:
        """Refuses an application that is not this one."""
        if not secrets.compare_digest(client_id.encode(), self.client_id.encode()):
            raise OAuthRefusal(401, "invalid_client", "Client authentication failed.")

    def check_client(self, client_id: str, client_secret: str) -> None:
        """Refuses an application that is not this one or cannot prove it."""
        self.check_client_id(client_id)
        if not secrets.compare_digest(client_secret.encode(), self.client_secret.encode()):
            raise OAuthRefusal(401, "invalid_client", "Client authentication failed.")

    def check(self, authorization: str) -> Grant:
        """The grant behind a request's Authorization header."""
        scheme, _, token = authorization.partition(" ")
        grant = self._access.get(token.strip()) if scheme.lower() == "bearer" else None
        if grant is None or grant.expires_at <= self.clock.now():
            raise Unauthenticated
        return grant


def _invalid_grant() -> OAuthRefusal:
    return OAuthRefusal(
        400,
        "invalid_grant",
        "The provided authorization grant is invalid, expired, revoked, does not match the "
        "redirection URI used in the authorization request, or was issued to another client.",
    )


def _jwt(grant: Grant) -> str:
    """A token that looks like FreshBooks' own: three parts, about a thousand characters, no meaning."""
    claims = {
        "jti": secrets.token_hex(16),
        "iat": int(grant.created_at.timestamp()),
        "exp": int(grant.expires_at.timestamp()),
        "ext": secrets.token_hex(200),
    }
    parts = [json.dumps({"alg": "RS256", "typ": "JWT"}).encode(), json.dumps(claims).encode()]
    encoded = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, secrets.token_urlsafe(256)])
