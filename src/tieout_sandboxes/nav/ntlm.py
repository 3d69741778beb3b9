"""The server's half of NTLM, version 2: challenge, and check of the answer.

From Microsoft's protocol document MS-NLMP; own code, so that a client of any library meets a
second opinion. A handshake has three messages on one connection: the client's offer, the
challenge, the proof that the client knows the password without sending it.
"""

from __future__ import annotations

import hmac
import secrets
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
from cryptography.hazmat.primitives.ciphers import Cipher

SIGNATURE = b"NTLMSSP\0"
_UNICODE, _REQUEST_TARGET, _NTLM = 0x1, 0x4, 0x200
_KEY_EXCHANGE = 0x40000000
_ALWAYS = 0x00810000 | _UNICODE | _REQUEST_TARGET | _NTLM  # the target is a domain, with its names
_IF_ASKED = 0xE2088010  # signing, session security, version, 128 and 56 bits, key exchange
_VERSION = bytes((10, 0, 0x63, 0x45, 0, 0, 0, 15))  # Windows Server 2016, NTLM revision 15
_EPOCH = 11_644_473_600  # seconds from 1601 to 1970
_COMPUTER, _DOMAIN, _FLAGS, _TIMESTAMP = 1, 2, 6, 7
_HAS_MIC = 2
_MIC = slice(72, 88)


@dataclass(frozen=True)
class Challenge:
    """What the server sent on a connection, and what it answered."""

    offer: bytes
    message: bytes

    @property
    def nonce(self) -> bytes:
        """The eight bytes that the client's proof is about."""
        return self.message[24:32]


@dataclass(frozen=True)
class Proof:
    """The client's third message."""

    raw: bytes
    domain: str
    user: str
    response: bytes
    session_key: bytes

    def shows(self, password: str, challenge: Challenge) -> bool:
        """True if whoever made it knows the password and no message was changed on its way."""
        identity = (self.user.upper() + self.domain).encode("utf-16-le")
        key = _hmac(md4(password.encode("utf-16-le")), identity)
        told, rest = self.response[:16], self.response[16:]
        if not hmac.compare_digest(_hmac(key, challenge.nonce + rest), told):
            return False
        return not _claims_mic(rest) or self._unchanged(_hmac(key, told), challenge)

    def _unchanged(self, base_key: bytes, challenge: Challenge) -> bool:
        (flags,) = struct.unpack_from("<I", self.raw, 60)
        key = _rc4(base_key, self.session_key) if flags & _KEY_EXCHANGE else base_key
        blank = self.raw[: _MIC.start] + bytes(16) + self.raw[_MIC.stop :]
        expected = _hmac(key, challenge.offer + challenge.message + blank)
        return hmac.compare_digest(expected, self.raw[_MIC])


def challenge(offer: bytes, domain: str, computer: str) -> Challenge:
    """The answer to a client's offer; raises ValueError for what is none."""
    if kind_of(offer) != 1 or len(offer) < 16:
        raise ValueError("not an NTLM negotiate message")
    (asked,) = struct.unpack_from("<I", offer, 12)
    name = domain.encode("utf-16-le")
    stamp = struct.pack("<Q", int((time.time() + _EPOCH) * 10_000_000))
    names = ((_DOMAIN, name), (_COMPUTER, computer.encode("utf-16-le")), (_TIMESTAMP, stamp))
    target = b"".join(struct.pack("<HH", i, len(v)) + v for i, v in names) + bytes(4)
    head = SIGNATURE + struct.pack("<I", 2) + _field(len(name), 56)
    head += struct.pack("<I", _ALWAYS | asked & _IF_ASKED) + secrets.token_bytes(8) + bytes(8)
    message = head + _field(len(target), 56 + len(name)) + _VERSION + name + target
    return Challenge(offer, message)


def proof(raw: bytes) -> Proof:
    """Reads the third message; raises ValueError for what is none."""
    if kind_of(raw) != 3 or len(raw) < 64:
        raise ValueError("not an NTLM authenticate message")
    response, domain, user, key = (_part(raw, at) for at in (20, 28, 36, 52))
    return Proof(raw, domain.decode("utf-16-le"), user.decode("utf-16-le"), response, key)


def kind_of(raw: bytes) -> int:
    """1 an offer, 3 a proof, 0 no NTLM message."""
    if len(raw) < 12 or not raw.startswith(SIGNATURE):
        return 0
    return int(struct.unpack_from("<I", raw, 8)[0])


def _field(length: int, offset: int) -> bytes:
    return struct.pack("<HHI", length, length, offset)


def _part(raw: bytes, at: int) -> bytes:
    length, _, offset = struct.unpack_from("<HHI", raw, at)
    if offset + length > len(raw):
        raise ValueError("an NTLM field reaches beyond its message")
    return raw[offset : offset + length]


def _claims_mic(response: bytes) -> bool:
    """The names that the client repeats say whether its message has a checksum."""
    at = 28
    while at + 4 <= len(response):
        kind, length = struct.unpack_from("<HH", response, at)
        if kind == _FLAGS:
            return bool(struct.unpack_from("<I", response, at + 4)[0] & _HAS_MIC)
        if kind == 0:
            return False
        at += 4 + length
    return False


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "md5")


def _rc4(key: bytes, message: bytes) -> bytes:
    return Cipher(ARC4(key), mode=None).encryptor().update(message)


def md4(message: bytes) -> bytes:
    """The digest of RFC 1320, which OpenSSL no longer offers.

    >>> md4(b"abc").hex()
    'a448017aaf21d8525fc10ae87aa6729d'
    """
    padded = message + b"\x80" + bytes(-(len(message) + 9) % 64)
    padded += struct.pack("<Q", 8 * len(message))
    state: tuple[int, ...] = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
    edges = range(0, len(padded) + 1, 64)
    for start, end in pairwise(edges):
        words = struct.unpack("<16I", padded[start:end])
        state = tuple(
            (old + new) & _WORD for old, new in zip(state, _mix(state, words), strict=True)
        )
    return struct.pack("<4I", *state)


_WORD = 0xFFFFFFFF


def _choose(x: int, y: int, z: int) -> int:
    return x & y | ~x & z


def _majority(x: int, y: int, z: int) -> int:
    return x & y | x & z | y & z


def _parity(x: int, y: int, z: int) -> int:
    return x ^ y ^ z


_ROUNDS: tuple[
    tuple[Callable[[int, int, int], int], int, tuple[int, ...], tuple[int, ...]], ...
] = (
    (_choose, 0, (3, 7, 11, 19), tuple(range(16))),
    (_majority, 0x5A827999, (3, 5, 9, 13), tuple(i % 4 * 4 + i // 4 for i in range(16))),
    (
        _parity,
        0x6ED9EBA1,
        (3, 9, 11, 15),
        (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15),
    ),
)


def _mix(state: tuple[int, ...], words: tuple[int, ...]) -> tuple[int, ...]:
    a, b, c, d = state
    for combine, constant, shifts, order in _ROUNDS:
        for step, index in enumerate(order):
            total = (a + combine(b, c, d) + words[index] + constant) & _WORD
            shift = shifts[step % 4]
            a, b, c, d = d, (total << shift | total >> (32 - shift)) & _WORD, b, c
    return a, b, c, d
