"""Doubts about tax that do not hold a document: it is posted as FreshBooks charged it, and a person is told."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.core.journal.setup import PostingSetup
from tieout.core.records.document import Line
from tieout.core.records.finding import Finding

# Quebec's sales tax has not been charged on GST since 2013-01-01 (its rate went from 9.5 % to 9.975 % for that); no province's is today. TVQ is QST in French.
NOT_COMPOUND = ("QST", "TVQ", "PST")


def setup_findings(setup: PostingSetup) -> tuple[Finding, ...]:
    """What is doubtful in a posting setup."""
    names = (rule.name2 for rule in setup.sales_taxes if rule.compounded)
    return tuple(dict.fromkeys(_doubtful(name) for name in names if _is_doubtful(name)))


def law_findings(lines: Sequence[Line]) -> tuple[Finding, ...]:
    """What is doubtful in the lines of a document."""
    pairs = (line.taxes[1].name for line in lines if line.compounded and len(line.taxes) > 1)
    return tuple(dict.fromkeys(_doubtful(name) for name in pairs if _is_doubtful(name)))


def _is_doubtful(name: str) -> bool:
    return name.strip().upper().startswith(NOT_COMPOUND)


def _doubtful(name: str) -> Finding:
    return Finding(
        rule="TAX_LAW_DOUBTFUL",
        text=f"{name} is charged on top of another tax, which the law has not provided for since 2013.",
        remedy="Ask the accountant; then make it a tax on the net amount in FreshBooks.",
    )
