"""People touch a past that was frozen, in NAV behind Tieout's back and in FreshBooks. As ``play.py`` it knows the product, and works no figure out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tests.acceptance.world import World
from tests.oracle.answers import Answers
from tests.oracle.books import Books
from tests.oracle.freshbooks import Document
from tests.oracle.nav import Row
from tests.oracle.play import answers_of

from tieout_sandboxes.people import Refused

# One of so many documents is touched.
EVERY = 12
TYPED = ("type", "name", "qty", "unit_cost", "taxName1", "taxAmount1", "taxName2", "taxAmount2")
GL, CUSTOMER = {"account_type": "G/L Account"}, {"account_type": "Customer"}


async def touch(world: World, last: date) -> Counter[str]:
    """Work in NAV, close it up to the day, and edit in FreshBooks: all but the last edit is carried over. What was done, and how often."""
    answers, done = await answers_of(world), Counter[str]()
    books = Books(answers)
    await _by_hand(world, books, last, done)
    await _set_up(world, answers, last, done)
    _taken_out(world, books, last, done)
    await world.nav.set_posting_window(f"{last + timedelta(days=1)}")
    rows = {str(row["id"]): row for row in answers.freshbooks["invoices"]}
    invoices = [one for one in books.invoices if one.day <= last and not one.inclusive]
    await _edited(world, invoices[:-1:EVERY], rows, last, done)
    await _deleted(world, [one for one in books.payments if one.day <= last][::EVERY], done)
    await world.sync()
    for one in invoices[-1:]:
        await _change(world, one, done, "on its way", lines=_more(rows[one.id]))
    return done


async def _by_hand(world: World, books: Books, last: date, done: Counter[str]) -> None:
    """The accountant dates back: between two accounts of the pair, and on customers of FreshBooks' clients."""
    accounts = _open_to_people(books)
    sides = [(GL | {"account_no": one}, accounts[0]) for one in accounts[1:3]]
    sides += [(CUSTOMER | {"account_no": no}, accounts[0]) for no in [*books.customer.values()][:2]]
    for number, (side, against) in enumerate(sides):
        day = f"{last - timedelta(days=number)}"
        lines = [side | {"amount": "75.25"}, GL | {"account_no": against, "amount": "-75.25"}]
        order = {"document_no": f"BACK-{number}", "posting_date": day, "lines": lines}
        await world.nav.control("journal", order)
        done["dated back"] += 1


def _open_to_people(books: Books) -> Sequence[str]:
    direct = {row["No"] for row in books.nav.pages["GLAccount"] if row["Direct_Posting"]}
    posted = {row["G_L_Account_No"] for row in books.nav.ours_ever}
    return sorted(direct & posted - books.nav.receivables - books.nav.tax_accounts)


async def _set_up(world: World, answers: Answers, last: date, done: Counter[str]) -> None:
    """Another percentage of VAT, and a rate put in between."""
    for row in answers.nav["VATPostingSetup"]:
        if row["VAT_Calculation_Type"].strip() == "Normal VAT" and row["VAT_Percent"]:
            key = [row["VAT_Bus_Posting_Group"], row["VAT_Prod_Posting_Group"]]
            await _record(world, "VAT Posting Setup", key, **{"VAT %": "6"})
            done["set-up"] += 1
            break
    for currency in sorted(
        {r["Currency_Code"] for r in answers.nav["CustomerLedgerEntries"]} - {""}
    ):
        values = {"Exchange Rate Amount": "1", "Relational Exch. Rate Amount": "0.77"}
        key = [currency, f"{last - timedelta(days=9)}"]
        await _record(world, "Currency Exchange Rate", key, **values)
        done["rate"] += 1


async def _record(world: World, table: str, key: list[str], **values: str) -> None:
    await world.nav.control("record", {"table": table, "key": key, "values": values})


def _taken_out(world: World, books: Books, last: date, done: Counter[str]) -> None:
    """Past NAV, an entry of revenue vanishes."""
    accounts = {str(rule["gl_account"]) for rule in books.now.content["lines"]}
    for row in books.nav.ours_ever:
        if row["G_L_Account_No"] in accounts and row["Posting_Date"][:10] <= f"{last}":
            world.nav_server.state.company.database.delete("G/L Entry", row["Entry_No"])
            done["taken out"] += 1
            return


async def _edited(
    world: World, some: Sequence[Document], rows: Mapping[str, Row], last: date, done: Counter[str]
) -> None:
    """In turns another amount, an earlier day, a day after the frozen one, and deleted."""
    for number, one in enumerate(some):
        turns: tuple[tuple[str, dict[str, Any]], ...] = (
            ("amount", {"lines": _more(rows[one.id])}),
            ("earlier", {"create_date": f"{one.day - timedelta(days=1)}"}),
            ("later", {"create_date": f"{last + timedelta(days=3)}"}),
            ("deleted", {"vis_state": 1}),
        )
        title, fields = turns[number % len(turns)]
        await _change(world, one, done, title, **fields)


def _more(row: Row) -> list[dict[str, Any]]:
    """The lines of an invoice, the first of them once more."""
    lines = [{name: line[name] for name in TYPED if line.get(name)} for line in row["lines"]]
    return [lines[0], *lines]


async def _deleted(world: World, payments: Sequence[Document], done: Counter[str]) -> None:
    for one in payments:
        await _change(world, one, done, "deleted", vis_state=1)


async def _change(
    world: World, one: Document, done: Counter[str], title: str, **fields: Any
) -> None:
    try:
        await world.person.update(one.kind, int(one.id), **fields)
        done[f"{one.kind} {title}"] += 1
    except Refused:
        done["refused"] += 1
