"""The server's half of NTLM, against the client of an independent library and Microsoft's own example."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
import spnego
from hypothesis import given
from hypothesis import strategies as st

from tieout_sandboxes.nav import ntlm

PASSWORD = "p\xe4ss word"


def shake(user: str = "TIEOUT", password: str = PASSWORD) -> tuple[ntlm.Challenge, bytes]:
    client = spnego.client(user, password, hostname="nav", protocol="ntlm")
    offer = client.step()
    assert offer is not None
    sent = ntlm.challenge(offer, "DEMO", "NAV")
    proof = client.step(sent.message)
    assert proof is not None
    return sent, proof


@pytest.mark.parametrize("user", ["TIEOUT", "DEMO\\TIEOUT", "tieout@demo.example"])
def test_who_knows_the_password_can_show_it(user: str) -> None:
    sent, raw = shake(user)
    told = ntlm.proof(raw)
    assert told.user.upper() in ("TIEOUT", "TIEOUT@DEMO.EXAMPLE")
    assert told.shows(PASSWORD, sent)
    assert not told.shows(PASSWORD + "!", sent)


def test_a_proof_is_good_for_one_challenge() -> None:
    _, raw = shake()
    other, _ = shake()
    assert not ntlm.proof(raw).shows(PASSWORD, other)


@given(st.data())
def test_no_byte_can_be_changed(data: st.DataObject) -> None:
    """The checksum covers all three messages; what is not read does not exist."""
    sent, raw = shake()
    at = data.draw(st.integers(12, len(raw) - 1))
    changed = bytearray(raw)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        told = ntlm.proof(bytes(changed))
    except ValueError:
        return
    assert not told.shows(PASSWORD, sent)
    offer = bytes([*sent.offer[:-1], sent.offer[-1] ^ 1])
    assert not ntlm.proof(raw).shows(PASSWORD, replace(sent, offer=offer))


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"", "31d6cfe0d16ae931b73c59d7e0c089c0"),
        (b"a", "bde52cb31de33e46245e05fbdbd6fb24"),
        (b"message digest", "d9130a8164549fe818874806e1c7014b"),
        (b"1234567890" * 8, "e33b4ddc9c38f2199c3e7b164fcc0536"),
        ("Password".encode("utf-16-le"), "a4f49c406510bdcab6824ee7c30fd852"),
    ],
)
def test_md4(message: bytes, digest: str) -> None:
    """RFC 1320's own list, and the password of Microsoft's example (MS-NLMP 4.2.2.1.2)."""
    assert ntlm.md4(message).hex() == digest


@pytest.mark.parametrize("raw", [b"", b"NTLMSSP\0", ntlm.SIGNATURE + struct.pack("<I", 2)])
def test_what_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="not an NTLM"):
        ntlm.challenge(raw, "DEMO", "NAV")
    with pytest.raises(ValueError, match="not an NTLM"):
        ntlm.proof(raw)


def test_a_field_may_not_reach_beyond_its_message() -> None:
    _, raw = shake()
    long = raw[:36] + struct.pack("<HHI", 60_000, 60_000, 88) + raw[44:]
    with pytest.raises(ValueError, match="reaches beyond"):
        ntlm.proof(long)
