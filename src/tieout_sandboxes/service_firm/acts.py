"""One thing that somebody at the firm does in FreshBooks on one day: make a record, or change one.

What depends on what FreshBooks answered before (an id, what is still owed) stands in an act as one of
the expressions below and is looked up when the act is played.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["client", "invoice", "payment", "credit_note"]


@dataclass(frozen=True, slots=True)
class IdOf:
    """The id that FreshBooks gave to the record of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Owed:
    """A share of what is outstanding on an invoice; more than 1 pays too much."""

    invoice: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Received:
    """A share of a payment's amount as it stands."""

    payment: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Excess:
    """The credit note in which FreshBooks keeps what this payment was too much."""

    payment: str


@dataclass(frozen=True, slots=True)
class Usable:
    """As much of a credit as the invoice can take."""

    credit: IdOf | Excess
    invoice: str


Expression = IdOf | Owed | Received | Excess | Usable


@dataclass(frozen=True, slots=True)
class Act:
    """Make (`create`) or change the record `name` on a day; `fields` are those of FreshBooks' public API.

    What no request of the API brings about is an order to the sandbox: a client pays by card through
    a gateway (`charge`), and the gateway gives back (`refund`).
    """

    day: date
    verb: Literal["create", "change", "charge", "refund"]
    kind: Kind
    name: str
    fields: Mapping[str, Any]

    @property
    def makes_document(self) -> bool:
        """Whether it writes an invoice or a credit note."""
        return self.verb == "create" and self.kind in ("invoice", "credit_note")
