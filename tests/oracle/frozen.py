"""I25: what was noted of both systems when a day was frozen, against what they say now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from tests.oracle.books import Books, Figures
from tests.oracle.freshbooks import Document
from tests.oracle.money import NIL, of, summed
from tests.oracle.nav import Row, day, plus
from tests.oracle.whole import rate_table

SetUp = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Past:
    """Both books up to the day, as they were when it was frozen: NAV's accounts with their entries, its highest number, and FreshBooks' documents."""

    day: date
    watched: set[str]
    entries: Mapping[str, list[Row]]
    last: int
    documents: Mapping[str, Document]
    currencies: set[str]
    set_up: SetUp

    @classmethod
    def of(cls, books: Books, until: date) -> Past:
        watched = _watched(books)
        entries: dict[str, list[Row]] = defaultdict(list)
        for row in books.nav.gl:
            if row["G_L_Account_No"] in watched:
                entries[row["G_L_Account_No"]].append(row)
        currencies = {r["Currency_Code"] for r in books.nav.pages["CustomerLedgerEntries"]} - {""}
        return cls(
            day=until,
            watched=watched,
            entries=entries,
            last=max((row["Entry_No"] for row in books.nav.gl_ever), default=0),
            documents=_documents(books),
            currencies=currencies,
            set_up=_set_up(books, until, currencies),
        )


@lru_cache(maxsize=1)
def past_of(books: Books) -> Past | None:
    """What was noted of the day that counts."""
    noted = books.frozen
    return Past.of(Books(noted.answers, noted.day), noted.day) if noted else None


def frozen_past(books: Books) -> Figures:
    """Without a frozen day nothing is compared."""
    past = past_of(books)
    if past is None:
        return Figures("I25", 0, NIL, NIL)
    rows = [row for row in books.nav.gl_ever if _belongs(books, past, row)]
    stood = [row for some in past.entries.values() for row in some]
    compared = len(past.entries) + len(past.documents) + len(past.set_up)
    figures = Figures("I25", compared, _debits(stood), _debits(rows))
    _dated_back(figures, [row for row in rows if row["Entry_No"] > past.last])
    _rewritten(figures, past, [row for row in rows if row["Entry_No"] <= past.last])
    _set_up_changed(figures, past, _set_up(books, past.day, past.currencies))
    for where, (then, now) in restated(books, past).items():
        write = figures.differs if differs_in_nav(books, where) else figures.explains
        amounts = [one.amount if one else NIL for one in (now, then)]
        write("PRIOR_PERIOD_CHANGE", where, *amounts)
    return figures


def _watched(books: Books) -> set[str]:
    """The accounts on which the pair had posted, which its posting setup named, or on which receivables, taxes and money of its banks stand."""
    nav, setups = books.nav, books.setups.values()
    banks = {account for setup in setups for account in setup.money_accounts("Bank Account")}
    bank = nav.pages["BankAccountLedgerEntries"]
    numbers = {row["Entry_No"] for row in bank if row["Bank_Account_No"] in banks}
    numbers |= {row["Entry_No"] for row in nav.ours_ever}
    posted = {row["G_L_Account_No"] for row in nav.gl_ever if row["Entry_No"] in numbers}
    named = {account for setup in setups for account in setup.accounts}
    return posted | named | nav.receivables | nav.tax_accounts


def _belongs(books: Books, past: Past, row: Row) -> bool:
    """Whether an entry is dated up to the frozen day, on a watched account or under a key of the pair."""
    ours = row["External_Document_No"].startswith(f"{books.nav.prefix}-")
    return day(row) <= past.day and (ours or row["G_L_Account_No"] in past.watched)


def _debits(rows: list[Row]) -> Decimal:
    return plus([row for row in rows if of(row["Amount"]) > 0])


# ------------------------------------------------------------ NAV


def _dated_back(figures: Figures, rows: list[Row]) -> None:
    """What came since, by document and day; whichever of its sides is larger."""
    documents: dict[tuple[str, date], list[Row]] = defaultdict(list)
    for row in rows:
        documents[row["Document_No"], day(row)].append(row)
    for (number, on), some in documents.items():
        debits = _debits(some)
        where = f"{number or 'no number'} of {on.isoformat()}"
        figures.differs("BACKDATED", where, NIL, max(debits, debits - plus(some)))


def _rewritten(figures: Figures, past: Past, rows: list[Row]) -> None:
    """Accounts that come to something else by the entries of then."""
    now = summed((row["G_L_Account_No"], of(row["Amount"])) for row in rows)
    for account, some in past.entries.items():
        was, comes_to = plus(some), now.get(account, NIL)
        if was != comes_to:
            figures.differs("FROZEN_PAST", f"account {account}", was, comes_to)


def _set_up(books: Books, until: date, currencies: set[str]) -> SetUp:
    """What decides where a posting stands and which tax it has; and the rates of these currencies up to the day."""
    nav, rows = books.nav, SetUp()
    for row in nav.pages["VATPostingSetup"]:
        waits = nav.unrealised and (row.get("Unrealized_VAT_Type") or "").strip()
        accounts = (row["Sales_VAT_Account"], row.get("Sales_VAT_Unreal_Account") if waits else "")
        said = (of(row["VAT_Percent"]).normalize(), row["VAT_Calculation_Type"], *accounts)
        group = f"{row['VAT_Bus_Posting_Group']} {row['VAT_Prod_Posting_Group']}"
        rows["VAT posting setup", group] = f"{said}"
    for row in nav.pages["CustomerPostingGroups"]:
        rows["customer posting group", row["Code"]] = row["Receivables_Account"]
    for row in nav.pages["GeneralPostingSetup"]:
        group = f"{row['Gen_Bus_Posting_Group']} {row['Gen_Prod_Posting_Group']}"
        rows["general posting setup", group] = "there"
    for currency, rates in rate_table(books).items():
        for since, factor in rates if currency in currencies else ():
            if since <= until:
                rows["exchange rate", f"{currency} of {since.isoformat()}"] = f"{factor}"
    return rows


def _set_up_changed(figures: Figures, past: Past, now: SetUp) -> None:
    """What was there is as it was; what is new is let be, but for a rate."""
    new = {name for name in now if name[0] == "exchange rate"}
    for name in {*past.set_up, *new}:
        if past.set_up.get(name) != now.get(name):
            figures.differs("SETUP", " ".join(name), NIL, NIL)


# ------------------------------------------------------------ FreshBooks


def _documents(books: Books) -> dict[str, Document]:
    return {one.where: one for one in (*books.invoices, *books.notes, *books.payments)}


Restated = Mapping[str, tuple[Document | None, Document | None]]


def restated(books: Books, past: Past) -> Restated:
    """Documents of the frozen past as they were and as they are, where that is not the same; not those that come to nothing."""
    return dict(_restated(past, _documents(books)))


def _restated(
    past: Past, shown: Mapping[str, Document]
) -> Iterator[tuple[str, tuple[Document | None, Document | None]]]:
    added = {where for where, one in shown.items() if one.day <= past.day}
    for where in {*past.documents, *added}:
        then, now = past.documents.get(where), shown.get(where)
        amount = any(one.amount for one in (then, now) if one)
        if amount and _kept(then) != _kept(now):
            yield where, (then, now)


def _kept(one: Document | None) -> tuple[object, ...]:
    return (one.day, one.client, one.currency, one.amount) if one else ()


def differs_in_nav(books: Books, where: str) -> bool:
    """Whether customers owe by a document something else than FreshBooks shows now."""
    wanted: dict[tuple[str, str], Decimal] = {}
    if where in books.expected:
        document, amount = books.expected[where]
        wanted = summed([(books.account(document.client, document.currency), amount)])
    rows = books.nav.family.get(where, [])
    found = summed(((r["Customer_No"], r["Currency_Code"]), of(r["Amount"])) for r in rows)
    return wanted != found
