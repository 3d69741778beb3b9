"""The first cause of each difference: which entry or document it comes from, who made it so, and when; or that none was found.

A total has the cause of what it is made of, where that comes to the difference to the cent. Checks that look at single entries tell the cause themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tieout.core.reconciliation.application_cause import application_cause
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.document_cause import (
    after_the_day,
    document_cause,
    due_date_cause,
    key_cause,
    keyed,
)
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.total_cause import Parts
from tieout.core.reconciliation.traces import Traces, document_of

NOT_FOUND = "none found: no entry or document comes to this amount"
# What is compared of a document together with what settles it.
OPEN = ("I3", "I14")
TOTALS = ("I4", "I5")
# One difference for each entry, in the same order.
STRANGERS = "I13"
AFTERWARDS = (Break.DATE_PERIOD, Break.PRIOR_PERIOD_CHANGE)


def with_causes(checks: Sequence[Check], sides: Sides) -> tuple[Check, ...]:
    """The same checks, each difference with its first cause."""
    traces = Traces(sides=sides)
    parts = Parts(traces=traces)
    return tuple(_told(check, traces, parts) if check.found else check for check in checks)


def _told(check: Check, traces: Traces, parts: Parts) -> Check:
    if check.invariant == STRANGERS:
        causes = [keyed(traces, entry) for entry in traces.sides.strange]
    else:
        causes = [d.cause or _cause(d, traces, parts) for d in check.found]
    found = zip(check.found, causes, strict=True)
    return replace(check, found=tuple(replace(d, cause=cause) for d, cause in found))


def _cause(difference: Difference, traces: Traces, parts: Parts) -> str:
    if difference.invariant in TOTALS:
        return parts.cause(difference) or NOT_FOUND
    ref = document_of(difference.subject)
    if ref is None:
        return key_cause(traces, difference.subject) or NOT_FOUND
    if difference.kind in AFTERWARDS and (late := after_the_day(traces, ref)):
        return late
    if difference.invariant in OPEN:
        return application_cause(traces, ref, difference) or NOT_FOUND
    if difference.kind is Break.DUE_DATE:
        return due_date_cause(traces, ref) or NOT_FOUND
    return document_cause(traces, ref) or NOT_FOUND
