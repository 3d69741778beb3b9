"""Which faults were met at which step and for which kind of document, counted; what applies where is a table of its own (``applies.py``)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import httpx2

KEY = re.compile(rb"<Key[^>]*>([A-Z0-9]+)-(INV|CRN|PMT|CUS)-(\d+)-")
KINDS = {b"INV": "invoice", b"CRN": "credit_note", b"PMT": "payment", b"CUS": "customer"}
LISTS = {
    "invoices": "invoice",
    "payments": "payment",
    "credit_notes": "credit_note",
    "clients": "customer",
}
FUNCTION = re.compile(rb"<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)")
CALLBACKS = {"get": "list", "post": "register", "put": "verify", "delete": "delete"}
Cell = tuple[str, str, str]


@dataclass
class Coverage:
    """Counts by (fault, step, kind); ``occasions`` by (step, kind), whether something went wrong or not."""

    met: Counter[Cell] = field(default_factory=Counter)
    occasions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def note(self, fault: str, step: str, kind: str = "") -> None:
        """A fault was met; ``kind`` as ``step_of`` gives it."""
        for one in kind.split("+"):
            self.met[fault, step, one] += 1

    def occasion(self, step: str, kind: str) -> None:
        """A step was done."""
        for one in kind.split("+"):
            self.occasions[step, one] += 1

    def add(self, other: Coverage) -> None:
        """Take another run's counts in."""
        self.met.update(other.met)
        self.occasions.update(other.occasions)


# How many words name a step that is about something; what follows says of what.
LONG = {"gateway": 2, "nav": 2, "poll": 3, "read": 3}


def place_of(where: str) -> tuple[str, str]:
    """A place in a worker's life as a step and what it is about.

    >>> place_of("before gateway Post invoice+payment"), place_of("after intend")
    (('before gateway Post', 'invoice+payment'), ('after intend', ''))
    """
    side, *words = where.split()
    named = LONG.get(words[0], len(words)) if len(words) > 1 else len(words)
    return " ".join([side, *words[:named]]), "".join(words[named:])


def step_of(request: httpx2.Request) -> tuple[str, str]:
    """Where in the work a request belongs, and what it is about: the kinds of its documents with ``+`` between them, the page of a read in NAV, or nothing."""
    host, path = request.url.host, request.url.path
    if host.startswith("freshbooks"):
        return _freshbooks_step(request.method, path)
    if host.startswith("tieout"):
        return "webhook", ""
    if "/WS/" in path:
        return _gateway_step(request.content)
    return "nav read" if request.method == "GET" else "nav write", path.rpartition("/")[
        2
    ].partition("(")[0]


def _freshbooks_step(method: str, path: str) -> tuple[str, str]:
    parts = path.strip("/").split("/")
    if "oauth" in parts:
        return "token refresh", ""
    if "accounting" in parts:
        kind = next((LISTS[part] for part in parts if part in LISTS), "")
        return ("read by id" if parts[-1].isdigit() else "poll and read", kind)
    if "callbacks" in parts:
        return f"callbacks {CALLBACKS[method.lower()]}", ""
    return f"freshbooks {method.lower()}", ""


def _gateway_step(body: bytes) -> tuple[str, str]:
    found = FUNCTION.search(body)
    name = found[1].decode() if found else "gateway"
    return f"gateway {name}", "+".join(sorted({KINDS[kind] for _, kind, _ in KEY.findall(body)}))


def documents_of(request: httpx2.Request) -> list[tuple[str, str, int]]:
    """What a call of the gateway is about: prefix of the pair, kind and id of each, in its order."""
    found = KEY.findall(request.content)
    return [(prefix.decode(), KINDS[kind], int(number)) for prefix, kind, number in found]
