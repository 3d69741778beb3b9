"""What people try though nobody knows what FreshBooks makes of it: it may refuse, or take it in more than one way (the switches of its sandbox)."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from tieout_sandboxes.people import Fields
from tieout_simulator.bookkeepers import DEEDS, DRAFT, Bookkeeper

DOUBTFUL: dict[str, int] = {
    "move": 1, "unsend": 1, "nothing": 1, "gross": 1, "same_number": 1, "odd_rate": 1, "long_name": 1, "touch_line": 1,
    "pay_deleted": 1, "pay_foreign": 1, "take_elsewhere": 1, "any_credit": 1, "cut_credit": 1, "restore_credit": 1,
    "decline": 1, "bulk": 1,
}  # fmt: skip
LONG = (
    "The Honourable Company of Makers and Menders of Clocks, Watches and Other Instruments of Time"
)


class Daring(Bookkeeper):
    """A bookkeeper who also tries what may not work."""

    deeds: ClassVar[dict[str, int]] = DEEDS | DOUBTFUL

    async def _move(self) -> None:
        """The invoice is another client's."""
        await self._person.update(
            "invoice", await self._live("invoice"), customerid=self._client_id()
        )

    async def _unsend(self) -> None:
        await self._person.update("invoice", await self._live("invoice"), status=DRAFT)

    async def _nothing(self) -> None:
        await self._invoice(lines=[self._line("GBP") | {"unit_cost": self._money("0.00", "GBP")}])

    async def _gross(self) -> None:
        await self._invoice(tax_included="inclusive")

    async def _same_number(self) -> None:
        other = await self._one("invoice")
        await self._invoice(invoice_number=other["invoice_number"])

    async def _odd_rate(self) -> None:
        line = self._line("GBP") | {"taxName1": "VAT", "taxAmount1": "20.0004"}
        await self._invoice(lines=[line])

    async def _long_name(self) -> None:
        await self._person.update(
            "client", self._client_id(), organization=f"{LONG} {self._dice.randrange(99)}"
        )

    async def _touch_line(self) -> None:
        """One line is sent again, with its id and another price."""
        chosen = await self._live("invoice")
        listed = {int(each["id"]): each for each in await self._person.every("invoice")}
        one = listed[chosen]  # a list may lack it
        line = self._dice.choice(one["lines"])
        price = f"{self._dice.randrange(500, 20_000) / 100:.2f}"
        changed = line | {"unit_cost": self._money(price, one["currency_code"])}
        await self._person.update("invoice", int(one["id"]), lines=[changed])

    async def _pay_deleted(self) -> None:
        await self._pays(await self._one("invoice", deleted=True))

    async def _pay_foreign(self) -> None:
        one = await self._one("invoice")
        await self._pays(one, code="EUR" if one["currency_code"] == "GBP" else "GBP")

    async def _any_credit(self) -> None:
        """A credit is to be used, and none is named."""
        await self._pays(await self._one("invoice"), type="Credit")

    async def _pays(self, invoice: Fields, code: str = "", **fields: str) -> None:
        owed = Decimal(invoice["outstanding"]["amount"])
        amount = min(max(owed, Decimal(1)), Decimal(self._dice.randrange(5, 60)))
        await self._create(
            "payment",
            invoiceid=int(invoice["id"]),
            amount=self._money(f"{amount:.2f}", code or invoice["currency_code"]),
            date=self._today().isoformat(),
            **({"type": "Cash"} | fields),
        )

    async def _take_elsewhere(self) -> None:
        """The payment was for another invoice."""
        payment = await self._one("payment")
        other = await self._one("invoice")
        await self._person.update("payment", int(payment["id"]), invoiceid=int(other["id"]))

    async def _cut_credit(self) -> None:
        note = await self._one("credit_note")
        line = self._line(note["currency_code"])
        await self._person.update("credit_note", int(note["id"]), lines=[line])

    async def _restore_credit(self) -> None:
        await self._see("credit_note", 0)

    async def _decline(self) -> None:
        """A card is charged, and its bank says no."""
        outcome = self._dice.choice(("retry", "failed"))
        await self._person.control(
            "autobill", {"invoice": await self._live("invoice"), "outcome": outcome}
        )

    async def _bulk(self) -> None:
        """A client's open invoices are paid at once."""
        one = await self._one("invoice")
        invoices = [await self._person.read("invoice", n) for n in self._ids["invoice"][-8:]]
        open_ones = [
            int(other["id"])
            for other in invoices
            if other["customerid"] == one["customerid"] and other["vis_state"] != 1
            if Decimal(other["outstanding"]["amount"]) > 0
        ]
        made = await self._person.control("bulk_payment", {"invoices": open_ones, "type": "Check", "date": self._today().isoformat()})  # fmt: skip
        self._ids["payment"] += [int(payment["id"]) for payment in made["payments"]]

    @staticmethod
    def _money(amount: str, code: str) -> Fields:
        return {"amount": amount, "code": code}
