"""The report of a tie-out, as an accountant sends it to a client or an auditor: all its chapters, in their order."""

from __future__ import annotations

from tieout.app.reporting.accounts_chapter import accounts
from tieout.app.reporting.ageing_chapter import ageing_chapter
from tieout.app.reporting.bridge_chapters import adjustments, bridge_tables
from tieout.app.reporting.cover import checks, claim, summary, verdict
from tieout.app.reporting.difference_chapters import differences, explained, in_flight
from tieout.app.reporting.documents_chapter import documents
from tieout.app.reporting.names import (
    BRIDGES,
    as_of_text,
)
from tieout.app.reporting.numbers_chapter import numbers
from tieout.app.reporting.report import (
    Chapter,
    Report,
)
from tieout.app.reporting.statement import Statement


def report_of(statement: Statement) -> Report:
    """The whole report."""
    chapters = (
        summary(statement),
        Chapter(
            name=BRIDGES,
            title="From FreshBooks to NAV",
            words=("Each line leads to its documents; each column foots to the cent.",),
            tables=tuple(bridge_tables(statement)),
            across=False,
        ),
        differences(statement),
        explained(statement),
        in_flight(statement),
        ageing_chapter(statement),
        numbers(statement),
        adjustments(statement),
        accounts(statement),
        documents(statement),
    )
    facts = (
        ("FreshBooks", statement.freshbooks),
        ("Dynamics NAV", statement.nav),
        ("Pair", statement.pair),
        ("As of", as_of_text(statement)),
        ("Read", f"{statement.read_at:%Y-%m-%d %H:%M} UTC"),
        ("Posting setup", f"version {statement.setup_version}"),
        ("Result", verdict(statement)),
    )
    return Report(
        title="Tie-out",
        facts=facts,
        claim=claim(statement),
        chapters=[chapter for chapter in chapters if any(table.rows for table in chapter.tables)],
        foot=f"{statement.freshbooks} / {statement.nav}, as of {as_of_text(statement)}",
        cover=(checks(statement),),
    )
