"""The XMLports of the gateway: names and order of the elements (docs/protocols/gateway.md).

The request side is text throughout, since an empty element means "not given"; the results are
typed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class XmlPort:
    """`root` repeats `item`; an item has `elements` in order and may repeat `child`."""

    number: int
    root: str
    item: str
    elements: tuple[str, ...] = ()
    child: str = ""
    child_elements: tuple[str, ...] = ()
    types: tuple[tuple[str, str], ...] = ()

    @property
    def namespace(self) -> str:
        """The XML namespace NAV gives the elements of this XMLport."""
        return f"urn:microsoft-dynamics-nav/xmlports/x{self.number}"


_APPLICATION = (
    "Key Hash DependsOn PostingDate DocumentNo CustomerNo FromDocumentType FromDocumentNo"
)
_DOCUMENT = "Key Hash DependsOn TemplateName BatchName DocumentType DocumentNo PostingDate"
_LINE = "AccountType AccountNo PostingGroup Description Amount AmountLCY GenPostingType"
_CUSTOMER = "Key Hash Name Name2 Address Address2 City PostCode County CountryRegionCode Contact"
_GROUPS = "CurrencyCode GenBusPostingGroup VATBusPostingGroup CustomerPostingGroup"

DOCUMENTS = XmlPort(
    50100,
    "documents",
    "Document",
    tuple(f"{_DOCUMENT} DocumentDate DueDate CurrencyCode CurrencyFactor ReasonCode".split()),
    "Line",
    tuple(
        f"{_LINE} GenBusPostingGroup GenProdPostingGroup VATBusPostingGroup VATProdPostingGroup "
        "VATAmount TaxAreaCode TaxGroupCode TaxLiable AppliesToDocType AppliesToDocNo "
        "Dimensions".split()
    ),
)
RESULTS = XmlPort(
    50101,
    "results",
    "Result",
    ("Key", "Status", "No", "RegisterNo", "EntryNo", "Amount", "PostedAt", "Text"),
    types=(("RegisterNo", "int"), ("EntryNo", "int"), ("Amount", "decimal")),
)
CUSTOMERS = XmlPort(
    50102,
    "customers",
    "Customer",
    tuple(
        f"{_CUSTOMER} PhoneNo EMail VATRegistrationNo {_GROUPS} PaymentTermsCode "
        "BlockPaymentTolerance TaxAreaCode TaxLiable".split()
    ),
)
KEYS = XmlPort(50103, "keys", "Key")
APPLICATIONS = XmlPort(
    50104,
    "applications",
    "Application",
    tuple(f"{_APPLICATION} ToDocumentType ToDocumentNo Amount".split()),
)
HOLDS = XmlPort(
    50105,
    "holds",
    "Hold",
    ("Key", "Hash", "DependsOn", "CustomerNo", "DocumentType", "DocumentNo", "OnHold"),
)
REVERSALS = XmlPort(50106, "reversals", "Reversal", ("Key", "Hash", "DependsOn", "DocumentKey"))
DATES = XmlPort(
    50107,
    "dates",
    "Date",
    ("Key", "Hash", "DependsOn", "CustomerNo", "DocumentType", "DocumentNo", "DueDate"),
)
