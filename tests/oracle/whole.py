"""Whole accounts, rates, and populations: I12, I16, I20, I21, I22, I27 and I28. I12 and I28 are of now, whatever day is compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, localcontext

from tests.oracle.books import Books, Figures
from tests.oracle.money import NIL, of, rounded, summed, unit
from tests.oracle.nav import Row, day, plus

CLAIMS = "1200"  # receivables in FreshBooks' own chart of accounts


def seen(books: Books) -> Figures:
    listed = {one.where for one in (*books.fb.all(), *books.fb.holders) if not one.deleted}
    record = {f"{row['kind']}/{row['key']}": row["gone"] for row in books.record["documents"]}
    known = {where for where, gone in record.items() if not gone or where in listed}
    figures = Figures("I12", len(listed | known), Decimal(len(listed)), Decimal(len(known)))
    for where in listed - known:
        figures.differs("POPULATION", where, Decimal(1), NIL)
    for where in known - listed:
        figures.differs("POPULATION", where, NIL, Decimal(1))
    return figures


# ------------------------------------------------------------ rates


def rates(books: Books) -> Figures:
    figures, nav = Figures("I20", 0, NIL, NIL), books.nav
    table = rate_table(books)
    factors = _factors_on_record(books)
    foreign = [
        (where, row)
        for where, rows in nav.family.items()
        for row in rows
        if row["Currency_Code"] and row["Entry_No"] in nav.local
    ]
    off: list[tuple[str, Row]] = []
    first_at: dict[tuple[str, Decimal], int] = {}
    for where, row in foreign:
        factor = _factor(table, row)
        local = nav.local[row["Entry_No"]]
        figures.compared += 1
        figures.freshbooks += rounded(of(row["Amount"]) / factor, nav.lcy) if factor else NIL
        figures.nav += local
        if factor and _is_at(nav.lcy, row, local, factor):
            place = (row["Currency_Code"], factor)
            first_at[place] = min(row["Entry_No"], first_at.get(place, row["Entry_No"]))
        elif not _undoes(books, where, row):
            off.append((where, row))
    for where, row in off:
        factor, local = _factor(table, row), nav.local[row["Entry_No"]]
        wanted = rounded(of(row["Amount"]) / factor, nav.lcy) if factor else NIL
        known = [
            f
            for f in factors.get(where, set()) - _mistakes(table, row)
            if _is_at(nav.lcy, row, local, f)
        ]
        shown = first_at.get((row["Currency_Code"], factor or NIL), row["Entry_No"])
        write = figures.explains if known and shown >= row["Entry_No"] else figures.differs
        write("RATE", where, wanted, local)
    return figures


Table = dict[str, list[tuple[date, Decimal]]]


def rate_table(books: Books) -> Table:
    """NAV's rates, oldest first, as units of the currency for one of the local one, with 15 decimals."""
    found: Table = {}
    for row in books.nav.pages["CurrencyExchangeRates"]:
        amount, worth = of(row["Exchange_Rate_Amount"]), of(row["Relational_Exch_Rate_Amount"])
        if amount and worth:
            with localcontext(prec=40):
                factor = (amount / worth).quantize(Decimal(1).scaleb(-15))
            since = date.fromisoformat(row["Starting_Date"][:10])
            found.setdefault(row["Currency_Code"], []).append((since, factor))
    return {currency: sorted(rows) for currency, rows in found.items()}


def _factor(table: Table, row: Row) -> Decimal | None:
    before = [f for since, f in table.get(row["Currency_Code"], []) if since <= day(row)]
    return before[-1] if before else None


def _is_at(lcy: str, row: Row, local: Decimal, factor: Decimal) -> bool:
    exact = of(row["Amount"]) / factor
    return abs(local - exact) <= unit(lcy) / 2 + Decimal("1e-9") * abs(exact)


def _undoes(books: Books, where: str, row: Row) -> bool:
    """Whether an earlier entry of the document is its opposite in both currencies."""
    mine = of(row["Amount"]), books.nav.local[row["Entry_No"]]
    return any(
        other["Entry_No"] < row["Entry_No"]
        and (-of(other["Amount"]), -books.nav.local.get(other["Entry_No"], NIL)) == mine
        for other in books.nav.family[where]
    )


def _factors_on_record(books: Books) -> dict[str, set[Decimal]]:
    found: dict[str, set[Decimal]] = {}
    for row in books.record["commands"]:
        if row["factor"]:
            found.setdefault(f"{row['kind']}/{row['key']}", set()).add(Decimal(row["factor"]))
    return found


def _mistakes(table: Table, row: Row) -> set[Decimal]:
    """The youngest rate, and those in force within a week; but for that of the day and the row before its own."""
    rows, week = table.get(row["Currency_Code"], []), timedelta(days=7)
    place = sum(since <= day(row) for since, _ in rows) - 1
    first = max(0, sum(since <= day(row) - week for since, _ in rows) - 1)
    last = sum(since <= day(row) + week for since, _ in rows)
    near = {*range(first, last), len(rows) - 1} - {place, place - 1}
    return {rows[one][1] for one in near if one >= 0}


# ------------------------------------------------------------ accounts


def roll_forward(books: Books) -> Figures:
    nav, ever = books.nav, books.nav.pages
    mine, first = nav.ours_ever, nav.first_day
    touched = {row["G_L_Account_No"] for row in mine if nav.counts(row)}
    numbers = {row["Entry_No"] for row in mine}
    bank = ever["BankAccountLedgerEntries"]
    banks = {row["Bank_Account_No"] for row in bank if row["Entry_No"] in numbers}
    managed = set(books.customer.values())
    debits = [
        row
        for row in nav.gl
        if of(row["Amount"]) > 0 and row["G_L_Account_No"] in touched and day(row) >= first
    ]
    ours = [row for row in debits if row["Entry_No"] in numbers]
    compared = len(touched) + len(banks) + len(managed)
    figures = Figures("I21", compared, plus(ours), plus(debits))
    for name, rows, column, page, balance in (
        ("account", _by(nav.gl_ever, "G_L_Account_No", touched), "Amount", "GLAccount", "Balance"),
        (
            "customer",
            _by(ever["DetailedCustLedgEntries"], "Customer_No", managed),
            "Amount_LCY",
            "Customer",
            "Balance_LCY",
        ),
        (
            "bank account",
            _by(bank, "Bank_Account_No", banks),
            "Amount_LCY",
            "BankAccount",
            "Balance_LCY",
        ),
    ):
        stands = {row["No"]: of(row[balance]) for row in nav.pages[page]}
        for number, some in rows.items():
            by_then = [row for row in some if nav.counts(row)]
            later = plus(some, column) - plus(by_then, column)
            comes_to, says = plus(by_then, column), stands.get(number, NIL) - later
            where = f"{name} {number}"
            if comes_to != says:
                figures.differs("ROLL_FORWARD", where, comes_to, says)
            elif name == "account" and any(is_beside(books, row) for row in by_then):
                figures.explains("NAV_ONLY", where, comes_to, says)
    for where, ledger, general in _bank_control(books, first):
        figures.differs("CONTROL", where, ledger, general)
    return figures


def _by(rows: list[Row], column: str, wanted: set[str]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {number: [] for number in wanted}
    for row in rows:
        if row[column] in found:
            found[row[column]].append(row)
    return found


def is_beside(books: Books, row: Row) -> bool:
    """What others posted since the pair began, but for the closing of a year."""
    ours = row["External_Document_No"].startswith(f"{books.nav.prefix}-")
    return not ours and day(row) >= books.nav.first_day and row["Source_Code"] != "CLSINCOME"


def _bank_control(books: Books, first: date) -> Iterator[tuple[str, Decimal, Decimal]]:
    """The accounts of the banks that the setup names, against the bank ledger, since the pair began."""
    named = {a for s in books.setups.values() for a in s.money_accounts("Bank Account")}
    banks = {row["Entry_No"]: row for row in books.nav.pages["BankAccountLedgerEntries"]}
    on = {e for e, row in banks.items() if row["Bank_Account_No"] in named}
    accounts = {row["G_L_Account_No"] for row in books.nav.gl_ever if row["Entry_No"] in on}
    for account in accounts:
        rows = [r for r in books.nav.gl if r["G_L_Account_No"] == account and day(r) >= first]
        ledger = plus([banks[r["Entry_No"]] for r in rows if r["Entry_No"] in banks], "Amount_LCY")
        if ledger != plus(rows):
            yield f"account {account}", ledger, plus(rows)


# ------------------------------------------------------------ populations


def own_ledger(books: Books) -> Figures:
    """FreshBooks' lists against its own journal."""
    listed = {one.where: one for one in (*books.invoices, *books.notes, *books.payments)}
    named = {where for row in books.fb.journal if (where := _document_of(row))}
    claims = summed(
        ((where, _currency(row)), _moved(row))
        for row in books.fb.journal
        if (where := _document_of(row)) and str(row["account"]["account_number"]) == CLAIMS
    )
    of_invoices = {place: a for place, a in claims.items() if place[0].startswith("invoice/")}
    figures = Figures(
        "I22",
        len(listed),
        sum((one.amount for one in books.invoices), NIL),
        sum(of_invoices.values(), NIL),
    )
    by_document = summed((where, amount) for (where, _), amount in claims.items())
    for where in named - set(listed):
        figures.differs("POPULATION", where, by_document.get(where, NIL), NIL)
    for where in set(listed) - named:
        if listed[where].amount:
            figures.differs("POPULATION", where, listed[where].amount, NIL)
    there: dict[str, dict[str, Decimal]] = {where: {} for where in named}
    for (where, currency), amount in claims.items():
        there[where][currency] = amount
    for one in books.invoices:
        wanted = {one.currency: one.amount} if one.amount else {}
        if one.where in named and there[one.where] != wanted:
            figures.differs("POPULATION", one.where, one.amount, NIL)
    entries = summed(((r["entry"]["entryid"], _currency(r)), _moved(r)) for r in books.fb.journal)
    for amount in entries.values():
        figures.differs("POPULATION", "FreshBooks", amount, NIL)
    return figures


def own_balances(books: Books) -> Figures:
    """FreshBooks' trial balance against its journal, and what its invoices have outstanding against its receivables."""
    report = summed(
        (
            (str(one["currency_code"]), str(row["account_number"])),
            of(row["debit"]) - of(row["credit"]),
        )
        for one in books.fb.reports
        for row in one["data"]
    )
    codes = {str(one["currency_code"]) for one in books.fb.reports}
    journal = [row for row in books.fb.journal if _currency(row) in codes]
    come_to = summed(
        ((_currency(r), str(r["account"]["account_number"])), _moved(r)) for r in journal
    )
    owed = _outstanding(books, journal)
    figures = Figures(
        "I16",
        len({*report, *come_to}) + len(codes),
        sum((owed.get(code, NIL) for code in codes), NIL),
        sum((report.get((code, CLAIMS), NIL) for code in codes), NIL),
    )
    for code, number in {*report, *come_to}:
        one, other = come_to.get((code, number), NIL), report.get((code, number), NIL)
        if one != other:
            figures.differs("POPULATION", f"FreshBooks account {number} {code}", one, other)
    for code in codes:
        claimed = report.get((code, CLAIMS), NIL)
        if owed.get(code, NIL) != claimed:
            figures.differs(
                "POPULATION", f"FreshBooks account {CLAIMS} {code}", owed.get(code, NIL), claimed
            )
        sides = [amount for (currency, _), amount in report.items() if currency == code]
        debits = sum((amount for amount in sides if amount > 0), NIL)
        if sum(sides, NIL):
            where = f"FreshBooks trial balance {code}"
            figures.differs("POPULATION", where, debits, debits - sum(sides, NIL))
    return figures


def _outstanding(books: Books, journal: list[Row]) -> dict[str, Decimal]:
    """By currency: of all invoices; and what stands on receivables of credits, and of money whose invoice is gone."""
    live = {one.id for one in books.invoices}
    lone = {one.where for one in books.payments if one.invoice not in live}
    uses = [one for one in books.payments if one.from_credit and one.invoice in live]
    lone |= {one.where for one in uses}
    beside = [
        (_currency(row), _moved(row))
        for row in journal
        if str(row["account"]["account_number"]) == CLAIMS
        and (_document_of(row).startswith("credit_note/") or _document_of(row) in lone)
    ]
    owed = [(one.currency, one.outstanding) for one in books.invoices]
    return summed([*owed, *beside, *((one.currency, one.amount) for one in uses)])


def _document_of(row: Row) -> str:
    for name, kind in (
        ("paymentid", "payment"),
        ("creditid", "credit_note"),
        ("invoiceid", "invoice"),
    ):
        if row["entry"].get(name):
            return f"{kind}/{row['entry'][name]}"
    return ""


def _moved(row: Row) -> Decimal:
    return of(row["debit"]) if row.get("debit") else -of(row["credit"])


def _currency(row: Row) -> str:
    return str((row.get("debit") or row["credit"])["code"])


def drafts(books: Books) -> Figures:
    """Nothing is wrong with a draft; it is listed."""
    figures = Figures("I27", 0, NIL, NIL)
    for one in (*books.fb.invoices, *books.fb.notes):
        if one.draft and not one.deleted and one.is_by(books.until):
            amount = one.amount if one.kind == "invoice" else -one.amount
            figures.compared += 1
            figures.freshbooks += amount
            figures.explains("CUT_OFF", one.where, amount, NIL)
    return figures


def provenance(books: Books) -> Figures:
    """Keys in the general ledger against commands on record."""
    keys, commands = books.nav.ever_under_key, books.record["commands"]
    done = [row for row in commands if row["state"] == "done"]
    posted = {row["command_key"] for row in done if row["role"] in ("post", "reverse")}
    known = {r["command_key"] for r in commands if r["state"] in ("done", "intended", "unknown")}
    figures = Figures("I28", len(keys), Decimal(len(posted)), Decimal(len(keys)))
    for key in set(keys) - known:
        figures.differs("PROVENANCE", key, NIL, _debit(keys[key]))
    for key in posted - set(keys):
        figures.differs("PROVENANCE", key, NIL, NIL)
    for key, rows in keys.items():
        others = [r for r in rows if books.user and r["User_ID"].upper() != books.user.upper()]
        for reverses, write in ((False, figures.differs), (True, figures.explains)):
            some = [row for row in others if bool(row["Reversed_Entry_No"]) == reverses]
            if some:
                write("PROVENANCE", key, NIL, _debit(some))
    return figures


def _debit(rows: list[Row]) -> Decimal:
    return sum((of(row["Amount"]) for row in rows if of(row["Amount"]) > 0), NIL)
