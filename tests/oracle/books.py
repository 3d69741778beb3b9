"""Both sheets side by side, with what links them: what each document should be in NAV, and what each customer owes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tests.oracle.answers import Answers
from tests.oracle.freshbooks import Document, FreshBooks, Item
from tests.oracle.money import NIL, of, summed
from tests.oracle.nav import Nav, Row, plus
from tests.oracle.setup import Rule, Setup

Account = tuple[str, str]


@dataclass(frozen=True)
class Line:
    """A difference, or what is explained."""

    check: str
    kind: str
    where: str
    freshbooks: Decimal
    nav: Decimal

    def __str__(self) -> str:
        return f"{self.check} {self.kind} {self.where}: {self.freshbooks} / {self.nav}"


@dataclass
class Figures:
    """What one check comes to."""

    check: str
    compared: int
    freshbooks: Decimal
    nav: Decimal
    differences: list[Line] = field(default_factory=list)
    explained: list[Line] = field(default_factory=list)

    def differs(self, kind: str, where: str, freshbooks: Decimal, nav: Decimal) -> None:
        self.differences.append(Line(self.check, kind, where, freshbooks, nav))

    def explains(self, kind: str, where: str, freshbooks: Decimal, nav: Decimal) -> None:
        self.explained.append(Line(self.check, kind, where, freshbooks, nav))


@dataclass(frozen=True)
class Sale:
    """What brings revenue (sign 1) or takes it back (-1): a document, or the part of a credit that is used."""

    where: str
    kind: str
    document: Document
    day: date
    sign: int
    share: Decimal
    discount: Decimal

    @property
    def items(self) -> tuple[Item, ...]:
        return self.document.items

    def net(self, item: Item) -> Decimal:
        return item.net(self.document.inclusive)

    @property
    def off(self) -> Decimal:
        """The part of every line that the discount takes."""
        base = self.document.lines_come_to
        return self.discount / base if base else NIL

    def lowers(self, item: Item) -> bool:
        return item.amount * (-1 if self.document.amount < 0 else 1) < 0


@dataclass(frozen=True)
class Notes:
    """All that was read when a day was frozen, kept as it was."""

    day: date
    answers: Answers


class Books:
    """All that the checks look at, as it is now or as of the end of an earlier day; ``frozen`` is what was noted of the latest day frozen up to it."""

    def __init__(
        self, answers: Answers, until: date | None = None, notes: Sequence[Notes] = ()
    ) -> None:
        record = answers.record
        pair = record["pair"][0]
        self.record, self.until, self.today = record, until, answers.today
        self.settings: Mapping[str, Any] = pair["settings"] or {}
        self.fb = FreshBooks.of(answers.freshbooks, until)
        self.nav = Nav(answers.nav, pair["prefix"], until)
        before = [one for one in notes if until is None or one.day <= until]
        last = max(range(len(before)), key=lambda place: (before[place].day, place), default=None)
        self.frozen = None if last is None else before[last]
        self.setups = {row["version"]: Setup(row["content"]) for row in record["setups"]}
        self.now = self.setups[max(self.setups)]
        by_pages = self.settings.get("route") == "pages"
        self.login = str(record["user"][0]["user"])
        self.user = "" if by_pages else self.login
        self.posted_by = {
            f"{row['kind']}/{row['key']}": row["setup_version"]
            for row in record["commands"]
            if row["role"] == "post" and row["state"] == "done"
        }
        named = {one.client for one in self.fb.all() if not one.deleted}
        self.customer = {r["key"]: r["nav_no"] for r in record["links"] if r["key"] in named}
        self._lay_out()

    def _lay_out(self) -> None:
        fb, until = self.fb, self.until
        self.invoices = [one for one in fb.invoices if one.stands(until)]
        self.notes = [one for one in fb.notes if one.stands(until)]
        self.payments = [one for one in fb.payments if one.stands(until)]
        self.listed = {one.id for one in fb.invoices if not one.deleted and one.is_by(until)}
        self.deferred = {
            one.id
            for one in fb.notes
            if self.now.waits_for_use and one.type == "goodwill" and one.amount > 0
            if one.where not in self.nav.family
        }
        notes = {one.id for one in fb.notes}
        if self.now.waits_for_use:
            self.deferred |= {
                one.credit
                for one in self.payments
                if one.from_credit and one.credit and one.credit not in notes
                if one.where in self.nav.family
            }
        came_in = self.nav.on(self.now.bad_debts)
        self.recovered = {
            one.where: fb.rests[one.where]
            for one in fb.payments
            if not one.amount and one.where in fb.rests
            if came_in.get(one.where) == fb.rests[one.where].amount
        }
        self.expected = {where: (doc, amount) for where, doc, amount in self._expected()}
        self.owed = self._owed()
        self.balances = self._balances()
        self.rounded = self.nav.on({self.now.rounding} - {""})
        self.strange = self._strange()

    def setup(self, where: str) -> Setup:
        """The version that a document was posted by, or the one in force."""
        return self.setups.get(self.posted_by.get(where, 0), self.now)

    def account(self, client: str, currency: str) -> Account:
        """Customer and currency as NAV writes them; a client without a link stands for itself."""
        return self.customer.get(client, client), self.code(currency)

    def code(self, currency: str) -> str:
        return "" if currency == self.nav.lcy else currency

    def moves(self, payment: Document) -> bool:
        """Whether a payment is a document in NAV: money, or the use of a credit that counts when it is used."""
        used = payment.credit in self.deferred and payment.invoice in self.listed
        return used or not payment.from_credit

    def unused(self, note: Document) -> Decimal:
        """What is left of a credit; what FreshBooks calls used by an invoice that was deleted is left, too."""
        gone = note.id in self.deferred or note in self.recovered.values()
        undone = [u for u in self.uses if u.credit == note.id and u.invoice not in self.listed]
        return NIL if gone else note.amount - note.used + sum((u.amount for u in undone), NIL)

    @property
    def uses(self) -> list[Document]:
        """The payments that are made from credits."""
        return [one for one in self.payments if one.from_credit and one.credit]

    def taken_back(self, where: str) -> bool:
        """Whether somebody else than Tieout's user has posted under the keys of a document."""
        users = {row["User_ID"].upper() for row in self.nav.general.get(where, [])}
        return bool(self.user) and bool(users - {self.user.upper()})

    def _expected(self) -> Iterator[tuple[str, Document, Decimal]]:
        for one in self.invoices:
            yield one.where, one, one.amount
        for one in self.notes:
            if one.type != "overpayment" and one.id not in self.deferred:
                yield one.where, one, -one.amount
        for one in self.fb.payments:
            rest = self.fb.rests.get(one.where)
            stands = one.stands(self.until)
            if self.moves(one) and (stands or rest) and one.where not in self.recovered:
                money = one.amount if stands else NIL
                yield one.where, one, -money - (rest.amount if rest else NIL)

    def _owed(self) -> dict[tuple[str, str], Decimal]:
        parts = [((one.client, one.currency), one.outstanding) for one in self.invoices]
        parts += [((one.client, one.currency), -self.unused(one)) for one in self.notes]
        parts += [
            ((one.client, one.currency), -one.amount)
            for one in self.payments
            if one.invoice not in self.listed and not one.from_credit
        ]
        sums = dict.fromkeys((place for place, _ in parts), NIL)
        return sums | summed(parts)

    @property
    def owed_by_account(self) -> dict[Account, Decimal]:
        parts = [(self.account(*place), amount) for place, amount in self.owed.items()]
        return dict.fromkeys((place for place, _ in parts), NIL) | summed(parts)

    @property
    def clients_of(self) -> dict[str, set[str]]:
        """The clients that are one customer."""
        found: dict[str, set[str]] = {}
        for client in {*self.customer, *(client for client, _ in self.owed)}:
            found.setdefault(self.customer.get(client, client), set()).add(client)
        return found

    def _balances(self) -> dict[Account, Decimal]:
        ours = self.clients_of
        parts = [
            ((row["Customer_No"], row["Currency_Code"]), of(row["Remaining_Amount"]))
            for row in self.nav.customer
            if row["Customer_No"] in ours
        ]
        return dict.fromkeys((place for place, _ in parts), NIL) | summed(parts)

    def _strange(self) -> list[Row]:
        managed = set(self.customer.values())
        known = {row["Entry_No"] for rows in self.nav.family.values() for row in rows}
        return [
            row
            for row in self.nav.customer
            if row["Customer_No"] in managed and not row["Reversed"]
            if row["Entry_No"] not in known
        ]

    @property
    def strange_by_account(self) -> dict[Account, Decimal]:
        return summed(
            ((row["Customer_No"], row["Currency_Code"]), of(row["Amount"])) for row in self.strange
        )

    def sales(self) -> Iterator[Sale]:
        """Invoices, and goodwill credits on their day or, where they count then, whenever they are used."""
        for one in self.invoices:
            discount = -one.discount if one.lines_come_to < 0 else one.discount
            yield Sale(one.where, "invoice", one, one.day, 1, Decimal(1), discount)
        for one in self.notes:
            if one.type == "goodwill" and one.id not in self.deferred:
                yield Sale(one.where, "credit_note", one, one.day, -1, Decimal(1), NIL)
        notes = {one.id: one for one in self.fb.notes if one.type == "goodwill"}
        for use in self.payments:
            if use.credit in self.deferred and use.credit in notes and self.moves(use):
                note = notes[use.credit]
                share = use.amount / note.amount if note.amount else Decimal(1)
                yield Sale(use.where, "credit_note", note, use.day, -1, share, NIL)

    def stands(self, where: str) -> Decimal:
        """What customers owe by a document, in its currency."""
        return plus(self.nav.family.get(where, []))

    def gone(self, live: set[str], found: dict[str, list[Row]]) -> Iterator[tuple[str, list[Row]]]:
        """What NAV has of documents that bring no revenue any more, and that no customer owes."""
        receipts = {one.where for one in self.fb.notes if one.type != "goodwill"}
        receipts |= {f"credit_note/{number}" for number in self.deferred}
        for where, rows in found.items():
            sale = not where.startswith("payment/") and where not in live | receipts
            if sale and not self.stands(where):
                yield where, rows

    def rules_tried(self, sale: Sale) -> list[Rule]:
        """The rule of its client now, then those that give the VAT groups that NAV shows."""
        client = self.fb.clients.get(sale.document.client)
        setup = self.setup(sale.where)
        now = setup.client_rule(client) if client else None
        shown = {row["VAT_Bus_Posting_Group"] for row in self.nav.taxed.get(sale.where, [])}
        others = [
            rule
            for rule in setup.content.get("customers", ())
            if rule["vat_bus"] in shown and rule != now
        ]
        return [rule for rule in (now, *others) if rule is not None]

    def groups_tried(self, sale: Sale) -> list[str]:
        """The VAT business group of its client now, then those that NAV shows."""
        client = self.fb.clients.get(sale.document.client)
        now = self.setup(sale.where).client_rule(client) if client else None
        shown = {row["VAT_Bus_Posting_Group"] for row in self.nav.taxed.get(sale.where, [])}
        first = [str(now["vat_bus"])] if now else []
        return [*first, *sorted(shown - set(first))]
