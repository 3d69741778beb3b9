"""The oracle's figures of all checks, and how they compare with what ``tieout reconcile --json`` says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle import claims, frozen, placed, whole
from tests.oracle.answers import Answers
from tests.oracle.books import Books, Figures, Line, Notes
from tests.oracle.explained import explained_items

CHECKS = (
    claims.document_totals,
    claims.taxes,
    claims.open_items,
    claims.balances,
    claims.control,
    placed.revenue,
    placed.money,
    whole.seen,
    claims.strangers,
    claims.unapplied,
    whole.own_balances,
    placed.vat_return,
    placed.attributes,
    whole.rates,
    whole.roll_forward,
    whole.own_ledger,
    claims.due_dates,
    claims.applications,
    frozen.frozen_past,
    whole.drafts,
    whole.provenance,
)
IN_FLIGHT = "IN_FLIGHT"


def figures(
    answers: Answers, until: date | None = None, notes: Sequence[Notes] = ()
) -> list[Figures]:
    """Every check, in the order of the tie-out's table; as of an earlier day, and with what was noted when days were frozen."""
    books = Books(answers, until, notes)
    every = [check(books) for check in CHECKS]
    return [*every, explained_items(books, every)]


def disagreements(mine: list[Figures], told: Mapping[str, Any]) -> list[str]:
    """Every figure and every line that only one of both has; ``told`` is what ``tieout reconcile --json`` printed."""
    return [*_figures(mine, told), *_lines(mine, told)]


def _figures(mine: list[Figures], told: Mapping[str, Any]) -> Iterator[str]:
    checks = {check["invariant"]: check for check in told["checks"]}
    if set(checks) != {one.check for one in mine}:
        yield f"the tie-out has the checks {sorted(checks)}, the oracle {sorted(one.check for one in mine)}"
        return
    for one in mine:
        check = checks[one.check]
        if check["not_compared"]:
            yield f"{one.check}: the tie-out did not compare: {check['not_compared']}"
            continue
        oracle = (one.compared, one.freshbooks, one.nav)
        product = (check["compared"], Decimal(check["freshbooks"]), Decimal(check["nav"]))
        if oracle != product:
            yield f"{one.check}: the oracle has {_text(oracle)}, the tie-out {_text(product)}"


def _text(some: tuple[object, ...]) -> str:
    return " ".join(map(str, some))


def _lines(mine: list[Figures], told: Mapping[str, Any]) -> Iterator[str]:
    """Line against line. What the tie-out takes for being on its way has no kind here: the oracle knows of no time."""
    differences, explained = _told(told["differences"]), _told(told["explained"])
    moving = Counter(line for line in differences if line.kind == IN_FLIGHT)
    for one in mine:
        for title, found, other in (
            ("differences", one.differences, differences),
            ("explained", one.explained, explained),
        ):
            oracle = Counter(_settled(line, moving) for line in found)
            flying = Counter(line for line in oracle.elements() if line.kind == IN_FLIGHT)
            product = Counter(line for line in other if line.check == one.check)
            if title == "explained":
                product += flying
            for line in (oracle - product).elements():
                yield f"only the oracle has among its {title}: {line}"
            for line in (product - oracle).elements():
                yield f"only the tie-out has among its {title}: {line}"


def _settled(line: Line, moving: Counter[Line]) -> Line:
    """The line as one that is on its way, if the tie-out has it so."""
    as_moving = Line(line.check, IN_FLIGHT, line.where, line.freshbooks, line.nav)
    return as_moving if moving[as_moving] else line


def _told(rows: list[Mapping[str, Any]]) -> list[Line]:
    return [
        Line(
            row["invariant"],
            row["kind"],
            row["subject"],
            Decimal(row["freshbooks"]),
            Decimal(row["nav"]),
        )
        for row in rows
    ]


def table(mine: list[Figures], told: Mapping[str, Any]) -> str:
    """Both sides of every figure, as Markdown."""
    checks = {check["invariant"]: check for check in told["checks"]}
    head = "| | compared | FreshBooks | NAV | differences | explained | tie-out says |\n|---|---|---|---|---|---|---|"
    rows = [head]
    for one in mine:
        check = checks[one.check]
        lines = sum(row["invariant"] == one.check for row in told["explained"])
        oracle = (one.compared, one.freshbooks, one.nav, len(one.differences), len(one.explained))
        product = (
            check["compared"],
            Decimal(check["freshbooks"]),
            Decimal(check["nav"]),
            check["differences"],
            lines,
        )
        same = "the same" if oracle == product else _text(product)
        rows.append(f"| {one.check} | {' | '.join(map(_shown, oracle))} | {same} |")
    return "\n".join(rows)


def _shown(value: object) -> str:
    return f"{value:,}" if isinstance(value, (int, Decimal)) else str(value)
