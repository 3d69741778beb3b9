"""The same firm's NAV, keyed by hand by imperfect people, and the truth about it.

How people key. A firm has habits: it keys the FreshBooks number as the external document number as it is written, without its zeros, or with a
prefix; one firm in six keys it into the description instead. NAV numbers documents by a series of its own. Payments name their invoice in 20 to 95 of
100 cases, by firm; the others say what the bank statement says. Names in NAV are written otherwise than in FreshBooks for one customer in three, and
are altogether different for one in twenty-five; one client in fifty was made twice in FreshBooks and once in NAV. Invoices get the day of the
document, one in twelve is keyed with a day up to three later; payments get the day of the statement, up to two later. Transfers that pay several
invoices are posted as one, naming all numbers, a range, or nothing. One customer in fifty gets one posting for all invoices of a month. Walk-in sales
are posted as one entry a day and kind. 8 of 1,000 invoices are keyed in two parts.

What goes wrong. In a clinical register 2.3 % of 4,900 keyed fields held errors that no check of ranges could catch (J Am Board Fam Med, table of
error types by field); in accounts, where totals are proved, fewer stay. Per document:

    number mistyped 1.5 %      number left out 2 %        amount mistyped 1 %        tax wrong 0.7 %            left out altogether 1.5 %
    customer wrong 0.7 %       account wrong 1 %          4 to 40 days late 3 %      day and month swapped or year mistaken 0.4 %
    keyed twice 0.8 %          currency left out 4 % of foreign                     money not applied 2 %      applied to another invoice 0.5 %
    another type of document 0.2 %                        no document of FreshBooks 1.2 entries per 100 (charges, opening items)

A mistyped figure is a digit mistaken (60 of 100), two neighbours exchanged (18), two others exchanged (2), a digit left out (10), one too many (10),
after Verhoeff (1969), who found about eight single digits for one exchange; amounts also lose their decimal point (1 in 10) or their tax (2 in 10).
Errors are drawn independently, so that some documents have two. A digit too many or too few in an amount that is over 50 times another is noticed at
once and does not stay.

A summed or daily posting can be mistyped, late, on the wrong account, or left out too; one in forty daily entries misses a sale.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.books.firm import LAST_DAY, METHODS, SERVICES, VAT, Firm, a_name

from tieout.core.matching.documents import FreshbooksDocument, NavDocument
from tieout.core.records.identity import Kind

TYPES = {Kind.INVOICE: "Invoice", Kind.CREDIT_NOTE: "Credit Memo", Kind.PAYMENT: "Payment"}
CASH = "CASH"
ZERO = Decimal(0)


@dataclass
class Planted:
    """An error and the documents that it is about, by ref and entry number."""

    kind: str
    freshbooks: frozenset[str]
    nav: frozenset[int]


@dataclass
class Truth:
    """Which documents are the same (``pairs`` of ref and entry number), and what is wrong."""

    pairs: set[tuple[str, int]] = field(default_factory=set)
    errors: list[Planted] = field(default_factory=list)


@dataclass
class Keyed:
    """One entry as it is being keyed; its number comes when all are sorted by when that was."""

    of: list[FreshbooksDocument]
    keyed_on: date
    fields: dict[str, object]
    errors: list[str] = field(default_factory=list)
    twin_of: Keyed | None = None
    entry_no: int = 0


@dataclass
class Books:
    """Both sides and the truth."""

    freshbooks: list[FreshbooksDocument]
    nav: list[NavDocument]
    truth: Truth


def books(made: Firm, seed: int) -> Books:
    """Key the firm's year into NAV."""
    return _Clerk(made, Random(f"keying {seed}")).work()


def _figures(text: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", text)]


class _Clerk:
    def __init__(self, made: Firm, rng: Random) -> None:
        self.firm, self.rng = made, rng
        self.external = rng.choice(
            ["as it is", "as it is", "without zeros", "prefixed", "text", "as it is"]
        )
        self.names_invoices = rng.uniform(0.2, 0.95)
        self.series = rng.choice([103_000, 500, 7_000_000])
        self.customers: dict[str, tuple[str, str]] = {}
        self.keyed: list[Keyed] = []
        self.truth = Truth()
        self.documents = {d.ref: d for d in made.documents}
        self.unapplied: set[str] = set()
        self.misapplied: set[str] = set()

    # ------------------------------------------------------------ the year

    def work(self) -> Books:
        self._make_customers()
        left = self._in_groups()
        for document in left:
            self._one(document)
        self._twice()
        self._strangers()
        return self._posted()

    def _make_customers(self) -> None:
        no = 10_000
        for buyer in self.firm.buyers:
            if buyer.walk_in:
                self.customers[buyer.id] = (CASH, "Cash sales")
                continue
            no += 10
            self.customers[buyer.id] = (f"C{no}", self._spelled(buyer.name))
        usual = [b.id for b in self.firm.buyers if not b.walk_in]
        for twice in self.rng.sample(usual, len(usual) // 50):
            self.customers[twice] = self.customers[self.rng.choice(usual)]

    def _spelled(self, name: str) -> str:
        chance = self.rng.random()
        if chance < 0.04:
            return a_name(self.rng)
        if chance < 0.14:
            return name.upper()
        if chance < 0.22:
            return name.replace("Limited", "Ltd").replace("Ltd", "Ltd.").replace("&", "and")
        if chance < 0.30:
            return name[:20]
        if chance < 0.36:
            at = self.rng.randrange(1, max(2, len(name) - 1))
            return name[:at] + name[at + 1 :]
        return name

    def _in_groups(self) -> list[FreshbooksDocument]:
        """Key what goes together; the rest is keyed one by one."""
        done: set[str] = set()
        twins = self.firm.twins
        for ref in twins:
            done.add(ref)
            self.truth.errors.append(Planted("DUPLICATE", frozenset({ref}), frozenset()))
        for refs in self.firm.transfers:
            if self.rng.random() < 0.9:
                some = [self.documents[ref] for ref in refs]
                done |= set(refs)
                self._sum(some, self._transfer_text(some), some[0].day)
        for some in self._monthly():
            if not done & {d.ref for d in some}:
                done |= {d.ref for d in some}
                self._sum(some, self._month_text(some), max(d.day for d in some))
        done |= self._daily(done)
        return [d for d in self.firm.documents if d.ref not in done]

    def _monthly(self) -> list[list[FreshbooksDocument]]:
        usual = [b.id for b in self.firm.buyers if not b.walk_in]
        chosen = set(self.rng.sample(usual, max(1, len(usual) // 50)))
        months: dict[tuple[str, int], list[FreshbooksDocument]] = defaultdict(list)
        for d in self.firm.documents:
            if d.client in chosen and d.kind is Kind.INVOICE and d.ref not in self.firm.twins:
                months[d.client, d.day.month].append(d)
        return [some for some in months.values() if len(some) > 1]

    def _daily(self, done: set[str]) -> set[str]:
        """One entry a day and kind for all walk-in sales; now and then a sale is missed."""
        walk_ins = self.firm.walk_ins
        days: dict[tuple[date, Kind], list[FreshbooksDocument]] = defaultdict(list)
        for d in self.firm.documents:
            if d.ref in walk_ins or self.firm.pays.get(d.ref) in walk_ins:
                days[d.day, d.kind].append(d)
        for (day, kind), some in days.items():
            if len(some) > 2 and self.rng.random() < 0.025:
                missed = some.pop(self.rng.randrange(len(some)))
                done.add(missed.ref)
                self._omitted([missed])
            what = "Sales" if kind is Kind.INVOICE else "Takings"
            self._sum(some, ("", f"{what} {day:%d/%m}"), day)
        return done | {d.ref for some in days.values() for d in some}

    # ------------------------------------------------------------ one posting

    def _sum(self, some: list[FreshbooksDocument], text: tuple[str, str], day: date) -> None:
        if self.rng.random() < 0.015:
            self._omitted(some)
            return
        entry = self._entry(some, day)
        entry.fields |= {"external_no": text[0], "description": text[1]}
        self._amount_slip(entry, 0.01)
        self._account_slip(entry)
        self._late(entry)
        self.keyed.append(entry)

    def _one(self, d: FreshbooksDocument) -> None:
        if self.rng.random() < 0.015:
            self._omitted([d])
        elif d.kind is Kind.INVOICE and self.rng.random() < 0.008:
            self._in_two(d)
        else:
            entry = self._entry([d], d.day + timedelta(days=self._habit(d)))
            self._write_number(entry, d)
            self._slips(entry, d)
            self.keyed.append(entry)

    def _habit(self, d: FreshbooksDocument) -> int:
        if d.kind is Kind.PAYMENT:
            return self.rng.choices([0, 1, 2], [70, 20, 10])[0]
        return self.rng.randrange(1, 4) if self.rng.random() < 0.08 else 0

    def _entry(self, some: list[FreshbooksDocument], day: date) -> Keyed:
        first = some[0]
        no, name = self.customers[first.client]
        table = METHODS if first.kind is Kind.PAYMENT else SERVICES
        taxes = [d.tax for d in some]
        tax = sum((t for t in taxes if t is not None), ZERO) if None not in taxes else None
        return Keyed(
            some,
            day,
            {
                "type": TYPES[first.kind],
                "customer_no": no,
                "customer_name": name,
                "amount": sum((d.amount for d in some), ZERO),
                "currency": first.currency,
                "posting_date": day,
                "tax": tax if first.currency == "GBP" else None,
                "accounts": frozenset(table[c] for d in some for c in d.categories),
                "external_no": "",
                "description": name,
            },
        )

    def _in_two(self, d: FreshbooksDocument) -> None:
        share = Decimal(self.rng.randrange(15, 85)) / 100
        first = (d.amount * share).quantize(Decimal("0.01"))
        style = self.rng.choice(["same", "letters", "slash", "first only"])
        number = self._as_keyed(d.number)
        for part, amount in enumerate((first, d.amount - first)):
            entry = self._entry([d], d.day + timedelta(days=part * self.rng.choice([0, 0, 0, 5])))
            tax = None if d.tax is None or d.currency != "GBP" else ZERO
            if tax is not None and d.tax is not None:
                tax = (
                    (d.tax * amount / d.amount).quantize(Decimal("0.01"))
                    if part == 0
                    else d.tax - self._kept
                )
                self._kept = tax
            endings = {"same": "", "letters": "AB"[part], "slash": f"/{part + 1}", "first only": ""}
            told = "" if style == "first only" and part else number + endings[style]
            where = "description" if self.external == "text" else "external_no"
            entry.fields |= {"amount": amount, "tax": tax, where: told or entry.fields[where]}
            self.keyed.append(entry)

    # ------------------------------------------------------------ numbers and texts

    def _as_keyed(self, number: str) -> str:
        if self.external == "without zeros" and number.isdigit():
            return number.lstrip("0")
        if self.external == "prefixed" and number.isdigit():
            return f"INV{number.lstrip('0').zfill(4)}"
        return number

    def _write_number(self, entry: Keyed, d: FreshbooksDocument) -> None:
        number = d.number or d.named[0]
        if d.kind is Kind.PAYMENT and self.rng.random() > self.names_invoices:
            entry.fields["description"] = self.rng.choice(
                [
                    "BACS receipt",
                    "Receipt",
                    str(entry.fields["customer_name"]),
                    d.reference or "FPS credit",
                ]
            )
            return
        typed = self._as_keyed(number)
        if d.kind is not Kind.PAYMENT and self.rng.random() < 0.02:
            entry.errors.append("NUMBER")
            return
        if self.rng.random() < 0.015:
            typed, wrong = self._typo(typed), typed
            if _figures(typed) != _figures(wrong):
                entry.errors.append("NUMBER")
        if self.external == "text" or (d.kind is Kind.PAYMENT and self.rng.random() < 0.6):
            words = {Kind.INVOICE: "Invoice", Kind.CREDIT_NOTE: "Credit note", Kind.PAYMENT: "Paid"}
            entry.fields["description"] = f"{words[d.kind]} {typed}"
        else:
            entry.fields["external_no"] = typed

    def _transfer_text(self, some: list[FreshbooksDocument]) -> tuple[str, str]:
        numbers = [self._as_keyed(d.named[0]) for d in some]
        chance = self.rng.random()
        if chance > self.names_invoices:
            return "", "BACS receipt"
        if chance < self.names_invoices / 3:
            return numbers[0], f"{numbers[0]} and {len(numbers) - 1} more"
        text = ", ".join(numbers)
        return "", text if len(text) <= 50 else f"{numbers[0]} to {numbers[-1]}"

    def _month_text(self, some: list[FreshbooksDocument]) -> tuple[str, str]:
        return self.rng.choice(["", self._as_keyed(some[0].number)]), f"Invoices {some[0].day:%B}"

    def _typo(self, text: str) -> str:
        places = [
            i for i, c in enumerate(text) if c.isdigit() and text[:i].strip("0INVA-") + c != "0"
        ]
        if len(places) < 2:
            return text
        slip = self.rng.choices(["digit", "swap", "far", "less", "more"], [60, 18, 2, 10, 10])[0]
        at = self.rng.randrange(len(places))
        i = places[at]
        if slip == "digit":
            other = self.rng.choice([c for c in "0123456789" if c != text[i]])
            return text[:i] + other + text[i + 1 :]
        if slip in ("swap", "far"):
            j = places[(at + (1 if slip == "swap" else 2)) % len(places)]
            letters = list(text)
            letters[i], letters[j] = letters[j], letters[i]
            return "".join(letters)
        return text[:i] + text[i + 1 :] if slip == "less" else text[:i] + text[i] + text[i:]

    # ------------------------------------------------------------ slips

    def _slips(self, entry: Keyed, d: FreshbooksDocument) -> None:
        self._amount_slip(entry, 0.01)
        self._tax_slip(entry)
        self._account_slip(entry)
        self._late(entry)
        if self.rng.random() < 0.007:
            others = sorted(
                {
                    c
                    for c in self.customers.values()
                    if c[0] not in (entry.fields["customer_no"], CASH)
                }
            )
            no, name = self.rng.choice(others)
            entry.fields |= {"customer_no": no, "customer_name": name}
            entry.errors.append("CUSTOMER")
        if d.currency != "GBP" and self.rng.random() < 0.04:
            entry.fields["currency"] = "GBP"
            entry.errors.append("CURRENCY")
        if self.rng.random() < 0.002:
            other = {"Invoice": "", "Credit Memo": "Payment", "Payment": "Credit Memo"}
            entry.fields["type"] = other[str(entry.fields["type"])]
            if entry.fields["type"]:
                entry.errors.append("TYPE")
        if d.kind is Kind.PAYMENT and self.rng.random() < 0.02:
            entry.errors.append("UNAPPLIED")
        elif d.kind is Kind.PAYMENT and self.rng.random() < 0.005:
            self.misapplied.add(d.ref)

    def _amount_slip(self, entry: Keyed, chance: float) -> None:
        if self.rng.random() > chance:
            return
        right = Decimal(str(entry.fields["amount"]))
        way = self.rng.random()
        tax = entry.fields["tax"]
        if way < 0.2 and tax:
            typed = right - Decimal(str(tax))
            entry.fields["tax"] = ZERO
        elif way < 0.3:
            typed = right * self.rng.choice([Decimal(10), Decimal("0.1")])
        else:
            typed = Decimal(self._typo(str(right)))
        if typed == right or not 0 < typed / right < 50:
            return
        if entry.fields["tax"]:
            entry.fields["tax"] = (typed - typed / (1 + VAT)).quantize(Decimal("0.01"))
        entry.fields["amount"] = typed.quantize(Decimal("0.01"))
        if entry.fields["amount"] != right:
            entry.errors.append("AMOUNT")

    def _tax_slip(self, entry: Keyed) -> None:
        tax = entry.fields["tax"]
        if tax and "AMOUNT" not in entry.errors and self.rng.random() < 0.007:
            wrong = self.rng.choice([ZERO, Decimal(str(entry.fields["amount"])) / 21])
            entry.fields["tax"] = wrong.quantize(Decimal("0.01"))
            entry.errors.append("TAX")

    def _account_slip(self, entry: Keyed) -> None:
        if self.rng.random() < 0.01:
            table = METHODS if entry.of[0].kind is Kind.PAYMENT else SERVICES
            others = sorted(set(table.values()) - set(entry.fields["accounts"]))  # type: ignore[call-overload]
            if others:
                entry.fields["accounts"] = frozenset({self.rng.choice(others)})
                entry.errors.append("ACCOUNT")

    def _late(self, entry: Keyed) -> None:
        day = entry.fields["posting_date"]
        assert isinstance(day, date)
        chance = self.rng.random()
        if chance < 0.03:
            day += timedelta(days=self.rng.randrange(4, 41))
        elif chance < 0.032 and day.day <= 12 and day.day != day.month:
            day = day.replace(month=day.day, day=day.month)
        elif chance < 0.034 and (day.month, day.day) != (2, 29):
            day = day.replace(year=day.year - 1)
        entry.fields["posting_date"] = day

    # ------------------------------------------------------------ what is not keyed, or twice, or is no document

    def _omitted(self, some: Sequence[FreshbooksDocument]) -> None:
        for d in some:
            self.truth.errors.append(Planted("MISSING_IN_NAV", frozenset({d.ref}), frozenset()))

    def _twice(self) -> None:
        for entry in list(self.keyed):
            if self.rng.random() < 0.008:
                later = timedelta(days=self.rng.choice([0, 0, 0, 1, 2, 5, 9, 14]))
                day = entry.fields["posting_date"]
                assert isinstance(day, date)
                fields = {**entry.fields, "posting_date": day + later}
                self.keyed.append(Keyed(entry.of, entry.keyed_on + later, fields, twin_of=entry))

    def _strangers(self) -> None:
        usual = sorted({c for c in self.customers.values() if c[0] != CASH})
        for _ in range(round(len(self.keyed) * 0.012)):
            no, name = self.rng.choice(usual)
            day = date(2025, 1, 1) + timedelta(days=self.rng.randrange(365))
            what = self.rng.choice(
                [
                    "Finance charge",
                    "Opening balance",
                    "Rent recharged",
                    "Receipt",
                    "Refund of deposit",
                ]
            )
            debit = what != "Receipt"
            amount = Decimal(self.rng.randrange(1000, 300000)) / 100
            fields: dict[str, object] = {
                "type": {"Finance charge": "Finance Charge Memo", "Receipt": "Payment"}.get(
                    what, ""
                ),
                "customer_no": no,
                "customer_name": name,
                "amount": amount if debit else -amount,
                "currency": "GBP",
                "posting_date": day,
                "tax": None,
                "accounts": frozenset({"8100" if debit else "1100"}),
                "external_no": "",
                "description": what,
            }
            self.keyed.append(Keyed([], day, fields))

    # ------------------------------------------------------------ posting

    def _posted(self) -> Books:
        self.keyed.sort(key=lambda e: (e.keyed_on, e.twin_of is not None))
        for n, entry in enumerate(self.keyed):
            entry.entry_no = 2000 + 3 * n
        self._apply()
        nav = []
        for n, entry in enumerate(self.keyed):
            number = f"{self.series + n}"
            nav.append(NavDocument(entry_no=entry.entry_no, document_no=number, **entry.fields))  # type: ignore[arg-type]
            self._note(entry)
        return Books(self._with_open(), nav, self.truth)

    def _note(self, entry: Keyed) -> None:
        refs, number = frozenset(d.ref for d in entry.of), frozenset({entry.entry_no})
        plant = self.truth.errors.append
        if not entry.of:
            plant(Planted("MISSING_IN_FB", frozenset(), number))
            return
        if entry.twin_of is not None:
            plant(Planted("DUPLICATE", frozenset(), number))
            return
        self.truth.pairs |= {(d.ref, entry.entry_no) for d in entry.of}
        for kind in entry.errors:
            plant(Planted(kind, refs, number))
        day = entry.fields["posting_date"]
        assert isinstance(day, date)
        if any((d.day.year, d.day.month) != (day.year, day.month) for d in entry.of):
            plant(Planted("PERIOD", refs, number))
        elif any(abs((d.day - day).days) > 3 for d in entry.of):
            plant(Planted("DATE", refs, number))

    def _apply(self) -> None:
        """Money settles its invoice in NAV, if it is there, as far as it goes; what is not applied or goes elsewhere stays open."""
        rest: dict[int, Decimal] = {id(e): Decimal(str(e.fields["amount"])) for e in self.keyed}
        bills: dict[str, list[Keyed]] = defaultdict(list)
        for e in self.keyed:
            if e.twin_of is None:
                for d in e.of:
                    bills[d.ref].append(e)
        for e in self.keyed:
            if e.twin_of is not None or not e.of or e.of[0].kind is not Kind.PAYMENT:
                continue
            if "UNAPPLIED" in e.errors:
                continue
            for d in e.of:
                wanted = self.firm.pays[d.ref]
                self._settle(e, d, bills.get(wanted, []), rest)
        for e in self.keyed:
            e.fields["remaining"] = rest[id(e)]

    def _settle(
        self, e: Keyed, d: FreshbooksDocument, bills: list[Keyed], rest: dict[int, Decimal]
    ) -> None:
        if d.ref in self.misapplied:
            paid_for = set(self.firm.pays.values())
            others = [
                o
                for o in self.keyed
                if len(o.of) == 1 and o.of[0].kind is Kind.INVOICE and o.twin_of is None
                if o.fields["customer_no"] == e.fields["customer_no"] and o not in bills
                if o.of[0].ref not in paid_for
                and rest[id(o)] >= -rest[id(e)]
                and o.fields["currency"] == e.fields["currency"]
            ]
            if others and bills:
                wrong = self.rng.choice(others)
                refs = frozenset({bills[0].of[0].ref, wrong.of[0].ref})
                self.truth.errors.append(Planted("OPEN_AMOUNT", refs, frozenset()))
                bills = [wrong]
        for bill in bills:
            part = min(rest[id(bill)], -rest[id(e)], -d.amount if len(e.of) > 1 else -rest[id(e)])
            if bill.fields["currency"] == e.fields["currency"] and part > 0:
                rest[id(bill)] -= part
                rest[id(e)] += part

    def _with_open(self) -> list[FreshbooksDocument]:
        paid: dict[str, Decimal] = defaultdict(Decimal)
        for ref, bill in self.firm.pays.items():
            paid[bill] += self.documents[ref].amount
        return [
            replace(d, open=d.amount + paid[d.ref]) if d.kind is Kind.INVOICE else d
            for d in self.firm.documents
            if d.day <= LAST_DAY
        ]
