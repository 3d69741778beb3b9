"""Reading the cases: which are wanted, and what stood before each of them.

The cases are shared material beside the repository, not part of it; nothing of them is kept here but their ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from tests.acceptance.cases.amendments import AMENDMENTS, BEFORE
from tests.acceptance.cases.variants import VARIANTS, Variant

FILE = Path(__file__).parents[3].parent / "shared" / "reference" / "accounting_cases.yaml"
Fields = Mapping[str, Any]


def _numbered(letter: str, *spans: tuple[int, int]) -> list[str]:
    return [f"{letter}{n:02d}" for first, last in spans for n in range(first, last + 1)]


WANTED = [
    *_numbered("W", (1, 14), (17, 20), (30, 30), (33, 33)),
    *_numbered("E", (1, 14), (16, 29), (33, 36), (38, 39), (43, 45), (47, 47), (52, 52)),
    *_numbered("E", (55, 56), (58, 58), (60, 61), (63, 63), (65, 65), (67, 67), (69, 69), (75, 75)),
]


@dataclass(frozen=True)
class Case:
    """One case as it is to be played: what stood before, what happens, and what must come of it. ``id`` is that of the variant, if it is one."""

    id: str
    company: str
    given: Fields
    policy: Fields
    events: Sequence[Fields]
    expected: Fields
    rules: Fields = field(default_factory=dict)
    switches: Fields = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.id.partition("-")[0]

    @property
    def postings(self) -> Sequence[Fields]:
        return self.expected.get("postings") or ()

    @property
    def before(self) -> str:
        """The case that stands before this one; empty if none does."""
        return str(self.given.get("after") or BEFORE.get(self.base, ""))


def _both(other: Fields, raw: Fields) -> list[Fields]:
    """The journals of the case that is referred to, then what this one says of its own."""
    own = raw["expected"].get("postings") or ()
    told = [p for p in other["expected"]["postings"] if not own or p["kind"] == "journal"]
    return [*told, *own]


@cache
def _document() -> Mapping[str, Fields]:
    """The cases by id; every scalar is text, so that no number passes through float."""
    document = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return {case["id"]: case for case in document["cases"]}


def case(id: str) -> Case:
    """A case or a variant, with what it refers to put in its place and our amendments made."""
    base = _written(id.partition("-")[0])
    return replace(_varied(base, VARIANTS[id]), id=id) if id in VARIANTS else base


def _written(id: str) -> Case:
    raw = _document()[id]
    events, expected, given = list(raw.get("events", ())), dict(raw["expected"]), raw.get("given")
    policy = dict(raw.get("policy", {}))
    if events and "ref" in events[0]:
        other = _document()[events[0]["ref"]]
        events, given = other["events"], given or other.get("given")
        expected = {**other["expected"], **expected, "postings": _both(other, raw)}
    amended = AMENDMENTS.get(id)
    if amended is not None:
        given, events, expected = amended.change(dict(given or {}), events, expected)
    return Case(id, raw["company"], given or {}, policy, events, expected)


def _varied(case: Case, variant: Variant) -> Case:
    events = [{**event, **variant.change} for event in case.events]
    expected = dict(case.expected)
    if variant.status:
        expected["status"] = variant.status
    if variant.postings is not None:
        expected["postings"] = variant.postings
    expected["postings"] = [*expected["postings"], *variant.more_postings]
    posted = [*case.given.get("posted", ()), *variant.posted]
    return replace(
        case,
        given={**case.given, "posted": posted} if posted else case.given,
        events=[*events, *variant.more_events],
        expected=expected,
        rules=variant.rules,
        switches=variant.switches,
    )
