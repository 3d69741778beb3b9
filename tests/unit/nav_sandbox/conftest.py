from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from tieout_sandboxes.nav import gateway
from tieout_sandboxes.nav.business import flow
from tieout_sandboxes.nav.commands import (
    Application,
    Command,
    Document,
    Hold,
    Line,
    NewCustomer,
    NewDueDate,
    Result,
    Reversal,
)
from tieout_sandboxes.nav.companies import open_company
from tieout_sandboxes.nav.company import Company

NOW = dt.datetime(2026, 4, 10, 9, 30, tzinfo=dt.UTC)
DAY = dt.date(2026, 3, 10)


async def _go_on(name: str) -> None:
    """A point at which nothing happens."""


@dataclass
class Books:
    """A company with its gateway: what to post, and what then stands in the ledgers."""

    company: Company = field(default_factory=lambda: open_company("gb", lambda: NOW))
    # That of the last call; each has the next.
    epoch: int = 0
    point: Callable[[str], Awaitable[None]] = _go_on

    # ------------------------------------------------------------ commands

    def customer(self, key: str = "FB-CUS-1", **more: Any) -> NewCustomer:
        given = {
            "name": "Acme Ltd",
            "country_region_code": "GB",
            "gen_bus_posting_group": "DOMESTIC",
            "customer_posting_group": "DOMESTIC",
            "payment_terms_code": "30 DAYS",
            **more,
        }
        return NewCustomer(key=key, hash=hash_of(key), **given)

    def sale(
        self,
        number: str,
        owed: str,
        *lines: tuple[str, str, str, str, str | None],
        kind: str = "Invoice",
        **more: Any,
    ) -> Document:
        """A line is (account, product group, VAT product group, gross amount, VAT or None)."""
        applies = more.pop("applies_to", "")
        debtor = Line(
            account_type="Customer",
            account_no=more.pop("customer", "C00010"),
            amount=Decimal(owed),
            applies_to_doc_type="Invoice" if applies else "",
            applies_to_doc_no=applies,
        )
        key = more.pop("key", f"FB-{number}")
        given = {"posting_date": DAY, "template_name": "GENERAL", **more}
        return Document(
            key=key,
            hash=hash_of(f"{number} {owed}"),
            batch_name="FRESHBOOKS",
            document_type=kind,
            document_no=number,
            lines=(debtor, *(_revenue(*line) for line in lines)),
            **given,
        )

    def invoice(self, number: str = "FB0000101", owed: str = "960.00", **more: Any) -> Document:
        return self.sale(number, owed, ("4000", "SERVICES", "VAT20", f"-{owed}", None), **more)

    def payment(self, number: str = "FBP10301", amount: str = "960.00", **more: Any) -> Document:
        paid = self.sale(
            number,
            str(-Decimal(amount)),
            kind=more.pop("kind", "Payment"),
            **{"template_name": "CASHRCPT", "posting_date": dt.date(2026, 4, 2), **more},
        )
        bank = Line(account_type="Bank Account", account_no="BANK-GBP", amount=Decimal(amount))
        return replace(paid, lines=(*paid.lines, bank))

    def application(self, key: str, source: str, target: str, **more: Any) -> Application:
        kinds = more.pop("kinds", ("Payment", "Invoice"))
        given = {"posting_date": dt.date(2026, 4, 3), "document_no": source, **more}
        return Application(
            key=key,
            hash=hash_of(key),
            customer_no="C00010",
            from_document_type=kinds[0],
            from_document_no=source,
            to_document_type=kinds[1],
            to_document_no=target,
            **given,
        )

    # ------------------------------------------------------------ calls

    async def call(self, name: str, *commands: Command, **more: Any) -> list[Result]:
        function = gateway.FUNCTIONS[name]
        self.epoch += 1
        return await gateway.work(self.company, function, self.epoch, commands, self.point, **more)

    async def create(self, *customers: NewCustomer) -> list[Result]:
        return await self.call("CreateCustomers", *customers)

    async def post(self, *documents: Document, **more: Any) -> list[Result]:
        return await self.call("Post", *documents, **more)

    async def apply(self, *applications: Application) -> list[Result]:
        return await self.call("Apply", *applications)

    async def unapply(self, *applications: Application) -> list[Result]:
        return await self.call("Unapply", *applications)

    async def reverse(self, document_key: str, key: str = "FB-REV-1") -> Result:
        reversal = Reversal(key=key, hash=hash_of(key), document_key=document_key)
        (result,) = await self.call("Reverse", reversal)
        return result

    async def hold(self, kind: str, number: str, code: str, key: str = "FB-HLD-1") -> Result:
        what: dict[str, Any] = {
            "customer_no": "C00010",
            "document_type": kind,
            "document_no": number,
        }
        hold = Hold(key=key, hash=hash_of(key + code), on_hold=code, **what)
        (result,) = await self.call("SetOnHold", hold)
        return result

    async def due(self, number: str, day: dt.date | None, key: str = "FB-DUE-1") -> Result:
        change = NewDueDate(
            key=key,
            hash=hash_of(f"{key}{day}"),
            customer_no="C00010",
            document_type="Invoice",
            document_no=number,
            due_date=day,
        )
        (result,) = await self.call("SetDueDate", change)
        return result

    async def posted(self, *documents: Document) -> list[Result]:
        results = await self.post(*documents)
        assert [result.status for result in results] == ["posted"] * len(documents), results
        return results

    async def refusal(self, document: Document) -> str:
        """NAV's words; nothing may have changed."""
        before = self.contents()
        (result,) = await self.post(document)
        assert result.status == "refused", result
        assert self.contents() == before
        return result.text

    # ------------------------------------------------------------ ledgers

    def rows(self, table: str) -> list[dict[str, Any]]:
        return list(self.company.database.all(table))

    def gl(self, document_no: str = "") -> dict[str, Decimal]:
        """Net amount per G/L account, of one document or of all."""
        net: dict[str, Decimal] = {}
        for row in self.rows("G/L Entry"):
            if document_no in ("", row["Document No."]):
                account = row["G/L Account No."]
                net[account] = net.get(account, Decimal(0)) + row["Amount"]
        return net

    def open_items(self) -> dict[str, Decimal]:
        return {
            row["Document No."]: flow.remaining(self.company, row["Entry No."])[0]
            for row in self.rows("Cust. Ledger Entry")
            if row["Open"]
        }

    def setup(self, table: str, *key: Any, **changes: Any) -> None:
        """Changes set-up; the fields' names are given with underscores for blanks."""
        row = self.company.database.existing(table, *key)
        named = {name.replace("_", " "): value for name, value in changes.items()}
        self.company.database.modify(table, {**row, **named})

    def contents(self) -> dict[str, Sequence[dict[str, Any]]]:
        """Everything that posting could change, the epoch left out."""
        tables = (
            "Customer",
            "No. Series Line",
            "G/L Entry",
            "Cust. Ledger Entry",
            "Detailed Cust. Ledg. Entry",
            "VAT Entry",
            "Bank Account Ledger Entry",
            "G/L Register",
            "Tieout Key",
        )
        return {table: self.rows(table) for table in tables}


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _revenue(account: str, product: str, vat: str, amount: str, tax: str | None) -> Line:
    return Line(
        account_type="G/L Account",
        account_no=account,
        amount=Decimal(amount),
        gen_posting_type="Sale",
        gen_bus_posting_group="DOMESTIC",
        gen_prod_posting_group=product,
        vat_bus_posting_group="DOMESTIC",
        vat_prod_posting_group=vat,
        vat_amount=None if tax is None else Decimal(tax),
    )


@pytest.fixture
async def books() -> Books:
    """A company with one customer, C00010."""
    books = Books()
    (made,) = await books.create(books.customer())
    assert made.no == "C00010"
    return books


@pytest.fixture
def new_books() -> type[Books]:
    """For tests that need more than one company, or a fresh one per example."""
    return Books
