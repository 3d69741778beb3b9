"""The first cause of each difference: which entry or document it comes from, who made it so, and when; or that none was found.

A total has the cause of what it is made of, where that comes to the difference to the cent. Checks that look at single entries tell the cause themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tieout.core.reconciliation.application_cause import application_cause
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.document_cause import (
    after_the_day,
    document_cause,
    due_date_cause,
    key_cause,
)
from tieout.core.reconciliation.traces import Traces, document_of

NOT_FOUND = "none found: no entry or document comes to this amount"
# What is compared of a document together with what settles it.
OPEN = ("I3", "I14")
AFTERWARDS = (Break.DATE_PERIOD, Break.PRIOR_PERIOD_CHANGE)


def with_causes(differences: Iterable[Difference], traces: Traces) -> tuple[Difference, ...]:
    """The same differences of a part, each with its first cause."""
    return tuple(caused(difference, traces) for difference in differences)


def caused(difference: Difference, traces: Traces) -> Difference:
    """A difference with its first cause, if it does not tell it already."""
    cause = difference.cause or _cause(difference, traces) or NOT_FOUND
    return replace(difference, cause=cause)


def none_left_out(check: Check) -> Check:
    """The same check; where a total tells no cause of a difference, it says that none was found."""
    found = tuple(replace(d, cause=d.cause or NOT_FOUND) for d in check.found)
    return replace(check, found=found)


def _cause(difference: Difference, traces: Traces) -> str:
    ref = document_of(difference.subject)
    if ref is None:
        return key_cause(traces, difference.subject)
    if difference.kind in AFTERWARDS and (late := after_the_day(traces, ref)):
        return late
    if difference.invariant in OPEN:
        return application_cause(traces, ref, difference)
    if difference.kind is Break.DUE_DATE:
        return due_date_cause(traces, ref)
    return document_cause(traces, ref)
