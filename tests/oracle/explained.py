"""I26: what the other checks explain, each item by the rule of its class from documents and entries, gross, aged and within its limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from tests.oracle.books import Books, Figures, Line
from tests.oracle.frozen import Past, Restated, past_of, restated
from tests.oracle.money import NIL, of
from tests.oracle.moved import moved_in_the_ledger, struck_out
from tests.oracle.nav import Row, day, plus
from tests.oracle.whole import is_beside

# The usual limits: a part of the document, what all may come to, and days. Three years have a leap day.
USUAL: Mapping[str, Mapping[str, object]] = {
    "BANK_CHARGE": {"share": "0.25"},
    "RATE": {"share": "0.10"},
    "CUT_OFF": {"days": 3 * 365 + 1},
}
# What may be dated later because its day was closed for money, and not for VAT.
MONEY = ("I7", "I24")


@dataclass(frozen=True)
class Given:
    """What a rule gives: an amount without sign, and the day from which its age counts."""

    amount: Decimal
    since: date


def explained_items(books: Books, others: Sequence[Figures]) -> Figures:
    rules = Rules(books)
    lines = [line for one in others for line in one.explained]
    figures = Figures("I26", len(lines), NIL, NIL)
    classes: dict[str, list[Decimal]] = defaultdict(list)
    for line in lines:
        given = rules.give(line)
        amount = given.amount if given else abs(line.freshbooks - line.nav) or abs(line.nav)
        classes[line.kind].append(amount)
        figures.freshbooks += amount
        if given and rules.within(line, given):
            figures.nav += amount
        else:
            figures.differs("NOT_EXPLAINED", line.where, line.freshbooks, line.nav)
    for kind, amounts in classes.items():
        gross, most = sum(amounts, NIL), rules.limit(kind, "total")
        figures.explains(kind, f"all {kind}", gross, gross)
        if most is not None and gross > most:
            figures.differs("NOT_EXPLAINED", f"all {kind}", most, gross)
    return figures


class Rules:
    """One rule for each class, and the limits of the pair."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.given = books.settings.get("explained_limits") or {}

    def give(self, line: Line) -> Given | None:
        """What the rule of its class gives; nothing is no explanation, but for a draft."""
        found = self._given(line)
        return found if found and (found.amount or line.kind == "CUT_OFF") else None

    def within(self, line: Line, given: Given) -> bool:
        """Whether an item is small and young enough."""
        share, days = self.limit(line.kind, "share"), self.limit(line.kind, "days")
        age = ((self.books.until or self.books.today) - given.since).days
        small = share is None or given.amount <= share * (self._document(line) or given.amount)
        return small and (days is None or age <= days)

    def _document(self, line: Line) -> Decimal:
        """The whole of which an item is a part: what its check compares is that, but for I2, which only compares the tax of a document."""
        if line.check != "I2":
            return max(abs(line.freshbooks), abs(line.nav))
        document, amount = self.books.expected[line.where]
        return abs(self.books.nav.home(line.where, document.currency, amount))

    def limit(self, kind: str, name: str) -> Decimal | None:
        """A limit of a class; the settings of the pair change or lift the usual one."""
        value = {**USUAL.get(kind, {}), **self.given.get(kind, {})}.get(name)
        return None if value is None else Decimal(str(value))

    def _given(self, line: Line) -> Given | None:
        rules = {
            "CUT_OFF": self._draft,
            "ROUNDING": self._rounding,
            "BANK_CHARGE": self._bank_charge,
            "REFUND": self._refund,
            "DATE_PERIOD": self._closed,
            "PRIOR_PERIOD_CHANGE": self._restated,
            "RATE": self._rate,
            "NAV_ONLY": self._beside,
            "PROVENANCE": self._reversed,
        }
        return rules.get(line.kind, self._regrouped)(line)

    @cached_property
    def _past(self) -> Past | None:
        return past_of(self.books)

    @cached_property
    def _changed(self) -> Restated:
        return restated(self.books, self._past) if self._past else {}

    @cached_property
    def _documents(self) -> dict[str, date]:
        return {one.where: one.day for one in self.books.fb.all()}

    @cached_property
    def _entries(self) -> dict[str, list[Row]]:
        """All entries under the keys of each document, of whatever day."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.books.nav.ours_ever:
            found[self.books.nav.keyed.get(row["Entry_No"], "")].append(row)
        return found

    def _day(self, where: str) -> date:
        """FreshBooks' day; of what it does not have any more, that of its first entry."""
        return self._documents.get(where) or min(map(day, self._entries[where]))

    def _draft(self, line: Line) -> Given | None:
        return Given(abs(line.freshbooks), self._day(line.where))

    def _rounding(self, line: Line) -> Given | None:
        amount = abs(self.books.rounded.get(line.where, NIL))
        fits = amount <= self.books.now.most_rounding
        return Given(amount, self._day(line.where)) if fits else None

    def _bank_charge(self, line: Line) -> Given | None:
        """Only of a receipt whose entries balance."""
        rows = self.books.nav.general.get(line.where, [])
        charges = {setup.charges for setup in self.books.setups.values()} - {""}
        charge = abs(plus([row for row in rows if row["G_L_Account_No"] in charges]))
        return None if plus(rows) else Given(charge, self._day(line.where))

    def _refund(self, line: Line) -> Given | None:
        nav = self.books.nav
        back = [
            row
            for row in nav.general.get(line.where, [])
            if row["Document_Type"].strip() == "Refund" or "-CB-" in row["External_Document_No"]
            if row["G_L_Account_No"] in nav.receivables
        ]
        return _gross(back)

    def _closed(self, line: Line) -> Given | None:
        """What lies on a later day, its own being closed; and a document that was moved, or taken, out of what is closed."""
        if line.check in ("I6", "I18") and line.where not in self._sales:
            return self._struck_out(line)
        nav, own = self.books.nav, self._day(line.where)
        uses = [u.day for u in self.books.fb.payments if f"credit_note/{u.credit}" == line.where]
        own = min(own, *uses) if uses else own
        closed = nav.first_open(self.books.login, vat=line.check not in MONEY)
        late = any(on > own for on in self._lies_on(line))
        amount = abs(line.nav) or abs(line.freshbooks)
        if late and own < closed:
            return Given(amount, own)
        month, own = line.check == "I18", self._day(line.where)
        was = moved_in_the_ledger(nav, line.where, own, closed, by_month=month)
        return Given(amount, was) if was and line.check != "I24" else None

    def _struck_out(self, line: Line) -> Given | None:
        closed = self.books.nav.first_open(self.books.login, vat=True)
        month = line.check == "I18"
        found = struck_out(self.books.nav, line.where, closed, by_month=month)
        return Given(*found) if found else None

    @cached_property
    def _sales(self) -> set[str]:
        return {sale.where for sale in self.books.sales()}

    def _lies_on(self, line: Line) -> Iterator[date]:
        if line.check != "I24":
            yield from map(day, self._entries[line.where])
            return
        numbers = {row["Entry_No"] for row in self.books.nav.family[line.where]}
        for row in self.books.nav.details:
            ours = row["Cust_Ledger_Entry_No"] in numbers and of(row["Amount"]) == line.nav
            if ours and row["Entry_Type"].strip() == "Application":
                yield day(row)

    def _restated(self, line: Line) -> Given | None:
        """By how much FreshBooks changed a document of the frozen past, or all of it where its day or client was changed."""
        if self._past is None:
            return None
        then, now = self._changed[line.where]
        was, stands = (one.amount if one else NIL for one in (then, now))
        moved = then and now and (then.day, then.client) != (now.day, now.client)
        amount = max(abs(was), abs(stands)) if moved else abs(stands - was)
        return Given(amount, self._past.day)

    def _rate(self, line: Line) -> Given | None:
        nav = self.books.nav
        rows = [r for r in nav.family[line.where] if nav.local.get(r["Entry_No"]) == line.nav]
        return Given(abs(line.freshbooks - line.nav), min(map(day, rows)))

    def _beside(self, line: Line) -> Given | None:
        """Debits and credits alike of what others posted on an account since the pair's first day, but for the closing of a year."""
        account = line.where.removeprefix("account ")
        rows = [row for row in self.books.nav.gl if row["G_L_Account_No"] == account]
        return _gross([row for row in rows if is_beside(self.books, row)])

    def _reversed(self, line: Line) -> Given | None:
        """What others reversed of a key, each entry the opposite of the one that it names."""
        stood = {row["Entry_No"]: of(row["Amount"]) for row in self.books.nav.gl_ever}
        user = self.books.user.upper()
        undone = [
            row
            for row in self.books.nav.ever_under_key[line.where]
            if row["User_ID"].upper() != user
            if stood.get(row["Reversed_Entry_No"]) == -of(row["Amount"])
        ]
        debit = plus([row for row in undone if of(row["Amount"]) > 0])
        fits = bool(undone) and debit == line.nav
        return Given(debit, min(map(day, undone))) if fits else None

    def _regrouped(self, line: Line) -> Given | None:
        """The whole document, of whose customer NAV's VAT entries show another group."""
        return Given(abs(line.nav) or abs(line.freshbooks), self._day(line.where))


def _gross(rows: list[Row]) -> Given | None:
    """Whatever is debit or credit, added up without sign."""
    amounts = [abs(of(row["Amount"])) for row in rows]
    return Given(sum(amounts, NIL), min(map(day, rows))) if rows else None
