"""The books that are broken: two months of a small firm, kept by the product, agreed to the cent. Amounts, days and shares are drawn by the seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from breaks.office import Office

FIRST = date(2026, 3, 2)
HOME, ABROAD = ("Acme", "Borough", "Crown"), ("Dorn",)
SERVICES = ("Consulting", "Training", "Support")
Fields = dict[str, Any]


@dataclass
class Bill:
    """An invoice, and what was paid of it."""

    number: int
    client: int
    currency: str
    amount: Decimal
    payments: list[int] = field(default_factory=list)


@dataclass
class Credit:
    """A credit note; ``use`` is the payment that uses it."""

    number: int
    client: int
    amount: Decimal
    use: int = 0


class Firm:
    """Bills by how far they are paid, and credits by what they are for."""

    def __init__(self, office: Office, seed: int) -> None:
        self.office, self.dice = office, Random(f"firm {seed}")
        self.unpaid: list[Bill] = []
        self.paid: list[Bill] = []
        self.part_paid: list[Bill] = []
        self.overpaid: list[Bill] = []
        self.goodwill: list[Credit] = []
        self.prepaid: list[Credit] = []
        self.used: list[tuple[Credit, Bill]] = []
        self.clients: dict[int, str] = {}

    async def play(self) -> None:
        """Work, get paid, and let Tieout keep the ledger."""
        await self._clients()
        for month in range(2):
            await self._month(FIRST + timedelta(days=31 * month))
            await self.office.sync()

    async def _clients(self) -> None:
        for name in (*HOME, *ABROAD):
            currency = "EUR" if name in ABROAD else "GBP"
            made = await self.office.person.create(
                "client",
                organization=f"{name} Ltd",
                email=f"{name.lower()}@example.test",
                p_country="Germany" if name in ABROAD else "United Kingdom",
                currency_code=currency,
            )
            self.clients[int(made["id"])] = currency

    async def _month(self, first: date) -> None:
        self._first = first
        for client in self.clients:
            self.unpaid.append(await self._bill(client))
            self.paid.append(await self._settled(client, Decimal(1)))
            self.part_paid.append(await self._settled(client, self._share(20, 80)))
        home = [client for client, currency in self.clients.items() if currency == "GBP"]
        self.overpaid.append(await self._settled(self.dice.choice(home), self._share(105, 140)))
        self.goodwill.append(await self.credit(self.dice.choice(home), "goodwill"))
        self.prepaid.append(await self.credit(self.dice.choice(home), "prepayment"))
        await self._use(self.dice.choice(home))
        await self._until(first + timedelta(days=28))

    async def _until(self, day: date) -> None:
        await self.office.until(day)

    def _share(self, least: int, most: int) -> Decimal:
        return Decimal(self.dice.randrange(least, most)) / 100

    def day(self, least: int = 0, most: int = 20) -> date:
        """A day of the month that is played."""
        return self._first + timedelta(days=self.dice.randrange(least, most))

    def line(self, currency: str, name: str = "") -> Fields:
        """A piece of work at a price of its own."""
        price = f"{self.dice.randrange(2_000, 60_000) / 100:.2f}"
        tax = {"taxName1": "VAT", "taxAmount1": self.dice.choice(("20", "20", "5"))}
        return {
            "type": 0,
            "name": name or self.dice.choice(SERVICES),
            "qty": str(self.dice.randrange(4, 40) / 4),
            "unit_cost": {"amount": price, "code": currency},
            **(tax if currency == "GBP" else {}),
        }

    async def _bill(self, client: int, **given: Any) -> Bill:
        currency = self.clients[client]
        lines = [self.line(currency) for _ in range(self.dice.choice((1, 1, 2)))]
        made = await self.office.person.create(
            "invoice",
            customerid=client,
            currency_code=currency,
            **{
                "status": 2,
                "create_date": self.day().isoformat(),
                "due_offset_days": 30,
                "lines": lines,
                **given,
            },
        )
        return Bill(int(made["id"]), client, currency, Decimal(made["amount"]["amount"]))

    async def bill(self, client: int, **given: Any) -> Bill:
        """One invoice more."""
        return await self._bill(client, **given)

    async def _settled(self, client: int, share: Decimal) -> Bill:
        bill = await self._bill(client)
        await self.pay(bill, (bill.amount * share).quantize(Decimal("0.01")))
        return bill

    async def pay(self, bill: Bill, amount: Decimal, **given: Any) -> int:
        """Money for an invoice."""
        made = await self.office.person.create(
            "payment",
            invoiceid=bill.number,
            amount={"amount": f"{amount}", "code": bill.currency},
            **{"date": self.day(21, 28).isoformat(), "type": "Bank Transfer", **given},
        )
        bill.payments.append(int(made["id"]))
        return int(made["id"])

    async def credit(self, client: int, credit_type: str, **given: Any) -> Credit:
        """A credit note."""
        line = self.line("GBP")
        if credit_type == "prepayment":
            line = {name: value for name, value in line.items() if not name.startswith("tax")}
        made = await self.office.person.create(
            "credit_note",
            clientid=client,
            credit_type=credit_type,
            currency_code="GBP",
            **{"create_date": self.day().isoformat(), "lines": [line], **given},
        )
        return Credit(int(made["id"]), client, Decimal(made["amount"]["amount"]))

    async def _use(self, client: int) -> None:
        """A goodwill credit that pays a part of an invoice, or all of it."""
        bill, note = await self._bill(client), await self.credit(client, "goodwill")
        amount = min(bill.amount, note.amount)
        note.use = await self.pay(bill, amount, type="Credit", creditid=note.number)
        self.used.append((note, bill))
