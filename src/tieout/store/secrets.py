"""Passwords and tokens are written to the database only in a locked box.

AES-256-GCM; one master key per installation, which is never in the database. A sealed value is ``kid (8 bytes) | nonce (12) | ciphertext and tag``,
bound to its place (table, column, id), so that a box cannot be moved to another row and opened there.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tieout.store.errors import StoreError

KEY_BYTES = 32
KID_BYTES = 8
NONCE_BYTES = 12
KEY_FILE = "secret.key"
KEY_VARIABLE = "TIEOUT_SECRET_KEY"


class Secrets:
    """The box with the installation's key; its repr shows nothing of it."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise StoreError(f"The secret key has {len(key)} bytes; it must have {KEY_BYTES}.")
        self._cipher = AESGCM(key)
        self._kid = hashlib.sha256(key).digest()[:KID_BYTES]

    def __repr__(self) -> str:
        return "Secrets(...)"

    def seal(self, text: str, *place: object) -> bytes:
        """Lock a text for one place, for example ``seal(token, "freshbooks_connection", "access_token", 7)``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return self._kid + nonce + self._cipher.encrypt(nonce, text.encode(), _aad(place))

    def open(self, sealed: bytes, *place: object) -> str:
        """The text again. Raises StoreError if another key locked it or if it was changed or moved."""
        kid, nonce = sealed[:KID_BYTES], sealed[KID_BYTES : KID_BYTES + NONCE_BYTES]
        if kid != self._kid:
            raise StoreError(
                "The stored credentials were encrypted with another key. "
                f"Restore the {KEY_FILE} (or {KEY_VARIABLE}) that belongs to this database."
            )
        try:
            return self._cipher.decrypt(
                nonce, sealed[KID_BYTES + NONCE_BYTES :], _aad(place)
            ).decode()
        except InvalidTag:
            raise StoreError(
                f"The stored secret at {_aad(place).decode()} was changed or moved; add the connection again."
            ) from None


def _aad(place: tuple[object, ...]) -> bytes:
    return "/".join(map(str, place)).encode()


def load_secrets(home: Path, environment: Mapping[str, str] = os.environ) -> Secrets:
    """The key from TIEOUT_SECRET_KEY (base64 of 32 bytes), or else from ``secret.key`` in TIEOUT_HOME, made at first use.

    Raises StoreError when the variable is not such a key, or when others may read the file.
    """
    given = environment.get(KEY_VARIABLE)
    if given:
        return Secrets(_decoded(given, KEY_VARIABLE))
    path = home / KEY_FILE
    if not path.exists():
        _create(path)
    if path.stat().st_mode & 0o077:
        raise StoreError(f"{path} can be read by others; run: chmod 600 {path}")
    return Secrets(_decoded(path.read_bytes(), str(path)))


def _decoded(text: str | bytes, where: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except ValueError:  # and not only binascii.Error: a text may have letters outside ASCII
        raise StoreError(f"{where} is not base64; it must hold {KEY_BYTES} bytes.") from None


def _create(path: Path) -> None:
    """Write a new key whole or not at all: of two processes that start at once one wins, and both read its key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
