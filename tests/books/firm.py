"""A made-up firm and its FreshBooks: who its customers are, what it invoices, and how they pay.

Written from what firms do, not from what the matcher can do; it imports nothing of the matcher but the shape of a document.

- A third of the customers have a retainer: the same amount every month. The others buy work (hours at a rate, 2 to 60 hours) or goods (odd prices).
- A few customers make most of the business (weights fall as 1 / rank).
- 85 of 100 invoices are paid, after 3 to 70 days; 8 of 100 of those in two payments. One customer in eight pays what is open with one transfer.
- One firm in four has walk-in sales, a fifth of its invoices: small, paid at once in cash or by card.
- 3 of 100 invoices are followed by a credit note, over all or a part. Three firms in ten sell abroad, in euros and without VAT, a seventh of their customers.
- 2 of 1,000 invoices are written twice by mistake (a twin in FreshBooks itself).
- Numbers begin as FreshBooks begins them (0000001), or with a prefix, or with the year.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tieout.core.matching.documents import FreshbooksDocument
from tieout.core.records.identity import Kind

FIRST_DAY, LAST_DAY = date(2025, 1, 1), date(2025, 12, 31)
SERVICES = {
    "Consulting": "4000",
    "Design": "4010",
    "Support": "4020",
    "Training": "4030",
    "Goods": "4100",
}
METHODS = {"Bank Transfer": "1100", "Check": "1100", "Credit Card": "1120", "Cash": "1110"}
SYLLABLES = ["an", "ber", "cor", "del", "el", "fal", "gra", "hol", "in", "jar", "kel", "lor", "mar"]
SYLLABLES += ["nor", "ost", "per", "quin", "ros", "sal", "tor", "ul", "ver", "wil", "yar", "zen"]
FORMS = ["Ltd", "Limited", "LLP", "plc", "& Sons", "Group", "Services Ltd", "Trading Co", ""]
NUMBERS = ["{:07d}", "{:07d}", "{:07d}", "INV-{:04d}", "2025-{:04d}", "A{:05d}"]
VAT = Decimal("0.20")
CENT = Decimal("0.01")


@dataclass
class Buyer:
    """A FreshBooks client; ``retainer`` is what it pays each month, if anything."""

    id: str
    name: str
    currency: str
    service: str
    retainer: Decimal | None
    pays_together: bool
    walk_in: bool = False


@dataclass
class Firm:
    """What its FreshBooks holds, and what a person knows of it besides: which of the documents were written twice, which payments came as one transfer."""

    rng: Random
    buyers: list[Buyer]
    documents: list[FreshbooksDocument] = field(default_factory=list)
    twins: dict[str, str] = field(default_factory=dict)
    transfers: list[list[str]] = field(default_factory=list)
    pays: dict[str, str] = field(default_factory=dict)
    walk_ins: set[str] = field(default_factory=set)


def firm(seed: int, documents: int) -> Firm:
    """A firm with about so many documents in a year."""
    rng = Random(f"firm {seed}")
    abroad = rng.random() < 0.3
    made = Firm(rng, [_buyer(rng, n, abroad) for n in range(max(12, documents // 25))])
    if rng.random() < 0.25:
        made.buyers += _walk_ins(rng, documents)
    _Writer(made, documents).write()
    return made


def _buyer(rng: Random, n: int, abroad: bool) -> Buyer:
    foreign = abroad and rng.random() < 0.15
    return Buyer(
        id=str(7000 + n),
        name=a_name(rng),
        currency="EUR" if foreign else "GBP",
        service=rng.choice(list(SERVICES)),
        retainer=Decimal(rng.randrange(4, 80) * 25) if rng.random() < 0.33 else None,
        pays_together=rng.random() < 0.125,
    )


def a_name(rng: Random) -> str:
    """A firm's name."""
    word = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice([2, 2, 3]))).capitalize()
    other = "".join(rng.choice(SYLLABLES) for _ in range(2)).capitalize()
    return f"{word} {other if rng.random() < 0.4 else ''} {rng.choice(FORMS)}".replace(
        "  ", " "
    ).strip()


def _walk_ins(rng: Random, documents: int) -> list[Buyer]:
    return [
        Buyer(str(9000 + n), a_name(rng), "GBP", "Goods", None, pays_together=False, walk_in=True)
        for n in range(documents // 30)
    ]


class _Writer:
    """Writes the year, invoice by invoice."""

    def __init__(self, made: Firm, documents: int) -> None:
        self.firm, self.rng, self.wanted = made, made.rng, documents
        self.style = self.rng.choice(NUMBERS)
        self.ids = dict.fromkeys(Kind, 30000)
        self.count = 0
        self.notes = 0

    def write(self) -> None:
        usual = [b for b in self.firm.buyers if not b.walk_in]
        walk_ins = [b for b in self.firm.buyers if b.walk_in]
        fixed = [(day, b) for b in usual if b.retainer for day in self._monthly()]
        weights = [1 / (rank + 3) for rank in range(len(usual))]
        by_chance = []
        for _ in range(max(0, round(self.wanted * 0.54) - len(fixed))):
            walks_in = walk_ins and self.rng.random() < 0.2
            buyer = self.rng.choice(walk_ins) if walks_in else self.rng.choices(usual, weights)[0]
            by_chance.append((self._day(), buyer))
        bills = []
        for day, buyer in sorted([*fixed, *by_chance], key=lambda each: each[0]):
            price = buyer.retainer if (day, buyer) in fixed else None
            bills.append(self._invoice(buyer, day, price or self._price(buyer)))
        for bill, buyer in bills:
            if bill.ref not in self.firm.twins:
                self._credit(bill, buyer)
        self._payments([b for b in bills if b[0].ref not in self.firm.twins])

    def _monthly(self) -> list[date]:
        """The first of the month, the last but one, or some day between, for as long as the retainer runs."""
        day = self.rng.choice([1, 1, 1, 15, 27, self.rng.randrange(1, 28)])
        begins, ends = sorted(self.rng.sample(range(1, 14), 2))
        return [date(2025, month, day) for month in range(begins, ends)]

    def _day(self) -> date:
        day = FIRST_DAY + timedelta(days=self.rng.randrange(365))
        weekend = day.weekday() >= 5 and self.rng.random() < 0.85
        return min(day + timedelta(days=2), LAST_DAY) if weekend else day

    def _ref(self, kind: Kind) -> str:
        self.ids[kind] += 1
        return f"{kind}/{self.ids[kind]}"

    def _price(self, buyer: Buyer) -> Decimal:
        if buyer.walk_in:
            return Decimal(self.rng.randrange(300, 9000)) / 100
        if buyer.service == "Goods":
            return Decimal(self.rng.randrange(1500, 400000)) / 100
        return Decimal(self.rng.randrange(4, 120)) / 2 * self.rng.choice([45, 60, 75, 85, 95, 120])

    def _invoice(self, buyer: Buyer, day: date, price: Decimal) -> tuple[FreshbooksDocument, Buyer]:
        self.count += 1
        net = price.quantize(CENT)
        tax = (net * VAT).quantize(CENT) if buyer.currency == "GBP" else Decimal(0)
        others = [s for s in SERVICES if s != buyer.service]
        more = (
            {self.rng.choice(others)} if self.rng.random() < 0.12 and not buyer.walk_in else set()
        )
        bill = FreshbooksDocument(
            ref=self._ref(Kind.INVOICE),
            kind=Kind.INVOICE,
            number=self.style.format(self.count),
            client=buyer.id,
            client_name=buyer.name,
            amount=net + tax,
            tax=tax,
            currency=buyer.currency,
            day=day,
            reference=f"PO {self.rng.randrange(10000, 99999)}" if self.rng.random() < 0.2 else "",
            categories=frozenset({buyer.service} | more),
        )
        self.firm.documents.append(bill)
        if buyer.walk_in:
            self.firm.walk_ins.add(bill.ref)
        elif self.rng.random() < 0.002:
            self._twin(bill)
        return bill, buyer

    def _twin(self, bill: FreshbooksDocument) -> None:
        self.count += 1
        known = {name: getattr(bill, name) for name in FreshbooksDocument.__dataclass_fields__}
        known |= {"ref": self._ref(Kind.INVOICE), "number": self.style.format(self.count)}
        twin = FreshbooksDocument(**known)
        self.firm.documents.append(twin)
        self.firm.twins[twin.ref] = bill.ref

    def _credit(self, bill: FreshbooksDocument, buyer: Buyer) -> None:
        if buyer.walk_in or self.rng.random() > 0.03:
            return
        self.notes += 1
        whole = self.rng.random() < 0.5
        part = Decimal(1) if whole else Decimal(self.rng.choice(["0.1", "0.25", "0.5"]))
        amount, tax = ((x * part).quantize(CENT) for x in (bill.amount, bill.tax or Decimal(0)))
        note = FreshbooksDocument(
            ref=self._ref(Kind.CREDIT_NOTE),
            kind=Kind.CREDIT_NOTE,
            number=f"CN{self.notes:05d}",
            client=bill.client,
            client_name=bill.client_name,
            amount=-amount,
            tax=-tax,
            currency=bill.currency,
            day=min(bill.day + timedelta(days=self.rng.randrange(1, 25)), LAST_DAY),
            categories=bill.categories,
            open=-amount,
        )
        self.firm.documents.append(note)

    def _payments(self, bills: list[tuple[FreshbooksDocument, Buyer]]) -> None:
        together: dict[tuple[str, str, int], list[FreshbooksDocument]] = {}
        for bill, buyer in bills:
            if self.rng.random() > (0.98 if buyer.walk_in else 0.85):
                continue
            if buyer.pays_together:
                key = (buyer.id, bill.currency, (bill.day.month + 1) // 2)
                together.setdefault(key, []).append(bill)
            elif buyer.walk_in:
                self._pay(bill, bill.amount, bill.day, self.rng.choice(["Cash", "Credit Card"]))
            else:
                self._pay_later(bill)
        for some in together.values():
            day = max(bill.day for bill in some) + timedelta(days=self.rng.randrange(5, 40))
            refs = [self._pay(bill, bill.amount, day, "Bank Transfer") for bill in some]
            if len(refs) > 1 and all(refs):
                self.firm.transfers.append(refs)

    def _pay_later(self, bill: FreshbooksDocument) -> None:
        method = self.rng.choice(
            ["Bank Transfer", "Bank Transfer", "Bank Transfer", "Check", "Credit Card"]
        )
        day = bill.day + timedelta(days=self.rng.randrange(3, 70))
        if self.rng.random() < 0.08:
            first = (bill.amount * self.rng.choice([50, 40, 33, 25]) / 100).quantize(CENT)
            self._pay(bill, first, day, method)
            later = day + timedelta(days=self.rng.randrange(7, 40))
            self._pay(bill, bill.amount - first, later, method)
        else:
            self._pay(bill, bill.amount, day, method)

    def _pay(self, bill: FreshbooksDocument, amount: Decimal, day: date, method: str) -> str:
        if day > LAST_DAY:
            return ""
        ref = self._ref(Kind.PAYMENT)
        note = f"chq {self.rng.randrange(100000, 999999)}" if method == "Check" else ""
        paid = FreshbooksDocument(
            ref=ref,
            kind=Kind.PAYMENT,
            number="",
            client=bill.client,
            client_name=bill.client_name,
            amount=-amount,
            currency=bill.currency,
            day=day,
            named=(bill.number,),
            reference=note,
            categories=frozenset({method}),
            open=Decimal(0),
        )
        self.firm.documents.append(paid)
        self.firm.pays[ref] = bill.ref
        return ref
