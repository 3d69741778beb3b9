"""What a report is asked for: days, a currency, a basis. Parameters are bare, outside of `search`.

Without days a report is of today alone, as in the sample published with the API; without a currency
it is in the business's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tieout_sandboxes.freshbooks.books import Books
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.envelope import encode
from tieout_sandboxes.freshbooks.errors import (
    DATE_RANGE_BACKWARDS,
    FILTER_BOOLEAN,
    FILTER_DATE,
    Refusal,
)
from tieout_sandboxes.freshbooks.query import Query
from tieout_sandboxes.freshbooks.search import day, truth

KIND = "report"
LAST_DAY = "9999-12-31"


@dataclass(frozen=True)
class Asked:
    """The days from `first` to `last`, both included; `since` and `until` are they only if asked for."""

    first: str
    last: str
    since: str
    until: str
    code: str
    narrowed: bool
    cash: bool
    resolution: str | None

    def within(self, on: str) -> bool:
        """Whether a day is among those asked for."""
        return self.first <= on <= self.last


def asked(query: Query, core: Core) -> Asked:
    """Reads the parameters; raises Refusal for those that cannot be read."""
    status, today = core.switches.query_error_status, core.today().isoformat()
    since, until = _day(query, "start_date", status), _day(query, "end_date", status)
    first = since or min(today, until or today)
    last = until or max(today, first)
    if first > last:
        raise _refused("start_date", first, DATE_RANGE_BACKWARDS, status)
    code = query.bare("currency_code")
    return Asked(
        first, last, since or "", until or LAST_DAY, code or core.business.currency, bool(code),
        _truth(query, "cash_based", status), query.bare("resolution"),
    )  # fmt: skip


def download_token(name: str, wanted: Asked) -> str:
    """Where a person would find the report as a file; the sandbox makes none."""
    shown: dict[str, Any] = {
        "type": "report", "objectid": name, "end_date": wanted.last, "currency_code": wanted.code,
    }  # fmt: skip
    return encode(shown).hex()


def client_name(books: Books, number: int) -> str:
    """A client as reports name it: the organization, or the person."""
    client = books.clients.table[number].wire
    return client.organization or f"{client.fname} {client.lname}".strip()


def _day(query: Query, name: str, status: int) -> str | None:
    text = query.bare(name)
    try:
        return day(text) if text else None
    except ValueError:
        raise _refused(name, text or "", FILTER_DATE, status) from None


def _truth(query: Query, name: str, status: int) -> bool:
    text = query.bare(name)
    try:
        return truth(text) if text else False
    except ValueError:
        raise _refused(name, text or "", FILTER_BOOLEAN, status) from None


def _refused(name: str, text: str, errno: int, status: int) -> Refusal:
    message = f"The parameter '{name}' has an invalid value."
    return Refusal(status, errno, message, field=name, kind=KIND, value=text)


def days(first: str, last: str) -> int:
    """How many days lie between two days."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
