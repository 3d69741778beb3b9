"""What happens in both systems besides the bookkeeper's work: periods close, customers are blocked, consents are revoked, strangers knock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any
from urllib.parse import urlencode

import httpx2

from tieout_sandboxes.nav import accountant
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.faults import POINTS
from tieout_simulator.coverage import Coverage
from tieout_simulator.faults import FRESHBOOKS, NAV, PEOPLE, Swarm
from tieout_simulator.meddling import corrected
from tieout_simulator.sandboxes import FreshBooks, Nav
from tieout_simulator.trace import Trace
from tieout_simulator.worker import ADDRESS

EVERY_S = 7_200.0
# What costs much, or takes documents out of what can be judged, happens less often.
OFTEN = {"stuck_call": 0.4, **dict.fromkeys(PEOPLE, 0.3)}
# How the sandbox calls what it does to its notifications.
HOOKS = {
    "hooks_twice": "webhook_duplicate",
    "hooks_reordered": "webhook_reorder",
    "hooks_late": "webhook_delay",
}
# What is no transaction in NAV's database.
ALONE = frozenset({"locked", "nav_slow", "gateway_crash", "stuck_call", *FRESHBOOKS})
Undo = Callable[[], None]


class Mischief:
    """Does what the swarm has on, now and then, and undoes all of it at the end (``rest``). ``in_nav``: in NAV too, and not in FreshBooks only."""

    def __init__(
        self,
        freshbooks: FreshBooks,
        nav: Nav,
        hooks: httpx2.AsyncClient,
        swarm: Swarm,
        dice: Random,
        coverage: Coverage,
        trace: Trace,
        excuses: list[str],
        *,
        pair: str = "main",
        in_nav: bool = True,
    ) -> None:
        self._excuses, self._pair = excuses, pair
        self._freshbooks, self._nav, self._hooks = freshbooks, nav, hooks
        self._dice, self._coverage, self._trace = dice, coverage, trace
        here = (*NAV, *FRESHBOOKS, *PEOPLE) if in_nav else tuple(FRESHBOOKS)
        self._names = [n for n in here if n in swarm]
        self._swarm = swarm
        self._undo: dict[str, Undo] = {}
        self.touched: set[str] = set()

    async def run(self) -> None:
        """Until cancelled."""
        while self._names:
            await asyncio.sleep(self._dice.random() * 2 * EVERY_S)
            for name in self._names:
                if self._dice.random() < min(0.5, self._swarm.likely[name] * OFTEN.get(name, 2.0)):
                    await self._happens(name)

    async def _happens(self, name: str) -> None:
        """People wait for a posting that is under way."""
        if name not in ALONE:
            async with self._nav.state.company.lock:
                await self._begins_or_ends(name)
        else:
            await self._begins_or_ends(name)

    async def _begins_or_ends(self, name: str) -> None:
        if name in self._undo:
            self._trace.note("world", f"{name} ends")
            self._undo.pop(name)()
            return
        action: Callable[[], Awaitable[Undo | None]] = getattr(self, f"_{name}")
        try:
            undo = await action()
        except (NavError, IndexError) as moot:
            self._trace.note("world", f"{name}: {str(moot)[:60]}")
            return
        if name not in HOOKS:
            self._coverage.note(name, "world")
        self._trace.note(
            "world", f"{name}: {NAV.get(name) or FRESHBOOKS.get(name) or PEOPLE[name]}"
        )
        if undo is not None:
            self._undo[name] = undo

    async def rest(self) -> None:
        """Everything is as it was; what people have posted in NAV stays."""
        self._nav.state.faults.clear()
        async with self._nav.state.company.lock:
            for name in list(self._undo):
                self._undo.pop(name)()
        for name, kind in HOOKS.items():
            self._coverage.met[name, "webhook", ""] += self._freshbooks.faults.hits[kind]
        self._freshbooks.faults.clear()

    # ------------------------------------------------------------ NAV

    def _order(self, name: str, **order: Any) -> dict[str, Any]:
        return accountant.carry_out(self._nav.state.company, name, order)

    def _record(self, table: str, key: list[str], **values: Any) -> None:
        self._order("record", table=table, key=key, values={n.replace("_", " "): v for n, v in values.items()})  # fmt: skip

    def _rows(self, table: str) -> list[dict[str, Any]]:
        return list(self._nav.state.company.database.all(table))

    async def _gateway_crash(self) -> None:
        point = self._dice.choice(POINTS)
        self._coverage.note("gateway_crash", point)
        self._nav.state.faults.add({"kind": "gateway_crash", "point": point, "after": self._dice.randrange(3)})  # fmt: skip

    async def _stuck_call(self) -> None:
        """It stands still and then crashes; a worker that takes over meanwhile must not take for done what it sees."""
        point = self._dice.choice(("key_inserted", "lines_posted"))
        faults, ms = self._nav.state.faults, self._dice.randrange(5_000, 200_000)
        faults.add({"kind": "gateway_pause", "point": point, "ms": ms})
        faults.add({"kind": "gateway_crash", "point": point})

    async def _locked(self) -> None:
        async def hold() -> None:
            async with self._nav.state.company.lock:
                await asyncio.sleep(15.0 + self._dice.random() * 60)

        self._holding = asyncio.ensure_future(hold())

    async def _nav_slow(self) -> Undo:
        switches = self._nav.state.switches
        usual = switches["posting_ms"]
        switches.set("posting_ms", self._dice.choice((2_000, 9_000, 40_000)))
        return lambda: switches.set("posting_ms", usual)

    async def _period_closed(self) -> Undo:
        day = self._nav.state.company.today().replace(day=1)
        self._record("General Ledger Setup", [""], Allow_Posting_From=day.isoformat())
        return lambda: self._record("General Ledger Setup", [""], Allow_Posting_From="0001-01-01")

    async def _customer_blocked(self) -> Undo:
        customers = [row["No."] for row in self._rows("Customer")]
        number = self._dice.choice(customers)
        self._record("Customer", [number], Blocked=self._dice.choice(("Invoice", "All")))
        return lambda: self._record("Customer", [number], Blocked=" ")

    async def _account_blocked(self) -> Undo:
        self._record("G/L Account", ["4000"], Direct_Posting=False)
        return lambda: self._record("G/L Account", ["4000"], Direct_Posting=True)

    async def _batch_renamed(self) -> Undo:
        database = self._nav.state.company.database
        key = ("GENERAL", "FRESHBOOKS")
        batch = database.existing("Gen. Journal Batch", *key)
        with database.transaction():
            database.delete("Gen. Journal Batch", *key)

        def back() -> None:
            with database.transaction():
                database.insert("Gen. Journal Batch", batch)

        return back

    async def _leftover_lines(self) -> None:
        database = self._nav.state.company.database
        line = {
            "Journal Template Name": "GENERAL",
            "Journal Batch Name": "FRESHBOOKS",
            "Line No.": 10_000 * (1 + len(list(database.all("Gen. Journal Line")))),
            "Document No.": "LEFT",
            "Amount": 0,
        }
        with database.transaction():
            database.insert("Gen. Journal Line", line)

    # ------------------------------------------------------------ people in NAV

    async def _nav_receipt(self) -> None:
        number = self._dice.choice([row["No."] for row in self._rows("Customer")])
        amount = f"{self._dice.randrange(10, 400)}.00"
        today = self._nav.state.company.today().isoformat()
        self._order(
            "journal",
            document_type="Payment",
            document_no=f"HAND{self._dice.randrange(10**6)}",
            posting_date=today,
            lines=[
                {"account_type": "Customer", "account_no": number, "amount": f"-{amount}"},
                {"account_type": "Bank Account", "account_no": "BANK-GBP", "amount": amount},
            ],
        )
        self.touched.add(number)

    async def _nav_unapply(self) -> None:
        rows = self._rows("Detailed Cust. Ledg. Entry")
        row = self._dice.choice([r for r in rows if r["Entry Type"] == "Application"][-40:])
        entries = {r["Entry No."]: r for r in self._rows("Cust. Ledger Entry")}
        mine, other = entries[row["Cust. Ledger Entry No."]], entries[row["Applied Cust. Ledger Entry No."]]  # fmt: skip
        self._order(
            "unapply",
            customer_no=mine["Customer No."],
            from_document_type=other["Document Type"],
            from_document_no=other["Document No."],
            to_document_type=mine["Document Type"],
            to_document_no=mine["Document No."],
            document_no=other["Document No."],
            posting_date=str(row["Posting Date"]),
        )
        self.touched.add(mine["Customer No."])

    async def _nav_reverse(self) -> None:
        unclear = corrected(self._nav.state.company)
        rows = [r for r in self._rows("Cust. Ledger Entry") if r["Transaction No."] not in unclear]
        row = self._dice.choice([r for r in rows if r["Open"] and not r["Reversed"]])
        self._order("reverse", document_no=row["Document No."])
        self.touched.add(row["Customer No."])

    # ------------------------------------------------------------ FreshBooks

    async def _revoked(self) -> None:
        grants = self._freshbooks.books.grants
        for token in list(grants._refresh):
            grants.revoke(token)
        grants._access.clear()
        self._excuses.append("revoked")

    async def _expired(self) -> None:
        """All access tokens end now; refresh tokens go on."""
        self._freshbooks.books.grants._access.clear()

    async def _forged(self) -> None:
        body = urlencode({"name": "invoice.update", "object_id": "1", "account_id": "evil"})
        try:
            await self._hooks.post(
                f"http://{ADDRESS}/webhooks/freshbooks/{self._pair}",
                content=body,
                headers={"X-FreshBooks-Hmac-SHA256": "bm90IGEgc2lnbmF0dXJl"},
            )
        except httpx2.HTTPError:
            return

    async def _hooks_twice(self) -> None:
        self._order_hooks("hooks_twice")

    async def _hooks_reordered(self) -> None:
        self._order_hooks("hooks_reordered")

    async def _hooks_late(self) -> None:
        self._order_hooks("hooks_late", ms=self._dice.randrange(1, 20) * 1_800_000)

    def _order_hooks(self, name: str, **more: int) -> None:
        """A few of the next notifications."""
        times = self._dice.randrange(1, 6)
        self._freshbooks.faults.add({"kind": HOOKS[name], "times": times, **more})

    async def _hooks_off(self) -> Undo:
        core, announce = self._freshbooks.books.core, self._freshbooks.books.core.announce
        core.announce = lambda _name, _number: None

        def back() -> None:
            core.announce = announce

        return back
