"""What each kind of gateway command does to the company, through NAV's own triggers.

Called inside the transaction of the command; raises NavError where NAV refuses.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tieout_sandboxes.nav import business
from tieout_sandboxes.nav.business import customer_entries, dimensions, flow
from tieout_sandboxes.nav.business.fields import accept
from tieout_sandboxes.nav.business.wording import require_equal
from tieout_sandboxes.nav.commands import (
    Application,
    Document,
    Hold,
    Line,
    NewCustomer,
    NewDueDate,
    Result,
    Reversal,
)
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.posting import application, entries, post, reversal

CUSTOMER = "Customer"
LINE = "Gen. Journal Line"
ENTRY = "Cust. Ledger Entry"
_CUSTOMER_FIELDS = (
    ("Name", "name"),
    ("Name 2", "name2"),
    ("Address", "address"),
    ("Address 2", "address2"),
    ("City", "city"),
    ("Post Code", "post_code"),
    ("County", "county"),
    ("Country/Region Code", "country_region_code"),
    ("Contact", "contact"),
    ("Phone No.", "phone_no"),
    ("E-Mail", "e_mail"),
    ("VAT Registration No.", "vat_registration_no"),
    ("Currency Code", "currency_code"),
    ("Gen. Bus. Posting Group", "gen_bus_posting_group"),
    ("VAT Bus. Posting Group", "vat_bus_posting_group"),
    ("Customer Posting Group", "customer_posting_group"),
    ("Payment Terms Code", "payment_terms_code"),
    ("Block Payment Tolerance", "block_payment_tolerance"),
    ("Tax Area Code", "tax_area_code"),
    ("Tax Liable", "tax_liable"),
)
_AMOUNTS = (
    ("Posting Group", "posting_group"),
    ("Description", "description"),
    ("Amount", "amount"),
    ("Amount (LCY)", "amount_lcy"),
)
_GROUPS = (
    ("Gen. Posting Type", "gen_posting_type"),
    ("Gen. Bus. Posting Group", "gen_bus_posting_group"),
    ("Gen. Prod. Posting Group", "gen_prod_posting_group"),
    ("VAT Bus. Posting Group", "vat_bus_posting_group"),
    ("VAT Prod. Posting Group", "vat_prod_posting_group"),
)
_VAT_AMOUNT = (("VAT Amount", "vat_amount"),)
_REST = (
    ("Applies-to Doc. Type", "applies_to_doc_type"),
    ("Applies-to Doc. No.", "applies_to_doc_no"),
)


def create_customer(company: Company, command: NewCustomer) -> Result:
    """Inserts a customer with the next number."""
    row: Row = {}
    business.new_record(company, CUSTOMER, row)
    business.on_insert(company, CUSTOMER, row)
    _type_in(company, CUSTOMER, row, command, _CUSTOMER_FIELDS)
    company.database.insert(CUSTOMER, row)
    return Result(key=command.key, status="posted", no=row["No."])


def post_document(company: Company, command: Document) -> Result:
    """Types the lines into journal lines that are never stored, and posts them."""
    if not command.lines:
        raise NavError("dialog", "There is nothing to post.")
    lines = [_draft(company, command, line, n) for n, line in enumerate(command.lines, start=1)]
    _name_customer(lines)
    posted = post(company, lines)
    number = lines[0]["Document No."]
    result = _of_entry(company, command.key, number, posted.customer_entry_no)
    return replace(result, register_no=posted.register_no)


def _name_customer(lines: list[Row]) -> None:
    """The VAT entries of a document name its customer, as when codeunit 13 posts."""
    customers = [row["Account No."] for row in lines if row["Account Type"] == CUSTOMER]
    if customers and lines[0]["Document Type"] != " ":
        for row in lines:
            row["Bill-to/Pay-to No."] = customers[0]


def _draft(company: Company, document: Document, line: Line, number: int) -> Row:
    """One journal line, field by field; what the account proposes gives way to what is given."""
    row: Row = {}
    business.new_record(company, LINE, row)
    row["Line No."] = number * 10000
    head: list[tuple[str, Any]] = [
        ("Journal Template Name", document.template_name),
        ("Journal Batch Name", document.batch_name),
        ("Document Type", document.document_type or " "),
        ("Document No.", document.document_no),
        ("External Document No.", document.key),
        ("Posting Date", document.posting_date),
        ("Document Date", document.document_date),
        ("Account Type", line.account_type),
        ("Account No.", line.account_no),
    ]
    tail = [("Due Date", document.due_date), ("Reason Code", document.reason_code)]
    _enter(company, LINE, row, head[:2])
    row["Source Code"] = _source_code(company, document)
    _enter(company, LINE, row, head[2:])
    _enter_currency(company, row, document)
    _enter(company, LINE, row, tail)
    if line.posting_group:
        require_equal(company, LINE, row, "Account Type", CUSTOMER)
    _type_in(company, LINE, row, line, _AMOUNTS)
    if row["Account Type"] == "G/L Account":
        # Also what is empty: the groups that the account proposes must give way.
        for field, name in _GROUPS:
            business.validate(company, LINE, row, field, getattr(line, name))
    else:
        _type_in(company, LINE, row, line, _GROUPS)
    _type_in(company, LINE, row, line, _VAT_AMOUNT)
    _enter_tax(company, row, line)
    _type_in(company, LINE, row, line, _REST)
    _enter_dimensions(company, row, line)
    return row


def _enter_tax(company: Company, row: Row, line: Line) -> None:
    """Only what differs: each of these computes the VAT of the line anew."""
    for field, value in (
        ("Tax Area Code", line.tax_area_code),
        ("Tax Group Code", line.tax_group_code),
        ("Tax Liable", line.tax_liable),
    ):
        if row[field] != value:
            business.validate(company, LINE, row, field, value)


def _enter_dimensions(company: Company, row: Row, line: Line) -> None:
    """What is given stands over what the account proposed."""
    if not line.dimensions:
        return
    values = dimensions.of(company, row["Dimension Set ID"])
    for code, value in line.dimensions:
        code, value = dimensions.existing_value(company, code, value)
        values[code] = value
    dimensions.put(company, row, values)


def _source_code(company: Company, document: Document) -> str:
    """The source code of the template; raises NavError if template or batch does not exist."""
    template, batch = document.template_name.upper(), document.batch_name.upper()
    company.database.existing("Gen. Journal Batch", template, batch)
    return str(company.database.existing("Gen. Journal Template", template)["Source Code"])


def _enter_currency(company: Company, row: Row, document: Document) -> None:
    """A factor that is given stands for the exchange rate table, which is then not asked."""
    if document.currency_factor is None:
        business.validate(company, LINE, row, "Currency Code", document.currency_code)
        return
    definition = company.database.table(LINE).field("Currency Code")
    assert definition is not None
    row["Currency Code"] = accept(company, LINE, definition, document.currency_code)
    business.validate(company, LINE, row, "Currency Factor", document.currency_factor)


def _type_in(
    company: Company, table: str, row: Row, given: object, fields: tuple[tuple[str, str], ...]
) -> None:
    _enter(company, table, row, [(field, getattr(given, name)) for field, name in fields])


def _enter(company: Company, table: str, row: Row, values: list[tuple[str, Any]]) -> None:
    """Types in what is given, in order."""
    for field, value in values:
        if value not in ("", None):
            business.validate(company, table, row, field, value)


def apply_entries(company: Company, command: Application) -> Result:
    """Applies one open entry to another."""
    if command.amount is not None and command.amount <= 0:
        raise NavError("dialog", "Amount must be positive.")
    done = application.apply(company, *_names(command), _given(command), command.amount)
    return _applied(company, command, done)


def unapply_entries(company: Company, command: Application) -> Result:
    """Undoes the last application between two entries."""
    done = application.unapply(company, *_names(command), _given(command))
    return _applied(company, command, done)


def _applied(company: Company, command: Application, done: application.Applied) -> Result:
    result = _of_entry(company, command.key, command.document_no, done.entry["Entry No."])
    return replace(result, register_no=done.register_no)


def _names(command: Application) -> tuple[entries.Named, entries.Named]:
    customer = command.customer_no.upper()
    kinds = command.from_document_type or " ", command.to_document_type or " "
    return (
        entries.Named(customer, kinds[0], command.from_document_no.upper()),
        entries.Named(customer, kinds[1], command.to_document_no.upper()),
    )


def _given(command: Application) -> application.Given:
    if command.posting_date is None:
        raise NavError("testfield", "Posting Date must be filled in.")
    if not command.document_no:
        raise NavError("testfield", "Document No. must be filled in.")
    return application.Given(command.posting_date, command.document_no.upper(), command.key)


def reverse_document(company: Company, command: Reversal) -> Result:
    """Reverses the whole transaction of a document that the gateway posted."""
    database = company.database
    key = database.get("Tieout Key", command.document_key)
    if key is None or key["Kind"] != "Document":
        text = f"There is no posted document with the key {command.document_key}."
        raise NavError("dialog", text)
    register = database.existing("G/L Register", key["Register No."])
    first = database.existing("G/L Entry", register["From Entry No."])
    done = reversal.reverse(company, first["Transaction No."])
    result = _of_entry(company, command.key, first["Document No."], done.customer_entry_no)
    return replace(result, register_no=done.register_no)


def set_on_hold(company: Company, command: Hold) -> Result:
    """Writes or lifts the On Hold code of a customer ledger entry (codeunit 103)."""
    kind, number = command.document_type or " ", command.document_no.upper()
    named = entries.Named(command.customer_no.upper(), kind, number)
    entry = entries.find_entry(company, named, open_only=False)
    company.database.modify(ENTRY, {**entry, "On Hold": command.on_hold.upper()})
    return _of_entry(company, command.key, number, entry["Entry No."])


def set_due_date(company: Company, command: NewDueDate) -> Result:
    """Writes the Due Date of an open customer ledger entry (codeunit 103)."""
    kind, number = command.document_type or " ", command.document_no.upper()
    named = entries.Named(command.customer_no.upper(), kind, number)
    entry = entries.find_entry(company, named, open_only=True)
    if command.due_date is None:
        raise NavError("testfield", "Due Date must be filled in.")
    edited = {**entry, "Due Date": command.due_date}
    customer_entries.edit(company, edited, entry)
    company.database.modify(ENTRY, edited)
    return _of_entry(company, command.key, number, entry["Entry No."])


def _of_entry(company: Company, key: str, number: str, entry_no: int) -> Result:
    """The result that names a customer ledger entry, 0 for none, with its amount."""
    amount = flow.ZERO
    if entry_no:
        entry = company.database.existing(ENTRY, entry_no)
        amount = flow.customer_entry(company, entry)["Amount"]
    return Result(key=key, status="posted", no=number, entry_no=entry_no, amount=amount)
