"""How NAV turns the names on a page into names a program can use.

"No." becomes `No`, "Country/Region Code" becomes `Country_Region_Code`, a percent sign becomes
`Percent`, and what XML cannot hold is written as `_xHHHH_`. The rule reproduces the recorded
WSDLs of NAV 2016 and 2017.
"""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[ \\/\".()\-:,']+")
_UNDERSCORES = re.compile(r"_+")


def mangle(name: str) -> str:
    """The service name of a field, control or option caption; a blank option is `_blank_`."""
    if not name.strip():
        return "_blank_"
    text = _SEPARATORS.sub("_", name.replace("%", "Percent"))
    text = _UNDERSCORES.sub("_", text).rstrip("_")
    encoded = "".join(_encode(char) for char in text)
    return _encode_hex(encoded[0]) + encoded[1:] if encoded[0].isdigit() else encoded


def _encode(char: str) -> str:
    return char if char == "_" or char.isalnum() else _encode_hex(char)


def _encode_hex(char: str) -> str:
    return f"_x{ord(char):04X}_"
