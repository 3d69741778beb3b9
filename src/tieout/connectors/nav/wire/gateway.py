"""How the gateway is told, and how it answers (docs/protocols/gateway.md): commands to XML, XML to receipts.

An element's name and the name in a payload are the same in two spellings: ``VATBusPostingGroup`` and ``vat_bus_posting_group``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from tieout.connectors.nav.soap import element, fields, local, text
from tieout.core.decision.plan import Command, Receipt, Role, Status

HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

Names = tuple[tuple[str, str], ...]


def snake(name: str) -> str:
    """An element's name as payloads spell it.

    >>> [snake(n) for n in ("VATBusPostingGroup", "AmountLCY", "EMail", "Address2", "DocumentNo")]
    ['vat_bus_posting_group', 'amount_lcy', 'e_mail', 'address2', 'document_no']
    """
    return HUMPS.sub("_", name).lower()


def _names(names: str) -> Names:
    return tuple((name, snake(name)) for name in names.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """An XMLport: the parameter it is, its records, and their elements in order after ``Key`` and ``Hash`` (and ``DependsOn``, if it has one)."""

    number: int
    parameter: str
    record: str
    elements: Names
    depends: bool = True
    lines: Names = ()

    @property
    def namespace(self) -> str:
        return f"urn:microsoft-dynamics-nav/xmlports/x{self.number}"

    def render(self, commands: Iterable[Command]) -> str:
        """The parameter that carries these commands."""
        records = "".join(self._record(command) for command in commands)
        return f"<{self.parameter}>{records}</{self.parameter}>"

    def _record(self, command: Command) -> str:
        head = element("Key", command.key) + element("Hash", command.hash)
        if self.depends:
            head += element("DependsOn", " ".join(command.depends_on))
        payload = command.payload
        body = _render(self.elements, payload, extra=1 if self.lines else 0)
        lines = "".join(
            f"<Line>{_render(self.lines, line)}</Line>"
            for line in (payload["lines"] if self.lines else ())
        )
        return f'<{self.record} xmlns="{self.namespace}">{head}{body}{lines}</{self.record}>'


def _render(names: Names, payload: Mapping[str, Any], extra: int = 0) -> str:
    # What was hashed must be what is sent: a name that has no element would be lost in silence.
    known = sum(key in payload for _, key in names)
    assert known + extra == len(payload), f"no element for one of {sorted(payload)}"
    return "".join([element(name, payload.get(key, "")) for name, key in names])


CUSTOMERS = Port(
    number=50102,
    parameter="customers",
    record="Customer",
    depends=False,
    elements=_names(
        "Name Name2 Address Address2 City PostCode County CountryRegionCode Contact PhoneNo EMail"
        " VATRegistrationNo CurrencyCode GenBusPostingGroup VATBusPostingGroup CustomerPostingGroup"
        " PaymentTermsCode BlockPaymentTolerance TaxAreaCode TaxLiable"
    ),
)
DOCUMENTS = Port(
    number=50100,
    parameter="documents",
    record="Document",
    elements=_names(
        "TemplateName BatchName DocumentType DocumentNo PostingDate DocumentDate DueDate"
        " CurrencyCode CurrencyFactor ReasonCode"
    ),
    lines=_names(
        "AccountType AccountNo PostingGroup Description Amount AmountLCY GenPostingType GenBusPostingGroup"
        " GenProdPostingGroup VATBusPostingGroup VATProdPostingGroup VATAmount TaxAreaCode TaxGroupCode"
        " TaxLiable AppliesToDocType AppliesToDocNo Dimensions"
    ),
)
APPLICATIONS = Port(
    number=50104,
    parameter="applications",
    record="Application",
    elements=_names(
        "PostingDate DocumentNo CustomerNo FromDocumentType FromDocumentNo ToDocumentType"
        " ToDocumentNo Amount"
    ),
)
HOLDS = Port(
    number=50105,
    parameter="holds",
    record="Hold",
    elements=_names("CustomerNo DocumentType DocumentNo OnHold"),
)
DATES = Port(
    number=50107,
    parameter="dates",
    record="Date",
    elements=_names("CustomerNo DocumentType DocumentNo DueDate"),
)
REVERSALS = Port(
    number=50106, parameter="reversals", record="Reversal", elements=_names("DocumentKey")
)

# Which function of the gateway carries out a role, with which XMLport.
FUNCTIONS = {
    Role.CREATE_CUSTOMER: ("CreateCustomers", CUSTOMERS),
    Role.UNAPPLY: ("Unapply", APPLICATIONS),
    Role.SET_DUE_DATE: ("SetDueDate", DATES),
    Role.REVERSE: ("Post", DOCUMENTS),
    Role.TAKE_BACK: ("Reverse", REVERSALS),
    Role.POST: ("Post", DOCUMENTS),
    Role.APPLY: ("Apply", APPLICATIONS),
    Role.SET_ON_HOLD: ("SetOnHold", HOLDS),
}


def render_keys(keys: Iterable[str]) -> str:
    """The parameter of Find."""
    namespace = "urn:microsoft-dynamics-nav/xmlports/x50103"
    return "<keys>" + "".join(f'<Key xmlns="{namespace}">{text(k)}</Key>' for k in keys) + "</keys>"


def receipts(answer: Element) -> tuple[Receipt, ...]:
    """The results in an answer, in its order. Raises ValueError if one cannot be read."""
    return tuple(_receipt(fields(node)) for node in answer.iter() if local(node) == "Result")


# NAV's words when two transactions met; nothing was changed, and the same may succeed at the next try.
MET = ("locked by another user", "deadlock")


def _status(row: Mapping[str, str]) -> Status:
    status = Status(row["Status"])
    met = any(words in row.get("Text", "") for words in MET)
    return Status.NOT_TRIED if status is Status.REFUSED and met else status


def _receipt(row: Mapping[str, str]) -> Receipt:
    if not row.get("Key"):
        raise ValueError("a result without Key")
    try:
        return Receipt(
            key=row["Key"],
            status=_status(row),
            no=row.get("No", ""),
            register_no=int(row.get("RegisterNo") or 0),
            entry_no=int(row.get("EntryNo") or 0),
            amount=Decimal(row.get("Amount") or 0),
            posted_at=row.get("PostedAt", ""),
            text=row.get("Text", ""),
        )
    except (KeyError, ArithmeticError) as error:
        raise ValueError(f"a result of {row['Key']}: {type(error).__name__}") from None
