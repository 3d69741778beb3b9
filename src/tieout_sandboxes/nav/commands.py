"""What a caller asks of the gateway, and what he is answered (docs/protocols/gateway.md).

Names are those of the contract in another spelling: `GenBusPostingGroup` is
`gen_bus_posting_group`. None and "" mean "not given". Amounts are Decimal, debit positive.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Command:
    """Every command: its key and the hash of its payload."""

    key: str
    hash: str

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The keys that must have a committed row before this command is worked."""
        return ()


@dataclass(frozen=True, kw_only=True)
class Dependent(Command):
    """A command that may depend on others."""

    depends_on: tuple[str, ...] = ()

    @property
    def waits_for(self) -> tuple[str, ...]:
        return self.depends_on


@dataclass(frozen=True, kw_only=True)
class NewCustomer(Command):
    """A customer to be inserted with the next number of the series."""

    name: str = ""
    name2: str = ""
    address: str = ""
    address2: str = ""
    city: str = ""
    post_code: str = ""
    county: str = ""
    country_region_code: str = ""
    contact: str = ""
    phone_no: str = ""
    e_mail: str = ""
    vat_registration_no: str = ""
    currency_code: str = ""
    gen_bus_posting_group: str = ""
    vat_bus_posting_group: str = ""
    customer_posting_group: str = ""
    payment_terms_code: str = ""
    block_payment_tolerance: bool | None = None
    tax_area_code: str = ""
    tax_liable: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a document; on a line with VAT groups the amount is gross."""

    account_type: str
    account_no: str
    amount: Decimal
    posting_group: str = ""
    description: str = ""
    amount_lcy: Decimal | None = None
    gen_posting_type: str = ""
    gen_bus_posting_group: str = ""
    gen_prod_posting_group: str = ""
    vat_bus_posting_group: str = ""
    vat_prod_posting_group: str = ""
    vat_amount: Decimal | None = None
    tax_area_code: str = ""
    tax_group_code: str = ""
    tax_liable: bool = False
    applies_to_doc_type: str = ""
    applies_to_doc_no: str = ""
    dimensions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document(Dependent):
    """A document to be posted."""

    template_name: str
    batch_name: str
    document_no: str
    posting_date: dt.date | None
    lines: tuple[Line, ...]
    document_type: str = ""
    document_date: dt.date | None = None
    due_date: dt.date | None = None
    currency_code: str = ""
    currency_factor: Decimal | None = None
    reason_code: str = ""


@dataclass(frozen=True, kw_only=True)
class Application(Dependent):
    """An entry to be applied to another, or an application to be undone."""

    posting_date: dt.date | None
    document_no: str
    customer_no: str
    from_document_type: str
    from_document_no: str
    to_document_type: str
    to_document_no: str
    amount: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Reversal(Dependent):
    """A posted document to be reversed, named by the key it was posted under."""

    document_key: str


@dataclass(frozen=True, kw_only=True)
class Hold(Dependent):
    """A customer ledger entry to be marked with an On Hold code; an empty one lifts it."""

    customer_no: str
    document_type: str
    document_no: str
    on_hold: str = ""


@dataclass(frozen=True, kw_only=True)
class NewDueDate(Dependent):
    """An open customer ledger entry that is due on another day."""

    customer_no: str
    document_type: str
    document_no: str
    due_date: dt.date | None


@dataclass(frozen=True, kw_only=True)
class Result:
    """The answer to one command; `posted_at` is an instant in UTC, written in ISO 8601."""

    key: str
    status: str
    no: str = ""
    register_no: int = 0
    entry_no: int = 0
    amount: Decimal = Decimal(0)
    posted_at: str = ""
    text: str = ""
