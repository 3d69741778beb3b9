"""What can happen to an invoice of the firm from its date on, each a short series of acts.

A story may reach beyond the year; what would be done later is then not done, so that the year ends as real ones do: with invoices unpaid and credits open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tieout_sandboxes.service_firm import bodies
from tieout_sandboxes.service_firm.acts import Act, Excess, IdOf, Kind, Owed, Received, Usable
from tieout_sandboxes.service_firm.clients import Client

ALL = Decimal(1)
DELETED, ACTIVE, ARCHIVED = 1, 0, 2


@dataclass
class Story:
    """The acts of one piece of work for a client; `name` is its own in the year."""

    name: str
    client: Client
    day: date
    dice: Random

    def __post_init__(self) -> None:
        self.acts: list[Act] = []
        self._payments = 0

    def later(self, least: int, most: int) -> None:
        """Some days pass."""
        self.day += timedelta(days=self.dice.randint(least, most))

    def create(self, kind: Kind, name: str, body: dict[str, Any]) -> str:
        """Somebody makes a record today."""
        self.acts.append(Act(self.day, "create", kind, name, body))
        return name

    def change(self, kind: Kind, name: str, **fields: Any) -> None:
        """Somebody changes a record today."""
        self.acts.append(Act(self.day, "change", kind, name, fields))

    def invoice(self, suffix: str = "", **fields: Any) -> str:
        """An invoice of today."""
        body = bodies.invoice(self.dice, self.client, self.day, **fields)
        return self.create("invoice", f"{self.name}{suffix}", body)

    def pay(self, invoice: str, share: Decimal, **fields: Any) -> str:
        """Money for an invoice comes in today."""
        self._payments += 1
        body = bodies.payment(self.dice, invoice, Owed(invoice, share), self.day, **fields)
        return self.create("payment", f"{self.name}/payment {self._payments}", body)

    def charge(self, invoice: str) -> str:
        """The client pays all that is owed today, by card through a gateway."""
        name, body = f"{self.name}/charge", {"invoice": IdOf(invoice), "amount": Owed(invoice, ALL)}
        self.acts.append(Act(self.day, "charge", "payment", name, body))
        return name

    def refund(self, payment: str, share: Decimal) -> None:
        """The gateway gives back a share of a payment today."""
        body = {"payment": IdOf(payment), "amount": Received(payment, share), "note": "Refunded"}
        self.acts.append(Act(self.day, "refund", "payment", payment, body))

    def use(self, credit: IdOf | Excess, invoice: str) -> None:
        """As much of a credit as can be is used for an invoice today."""
        self._payments += 1
        used = Usable(credit, invoice)
        body = bodies.payment(self.dice, invoice, used, self.day, type="Credit", creditid=credit)
        self.create("payment", f"{self.name}/payment {self._payments}", body)

    def credit_note(self, credit_type: str, credited: list[dict[str, Any]]) -> IdOf:
        """A credit note of today."""
        body = bodies.credit_note(self.client, self.day, credit_type, credited)
        return IdOf(self.create("credit_note", f"{self.name}/{credit_type}", body))

    def share(self, least: int, most: int) -> Decimal:
        """A share in percent, drawn."""
        return Decimal(self.dice.randint(least, most)) / 100


Tell = Callable[[Story], None]


def paid(story: Story) -> None:
    """The usual one: sent, and paid in full some weeks later; some are put into the archive afterwards."""
    invoice = story.invoice()
    _edited(story, invoice, chance=0.12)
    story.later(0, 45)
    story.pay(invoice, ALL)
    if story.dice.random() < 0.05:
        story.later(1, 60)
        story.change("invoice", invoice, vis_state=ARCHIVED)


def unpaid(story: Story) -> None:
    """Sent and not paid this year."""
    _edited(story, story.invoice(), chance=0.2)


def paid_in_parts(story: Story) -> None:
    """Two or three payments, and sometimes more work is added in between."""
    invoice = story.invoice()
    for _ in range(story.dice.randint(1, 2)):
        story.later(1, 20)
        story.pay(invoice, story.share(20, 70))
        _edited(story, invoice, chance=0.25)
    if story.dice.random() < 0.8:
        story.later(1, 30)
        story.pay(invoice, ALL)


def with_deposit(story: Story) -> None:
    """Half is asked for in advance and paid at once, the rest when the work is done."""
    invoice = story.invoice(deposit_percentage="50")
    story.later(0, 3)
    story.pay(invoice, Decimal("0.5"))
    story.later(10, 40)
    story.pay(invoice, ALL)


def overpaid(story: Story) -> None:
    """More is paid than is owed; FreshBooks keeps the rest as a credit, of which some is used for the next invoice."""
    invoice = story.invoice()
    story.later(0, 30)
    payment = story.pay(invoice, story.share(101, 130))
    if story.dice.random() < 0.6:
        story.later(1, 30)
        following = story.invoice(" b")
        story.later(0, 10)
        story.use(Excess(payment), following)
        story.later(0, 20)
        story.pay(following, ALL)


def prepaid(story: Story) -> None:
    """Money comes before there is an invoice and is used for it later."""
    amount = f"{story.dice.randint(100, 4000)}.00"
    advance = [bodies.line("Prepayment", "1", amount, story.client, ())]
    credit = story.credit_note("prepayment", advance)
    story.later(3, 40)
    invoice = story.invoice()
    story.later(0, 5)
    story.use(credit, invoice)
    story.later(1, 30)
    story.pay(invoice, ALL)


def refunded(story: Story) -> None:
    """Paid by card through a gateway, and all or a part of it given back: FreshBooks lowers the payment."""
    invoice = story.invoice()
    story.later(0, 14)
    payment = story.charge(invoice)
    story.later(2, 40)
    back = ALL if story.dice.random() < 0.4 else story.share(10, 90)
    story.refund(payment, back)


def corrected(story: Story) -> None:
    """A payment was entered wrong: its amount is mended by hand, or it is deleted and entered anew."""
    invoice = story.invoice()
    story.later(0, 30)
    payment = story.pay(invoice, ALL)
    story.later(1, 5)
    if story.dice.random() < 0.5:
        story.change("payment", payment, amount=Received(payment, story.share(30, 95)))
    else:
        story.change("payment", payment, vis_state=DELETED)
    story.later(0, 20)
    story.pay(invoice, ALL)


def credited(story: Story) -> None:
    """A goodwill credit is given for an invoice and used for it; the rest is paid, or nothing is."""
    invoice = story.invoice()
    story.later(1, 20)
    given = bodies.lines(story.dice, story.client)[:1]
    credit = story.credit_note("goodwill", given)
    story.later(0, 20)
    if story.dice.random() < 0.8:
        story.use(credit, invoice)
    if story.dice.random() < 0.7:
        story.later(0, 20)
        story.pay(invoice, ALL)


def deleted(story: Story) -> None:
    """Sent in error and deleted, sometimes after it was paid; some are taken back out of the bin and paid."""
    invoice = story.invoice()
    if story.dice.random() < 0.2:
        story.later(0, 10)
        story.pay(invoice, story.share(30, 100))
    story.later(1, 30)
    story.change("invoice", invoice, vis_state=DELETED)
    if story.dice.random() < 0.4:
        story.later(1, 40)
        story.change("invoice", invoice, vis_state=ACTIVE)
        story.later(0, 20)
        story.pay(invoice, ALL)


def drafted(story: Story) -> None:
    """Written and sent later, or never."""
    invoice = story.invoice(status=bodies.DRAFT)
    if story.dice.random() < 0.6:
        story.later(1, 20)
        story.change("invoice", invoice, action_mark_as_sent=True)
        story.later(0, 30)
        story.pay(invoice, ALL)


def free(story: Story) -> None:
    """Work that costs nothing: an invoice of zero."""
    taxes = story.client.market.taxes[0]
    story.invoice(lines=[bodies.line("First meeting", "1", "0.00", story.client, taxes)])


def retainer(story: Story) -> None:
    """The same amount each month, paid a little later."""
    price = f"{story.dice.randint(4, 40) * 50}.00"
    taxes = story.client.market.taxes[0]
    agreed = [bodies.line("Monthly retainer", "1", price, story.client, taxes)]
    first = story.day.replace(day=min(story.day.day, 28))
    for month in range(first.month, 13):
        story.day = first.replace(month=month)
        invoice = story.invoice(f" {month:02d}", lines=agreed, discount_value="0")
        story.later(0, 25)
        if story.dice.random() < 0.95:
            story.pay(invoice, ALL)


def _edited(story: Story, invoice: str, chance: float) -> None:
    """After it was sent, the lines, the discount, or only a note is changed."""
    if story.dice.random() >= chance:
        return
    story.later(0, 15)
    change: dict[str, Any] = story.dice.choice(
        (
            {"lines": bodies.lines(story.dice, story.client)},
            {"lines": bodies.lines(story.dice, story.client)},
            {"discount_value": story.dice.choice(("0", *bodies.OFF))},
            {"notes": "Thank you for your business."},
            {"due_offset_days": 45},
        )
    )
    story.change("invoice", invoice, **change)


STORIES: tuple[tuple[Tell, int], ...] = (
    (paid, 46),
    (unpaid, 6),
    (paid_in_parts, 10),
    (with_deposit, 5),
    (overpaid, 5),
    (prepaid, 4),
    (refunded, 4),
    (corrected, 4),
    (credited, 6),
    (deleted, 4),
    (drafted, 3),
    (free, 1),
    (retainer, 2),
)
