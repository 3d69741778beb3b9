"""People at work in FreshBooks: they write, send, change, delete and take back, as their dice say, and never think of Tieout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, ClassVar

from tieout_sandboxes.people import Fields, FreshbooksPerson, Refused
from tieout_simulator.coverage import Coverage
from tieout_simulator.trace import Trace

DELETED, ACTIVE, ARCHIVED = 1, 0, 2
DRAFT, SENT = 1, 2
# What they do, and how often; every entry is a method below.
DEEDS: dict[str, int] = {
    "client": 3, "rename": 1, "invoice": 9, "draft": 2, "send": 3, "edit": 4, "correct": 4, "note": 1, "terms": 4,
    "archive": 1, "delete": 2, "restore": 2, "pay": 7, "pay_part": 3, "pay_early": 1, "overpay": 2,
    "lessen": 1, "retype": 2, "both": 3, "drop_payment": 2, "restore_payment": 1, "charge": 2, "refund": 2,
    "goodwill": 2, "prepay": 2, "use_credit": 3, "drop_credit": 2,
}  # fmt: skip
# What a bookkeeper does far oftener than others, by the way into NAV, and how many have that habit: as with faults, an even mixture reaches less.
HABITS: dict[str, tuple[tuple[int, dict[str, int]], ...]] = {
    "gateway": (
        (4, {}),
        (6, {"terms": 80, "invoice": 30, "long_name": 0, "gross": 0}),
        (8, {"prepay": 40, "drop_credit": 40, "long_name": 0}),
        (9, {"invoice": 20, "pay": 30, "drop_payment": 40, "lessen": 8, "long_name": 0}),
    ),
    "pages": (
        (3, {}),
        (18, {"terms": 90, "invoice": 30, "long_name": 0, "gross": 0}),
        (3, {"client": 24, "invoice": 20}),
    ),
}
# What changes how many documents a list has, and which come first.
LIST_CHANGES: dict[str, dict[str, int]] = {
    "invoice": {"invoice": 3, "delete": 5, "restore": 2, "edit": 3},
    "payment": {"pay": 2, "drop_payment": 4, "restore_payment": 2},
    "credit_note": {"goodwill": 2, "drop_credit": 4},
}
# The list of what changed lately then is as long as before, and nothing but what is gone tells that it moved.
AS_MANY: dict[str, int] = {"swap": 1}
# How much of what is charged is the same every month, so that amounts come again.
MONTHLY = 0.4
# How much of what is done concerns what was done just before.
AGAIN = 0.25
WAYS = ("Bank Transfer", "Bank Transfer", "Check", "Cash", "Credit Card")
LISTS = {"invoice": "invoices", "payment": "payments", "credit_note": "credit_notes"}


class Bookkeeper:
    """Somebody with one pen and no memory but what FreshBooks shows."""

    deeds: ClassVar[dict[str, int]] = DEEDS

    def __init__(
        self,
        person: FreshbooksPerson,
        dice: Random,
        today: Callable[[], date],
        coverage: Coverage,
        trace: Trace,
    ) -> None:
        self._person, self._dice, self._today = person, dice, today
        self._coverage, self._trace = coverage, trace
        # What clients are called, so that those of two businesses are told apart.
        self.firm = "Firm"
        self.habit: Mapping[str, int] = {}
        self._ids: dict[str, list[int]] = {"client": [], "invoice": [], "payment": [], "credit_note": []}  # fmt: skip

    async def act(self, deeds: Mapping[str, int] | None = None) -> None:
        """One thing, if it can be done now."""
        deeds = deeds or {**self.deeds, **self.habit}
        deed = self._dice.choices(list(deeds), list(deeds.values()))[0]
        if not self._ids["client"]:
            deed = "client"
        try:
            await getattr(self, f"_{deed}")()
        except (Refused, IndexError, KeyError) as moot:
            self._trace.note("bookkeeper", f"{deed}: {str(moot)[:60]}")
            return
        self._coverage.note("deed", deed)
        self._trace.note("bookkeeper", deed)

    async def change(self, kind: str, number: int) -> None:
        """Take this document back, or make it another; if that can be done now."""
        fields: Fields = {"vis_state": DELETED}
        if kind == "invoice" and self._dice.random() < 0.5:
            one = await self._person.read(kind, number)
            fields = {"lines": self._lines(one["currency_code"])}
        try:
            await self._person.update(kind, number, **fields)
        except Refused as moot:
            self._trace.note("bookkeeper", f"change {kind}: {str(moot)[:60]}")
            return
        self._coverage.note("deed", "change")
        self._trace.note("bookkeeper", f"changes {kind}/{number}")

    async def _create(self, kind: str, **fields: Any) -> Fields:
        made = await self._person.create(kind, **fields)
        self._ids[kind].append(int(made["id"]))
        return made

    def _any(self, kind: str) -> int:
        """Rather what was made last."""
        ids = self._ids[kind]
        return self._dice.choice(ids[-1:] if self._dice.random() < AGAIN else ids)

    async def _one(self, kind: str, *, deleted: bool = False) -> Fields:
        """Any record of a kind; a screen shows no deleted one where it lets change things."""
        one = await self._person.read(kind, self._any(kind))
        if (one["vis_state"] == DELETED) is not deleted:
            raise KeyError("it is deleted" if not deleted else "it is not deleted")
        return one

    async def _live(self, kind: str) -> int:
        return int((await self._one(kind))["id"])

    def _client_id(self) -> int:
        return self._any("client")

    async def _client(self) -> None:
        number = len(self._ids["client"]) + 1
        foreign = self._dice.random() < 0.15
        await self._create(
            "client",
            organization=f"{self.firm} {number}",
            email=f"{self.firm.lower()}{number}@example.test",
            p_country="Germany" if foreign else "United Kingdom",
            currency_code="EUR" if foreign else "GBP",
        )

    async def _rename(self) -> None:
        number = self._client_id()
        await self._person.update(
            "client", number, organization=f"{self.firm} {number} {self._dice.randrange(99)}"
        )

    def _lines(self, currency: str) -> list[Fields]:
        if self._dice.random() < MONTHLY:
            fee = {"qty": "1", "unit_cost": {"amount": "250.00", "code": currency}}
            return [
                self._line(currency) | fee | ({"taxAmount1": "20"} if currency == "GBP" else {})
            ]
        return [self._line(currency) for _ in range(self._dice.choice((1, 1, 1, 2, 3)))]

    def _line(self, currency: str) -> Fields:
        price = f"{self._dice.randrange(500, 20_000) / 100:.2f}"
        line: Fields = {
            "type": 0,
            "name": "Consulting",
            "qty": str(self._dice.randrange(1, 40) / 4),
            "unit_cost": {"amount": price, "code": currency},
        }
        if currency == "GBP":
            line |= {"taxName1": "VAT", "taxAmount1": self._dice.choice(("20", "20", "5", "0"))}
        return line

    async def _invoice(self, status: int = SENT, **given: Any) -> None:
        client = await self._person.read("client", self._client_id())
        currency = client["currency_code"]
        fields: Fields = {}
        if self._dice.random() < 0.15:
            fields["discount_value"] = self._dice.choice(("5", "10", "12.5"))
        await self._create(
            "invoice",
            customerid=int(client["id"]),
            create_date=self._near().isoformat(),
            currency_code=currency,
            due_offset_days=self._dice.choice((0, 14, 30)),
            status=status,
            **({"lines": self._lines(currency)} | fields | given),
        )

    def _near(self) -> date:
        """Today, or a few days ago."""
        return self._today() - timedelta(days=self._dice.choice((0, 0, 0, 1, 3)))

    async def _draft(self) -> None:
        await self._invoice(DRAFT)

    async def _send(self) -> None:
        await self._person.update("invoice", await self._live("invoice"), action_mark_as_sent=True)

    async def _edit(self) -> None:
        one = await self._one("invoice")
        await self._person.update(
            "invoice", int(one["id"]), lines=self._lines(one["currency_code"])
        )

    async def _correct(self) -> None:
        """An invoice turns out to be wrong after it was paid."""
        paid = int((await self._one("payment"))["invoiceid"])
        one = await self._person.read("invoice", paid)
        await self._person.update("invoice", paid, lines=self._lines(one["currency_code"]))

    async def _note(self) -> None:
        await self._person.update("invoice", await self._live("invoice"), notes="Thank you.")

    async def _terms(self) -> None:
        """A client asks for more time; or he shall have less."""
        invoices = [await self._person.read("invoice", n) for n in self._ids["invoice"][-8:]]
        owed = [one for one in invoices if Decimal(one["outstanding"]["amount"]) > 0]
        days = self._dice.choice((7, 14, 21, 45, 60))
        await self._person.update(
            "invoice", int(self._dice.choice(owed)["id"]), due_offset_days=days
        )

    async def _see(self, kind: str, vis_state: int) -> None:
        one = await self._one(kind, deleted=vis_state == ACTIVE)
        await self._person.update(kind, int(one["id"]), vis_state=vis_state)

    async def _archive(self) -> None:
        await self._see("invoice", ARCHIVED)

    async def _delete(self) -> None:
        await self._see("invoice", DELETED)

    async def _restore(self) -> None:
        await self._see("invoice", ACTIVE)

    async def _swap(self) -> None:
        """The newest invoice that nobody has paid goes, and the one that was left alone for longest is touched."""
        all_of_them = [await self._person.read("invoice", n) for n in self._ids["invoice"]]
        unpaid = [one for one in all_of_them if _is_unpaid(one)]
        newest, dusty = unpaid[-1], sorted(unpaid[:-1], key=lambda one: str(one["updated"]))[0]
        await self._person.update("invoice", int(newest["id"]), vis_state=DELETED)
        await self._person.update("invoice", int(dusty["id"]), notes="Thank you.")

    async def _pay(self, share: Decimal = Decimal(1), day: date | None = None) -> None:
        one = await self._one("invoice")
        owed = Decimal(one["outstanding"]["amount"])
        amount = (owed * share).quantize(Decimal("0.01"))
        if amount <= 0:
            raise KeyError("nothing is owed")
        await self._create(
            "payment",
            invoiceid=int(one["id"]),
            amount={"amount": f"{amount}", "code": one["currency_code"]},
            date=(day or self._near()).isoformat(),
            type=self._dice.choice(WAYS),
        )

    async def _pay_part(self) -> None:
        await self._pay(Decimal(self._dice.randrange(10, 95)) / 100)

    async def _pay_early(self) -> None:
        await self._pay(day=self._today() - timedelta(days=self._dice.randrange(1, 9)))

    async def _overpay(self) -> None:
        await self._pay(Decimal(self._dice.randrange(101, 140)) / 100)

    async def _lessen(self) -> None:
        one = await self._one("payment")
        amount = Decimal(one["amount"]["amount"]) * self._dice.randrange(30, 95) / 100
        money = {"amount": f"{amount:.2f}", "code": one["amount"]["code"]}
        await self._person.update("payment", int(one["id"]), amount=money)

    async def _retype(self) -> None:
        """A payment is deleted and entered anew, as it was."""
        one = await self._one("payment")
        await self._person.update("payment", int(one["id"]), vis_state=DELETED)
        await self._create(
            "payment",
            invoiceid=int(one["invoiceid"]),
            amount=one["amount"],
            date=one["date"],
            type=one["type"],
        )

    async def _both(self) -> None:
        """An invoice was wrong, and so was what was noted as paid for it."""
        one = await self._one("payment")
        money, invoice = one["amount"], int(one["invoiceid"])
        less = Decimal(money["amount"]) * self._dice.randrange(30, 95) / 100
        await self._person.update("invoice", invoice, lines=self._lines(money["code"]))
        await self._person.update(
            "payment", int(one["id"]), amount=money | {"amount": f"{less:.2f}"}
        )

    async def _drop_payment(self) -> None:
        await self._see("payment", DELETED)

    async def _restore_payment(self) -> None:
        await self._see("payment", ACTIVE)

    async def _charge(self) -> None:
        answer = await self._person.control("charge", {"invoice": await self._live("invoice")})
        self._ids["payment"].append(int(answer["payment"]["id"]))

    async def _refund(self) -> None:
        one = await self._one("payment")
        if not one.get("gateway"):
            raise KeyError("no gateway")
        amount = Decimal(one["amount"]["amount"]) * self._dice.choice((30, 50, 100)) / 100
        await self._person.control("refund", {"payment": int(one["id"]), "amount": f"{amount:.2f}"})

    async def _credit(self, credit_type: str) -> None:
        client = await self._person.read("client", self._client_id())
        currency = client["currency_code"]
        lines = [self._line(currency)]
        if credit_type == "prepayment":
            lines = [{k: v for k, v in line.items() if not k.startswith("tax")} for line in lines]
        await self._create(
            "credit_note",
            clientid=int(client["id"]),
            create_date=self._near().isoformat(),
            credit_type=credit_type,
            currency_code=currency,
            lines=lines,
        )

    async def _goodwill(self) -> None:
        await self._credit("goodwill")

    async def _prepay(self) -> None:
        await self._credit("prepayment")

    async def _use_credit(self) -> None:
        note = await self._one("credit_note")
        invoices = [await self._person.read("invoice", n) for n in self._ids["invoice"][-8:]]
        fitting = [
            one
            for one in invoices
            if int(one["customerid"]) == int(note["clientid"])
            and one["currency_code"] == note["currency_code"]
            and Decimal(one["outstanding"]["amount"]) > 0
        ]
        one = self._dice.choice(fitting)
        left = Decimal(note["amount"]["amount"]) - Decimal(note["paid"]["amount"])
        amount = min(left, Decimal(one["outstanding"]["amount"]))
        if amount <= 0:
            raise KeyError("nothing is left")
        await self._create(
            "payment",
            invoiceid=int(one["id"]),
            amount={"amount": f"{amount:.2f}", "code": one["currency_code"]},
            date=self._today().isoformat(),
            type="Credit",
            creditid=int(note["id"]),
        )

    async def _drop_credit(self) -> None:
        await self._see("credit_note", DELETED)


def _is_unpaid(invoice: Fields) -> bool:
    return bool(invoice["vis_state"] != DELETED and invoice["outstanding"] == invoice["amount"])
