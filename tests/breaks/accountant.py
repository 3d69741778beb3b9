"""The accountant who works in NAV by hand, past Tieout: posts, reverses, applies, and changes what stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from breaks.office import Office

Fields = Mapping[str, Any]
WORDS = {"invoice": "INV", "payment": "PMT", "credit_note": "CRN"}
GL, BANK, CUSTOMER = (
    {"account_type": name} for name in ("G/L Account", "Bank Account", "Customer")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A customer's item of ours as it stands in NAV, and the key that it was posted under."""

    number: int
    kind: str
    document: str
    key: str
    customer: str
    currency: str
    day: str
    amount: Decimal


class Accountant:
    """Works in the company of an office under a user of his own."""

    def __init__(self, office: Office) -> None:
        self._nav = office.nav
        self._company = office.nav_company.state.company
        self._typed = 0

    async def entry(self, kind: str, number: int) -> Entry:
        """What stands of a document."""
        prefix = f"FB-{WORDS[kind]}-{number}-"
        keys = {
            (row["Document_Type"], row["Document_No"]): row["External_Document_No"]
            for row in await self._nav.rows("GeneralLedgerEntries")
            if row["External_Document_No"].startswith(prefix)
        }
        rows = [
            row
            for row in await self._nav.rows("CustomerLedgerEntries")
            if (row["Document_Type"], row["Document_No"]) in keys and not row["Reversed"]
        ]
        row = max(rows, key=lambda one: int(one["Entry_No"]))
        return Entry(
            number=int(row["Entry_No"]),
            kind=row["Document_Type"],
            document=row["Document_No"],
            key=keys[row["Document_Type"], row["Document_No"]],
            customer=row["Customer_No"],
            currency=row["Currency_Code"],
            day=row["Posting_Date"],
            amount=Decimal(row["Amount"]),
        )

    def number(self) -> str:
        """A document number of his own."""
        self._typed += 1
        return f"HAND{self._typed:04d}"

    async def post(self, head: Fields, *lines: Fields) -> None:
        """Post one document by hand."""
        await self._nav.control("journal", {**head, "lines": [dict(line) for line in lines]})

    async def reverse(self, entry: Entry) -> None:
        """Reverse what was posted."""
        await self._nav.control("reverse", {"document_no": entry.document})

    async def unapply(self, receipt: Entry, invoice: Entry) -> None:
        """Take a receipt or credit off an invoice."""
        details = await self._nav.rows(
            "DetailedCustLedgEntries", f"Cust_Ledger_Entry_No eq {receipt.number}"
        )
        day = max(row["Posting_Date"] for row in details)
        await self._nav.control("unapply", self._pair(receipt, invoice, day))

    async def apply(self, receipt: Entry, invoice: Entry, day: str = "") -> None:
        """Apply a receipt or credit to an invoice."""
        await self._nav.control("apply", self._pair(receipt, invoice, day or receipt.day))

    def _pair(self, receipt: Entry, invoice: Entry, day: str) -> Fields:
        return {
            "customer_no": invoice.customer,
            "from_document_type": receipt.kind,
            "from_document_no": receipt.document,
            "to_document_type": invoice.kind,
            "to_document_no": invoice.document,
            "document_no": receipt.document,
            "posting_date": max(day, receipt.day, invoice.day),
        }

    async def key_anew(self, entry: Entry, groups: Fields | None = None, **changed: Any) -> None:
        """Reverse an invoice that is not paid and key it in again under its key, line by line, with something changed."""
        rows = [
            row
            for row in await self._nav.rows("VATEntries", f"Document_No eq '{entry.document}'")
            if row["Document_Type"] == entry.kind
        ]
        await self.reverse(entry)
        at_home = not entry.currency and "currency_code" not in changed
        sales = _sales(entry, rows) if at_home else [{"amount": f"{-entry.amount}"}]
        sales = [{**one, **(groups or {})} for one in sales]
        await self._sell(entry, entry.amount, sales, changed)

    async def sell(self, entry: Entry, amount: Decimal, **changed: Any) -> None:
        """Key a sale in under the key of an invoice."""
        await self._sell(entry, amount, [{"amount": f"{-amount}"}], changed)

    async def _sell(
        self, entry: Entry, amount: Decimal, sales: list[Fields], changed: dict[str, Any]
    ) -> None:
        customer = changed.pop("customer", entry.customer)
        head = {
            "document_type": entry.kind,
            "document_no": f"{entry.document}-9",
            "external_document_no": entry.key,
            "posting_date": entry.day,
            **({"currency_code": entry.currency} if entry.currency else {}),
            **changed,
        }
        await self.post(
            head,
            {**CUSTOMER, "account_no": customer, "amount": f"{amount}"},
            *({**GL, "account_no": "4000", **self.sale(entry), **one} for one in sales),
        )

    @staticmethod
    def sale(entry: Entry) -> Fields:
        """The posting groups of a sale; abroad there is no VAT."""
        group, vat = ("EXPORT", "VAT0") if entry.currency else ("DOMESTIC", "VAT20")
        return {
            "gen_posting_type": "Sale",
            "gen_bus_posting_group": group,
            "gen_prod_posting_group": "SERVICES",
            "vat_bus_posting_group": group,
            "vat_prod_posting_group": vat,
        }

    async def move(
        self, entry: Entry, source: Fields, target: Fields, amount: Decimal, **head: Any
    ) -> None:
        """Move an amount from one account to another, under the key of a document."""
        given = {
            "document_type": "",
            "document_no": self.number(),
            "external_document_no": entry.key,
            "posting_date": entry.day,
            **head,
        }
        await self.post(
            given, {**source, "amount": f"{-amount}"}, {**target, "amount": f"{amount}"}
        )

    async def change(self, table: str, key: list[Any], **values: Any) -> None:
        """Change a record of a master or set-up table."""
        await self._nav.control("record", {"table": table, "key": key, "values": values})

    async def settle_vat(self, day: str) -> None:
        """Declare the VAT up to this day."""
        await self._nav.control("settle_vat", {"to": day})

    async def due(self, entry: Entry, day: str) -> None:
        """Give a customer more time, or less."""
        await self._nav.change("CustomerLedgerEntries", str(entry.number), Due_Date=day)


def _sales(entry: Entry, rows: Sequence[Fields]) -> list[Fields]:
    """A line for each VAT entry; a cent that NAV rounded is the first line's."""
    amounts = [Decimal(row["Base"]) + Decimal(row["Amount"]) for row in rows]
    amounts[0] -= entry.amount + sum(amounts)
    return [
        {"amount": f"{amount}", "vat_prod_posting_group": row["VAT_Prod_Posting_Group"]}
        for row, amount in zip(rows, amounts, strict=True)
    ]
