"""What others do in a system while a request of the product is under way: a deadlock, a posting rolled back, a list that changes between two pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import unquote_plus as unquote

from httpx2 import Request, Response

from tieout_sandboxes.nav import accountant
from tieout_sandboxes.nav.company import Company
from tieout_sandboxes.nav.database import Row
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.faults import POINTS
from tieout_sandboxes.nav.gateway import FUNCTIONS
from tieout_simulator.bookkeepers import LIST_CHANGES
from tieout_simulator.checkers import Violation
from tieout_simulator.coverage import Coverage
from tieout_simulator.faults import MEDDLING
from tieout_simulator.sandboxes import Nav
from tieout_simulator.trace import Trace

Cell = tuple[str, str]
Carry = Callable[[Request], Awaitable[Response]]
ENTRY = re.compile(r"/CustomerLedgerEntries\((?:Entry_No=)?(\d+)\)$")
WORKS = frozenset(f"gateway {name}" for name in FUNCTIONS)
ASKS = frozenset(
    {
        "nav read",
        "nav write",
        "gateway Find",
        "gateway Claim",
        "gateway LastEntry",
        "gateway Ping",
    }
)
LEDGER = frozenset({"nav read CustomerLedgerEntries"})
READS = frozenset({"nav read", "gateway Find"})
# Of what is asked, what is asked seldom.
RARE = frozenset(
    {"nav write Customer", "nav write CustomerLedgerEntries", "gateway Ping", "gateway LastEntry"}
)
SELDOM_DONE = frozenset({"gateway Reverse", "gateway SetDueDate", "gateway Apply"})
SELDOM_FOUND = frozenset({"gateway Find customer", "gateway Find credit_note"})
SELDOM_READ = frozenset({"nav read CurrencyExchangeRates", "nav read PaymentTerms"})
LONGEST_POSTING_S = 9.0
# Nobody is so quick as to change a list at each of its pages.
HASTE_S = 10.0
CORRECTION = "Correction of Remaining Amount"


@dataclass(frozen=True, slots=True)
class Meddler:
    """A fault, the steps (perhaps with what they are about) at which it applies, how much oftener than others, and how a request fares that meets it."""

    fault: str
    steps: frozenset[str]
    weight: float
    work: Callable[[Request, Carry, Cell], Coroutine[Any, Any, Response]]


class RolledBackError(Exception):
    """A posting that somebody else has begun comes to nothing."""


class _Met:
    def __init__(self, dice: Random, coverage: Coverage, trace: Trace) -> None:
        self._dice, self._coverage, self._trace = dice, coverage, trace

    def _met(self, fault: str, cell: Cell) -> None:
        self._coverage.note(fault, *cell)
        self._trace.note("world", f"{fault} [{' '.join(cell)}]: {MEDDLING[fault]}")


class OthersInNav(_Met):
    """Other sessions of NAV's database."""

    def __init__(self, nav: Nav, dice: Random, coverage: Coverage, trace: Trace) -> None:
        super().__init__(dice, coverage, trace)
        self._company, self._faults = nav.state.company, nav.state.faults
        self._posting: asyncio.Task[None] | None = None
        self._asked: set[str] = set()
        self.broken: list[Violation] = []

    def meddlers(self) -> list[Meddler]:
        """What they may do to a request."""
        return [
            Meddler("deadlock", WORKS, 5.0, self._deadlock),
            Meddler("deadlock", SELDOM_DONE, 10.0, self._deadlock),
            Meddler("deadlock", RARE, 5.0, self._deadlock),
            Meddler("deadlock", ASKS - READS, 1.5, self._deadlock),
            Meddler("deadlock", READS, 0.4, self._deadlock),
            Meddler("stale_etag", frozenset({"nav write"}), 30.0, self._stale_etag),
            Meddler("deadlock", SELDOM_FOUND, 2.0, self._deadlock),
            Meddler("dirty_read", frozenset({"gateway Find"}), 5.0, self._dirty_read),
            Meddler("dirty_read", LEDGER, 2.0, self._dirty_read),
            Meddler("dirty_read", SELDOM_READ, 1.0, self._dirty_read),
            Meddler("dirty_read", frozenset({"nav read"}), 0.4, self._dirty_read),
        ]

    async def _deadlock(self, request: Request, carry: Carry, cell: Cell) -> Response:
        """At a point of the gateway's work if the request has commands; before anything is done otherwise."""
        order: dict[str, Any] = {"kind": "refuse", "error": "deadlock", "path": request.url.path}
        if cell[0] in WORKS and self._dice.random() < 0.8:
            # Any command of the call, not always the first.
            order = {"kind": "gateway_deadlock", "point": self._dice.choice(POINTS), "after": self._dice.choice((0, 0, 1, 2))}  # fmt: skip
        number = self._faults.add(order)
        response = await carry(request)
        ordered = [fault for fault in self._faults.active if fault.id == number]
        if not ordered or not ordered[0].times:
            self._met("deadlock", cell)
        self._faults.active[:] = [f for f in self._faults.active if f.id != number]
        return response

    async def _stale_etag(self, request: Request, carry: Carry, cell: Cell) -> Response:
        """Another user writes into the entry whose due date is about to be changed; NAV must not let that be overwritten unseen."""
        found = ENTRY.search(request.url.path)
        if request.method != "PATCH" or found is None:
            return await carry(request)
        database = self._company.database
        async with self._company.lock:
            row = database.get("Cust. Ledger Entry", int(found[1]))
            if row is None:  # what was read had not been committed
                return await carry(request)
            with database.transaction():
                database.modify("Cust. Ledger Entry", {**row, "On Hold": "TEL"})
        response = await carry(request)
        self._met("stale_etag", cell)
        if response.status_code < 300:
            text = f"entry {found[1]}: a change of another user was overwritten"
            self.broken.append(Violation("nothing overwritten unseen", text))
        return response

    # ------------------------------------------------------------ dirty reads

    async def _dirty_read(self, request: Request, carry: Carry, cell: Cell) -> Response:
        """Somebody begins to post just before NAV reads, and fails a while later."""
        if not self._company.lock.locked():
            asked = unquote(str(request.url))
            self._posting = asyncio.ensure_future(self._post_in_vain(asked))
            await asyncio.sleep(0)
        response = await carry(request)
        if self._company.database.uncommitted:
            self._met("dirty_read", cell)
        return response

    async def _post_in_vain(self, asked: str) -> None:
        async with self._company.lock:
            try:
                with suppress(RolledBackError, NavError, LookupError), self._company.database.transaction():  # fmt: skip
                    self._trace.note("others", f"post in vain: {self._post(asked)}")
                    await asyncio.sleep(self._dice.random() * LONGEST_POSTING_S)
                    raise RolledBackError
            except AssertionError as defect:  # the sandbox's own, of which nobody else would hear
                self.broken.append(Violation("NAV keeps double entry", str(defect)))

    def _post(self, asked: str) -> str:
        """One thing that an accountant may do to what Tieout reads, rather to what it is asking for."""
        entries = self._company.database.all("Cust. Ledger Entry")
        self._asked = {no for row in entries if f"'{(no := row['Document No.'])}'" in asked}
        acts = [self._receipt, self._invoice, self._reverse, self._unapply, self._apply]
        if self._asked:
            acts += [self._reverse]
        if any(self._company.database.all("Gen. Journal Line")):
            acts += [self._drafts]
        act = self._dice.choice(acts)
        act()
        return act.__name__.strip("_")

    def _order(self, name: str, **order: Any) -> None:
        accountant.carry_out(self._company, name, order)

    def _entries(self, *kinds: str, open_only: bool = True) -> list[Row]:
        rows = list(self._company.database.all("Cust. Ledger Entry"))[-60:]
        return [r for r in rows if r["Document Type"] in kinds and (r["Open"] or not open_only)]

    def _journal(self, kind: str, number: str, customer: str, account: str, amount: Decimal) -> None:  # fmt: skip
        self._order(
            "journal",
            document_type=kind,
            document_no=number,
            posting_date=self._company.today().isoformat(),
            lines=[
                {"account_type": "Customer", "account_no": customer, "amount": f"{amount}"},
                {"account_type": "Bank Account", "account_no": account, "amount": f"{-amount}"},
            ],
        )

    def _receipt(self) -> None:
        """The money for an open invoice, which looks as if it were there already."""
        entry = self._dice.choice(self._entries("Invoice"))
        number = f"HAND{self._dice.randrange(10**6)}"
        amount = self._company.database.find("Detailed Cust. Ledg. Entry", {"Cust. Ledger Entry No.": entry["Entry No."]})[0]["Amount"]  # fmt: skip
        self._journal("Payment", number, entry["Customer No."], "BANK-GBP", -abs(amount))

    def _invoice(self) -> None:
        """An invoice under the number that follows the last, as if it were taken."""
        entry = self._entries("Invoice", open_only=False)[-1]
        digits = "".join(c for c in entry["Document No."] if c.isdigit())
        number = entry["Document No."].replace(digits, str(int(digits) + 1).zfill(len(digits)))
        self._journal("Invoice", number, entry["Customer No."], "BANK-GBP", Decimal(10))

    def _reverse(self) -> None:
        entries = self._entries("Invoice", "Payment", "Credit Memo")
        entries = [e for e in entries if e["Transaction No."] not in corrected(self._company)]
        asked = [e for e in entries if e["Document No."] in self._asked]
        entry = self._dice.choice(asked or entries)
        self._order("reverse", document_no=entry["Document No."])

    def _drafts(self) -> None:
        """What waits in a journal, of which nothing is left there and all stands in the ledger."""
        row = self._dice.choice(list(self._company.database.all("Gen. Journal Line")))
        self._order(
            "post_batch",
            template_name=row["Journal Template Name"],
            batch_name=row["Journal Batch Name"],
        )

    def _unapply(self) -> None:
        database = self._company.database
        rows = [r for r in database.all("Detailed Cust. Ledg. Entry") if r["Entry Type"] == "Application"]  # fmt: skip
        row = self._dice.choice(rows[-40:])
        mine = database.existing("Cust. Ledger Entry", row["Cust. Ledger Entry No."])
        other = database.existing("Cust. Ledger Entry", row["Applied Cust. Ledger Entry No."])
        self._application("unapply", other, mine, row["Posting Date"].isoformat())

    def _apply(self) -> None:
        money = self._dice.choice(self._entries("Payment", "Credit Memo"))
        owed = [e for e in self._entries("Invoice") if e["Customer No."] == money["Customer No."]]
        self._application("apply", money, self._dice.choice(owed), self._company.today().isoformat())  # fmt: skip

    def _application(self, order: str, source: Row, to: Row, day: str) -> None:
        self._order(
            order,
            customer_no=to["Customer No."],
            from_document_type=source["Document Type"],
            from_document_no=source["Document No."],
            to_document_type=to["Document Type"],
            to_document_no=to["Document No."],
            document_no=source["Document No."],
            posting_date=day,
        )


def corrected(company: Company) -> set[int]:
    """Transactions in which an application left a cent that was booked off. Nobody knows what NAV makes of reversing one after it was unapplied."""
    details = company.database.all("Detailed Cust. Ledg. Entry")
    return {d["Transaction No."] for d in details if d["Entry Type"] == CORRECTION}


class OthersInFreshbooks(_Met):
    """People who work in FreshBooks while a list is read. ``act`` lets one of them do something to the documents of a kind."""

    def __init__(
        self, act: Callable[[str], Awaitable[None]], dice: Random, coverage: Coverage, trace: Trace
    ) -> None:
        super().__init__(dice, coverage, trace)
        self._act, self._at = act, -HASTE_S

    def meddlers(self) -> list[Meddler]:
        """What they may do to a request."""
        return [Meddler("page_shift", frozenset({"poll and read"}), 12.0, self._page_shift)]

    async def _page_shift(self, request: Request, carry: Carry, cell: Cell) -> Response:
        response, now = await carry(request), asyncio.get_running_loop().time()
        if _more_pages(response) and cell[1] in LIST_CHANGES and now - self._at >= HASTE_S:
            self._at = now
            self._met("page_shift", cell)
            await self._act(cell[1])
        return response


def _more_pages(response: Response) -> bool:
    if response.status_code != 200:
        return False
    result = response.json().get("response", {}).get("result", {})
    return bool(result.get("page", 0) < result.get("pages", 0) and result.get("per_page", 1) > 1)
