"""Which customers of NAV may be a client of FreshBooks already."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.core.books import customer

from tieout.core.decision.match import alike
from tieout.core.records.ledger import NavCustomer

CLIENT = replace(customer(), vat_number="GB 123-4567 89")
OTHER = NavCustomer(
    no="C00001",
    name="Bolt Ltd",
    post_code="M1 1AA",
    e_mail="bob@bolt.test",
    vat_registration_no="GB999999973",
    blocked="",
)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, ""),
        ({"e_mail": "", "vat_registration_no": "", "post_code": ""}, ""),
        ({"e_mail": " ANN@acme.test"}, "same e-mail address"),
        ({"vat_registration_no": "gb123456789"}, "same VAT number"),
        ({"name": "ACME LTD."}, ""),
        ({"name": "ACME LTD.", "post_code": "nw17bt"}, "same name and post code"),
        (
            {"vat_registration_no": "GB123456789", "e_mail": "ann@acme.test"},
            "same VAT number and same e-mail address",
        ),
    ],
)
def test_what_a_client_and_a_customer_of_nav_have_in_common(
    changes: dict[str, str], same: str
) -> None:
    finding = alike(CLIENT, [replace(OTHER, **changes)])  # type: ignore[arg-type]
    told = "NAV may have client 7001 already: C00001 ({})."
    assert (finding.text if finding else "") == (told.format(same) if same else "")


def test_what_neither_has_is_nothing_in_common() -> None:
    client = replace(customer(), email="", postal_code="")
    assert alike(client, [replace(OTHER, e_mail="", vat_registration_no="", post_code="")]) is None
