"""A FreshBooks client becomes the command that creates its NAV customer, made when a document first needs it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tieout.core.decision.facts import Facts
from tieout.core.decision.match import alike
from tieout.core.decision.plan import Command, Role, StoredCommand
from tieout.core.decision.standing import standing_of
from tieout.core.journal.buyer import Buyer
from tieout.core.journal.rules import customer_rule
from tieout.core.journal.setup import CustomerRule, PostingSetup
from tieout.core.records.customer import Customer
from tieout.core.records.finding import Finding
from tieout.core.records.identity import command_key

# Field lengths of NAV's customer table (18).
LINE = 50
LIMITS = {
    "city": 30,
    "county": 30,
    "post_code": 20,
    "e_mail": 80,
    "vat_registration_no": 20,
    "contact": 50,
}


def buyer_groups(customer: Customer, setup: PostingSetup) -> CustomerRule | Finding:
    """The posting groups of a customer."""
    country = country_code(customer, setup)
    return country if isinstance(country, Finding) else customer_rule(setup, customer, country)


def country_code(customer: Customer, setup: PostingSetup) -> str | Finding:
    """NAV's code of the country that FreshBooks names; a customer without one is not guessed to be at home."""
    code = setup.countries.get(customer.country)
    if code is not None:
        return code
    shown = f"Country {customer.country!r}" if customer.country else "An empty country"
    return Finding(
        rule="COUNTRY_NOT_MAPPED",
        text=f"{shown} of client {customer.ref.key} has no NAV country code.",
        remedy="Correct it in FreshBooks, or add it to countries (tieout pair setup), then retry.",
    )


def buyer_of(customer: Customer, setup: PostingSetup, customer_no: str) -> Buyer | Finding:
    """The customer as journals need it."""
    rule = buyer_groups(customer, setup)
    if isinstance(rule, Finding):
        return rule
    return Buyer(customer_no=customer_no, gen_bus=rule.gen_bus, vat_bus=rule.vat_bus)


def customer_command(
    customer: Customer, facts: Facts, history: Sequence[StoredCommand]
) -> tuple[Command | None, tuple[Finding, ...]]:
    """The command that creates the customer in NAV, or the findings that prevent it; one that NAV may have already is never made twice."""
    setup, prefix = facts.setup, facts.prefix
    country, rule = country_code(customer, setup), buyer_groups(customer, setup)
    if isinstance(country, Finding) or isinstance(rule, Finding):
        return None, tuple(dict.fromkeys(f for f in (country, rule) if isinstance(f, Finding)))
    payload = _payload(customer, country, rule)
    known = (
        None
        if facts.approved(customer.ref, "MATCH_AMBIGUOUS")
        else alike(customer, facts.nav_customers)
    )
    findings = (*_too_long(customer, payload), *([known] if known else []))
    if findings:
        return None, findings
    standing = standing_of(history)
    for revision in (*(c.revision for c in standing.retried), standing.revision_next):
        command = Command(
            key=command_key(prefix, customer.ref, str(revision)),
            ref=customer.ref,
            revision=revision,
            role=Role.CREATE_CUSTOMER,
            payload=payload,
            setup_version=setup.version,
        )
        if all(c.key != command.key or c.hash == command.hash for c in standing.retried):
            return command, ()
    raise AssertionError("the next revision is always free")


def two_lines(text: str) -> tuple[str, str]:
    """Split a long name or street at a blank so that each part fits into NAV's 50 characters.

    >>> two_lines("Short Ltd")
    ('Short Ltd', '')
    >>> [len(part) <= 50 for part in two_lines("A very long name of a company that goes on and on for a while Ltd")]
    [True, True]
    """
    if len(text) <= LINE:
        return text, ""
    cut = text.rfind(" ", 0, LINE + 1)
    cut = cut if cut > 0 else LINE
    return text[:cut].rstrip(), text[cut:].strip()


def _payload(customer: Customer, country: str, rule: CustomerRule) -> dict[str, Any]:
    name, name2 = two_lines(customer.name or f"FreshBooks client {customer.ref.key}")
    street, overflow = two_lines(customer.street)
    person = f"{customer.first_name} {customer.last_name}".strip()
    return {
        "name": name,
        "name2": name2,
        "address": street,
        "address2": ", ".join(part for part in (overflow, customer.street2) if part),
        "city": customer.city,
        "post_code": customer.postal_code,
        "county": customer.province,
        "country_region_code": country,
        "contact": person if customer.organization else "",
        "phone_no": re.sub(r"[^0-9+()/. -]", "", customer.phone)[:30].strip(),
        "e_mail": customer.email,
        "vat_registration_no": customer.vat_number,
        "currency_code": "",
        "gen_bus_posting_group": rule.gen_bus,
        "vat_bus_posting_group": rule.vat_bus,
        "customer_posting_group": rule.customer_posting_group,
        "payment_terms_code": rule.payment_terms,
        "block_payment_tolerance": "true",
        "tax_area_code": rule.tax_area,
        "tax_liable": "true" if rule.tax_liable else "",
    }


def _too_long(customer: Customer, payload: dict[str, Any]) -> tuple[Finding, ...]:
    limits = {**LIMITS, "name2": LINE, "address2": LINE}
    return tuple(
        Finding(
            rule="TOO_LONG",
            text=f"{name} of client {customer.ref.key} does not fit into NAV's {limit} characters.",
            remedy="Shorten it in FreshBooks, then retry.",
        )
        for name, limit in limits.items()
        if len(payload[name]) > limit
    )
