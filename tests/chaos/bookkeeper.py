"""Somebody who works in one FreshBooks business while everything behind it is being broken."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tieout_sandboxes.people import Fields, FreshbooksPerson
from tieout_sandboxes.story import line

KINDS = ("client", "invoice", "payment")
WEIGHTS = {"send": 6, "draft": 1, "edit": 3, "pay": 3, "delete": 1, "unpay": 1}


@dataclass
class Bookkeeper:
    """Creates, sends, edits, pays and deletes. Ids begin at ``first``, so that those of two businesses differ."""

    person: FreshbooksPerson
    dice: random.Random
    first: int
    acts: int = 0
    _clients: list[int] = field(default_factory=list)
    _open: list[int] = field(default_factory=list)
    _drafts: list[int] = field(default_factory=list)
    _payments: list[int] = field(default_factory=list)

    async def begin(self) -> None:
        """Make a few clients."""
        for kind in KINDS:
            await self.person.control("next_id", {kind: self.first})
        for n in range(3):
            made = await self.person.create(
                "client",
                organization=f"Client {self.first + n}",
                email=f"c{self.first + n}@example.com",
                p_country="United Kingdom",
            )
            self._clients.append(made["id"])

    async def act(self) -> None:
        """Do one thing."""
        kind = self.dice.choices([*WEIGHTS], [*WEIGHTS.values()])[0]
        work = {
            "send": self.send,
            "draft": self._draft,
            "edit": self._edit,
            "pay": self._pay,
            "delete": self._delete,
            "unpay": self._unpay,
        }
        await work[kind]()
        self.acts += 1

    async def send(self) -> None:
        """Write an invoice and send it, or send one that was a draft."""
        if self._drafts and self.dice.random() < 0.5:
            number = self._drafts.pop()
            await self.person.update("invoice", number, action_email=True)
        else:
            number = (await self._create(2))["id"]
        self._open.append(number)

    async def _draft(self) -> None:
        self._drafts.append((await self._create(1))["id"])

    async def _edit(self) -> None:
        if not self._open:
            return await self.send()
        lines = [self._line() for _ in range(self.dice.randint(1, 3))]
        await self.person.update("invoice", self.dice.choice(self._open), lines=lines)
        return None

    async def _pay(self) -> None:
        """Pay the whole; what is paid is not edited or deleted any more."""
        if not self._open:
            return await self.send()
        number = self._taken(self._open)
        (invoice,) = [i for i in await self.person.every("invoice") if i["id"] == number]
        made = await self.person.create(
            "payment",
            invoiceid=number,
            amount=invoice["outstanding"],
            date="2026-03-20",
            type="Bank Transfer",
        )
        self._payments.append(made["id"])
        return None

    async def _unpay(self) -> None:
        """A payment was keyed in wrongly and is deleted."""
        if not self._payments:
            return await self.send()
        await self.person.update("payment", self._taken(self._payments), vis_state=1)
        return None

    async def _delete(self) -> None:
        if not self._open:
            return await self.send()
        await self.person.update("invoice", self._taken(self._open), vis_state=1)
        return None

    def _taken(self, numbers: list[int]) -> int:
        return numbers.pop(self.dice.randrange(len(numbers)))

    async def _create(self, status: int) -> Fields:
        return await self.person.create(
            "invoice",
            customerid=self.dice.choice(self._clients),
            create_date="2026-03-10",
            currency_code="GBP",
            due_offset_days=30,
            status=status,
            lines=[self._line() for _ in range(self.dice.randint(1, 3))],
        )

    def _line(self) -> Fields:
        pence = self.dice.randrange(100, 90_000)
        return line("Consulting", str(self.dice.randint(1, 9)), f"{pence // 100}.{pence % 100:02d}")
