"""The CSV report of a books check with the decisions that a person wrote into it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from tieout.app.books_report import Report
from tieout.app.running import InputError
from tieout.core.matching.accept import Chosen
from tieout.core.matching.result import Match, Tier

ACCEPT = frozenset({"accept", "accepted", "yes", "y", "ok"})
LEAVE = frozenset({"", "reject", "rejected", "no", "n"})
COLUMNS = ("documents", "entries", "decision", "note")
BY_HAND = ("a person says so",)

Ends = tuple[frozenset[str], frozenset[str]]


def reviewed_rows(path: Path, report: Report) -> tuple[Chosen, ...]:
    """The matches whose rows are marked, with the notes. What is paired by hand need not be a match of ours.

    Raises InputError, with the line, for a word that is no decision and for what the books do not show any more.
    """
    known = {_ends(match): match for match in (*report.found.matches, *report.found.proposals)}
    found: dict[Ends, Chosen] = {}
    for line, row in _marked(path):
        ends = frozenset(row["documents"].split()), frozenset(row["entries"].split())
        match = known.get(ends) or _by_hand(ends, report, f"{path}, line {line}")
        found[ends] = Chosen(match=match, note=row["note"].strip())
    _each_once(found, path)
    return tuple(found.values())


def _marked(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        rows = _rows(path.read_bytes())
    except (OSError, csv.Error) as error:
        raise InputError(f"--reviewed {path} cannot be read: {error}.") from None
    missing = [name for name in COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise InputError(
            f"{path} has no column {', '.join(missing)}; write it with --report FILE.csv."
        )
    for number, row in enumerate(rows, 2):
        word = (row["decision"] or "").strip().lower()
        if word not in ACCEPT | LEAVE:
            raise InputError(
                f"{path}, line {number}: decision {word!r} is neither accept nor reject."
            )
        if word in ACCEPT:
            yield number, {name: row[name] or "" for name in COLUMNS}


def _rows(content: bytes) -> list[dict[str, str]]:
    """As we wrote it or as a spreadsheet saved it: with its own letters, and semicolons where a comma is the decimal point."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    head = text.partition("\n")[0]
    comma = ";" if head.count(";") > head.count(",") else ","
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=comma))


def _ends(match: Match) -> Ends:
    return frozenset(f.ref for f in match.freshbooks), frozenset(n.ref for n in match.nav)


def _by_hand(ends: Ends, report: Report, where: str) -> Match:
    """A match that a person made, of documents that both books show."""
    ours = [f for f in report.read_freshbooks if f.ref in ends[0]]
    theirs = [n for n in report.read_nav if n.ref in ends[1]]
    if not ends[0] or not ends[1] or len(ours) < len(ends[0]) or len(theirs) < len(ends[1]):
        raise InputError(f"{where}: what it names is not in both books (any more); check again.")
    return Match(freshbooks=tuple(ours), nav=tuple(theirs), tier=Tier.BY_HAND, score=0, reasons=BY_HAND)  # fmt: skip


def _each_once(found: Mapping[Ends, Chosen], path: Path) -> None:
    seen: set[str] = set()
    for documents, entries in found:
        twice = seen & (documents | entries)
        if twice:
            raise InputError(f"{path}: {', '.join(sorted(twice))} is accepted in two rows.")
        seen |= documents | entries
