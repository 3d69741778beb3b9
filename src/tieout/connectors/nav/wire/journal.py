"""How the journal pages and the customer card are told (pages 39, 255 and 21 of NAV 2018), and what they show of our lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from tieout.core.decision.reach import Reach

BLANK = " "  # NAV's blank option
SEARCH_NAME = 50

# What the card shows, in the order of typing; NAV's fields after ours.
CUSTOMER = {
    "name": "Name",
    "address": "Address",
    "address2": "Address_2",
    "post_code": "Post_Code",
    "city": "City",
    "country_region_code": "Country_Region_Code",
    "contact": "ContactName",
    "phone_no": "Phone_No",
    "e_mail": "E_Mail",
    "vat_registration_no": "VAT_Registration_No",
    "gen_bus_posting_group": "Gen_Bus_Posting_Group",
    "vat_bus_posting_group": "VAT_Bus_Posting_Group",
    "customer_posting_group": "Customer_Posting_Group",
    "currency_code": "Currency_Code",
    "payment_terms_code": "Payment_Terms_Code",
}
GROUPS = {
    "gen_bus_posting_group": "Gen_Bus_Posting_Group",
    "gen_prod_posting_group": "Gen_Prod_Posting_Group",
    "vat_bus_posting_group": "VAT_Bus_Posting_Group",
    "vat_prod_posting_group": "VAT_Prod_Posting_Group",
}


class WireJournalLine(msgspec.Struct):
    """As much of a row of page 39 or 255 as tells whose line it is."""

    Journal_Template_Name: str
    Journal_Batch_Name: str
    Line_No: int
    Document_Type: str
    Document_No: str
    External_Document_No: str
    Account_Type: str
    Account_No: str
    Amount: Decimal


class WireTerms(msgspec.Struct):
    """A row of page 4."""

    Code: str
    Due_Date_Calculation: str
    Discount_Percent: Decimal


class WireDimensions(msgspec.Struct):
    """As much of page 118 as tells which dimensions have a field of their own in a journal."""

    Global_Dimension_1_Code: str
    Global_Dimension_2_Code: str


class WireFound(msgspec.Struct):
    """A customer by the name under which we look for it."""

    No: str
    Search_Name: str


def search_name(payload: Mapping[str, Any], key: str) -> str:
    """The Search Name that carries a customer's key: the card has no better field for it, and a name still begins it.

    >>> search_name({"name": "Müller & Sons Ltd"}, "FB-CUS-7001-1")
    'MLLER SONS LTD FB-CUS-7001-1'
    """
    name = " ".join(re.sub(r"[^A-Z0-9 ]", "", payload["name"].upper()).split())
    return f"{name[: SEARCH_NAME - len(key) - 1].rstrip()} {key}".strip()


def customer_fields(payload: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A customer for page 21. County and Name 2 are not on it."""
    fields: dict[str, Any] = {
        field: payload[name] for name, field in CUSTOMER.items() if payload[name]
    }
    fields["Search_Name"] = search_name(payload, key)
    if payload["block_payment_tolerance"] == "true":
        fields["Block_Payment_Tolerance"] = True
    return fields


def in_order(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Debits before credits: a document of which only the first lines are there, or several of such, never balance, so NAV does not post them."""
    return sorted(lines, key=lambda line: Decimal(line["amount"]) < 0)


def line_fields(
    payload: Mapping[str, Any], line: Mapping[str, Any], key: str, line_no: int, reach: Reach
) -> dict[str, Any]:
    """One line for page 39 or 255, in an order in which what NAV proposes gives way to what is given."""
    fields: dict[str, Any] = {
        "Journal_Template_Name": payload["template_name"],
        "Journal_Batch_Name": payload["batch_name"],
        "Line_No": line_no,
        "Posting_Date": payload["posting_date"],
        "Document_Date": payload["document_date"],
        "Document_Type": payload["document_type"].strip() or BLANK,
        "Document_No": payload["document_no"],
        "External_Document_No": key,
        "Account_Type": line["account_type"],
        "Account_No": line["account_no"],
        "Description": line["description"],
        "Currency_Code": payload["currency_code"],
    }
    if line["account_type"] == "G/L Account":
        fields["Gen_Posting_Type"] = line["gen_posting_type"].strip() or BLANK
        fields |= {field: line[name] for name, field in GROUPS.items()}
    fields["Amount"] = Decimal(line["amount"])
    fields |= {
        field: Decimal(line[name])
        for name, field in (("amount_lcy", "Amount_LCY"), ("vat_amount", "VAT_Amount"))
        if line[name]
    }
    return fields | _rest(payload, line, reach)


def _rest(payload: Mapping[str, Any], line: Mapping[str, Any], reach: Reach) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    dimensions = dict(part.split("=", 1) for part in line["dimensions"].split(";") if part)
    for number, code in enumerate(reach.dimensions, start=1):
        if code in dimensions:
            fields[f"Shortcut_Dimension_{number}_Code"] = dimensions[code]
    if line["account_type"] == "Customer" and (terms := reach.terms_for(payload)):
        fields["Payment_Terms_Code"] = terms
    if line["applies_to_doc_no"]:
        fields["Applies_to_Doc_Type"] = line["applies_to_doc_type"].strip() or BLANK
        fields["Applies_to_Doc_No"] = line["applies_to_doc_no"]
    if payload["reason_code"]:
        fields["Reason_Code"] = payload["reason_code"]
    return fields
