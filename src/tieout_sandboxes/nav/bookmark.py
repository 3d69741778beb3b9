"""The `Key` of SOAP and the ETag of OData: which record, and in which version.

The look is NAV's: `<n>;<bookmark of n characters><m>;<version of m characters>0;`, where the
bookmark holds the table number and the primary key. A client must treat it as opaque.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import struct
from typing import Any

from tieout_sandboxes.nav.errors import NavError

_TEXT = b"\x02\x7b\xff"
_INTEGER = b"\x02\x87"
_DATE = b"\x02\x2c"
_NUMBERS = (_INTEGER, _DATE)


def bookmark_key(table: int, key: tuple[Any, ...], version: int) -> str:
    """The Key of a record; it changes with every change of the record."""
    mark = base64.b64encode(struct.pack("<i", table) + b"".join(map(_pack, key))).decode()
    stamp = str(version)
    return f"{len(mark)};{mark}{len(stamp)};{stamp}0;"


def _pack(value: Any) -> bytes:
    if isinstance(value, int):
        return _INTEGER + struct.pack("<q", value)
    if isinstance(value, dt.date):
        return _DATE + struct.pack("<q", value.toordinal())
    return _TEXT + str(value).encode("utf-16-le") + b"\0\0"


def read_key(text: str) -> tuple[int, tuple[Any, ...], int]:
    """Table number, primary key and version; raises NavError "evaluate" for anything else."""
    try:
        length, _, rest = text.partition(";")
        mark, tail = rest[: int(length)], rest[int(length) :]
        raw = base64.b64decode(mark, validate=True)
        stamp = tail.split(";")[1]
        return struct.unpack_from("<i", raw)[0], tuple(_unpack(raw[4:])), int(stamp[:-1])
    except (ValueError, IndexError, struct.error, binascii.Error):
        raise NavError("evaluate", f"The Key {text!r} is not one this server has given.") from None


def _unpack(raw: bytes) -> list[Any]:
    values: list[Any] = []
    at = 0
    while at < len(raw):
        if (kind := raw[at : at + 2]) in _NUMBERS:
            (number,) = struct.unpack_from("<q", raw, at + 2)
            values.append(number if kind == _INTEGER else dt.date.fromordinal(number))
            at += 10
            continue
        end = at + 3
        while raw[end : end + 2] != b"\0\0":
            if end >= len(raw):
                raise ValueError("text without an end")
            end += 2
        values.append(raw[at + 3 : end].decode("utf-16-le"))
        at = end + 2
    return values


def etag(key: str) -> str:
    """The same for OData V4 of NAV 2017 and 2018: `W/"base64 of 'Key'"`."""
    inner = base64.b64encode(f"'{key}'".encode()).decode()
    return f'W/"{inner}"'
