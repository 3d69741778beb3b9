"""What the way into NAV can carry: through the gateway everything, through NAV's stock pages only what they have a field for.

Pages 39 and 255 show no Due Date, Posting Group, Currency Factor or tax area, and nothing on them applies, unapplies or reverses what is posted
(docs/protocols/nav.md, "Journals by pages").
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tieout.core.decision.plan import Command, Role

INSTALL = "Install the gateway (nav/guide.md) and set the pair's route to gateway."
FORMULA = re.compile(r"<?(CM)?\+?(?:(\d+)([DWM]))?>?")
LENGTHS = {"name2": 0, "address": 50, "address2": 50}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """``gateway`` can do everything.

    Else: the payment terms of NAV that give no discount, by code, as date formulas; and the dimensions with a field of their own.
    """

    gateway: bool = True
    terms: Mapping[str, str] = field(default_factory=dict)
    dimensions: tuple[str, ...] = ()

    def terms_for(self, payload: Mapping[str, Any]) -> str | None:
        """The payment terms by which NAV itself comes to the due date of a document; empty if it has none of its own, None if no terms do.

        >>> Reach(terms={"30 DAYS": "30D"}).terms_for({"due_date": "2026-04-09", "document_date": "2026-03-10"})
        '30 DAYS'
        """
        if not payload["due_date"]:
            return ""
        day = date.fromisoformat(payload["document_date"])
        due = date.fromisoformat(payload["due_date"])
        return next((c for c in sorted(self.terms) if reached(day, self.terms[c]) == due), None)


def reached(day: date, formula: str) -> date | None:
    """The day that a date formula of NAV leads to; None for one of another form than these.

    >>> [str(reached(date(2026, 1, 31), text)) for text in ("30D", "2W", "1M", "CM", "CM+10D", "<7D>", "D15")]
    ['2026-03-02', '2026-02-14', '2026-02-28', '2026-01-31', '2026-02-10', '2026-02-07', 'None']
    """
    parts = FORMULA.fullmatch(formula)
    if parts is None or not formula.strip("<>"):
        return None
    end, number, unit = parts.groups()
    day = _month_end(day) if end else day
    if unit == "M":
        return _months_later(day, int(number))
    return day + timedelta(days=int(number or 0) * (7 if unit == "W" else 1))


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _months_later(day: date, number: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What a command wants that the way does not carry, and what a person can do. ``by_hand``: it can be done in NAV, and be approved as done."""

    text: str
    remedy: str
    by_hand: bool = False


def obstacle(command: Command, reach: Reach, factor: Decimal | None) -> Obstacle | None:
    """Why a command cannot go this way; None if it can. ``factor`` is NAV's own Currency Factor on the command's day."""
    payload = command.payload
    if reach.gateway:
        return None
    if command.role is Role.CREATE_CUSTOMER:
        return _of_customer(payload)
    if command.role is Role.TAKE_BACK and "batch_name" in payload:
        return None
    if command.role is Role.SET_DUE_DATE:
        return None
    if "lines" in payload:
        return _of_document(payload, reach, factor)
    return _by_hand(command)


def _of_customer(payload: Mapping[str, Any]) -> Obstacle | None:
    if payload["tax_area_code"]:
        return Obstacle(text="The customer needs a tax area.", remedy=INSTALL)
    long = [name for name, longest in LENGTHS.items() if len(payload[name]) > longest]
    if long:
        return Obstacle(
            text="The customer's name or street is longer than 50 characters.",
            remedy="Create the customer in NAV by hand, then: tieout link; or shorten it in FreshBooks.",
        )
    return None


def _of_document(
    payload: Mapping[str, Any], reach: Reach, factor: Decimal | None
) -> Obstacle | None:
    number, lines = payload["document_no"], payload["lines"]
    if any(line["tax_area_code"] for line in lines):
        return Obstacle(text=f"{number} has sales tax areas.", remedy=INSTALL)
    if any(line["posting_group"] for line in lines):
        return Obstacle(text=f"{number} has a posting group of its own.", remedy=INSTALL)
    if payload["currency_factor"] and Decimal(payload["currency_factor"]) != factor:
        rate = f"{number} needs another exchange rate than NAV has on its day."
        return Obstacle(text=rate, remedy=INSTALL)
    codes = {code for line in lines for code in _dimensions(line)}
    if codes - set(reach.dimensions):
        other = ", ".join(sorted(codes - set(reach.dimensions)))
        return Obstacle(text=f"{number} has dimensions without a field: {other}.", remedy=INSTALL)
    if reach.terms_for(payload) is None:
        return Obstacle(
            text=f"{number} is due on {payload['due_date']}, and no payment terms in NAV give that day.",
            remedy=f"Add such payment terms, without a discount, in NAV, then retry. Or: {INSTALL}",
        )
    return None


def _dimensions(line: Mapping[str, str]) -> list[str]:
    return [part.partition("=")[0] for part in line["dimensions"].split(";") if part]


def _by_hand(command: Command) -> Obstacle:
    told = _told(command.role, command.payload)
    return Obstacle(
        text=told[0],
        remedy=f"{told[1]} Then: tieout approve, with NEEDS_GATEWAY. Or: {INSTALL}",
        by_hand=True,
    )


def _told(role: Role, payload: Mapping[str, Any]) -> tuple[str, str]:
    if role is Role.TAKE_BACK:
        key = payload["document_key"]
        return (
            f"The posting under {key} must be reversed.",
            f"Unapply it if it is applied, and reverse it in NAV (Reverse Transaction, External Document No. {key}).",
        )
    if role is Role.SET_ON_HOLD:
        no, mark = payload["document_no"], payload["on_hold"]
        return f"{no} is to be marked On Hold {mark!r}.", "Do it in NAV's customer ledger entries."
    pair = f"{payload['from_document_no']} and {payload['to_document_no']}"
    if role is Role.UNAPPLY:
        return f"The application between {pair} must be undone.", "Unapply it in NAV."
    part = payload["amount"] or "all that is open"
    return f"{pair} must be applied, amount {part}.", "Apply these entries in NAV."
