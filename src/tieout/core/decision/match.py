"""Whether NAV may know a client already: a customer that nobody linked has the same VAT number, e-mail address, or name and post code."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.core.records.customer import Customer
from tieout.core.records.finding import Finding
from tieout.core.records.ledger import NavCustomer


def alike(customer: Customer, others: Sequence[NavCustomer]) -> Finding | None:
    """A finding that names the NAV customers which may be this client; they are never merged silently."""
    found = {other.no: " and ".join(same) for other in others if (same := _same(customer, other))}
    if not found:
        return None
    return Finding(
        rule="MATCH_AMBIGUOUS",
        text=f"NAV may have client {customer.ref.key} already: "
        + ", ".join(f"{no} ({same})" for no, same in sorted(found.items()))
        + ".",
        remedy="Link the client to one of them (tieout link), or approve that a new customer is made: tieout approve.",
    )


def _same(customer: Customer, other: NavCustomer) -> list[str]:
    pairs = {
        "same VAT number": (_plain(customer.vat_number), _plain(other.vat_registration_no)),
        "same e-mail address": (customer.email.strip().casefold(), other.e_mail.strip().casefold()),
        "same name and post code": (
            _plain(customer.name) + _plain(customer.postal_code) if customer.postal_code else "",
            _plain(other.name) + _plain(other.post_code) if other.post_code else "",
        ),
    }
    return [what for what, (one, two) in pairs.items() if one and one == two]


def _plain(text: str) -> str:
    """Letters and digits only, whatever their case.

    >>> _plain("GB 123-4567 89")
    'gb123456789'
    """
    return "".join(c for c in text.casefold() if c.isalnum())
