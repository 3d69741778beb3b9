"""On which day and at which rate something is posted: the document's own day while it is open, else what the policy says.

Late documents wait, move to the first open day, or ask, as the posting setup says. Corrections of what was posted keep its day while it is open;
a closed month, a declared VAT return or a closed year is never changed: the correction is dated on the day of the edit, or the first open day
if that is later, with its reason.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tieout.core.decision.facts import Facts
from tieout.core.journal.lines import Journal
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Ref


def document_terms(facts: Facts, ref: Ref, day: date, currency: str) -> Terms | Finding:
    """The terms of a document that was never posted before."""
    calendar, setup = facts.calendar, facts.setup
    if calendar.after_window(day):
        return _future(day)
    first = calendar.first_open(vat=True)
    if day >= first:
        return with_rate(facts, day, currency)
    finding = _late(facts, ref, day, first, setup)
    return finding or with_rate(facts, first, currency)


def money_terms(
    facts: Facts, ref: Ref, day: date, currency: str, *, cash_accounting: bool = False
) -> Terms | Finding:
    """The terms of money that came or went; VAT does not depend on its day, except for a business that declares VAT when it is paid."""
    calendar = facts.calendar
    if calendar.after_window(day):
        return _future(day)
    first = calendar.first_open(vat=cash_accounting)
    if day >= first:
        return with_rate(facts, day, currency)
    if cash_accounting:
        return _held_day("VAT_PERIOD_CLOSED", day, "VAT belongs to the period in which it came in.")
    finding = _by_policy(facts, ref, day, first)
    return finding or with_rate(facts, first, currency)


def correction_terms(
    facts: Facts, ref: Ref, day: date, edited_on: date, currency: str
) -> Terms | Finding:
    """The terms of a reversal or a new revision whose own day is ``day``."""
    if facts.calendar.takes(day, vat=True):
        return with_rate(facts, day, currency)
    moved = correction_day(facts, edited_on)
    if facts.calendar.after_window(moved):
        return _future(moved)
    if facts.setup.prior_period_changes == "hold" and not facts.approved(ref, "PRIOR_PERIOD"):
        return Finding(
            rule="PRIOR_PERIOD",
            text=f"It belongs to {day.isoformat()}, which is closed, and was changed afterwards.",
            remedy=f"Agree with the accountant, then approve it to be corrected on {moved.isoformat()}: tieout approve.",
        )
    return with_rate(facts, moved, currency, facts.setup.reason_prior_period)


def reversal_terms(
    facts: Facts, ref: Ref, posted: Journal, edited_on: date, change: Decimal
) -> Terms | Finding:
    """The terms of the opposite of a posted document, at its own rate, so that it leaves no gain or loss; ``change`` is what it and its successor
    make of the books.
    """
    terms = correction_terms(facts, ref, posted.posting_date, edited_on, facts.setup.lcy)
    if isinstance(terms, Finding):
        return terms
    large = terms.reason_code and material(facts.setup, change)
    if large and not facts.approved(ref, "PRIOR_PERIOD_MATERIAL"):
        return _material(posted)
    return replace(terms, factor=posted.currency_factor)


def correction_day(facts: Facts, edited_on: date) -> date:
    """The day of a correction whose own day is closed."""
    return max(edited_on, facts.calendar.first_open(vat=True))


def with_rate(facts: Facts, day: date, currency: str, reason_code: str = "") -> Terms | Finding:
    """The terms of a day, at NAV's exchange rate of that day."""
    factor = None
    if currency != facts.setup.lcy:
        factor = facts.factor(currency, day)
        if factor is None:
            return _no_rate(currency, day)
    return Terms(posting_date=day, factor=factor, reason_code=reason_code)


def application_day(facts: Facts, *days: date) -> date:
    """The day of an application: not before either entry, and open."""
    return max(*days, facts.calendar.first_open(vat=False))


def material(setup: PostingSetup, change: Decimal) -> bool:
    """Whether a change of a closed period is so large that a person decides about it."""
    return bool(setup.prior_period_limit) and abs(change) > setup.prior_period_limit


def _late(facts: Facts, ref: Ref, day: date, first: date, setup: PostingSetup) -> Finding | None:
    end = facts.calendar.vat_period_end(setup.vat_period_months)
    settled = facts.calendar.vat_settled_to
    undeclared = end is not None and settled is not None and settled < day <= end < first
    if undeclared and not facts.approved(ref, "VAT_PERIOD_OPEN"):
        return Finding(
            rule="VAT_PERIOD_OPEN",
            text=f"{day.isoformat()} lies in a VAT period that is not declared yet, but NAV takes postings from {first.isoformat()} only.",
            remedy="Open that day for the service user in NAV, then retry; or approve that its VAT is declared late: tieout approve.",
        )
    return _by_policy(facts, ref, day, first)


def _by_policy(facts: Facts, ref: Ref, day: date, first: date) -> Finding | None:
    policy = facts.setup.closed_period
    if policy == "next_open" or facts.approved(ref, "PERIOD_CLOSED"):
        return None
    asked = (
        f"Approve it to be posted on {first.isoformat()}: tieout approve."
        if policy == "ask"
        else ""
    )
    remedy = (
        asked
        or "Open the period in NAV, then retry; or set closed_period to next_open (tieout pair setup)."
    )
    return _held_day("PERIOD_CLOSED", day, remedy)


def _held_day(rule: str, day: date, remedy: str) -> Finding:
    return Finding(rule=rule, text=f"{day.isoformat()} is closed in NAV.", remedy=remedy)


def _material(posted: Journal) -> Finding:
    return Finding(
        rule="PRIOR_PERIOD_MATERIAL",
        text=f"It changes {posted.posting_date.isoformat()}, which is closed, by more than the limit.",
        remedy="Agree on a prior-period adjustment with the accountant, then approve it: tieout approve.",
    )


def _future(day: date) -> Finding:
    return Finding(
        rule="PERIOD_NOT_OPEN",
        text=f"NAV does not take postings on {day.isoformat()} yet.",
        remedy="Move the end of the posting window in NAV, then retry.",
    )


def _no_rate(currency: str, day: date) -> Finding:
    return Finding(
        rule="RATE_MISSING",
        text=f"NAV has no exchange rate of {currency} on {day.isoformat()}.",
        remedy="Enter it in NAV (Currency Exchange Rates) or let a rate feed fill the table, then retry.",
    )
