"""Who may call: Basic with a password or a web service access key, or Windows' own NTLM.

All users of a server are signed in in the one way that its credential type says (Microsoft,
"Users and Credential Types"). For NavUserPassword both secrets are accepted (Microsoft, "Web
Services Authentication"); for Windows the password is, which never travels.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Any

from tieout_sandboxes.nav import ntlm
from tieout_sandboxes.nav.switches import Switches

Memory = dict[str, Any]
"""What is remembered of one connection."""


@dataclass(frozen=True)
class Credentials:
    """One user; the access key has the 44 characters NAV gives it."""

    user: str = "TIEOUT"
    key: str = field(
        default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode(), repr=False
    )
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18), repr=False)
    domain: str = "TIEOUT-DEMO"

    def accepts(self, header: str | None, *, key_expired: bool = False) -> bool:
        """True if the Authorization header names this user with one of the two secrets."""
        scheme, _, encoded = (header or "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        good = (self.password,) if key_expired else (self.key, self.password)
        known = [hmac.compare_digest(secret.encode(), each.encode()) for each in good]
        return self._named(user, "") and any(known)

    def proved_by(self, proof: ntlm.Proof, challenge: ntlm.Challenge) -> bool:
        """True if the proof is this user's."""
        return self._named(proof.user, proof.domain) and proof.shows(self.password, challenge)

    def _named(self, user: str, domain: str) -> bool:
        same = user.partition("@")[0].upper() == self.user.upper()
        return same and domain.upper() in ("", self.domain)


@dataclass(frozen=True)
class Gate:
    """Lets a request in, or says which proof is wanted."""

    credentials: Credentials
    switches: Switches

    def challenges(self, header: str | None, memory: Memory) -> list[str]:
        """What WWW-Authenticate asks for; empty for a caller who is let in.

        A Windows user is known for as long as the connection lasts.
        """
        if self.switches["credential_type"] != "Windows":
            known = self.credentials.accepts(header, key_expired=self._account == "key_expired")
            return [] if known and self._account != "missing" else [self.switches["challenge"]]
        if header is None:
            return [] if memory.get("signed in") else ["Negotiate", "NTLM"]
        memory.pop("signed in", None)
        return self._shaken_hands(header, memory)

    @property
    def _account(self) -> str:
        """What NAV knows of the user; Windows may know more."""
        return str(self.switches["account"])

    def _shaken_hands(self, header: str, memory: Memory) -> list[str]:
        scheme, _, encoded = header.partition(" ")
        refused = ["Negotiate", "NTLM"]
        try:
            raw = base64.b64decode(encoded, validate=True)
            if scheme.lower() not in ("ntlm", "negotiate"):
                return refused
            if ntlm.kind_of(raw) == 1:
                made = memory["challenge"] = ntlm.challenge(raw, self.credentials.domain, "NAV")
                return [f"{scheme} {base64.b64encode(made.message).decode()}"]
            sent, proof = memory.pop("challenge", None), ntlm.proof(raw)
        except ValueError:
            return refused
        shown = sent is not None and self.credentials.proved_by(proof, sent)
        memory["signed in"] = shown and self._account != "missing"
        return [] if memory["signed in"] else refused
