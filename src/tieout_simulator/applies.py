"""Which fault applies at which step and for which kind of document, and how often each such cell was met."""

from __future__ import annotations

from collections.abc import Iterator

from tieout_simulator.coverage import Cell, Coverage
from tieout_simulator.faults import FRESHBOOKS, NAV, PEOPLE, REQUEST

ENOUGH = 100
DOCUMENTS = ("invoice", "payment", "credit_note")
# Every request fault applies at each of these steps.
STEPS: tuple[tuple[str, str], ...] = (
    *(("poll and read", kind) for kind in (*DOCUMENTS, "customer")),
    *(("read by id", kind) for kind in DOCUMENTS),
    ("token refresh", ""),
    ("webhook", ""),
    ("nav read", ""),
    ("gateway Claim", ""),
    ("gateway CreateCustomers", "customer"),
    *(("gateway Post", kind) for kind in DOCUMENTS),
    *(("gateway Reverse", kind) for kind in DOCUMENTS),
    ("gateway Apply", "payment"),
    ("gateway Unapply", "payment"),
    *(("gateway Find", kind) for kind in (*DOCUMENTS, "customer")),
)


def cells() -> Iterator[Cell]:
    """All cells that apply."""
    for fault in REQUEST:
        for step, kind in STEPS:
            yield fault, step, kind
    for fault in (*NAV, *FRESHBOOKS, *PEOPLE):
        yield fault, "world", ""


def missing(coverage: Coverage) -> list[Cell]:
    """The cells that were met too seldom."""
    return [cell for cell in cells() if coverage.met[cell] < ENOUGH]


def table(coverage: Coverage) -> str:
    """Faults down, steps across in words, with counts."""
    lines = []
    for fault, step, kind in cells():
        where = f"{step} {kind}".strip()
        lines.append(f"{fault:<18} {where:<28} {coverage.met[fault, step, kind]:>7}")
    return "\n".join(lines)
