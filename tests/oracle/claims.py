"""Receivables: I1 to I5, I13, I14, I23 and I24."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from tests.oracle.books import Books, Figures
from tests.oracle.freshbooks import Document
from tests.oracle.money import CENT, NIL, of, summed
from tests.oracle.nav import Row, day, plus


def document_totals(books: Books) -> Figures:
    due = {where: one for where, one in books.expected.items() if one[1]}
    rows = [row for family in books.nav.family.values() for row in family]
    figures = Figures("I1", len(due), sum((a for _, a in due.values()), NIL), plus(rows))
    for where, (document, amount) in due.items():
        for kind in _kinds(books, where, document, amount):
            figures.differs(kind, where, amount, books.stands(where))
    for where in set(books.nav.family) - set(due):
        if books.stands(where):
            figures.differs("MISSING_IN_FB", where, NIL, books.stands(where))
    return figures


def _kinds(books: Books, where: str, document: Document, amount: Decimal) -> Iterator[str]:
    rows = books.nav.family.get(where, [])
    if not rows:
        yield "MISSING_IN_NAV"
        return
    stands = plus(rows)
    if stands != amount:
        yield "DUPLICATE" if stands and not stands % amount else "AMOUNT"
    left = summed(((r["Customer_No"], r["Currency_Code"]), of(r["Amount"])) for r in rows)
    if {customer for customer, _ in left} - {books.customer.get(document.client, "")}:
        yield "CUSTOMER_MISMATCH"
    if {currency for _, currency in left} - {books.code(document.currency)}:
        yield "CURRENCY"


def taxes(books: Books) -> Figures:
    figures, nav = Figures("I2", 0, NIL, NIL), books.nav
    posted = nav.on(nav.tax_accounts)
    rows_of = _tax_rows(books)
    for document in _taxed(books):
        where, home = document.where, document.currency == nav.lcy
        sign = -1 if document.kind == "credit_note" else 1
        rest = sign * (document.amount - document.lines_come_to + document.discount)
        wanted = rest if home else nav.home(where, document.currency, rest)
        sales_tax = [r for r in nav.taxed.get(where, []) if _is_sales_tax(r)]
        found = posted.get(where, NIL) - plus(sales_tax)
        cents = NIL if home else CENT * (1 + rows_of.get(where, 0) + len(sales_tax))
        figures.compared += 1
        figures.freshbooks += wanted
        figures.nav += found
        cents_apart = books.rounded.get(where, NIL)
        if abs(wanted - found) <= cents:
            continue
        small = abs(cents_apart) <= books.now.most_rounding
        if small and abs(wanted - found - cents_apart) <= cents:
            figures.explains("ROUNDING", where, wanted, found)
        else:
            figures.differs("TAX", where, wanted, found)
    return figures


def _taxed(books: Books) -> Iterator[Document]:
    for document in (*books.invoices, *books.notes):
        vague = document.inclusive or (document.id in books.deferred and document.kind != "invoice")
        if document.items and not vague and document.where in books.nav.family:
            yield document


def _tax_rows(books: Books) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in books.nav.gl:
        where = books.nav.keyed.get(row["Entry_No"])
        if where and row["G_L_Account_No"] in books.nav.tax_accounts:
            counts[where] = counts.get(where, 0) + 1
    return counts


def _is_sales_tax(row: Row) -> bool:
    return str(row["VAT_Calculation_Type"]).strip() == "Sales Tax"


def open_items(books: Books) -> Figures:
    figures, owed = Figures("I3", len(books.invoices), NIL, NIL), books.owed_by_account
    paid: dict[str, list[str]] = {}
    for one in books.fb.payments:
        if books.moves(one):
            paid.setdefault(one.invoice, []).append(one.where)
    for invoice in books.invoices:
        group = [invoice.where, *paid.get(invoice.id, [])]
        rests = [books.fb.rests[where] for where in group if where in books.fb.rests]
        left = invoice.outstanding - sum((books.unused(one) for one in rests), NIL)
        rows = [row for where in group for row in books.nav.family.get(where, [])]
        stands = plus(rows, "Remaining_Amount")
        figures.freshbooks += left
        figures.nav += stands
        if left != stands:
            place = books.account(invoice.client, invoice.currency)
            same = owed.get(place) == books.balances.get(place)
            figures.differs("UNAPPLIED" if same else "OPEN_AMOUNT", invoice.where, left, stands)
    return figures


def balances(books: Books) -> Figures:
    owed, stand, strange = books.owed_by_account, books.balances, books.strange_by_account
    figures = Figures(
        "I4", len(books.clients_of), sum(owed.values(), NIL), sum(stand.values(), NIL)
    )
    for place in {*owed, *stand}:
        one, other = owed.get(place, NIL), stand.get(place, NIL)
        if one != other:
            kind = "NAV_ONLY" if strange.get(place, NIL) == other - one else "BALANCE"
            figures.differs(kind, _told(books, place), one, other)
    return figures


def _told(books: Books, place: tuple[str, str]) -> str:
    customer, currency = place
    clients = ", ".join(sorted(books.clients_of.get(customer, {customer})))
    linked = customer if customer in books.customer.values() else "none"
    return f"client {clients} = customer {linked}" + (f" in {currency}" if currency else "")


def control(books: Books) -> Figures:
    nav, ours = books.nav, set(books.customer.values())
    accounts = plus([row for row in nav.gl if row["G_L_Account_No"] in nav.receivables])
    ledger = plus(nav.details, "Amount_LCY")
    others = [r for r in nav.details if r["Customer_No"] not in ours or r["Currency_Code"]]
    owed = sum((a for (_, currency), a in books.owed.items() if currency == nav.lcy), NIL)
    stands = accounts - plus(others, "Amount_LCY")
    figures = Figures("I5", 2, owed, stands)
    if ledger != accounts:
        figures.differs("CONTROL", "receivables", ledger, accounts)
    if owed != stands:
        strange = sum((a for (_, code), a in books.strange_by_account.items() if not code), NIL)
        kind = "NAV_ONLY" if strange == stands - owed else "CONTROL"
        figures.differs(kind, "receivables", owed, stands)
    return figures


def strangers(books: Books) -> Figures:
    managed = set(books.customer.values())
    looked_at = sum(row["Customer_No"] in managed for row in books.nav.customer)
    figures = Figures("I13", looked_at, NIL, plus(books.strange))
    for row in books.strange:
        figures.differs("NAV_ONLY", f"customer {row['Customer_No']}", NIL, of(row["Amount"]))
    return figures


def unapplied(books: Books) -> Figures:
    paid = [one for one in books.invoices if one.amount > 0 and one.outstanding <= 0]
    beside = {
        (row["Customer_No"], row["Currency_Code"])
        for row in books.nav.customer
        if of(row["Remaining_Amount"]) < 0
    }
    figures = Figures("I14", len(paid), NIL, NIL)
    for invoice in paid:
        for row in books.nav.family.get(invoice.where, []):
            left = of(row["Remaining_Amount"])
            if left > 0 and (row["Customer_No"], row["Currency_Code"]) in beside:
                figures.nav += left
                figures.differs("UNAPPLIED", invoice.where, invoice.outstanding, left)
    return figures


def due_dates(books: Books) -> Figures:
    figures = Figures("I23", 0, NIL, NIL)
    for invoice in books.invoices:
        rows = [
            row
            for row in books.nav.family.get(invoice.where, [])
            if invoice.due and row["Open"] and row["Document_Type"].strip() == "Invoice"
        ]
        figures.compared += len(rows)
        figures.freshbooks += invoice.outstanding if rows else NIL
        figures.nav += plus(rows, "Remaining_Amount")
        for row in rows:
            if row["Due_Date"][:10] != invoice.due:
                left = of(row["Remaining_Amount"])
                figures.differs("DUE_DATE", invoice.where, invoice.outstanding, left)
    return figures


def applications(books: Books) -> Figures:
    figures, first_open = Figures("I24", 0, NIL, NIL), books.nav.first_open(books.login, vat=False)
    sources = {
        row["Entry_No"]: (document, row)
        for document in (*books.fb.notes, *books.fb.payments)
        for row in books.nav.family.get(document.where, [])
        if not row["Reversed"]
    }
    spent = _spent(books)
    for detail in books.nav.details:
        known = sources.get(detail["Cust_Ledger_Entry_No"])
        applied = detail["Entry_Type"].strip() == "Application" and not detail["Unapplied"]
        days = _may_lie_on(books, *known, spent) if known and applied else set()
        if known is None or not days:
            continue
        amount, lies = of(detail["Amount"]), day(detail)
        figures.compared += 1
        figures.nav += abs(amount)
        if (lies.year, lies.month) in {(one.year, one.month) for one in days}:
            figures.freshbooks += abs(amount)
        elif max(days) < min(first_open, lies):
            figures.explains("DATE_PERIOD", known[0].where, NIL, amount)
        else:
            figures.differs("DATE_PERIOD", known[0].where, NIL, amount)
    return figures


def _spent(books: Books) -> dict[str, list[Document]]:
    """The payments that are made from each credit."""
    found: dict[str, list[Document]] = {}
    for one in books.payments:
        if one.credit:
            found.setdefault(one.credit, []).append(one)
    return found


def _may_lie_on(
    books: Books, document: Document, entry: Row, spent: dict[str, list[Document]]
) -> set[date]:
    """The latest of the payment's day and both entries' days, for each entry that it may settle; a document may settle its own other entries."""
    family = books.nav.family
    if document.kind == "credit_note":
        uses = spent.get(document.id, [])
    else:
        rest = books.fb.rests.get(document.where)
        uses = [] if document.deleted else [document]
        uses = uses + (spent.get(rest.id, []) if rest else [])
    mine = day(entry)
    own = {
        max(mine, day(other))
        for other in family.get(document.where, [])
        if other["Entry_No"] != entry["Entry_No"]
    }
    return own | {
        max(mine, use.day, day(other))
        for use in uses
        for other in family.get(f"invoice/{use.invoice}", [])
    }
