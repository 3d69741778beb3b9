"""How tables are written down here: one entry per field, separated by semicolons.

    Field:Type[length][options][>related table][mark]

Options are captions in square brackets separated by commas, `_` standing for the blank one.
Marks: `^` a FlowField, `!` a Boolean that a new record has switched on.
"""

from __future__ import annotations

import re

from tieout_sandboxes.nav.database import Field, Table

_ENTRY = re.compile(
    r"(?P<name>[^:]+):(?P<type>[A-Za-z]+)(?P<length>\d*)(\[(?P<options>.*)\])?"
    r"(>(?P<relation>[^^!]+))?(?P<mark>[\^!]?)"
)

DOCUMENT_TYPES = "[_,Payment,Invoice,Credit Memo,Finance Charge Memo,Reminder,Refund]"
ACCOUNT_TYPES = "[G/L Account,Customer,Vendor,Bank Account,Fixed Asset,IC Partner,Employee]"
# The sub-ledgers never learned of the newer account types, unlike the G/L.
BALANCE_TYPES = "[G/L Account,Customer,Vendor,Bank Account,Fixed Asset]"
POSTING_TYPES = "[_,Purchase,Sale,Settlement]"
VAT_TYPES = "[Normal VAT,Reverse Charge VAT,Full VAT,Sales Tax]"
_DISCOUNT = "Payment Discount,Payment Discount (VAT Excl.),Payment Discount (VAT Adjustment)"
_TOLERANCE = ",".join(
    f"{kind} ({part})"
    for kind in ("Payment Tolerance", "Payment Discount Tolerance")
    for part in ("VAT Excl.", "VAT Adjustment")
)
DETAIL_TYPES = (
    "[_,Initial Entry,Application,Unrealized Loss,Unrealized Gain,Realized Loss,Realized Gain,"
    f"{_DISCOUNT},Appln. Rounding,Correction of Remaining Amount,Payment Tolerance,"
    f"Payment Discount Tolerance,{_TOLERANCE}]"
)


def table(
    number: int, name: str, fields: str, *, key: str = "No.", indexes: tuple[str, ...] = ()
) -> Table:
    """A table from its notation; `key` names the primary key, parts separated by a comma."""
    for word, options in (
        ("DocumentType", DOCUMENT_TYPES),
        ("AccountType", ACCOUNT_TYPES),
        ("BalanceType", BALANCE_TYPES),
        ("DetailType", DETAIL_TYPES),
        ("PostingType", POSTING_TYPES),
        ("VatType", VAT_TYPES),
    ):
        fields = fields.replace(f":{word}", f":Option{options}")
    entries = [_field(" ".join(entry.split())) for entry in fields.strip("; \n").split(";")]
    return Table(
        number,
        name,
        tuple(entries),
        tuple(key.split(",")),
        tuple((index,) for index in indexes),
    )


def _field(entry: str) -> Field:
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError(f"table definition: cannot read the entry {entry!r}")
    options = found["options"]
    return Field(
        name=found["name"],
        type=found["type"],
        length=int(found["length"] or 0),
        options=tuple(" " if o == "_" else o.strip() for o in options.split(","))
        if options
        else (),
        relation=found["relation"] or "",
        flow=found["mark"] == "^",
        init=True if found["mark"] == "!" else None,
    )
