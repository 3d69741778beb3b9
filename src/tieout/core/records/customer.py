"""A customer as FreshBooks holds it (there called a client): who owes us."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.core.records.document import Visibility
from tieout.core.records.identity import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One customer; every text is trimmed, an absent one is empty. ``country`` is the name that FreshBooks shows."""

    ref: Ref
    organization: str
    first_name: str
    last_name: str
    email: str
    phone: str
    street: str
    street2: str
    city: str
    province: str
    postal_code: str
    country: str
    vat_number: str
    currency: str
    visibility: Visibility

    @property
    def name(self) -> str:
        """The organization, or else the person's name, or else the e-mail address."""
        person = f"{self.first_name} {self.last_name}".strip()
        return self.organization or person or self.email
