"""Makes the clients, items, invoices, credit notes and payments of a file in FreshBooks, and uses credits.

It may be run again: what is there already, by its number or name, is found by one listing of each kind
at the start and not made twice.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import httpx2

from tieout_sandboxes.retail.api import (
    IN_FLIGHT,
    Connection,
    FreshBooksApi,
    KeepTokens,
    Refused,
    Wire,
    forget,
)
from tieout_sandboxes.retail.bodies import (
    Payer,
    client_body,
    credit_note_body,
    invoice_body,
    item_body,
)
from tieout_sandboxes.retail.credits import Use, uses
from tieout_sandboxes.retail.documents import Customer, Document, Ledger, gather
from tieout_sandboxes.retail.rows import Issue, Row, read_rows

PROGRESS_EVERY_S = 5.0
TIMEOUT_S = 60.0
Thing = TypeVar("Thing")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Summary:
    """What was made in this run, what was there already, and what could not be loaded."""

    clients: int
    items: int
    invoices: int
    credit_notes: int
    payments: int
    overpayments: int
    credits_used: int
    lines: int
    existing_invoices: int
    existing_credit_notes: int
    refused: tuple[Issue, ...]
    notes: tuple[Issue, ...]
    seconds: float


def silence(_text: str) -> None:
    """Shows no progress."""


async def load_retail(
    source: Path,
    connection: Connection,
    *,
    seed: int = 1,
    credits_too: bool = True,
    keep_tokens: KeepTokens = forget,
    say: Say = silence,
) -> Summary:
    """Loads a file through the public API; LayoutError or LoadFailed where that cannot be done."""
    begun = time.monotonic()
    ledger = gather(read_rows(source))
    async with connected(connection, keep_tokens) as api:
        loading = _Loading(api, ledger, Payer(seed, credits_too), say)
        await loading.run()
    return loading.summary(round(time.monotonic() - begun, 2))


@asynccontextmanager
async def connected(
    connection: Connection, keep_tokens: KeepTokens = forget
) -> AsyncIterator[FreshBooksApi]:
    """Opens the few connections that loading needs, and closes them."""
    limits = httpx2.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    async with httpx2.AsyncClient(limits=limits, timeout=TIMEOUT_S) as http:
        yield FreshBooksApi(connection, http, keep_tokens)


class _Loading:
    """One run: what is known of the server, and what has been made."""

    def __init__(self, api: FreshBooksApi, ledger: Ledger, payer: Payer, say: Say) -> None:
        self._api, self._ledger, self._payer, self._say = api, ledger, payer, say
        self._refused = list(ledger.refused)
        self._rows = {document.number: document.rows[0] for document in ledger.documents}
        self._made = dict.fromkeys(("client", "item", "invoice", "credit_note", "payment"), 0)
        self._lines = self._overpayments = self._credits_used = 0
        self._existing = {"invoice": 0, "credit_note": 0}
        self._clients: dict[str, int] = {}
        self._items: set[str] = set()
        self._documents: dict[str, dict[str, Wire]] = {}

    async def run(self) -> None:
        """Looks at what exists, then makes what does not, masters first."""
        await self._look()
        ledger = self._ledger
        await self._each("clients", ledger.customers, self._client)
        await self._each("items", ledger.items, self._item)
        await self._each("documents", ledger.documents, self._document)
        if self._payer.credits:
            await self._each("credits", await self._uses(), self._use)

    def summary(self, seconds: float) -> Summary:
        """What came of it."""
        return Summary(
            clients=self._made["client"],
            items=self._made["item"],
            invoices=self._made["invoice"],
            credit_notes=self._made["credit_note"],
            payments=self._made["payment"] - self._credits_used,
            overpayments=self._overpayments,
            credits_used=self._credits_used,
            lines=self._lines,
            existing_invoices=self._existing["invoice"],
            existing_credit_notes=self._existing["credit_note"],
            refused=tuple(sorted(self._refused, key=lambda issue: issue.line)),
            notes=self._ledger.notes,
            seconds=seconds,
        )

    async def _look(self) -> None:
        every = self._api.every
        self._clients = {one["organization"]: one["id"] for one in await every("client")}
        self._items = {one["name"] for one in await every("item")}
        self._documents = {
            "invoice": {one["invoice_number"]: one for one in await every("invoice")},
            "credit_note": {
                one["credit_number"]: one
                for one in await every("credit_note")
                if one["credit_type"] != "overpayment"  # FreshBooks numbers those, not the file
            },
        }

    async def _client(self, customer: Customer) -> None:
        if customer.organization not in self._clients:
            made = await self._create("client", client_body(customer), customer.first)
            if made is not None:
                self._clients[customer.organization] = made["id"]

    async def _item(self, row: Row) -> None:
        if row.stock_code not in self._items:
            await self._create("item", item_body(row), row)

    async def _document(self, document: Document) -> None:
        client = self._clients.get(document.customer.organization)
        if client is None:
            first = document.rows[0]
            text = f"left out: there is no client {document.customer.organization}"
            self._refused.append(Issue(first.line, first.number, text))
        elif document.is_credit_note:
            await self._found_or_made("credit_note", document, credit_note_body(document, client))
        else:
            body = invoice_body(document, client)
            invoice = await self._found_or_made("invoice", document, body)
            if invoice is not None:
                await self._pay(document, invoice)

    async def _found_or_made(self, kind: str, document: Document, body: Wire) -> Wire | None:
        known = self._documents[kind].get(document.number)
        if known is not None:
            self._existing[kind] += 1
            return known
        made = await self._create(kind, body, document.rows[0])
        self._lines += 0 if made is None else len(document.rows)
        return made

    async def _pay(self, document: Document, invoice: Wire) -> None:
        """Pays an invoice that nothing has been paid on; so a run that broke off is completed by the next."""
        if Decimal(invoice["paid"]["amount"]) == 0:
            amount = Decimal(invoice["amount"]["amount"])
            body = self._payer.payment_body(document, invoice["id"], amount)
            made = body and await self._create("payment", body, document.rows[0])
            if made and made["overpaymentid"] is not None:
                self._overpayments += 1

    async def _uses(self) -> list[Use]:
        """Which credits are used for which invoices of this file; each client's in the order of time."""
        notes: dict[int, list[Wire]] = defaultdict(list)
        invoices: dict[int, list[Wire]] = defaultdict(list)
        for note in await self._api.every("credit_note"):
            notes[note["clientid"]].append(note)
        for invoice in await self._api.every("invoice"):
            if invoice["invoice_number"] in self._rows:
                invoices[invoice["customerid"]].append(invoice)
        seed = self._payer.seed
        return [
            use
            for client, given in notes.items()
            for use in uses(seed, given, invoices.get(client, []))
        ]

    async def _use(self, use: Use) -> None:
        row = self._rows[use.invoice_number]
        if await self._create("payment", use.body, row) is not None:
            self._credits_used += 1

    async def _create(self, kind: str, body: Wire, row: Row) -> Wire | None:
        """Makes a record; None where FreshBooks refuses it, which is counted at the row that caused it."""
        try:
            made = await self._api.create(kind, body)
        except Refused as refusal:
            text = f"FreshBooks refused the {kind.replace('_', ' ')}: {refusal}"
            self._refused.append(Issue(row.line, row.number, text))
            return None
        self._made[kind] += 1
        return made

    async def _each(
        self, what: str, things: Iterable[Thing], work: Callable[[Thing], Awaitable[None]]
    ) -> None:
        """Works through the things in order, a few at a time; the first failure ends all."""
        waiting = list(things)
        left = iter(waiting)
        done, told = 0, time.monotonic()

        async def worker() -> None:
            nonlocal done, told
            for thing in left:
                await work(thing)
                done += 1
                if time.monotonic() - told >= PROGRESS_EVERY_S:
                    told = time.monotonic()
                    self._say(f"{what}: {done:,} of {len(waiting):,}")

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(IN_FLIGHT):
                    group.create_task(worker())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        self._say(f"{what}: {len(waiting):,} of {len(waiting):,}")
