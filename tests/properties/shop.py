"""FreshBooks' books in a few lines: what a person can do there, and what is owed afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from tests.unit.core.books import CLIENT, Bench, credit_note, invoice, line, payment, pounds

from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.money import Money
from tieout.core.records.payment import Payment

# Numbers that look like each other's revisions.
NUMBERS = {"1": "101", "2": "101-1", "3": "101-2"}
HOURS = ["1", "2.5", "10", "11.25"]
DEEDS = [
    "draft", "send", "send", "edit", "edit", "delete", "undelete", "pay", "pay", "pay early", "pay online", "overpay",
    "refund", "correct", "drop payment", "restore payment", "credit", "edit credit", "prepay", "use", "use", "unuse", "extend", "extend",
    "charge back", "charge back", "win", "untag",
]  # fmt: skip
Deed = tuple[str, str, str, int]
deeds = st.lists(
    st.tuples(
        st.sampled_from([*DEEDS, "rest", "rest", "rest", "rest", "refuse"]),
        st.sampled_from(sorted(NUMBERS)),
        st.sampled_from(HOURS),
        st.integers(1, 15),
    ),
    min_size=1,
    max_size=24,
)

# What becomes of money after it came: stories that begin with a paid invoice, each step followed by a look.
PAID: list[Deed] = [("send", "1", "10", 1), ("rest", "1", "10", 1)]
AFTERWARDS = [
    "pay", "pay online", "overpay", "charge back", "charge back", "charge back", "win", "win", "win", "untag",
    "refund", "correct", "drop payment", "restore payment", "extend", "edit", "refuse",
]  # fmt: skip
corrections = st.lists(
    st.tuples(
        st.sampled_from(["pay", "pay online", "pay early"]),
        st.just("1"),
        st.just("10"),
        st.integers(1, 15),
    ),
    min_size=1,
    max_size=2,
).flatmap(
    lambda paid: st.lists(
        st.tuples(
            st.sampled_from(AFTERWARDS), st.just("1"), st.sampled_from(HOURS), st.integers(1, 15)
        ),
        min_size=2,
        max_size=12,
    ).map(lambda later: [*PAID, *paid, *_looked_at(later)])
)


def _looked_at(story: list[Deed]) -> list[Deed]:
    """A look after each deed, but for every fourth."""
    look: Deed = ("rest", "1", "10", 1)
    return [step for n, deed in enumerate(story) for step in ([look, deed] if n % 4 else [deed])]


@dataclass
class Shop:
    """Acts on the records of a bench, within what FreshBooks allows."""

    bench: Bench
    serial: int = 0
    whole: dict[Ref, Money] = field(default_factory=dict)

    def act(self, deed: Deed) -> None:
        """One thing that somebody does, if it can be done now."""
        what, key, hours, share = deed
        self.serial += 1
        getattr(self, "_" + what.replace(" ", "_"))(key, hours, share)

    def owed(self, bill: Invoice) -> Decimal:
        """What is still to be paid for an invoice; negative if it was cut below what was paid."""
        paid = [p.amount.amount for p in self.payments() if p.invoice == bill.ref]
        return bill.amount.amount - sum(paid, Decimal(0))

    def balance(self) -> Decimal:
        """What the customer owes by FreshBooks: invoices, less money and credits, but what a credit paid counts once."""
        bills = [i.amount.amount for i in self._all(Invoice) if in_books(i, self)]
        money = [p.amount.amount for p in self.payments() if not p.from_credit]
        credits_ = [n.amount.amount for n in self._all(CreditNote) if live(n)]
        return sum(bills, Decimal(0)) - sum(money, Decimal(0)) - sum(credits_, Decimal(0))

    def payments(self) -> list[Payment]:
        return [p for p in self._all(Payment) if live(p)]

    def left(self, note: CreditNote) -> Decimal:
        """What is left of a credit."""
        used = [p.amount.amount for p in self.payments() if p.credit == note.ref]
        return note.amount.amount - sum(used, Decimal(0))

    def _all(self, kind: type) -> list:  # type: ignore[type-arg]
        return [r for r in self.bench.records.values() if isinstance(r, kind)]

    def _bill(self, key: str) -> Invoice | None:
        found = self.bench.records.get(Ref(Kind.INVOICE, key))
        return found if isinstance(found, Invoice) and live(found) else None

    def _draft(self, key: str, hours: str, share: int) -> None:
        if Ref(Kind.INVOICE, key) not in self.bench.records:
            self.bench.show(an_invoice(key, hours, draft=True))

    def _send(self, key: str, hours: str, share: int) -> None:
        bill = self._bill(key)
        if bill:
            self.bench.show(replace(bill, draft=False))
        elif Ref(Kind.INVOICE, key) not in self.bench.records:
            self.bench.show(an_invoice(key, hours))

    def _edit(self, key: str, hours: str, share: int) -> None:
        bill = self._bill(key)
        if bill:
            edited = an_invoice(key, hours, draft=bill.draft)
            moved = date(2026, 3, 10 + share % 3)
            self.bench.show(replace(edited, issued_on=moved))

    def _extend(self, key: str, hours: str, share: int) -> None:
        bill = self._bill(key)
        if bill:
            self.bench.show(replace(bill, due_on=date(2026, 4, 1 + share)))

    def _delete(self, key: str, hours: str, share: int) -> None:
        bill = self._bill(key)
        if bill:
            self.bench.show(replace(bill, visibility=Visibility.DELETED))

    def _undelete(self, key: str, hours: str, share: int) -> None:
        found = self.bench.records.get(Ref(Kind.INVOICE, key))
        if isinstance(found, Invoice):
            self.bench.show(replace(found, visibility=Visibility.ACTIVE))

    def _pay(self, key: str, hours: str, share: int, **fields: object) -> None:
        bill = self._bill(key)
        if bill and self.owed(bill) > 0:
            part = max(Decimal("0.01"), (self.owed(bill) * share / 15).quantize(Decimal("0.01")))
            money = payment(str(part), key=str(9000 + self.serial), of=key)
            # Paying a draft sends it.
            self.bench.show(replace(money, **fields), replace(bill, draft=False))  # type: ignore[arg-type]

    def _pay_early(self, key: str, hours: str, share: int) -> None:
        self._pay(key, hours, share, paid_on=date(2026, 3, 1))

    def _pay_online(self, key: str, hours: str, share: int) -> None:
        self._pay(key, hours, share, gateway="stripe", method="VISA")

    def _overpay(self, key: str, hours: str, share: int) -> None:
        bill = self._bill(key)
        if bill and self.owed(bill) > 0:
            note = credit_note(str(share), key=str(8000 + self.serial), credit_type="overpayment")
            self.bench.show(replace(note, issued_on=date(2026, 4, 2)))
            self._pay(key, hours, 15, overpayment=note.ref)

    def _refund(self, key: str, hours: str, share: int) -> None:
        online = [p for p in self.payments() if p.gateway]
        if online:
            paid = online[share % len(online)]
            less = (paid.amount.amount * (share - 1) / 16).quantize(Decimal("0.01"))
            when = datetime(2026, 4, 10 + share, 12, tzinfo=UTC)
            self.bench.show(replace(paid, amount=pounds(str(less)), updated_on=when))

    def _charge_back(self, key: str, hours: str, share: int) -> None:
        money = [p for p in self.payments() if not p.from_credit]
        if money:
            paid = money[share % len(money)]
            self.whole.setdefault(paid.ref, paid.amount)
            less = (paid.amount.amount * (share // 2) / 8).quantize(Decimal("0.01"))
            self._edit_money(paid, amount=pounds(str(less)), note="CHARGEBACK")
            if share == 1:
                self._edit_money(paid, visibility=Visibility.DELETED, note="chargeback")

    def _win(self, key: str, hours: str, share: int) -> None:
        """All of it comes again, or half of what is missing."""
        lost = [p for p in self._all(Payment) if p.ref in self.whole]
        if lost:
            paid = lost[share % len(lost)]
            left = paid.amount.amount if live(paid) else Decimal(0)
            missing = self.whole[paid.ref].amount - left
            again = missing if share % 2 else (missing / 2).quantize(Decimal("0.01"))
            bill = self._bill(paid.invoice.key)
            if bill and self.owed(bill) >= again > 0:
                amount = pounds(str(left + again))
                self._edit_money(paid, amount=amount, visibility=Visibility.ACTIVE)

    def _untag(self, key: str, hours: str, share: int) -> None:
        tagged = [p for p in self._all(Payment) if p.note]
        if tagged:
            self._edit_money(tagged[share % len(tagged)], note="")

    def _edit_money(self, paid: Payment, **fields: object) -> None:
        when = datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(days=self.serial)
        self.bench.show(replace(paid, updated_on=when, **fields))  # type: ignore[arg-type]

    def _correct(self, key: str, hours: str, share: int) -> None:
        typed = [p for p in self.payments() if not p.gateway and not p.from_credit]
        if typed:
            paid = typed[share % len(typed)]
            less = (paid.amount.amount * share / 16).quantize(Decimal("0.01"))
            self.bench.show(replace(paid, amount=pounds(str(less))))

    def _drop_payment(self, key: str, hours: str, share: int) -> None:
        if self.payments():
            paid = self.payments()[share % len(self.payments())]
            self.bench.show(replace(paid, visibility=Visibility.DELETED))

    def _restore_payment(self, key: str, hours: str, share: int) -> None:
        gone = [p for p in self._all(Payment) if not live(p)]
        fitting = [p for p in gone if not p.gateway and self._fits(p)]
        if fitting:
            self.bench.show(replace(fitting[share % len(fitting)], visibility=Visibility.ACTIVE))

    def _fits(self, paid: Payment) -> bool:
        bill = self._bill(paid.invoice.key)
        note = self.bench.records.get(paid.credit) if paid.credit else None
        enough = not isinstance(note, CreditNote) or self.left(note) >= paid.amount.amount
        return bill is not None and self.owed(bill) >= paid.amount.amount and enough

    def _credit(self, key: str, hours: str, share: int) -> None:
        net = str(share)
        note = credit_note(gross(net, "1"), line("1", net), key=str(7000 + self.serial))
        self.bench.show(replace(note, number=f"N{self.serial}"))

    def _edit_credit(self, key: str, hours: str, share: int) -> None:
        gifts = [n for n in self._all(CreditNote) if n.credit_type == "goodwill"]
        if gifts:
            note, net = gifts[share % len(gifts)], str(share)
            edited = replace(note, amount=pounds(gross(net, "1")), lines=(line("1", net),))
            if self.left(edited) >= 0:
                self.bench.show(edited)

    def _prepay(self, key: str, hours: str, share: int) -> None:
        note = credit_note(str(share * 10), key=str(6000 + self.serial), credit_type="prepayment")
        self.bench.show(replace(note, number=f"A{self.serial}"))

    def _use(self, key: str, hours: str, share: int) -> None:
        bill = self._bill(key)
        notes = [n for n in self._all(CreditNote) if live(n) and self.left(n) > 0]
        if bill and self.owed(bill) > 0 and notes:
            note = notes[share % len(notes)]
            part = min(self.owed(bill), self.left(note))
            part = max(Decimal("0.01"), (part * share / 15).quantize(Decimal("0.01")))
            used = payment(str(part), key=str(9000 + self.serial), of=key, credit=note.ref.key)
            self.bench.show(used, replace(bill, draft=False))

    def _unuse(self, key: str, hours: str, share: int) -> None:
        used = [p for p in self.payments() if p.from_credit]
        if used:
            self.bench.show(replace(used[share % len(used)], visibility=Visibility.DELETED))


def live(record: Invoice | Payment | CreditNote) -> bool:
    return record.visibility is not Visibility.DELETED


def in_books(bill: Invoice, shop: Shop) -> bool:
    """A draft counts once it is paid."""
    paid = any(p.invoice == bill.ref for p in shop.payments())
    return live(bill) and (not bill.draft or paid)


def an_invoice(key: str, hours: str, *, draft: bool = False) -> Invoice:
    return invoice(
        gross(hours, "80.00"), line(hours, "80.00"), key=key, number=NUMBERS[key], draft=draft
    )


def gross(quantity: str, price: str) -> str:
    return str((Decimal(quantity) * Decimal(price) * Decimal("1.2")).quantize(Decimal("0.01")))


assert CLIENT.key
