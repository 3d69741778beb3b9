"""Receivables: I1 to I5, I13, I14, I23 and I24."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from tests.oracle.books import Books, Figures
from tests.oracle.freshbooks import Document
from tests.oracle.money import CENT, NIL, of, summed
from tests.oracle.nav import Row, day, plus

# What a twin has in common with what was posted.
ALIKE = ("Customer_No", "Currency_Code", "Document_Type", "Amount")


def document_totals(books: Books) -> Figures:
    due = {where: one for where, one in books.expected.items() if one[1]}
    rows = [row for family in books.nav.family.values() for row in family]
    figures = Figures("I1", len(due), sum((a for _, a in due.values()), NIL), plus(rows))
    ever = books.nav.family_ever
    for where, (document, amount) in due.items():
        rows, since = books.nav.family.get(where, []), ever.get(where, [])
        made_good = not [*_kinds(books, where, document, amount, since)]
        for kind in _kinds(books, where, document, amount, rows):
            told = _later(books, where) if made_good else kind
            figures.differs(told, where, amount, books.stands(where))
    for where in set(books.nav.family) - set(due):
        if books.stands(where):
            kind = "MISSING_IN_FB" if plus(ever[where]) else _later(books, where)
            figures.differs(kind, where, NIL, books.stands(where))
    return figures


def _later(books: Books, where: str) -> str:
    """What differs on the day only: NAV has the document, or its correction, since."""
    return "PRIOR_PERIOD_CHANGE" if where in books.nav.family else "DATE_PERIOD"


def _kinds(
    books: Books, where: str, document: Document, amount: Decimal, rows: list[Row]
) -> Iterator[str]:
    """What is wrong with a document of which NAV has these entries."""
    if not rows:
        yield "MISSING_IN_NAV"
        return
    stands = plus(rows)
    if not stands:
        yield "NAV_REVERSED" if books.taken_back(where) else "MISSING_IN_NAV"
        return
    if stands != amount:
        copies = [row for row in rows if of(row["Amount"]) == amount and not row["Reversed"]]
        times = stands / amount
        yield "DUPLICATE" if times % 1 == 0 and 1 < times <= len(copies) else "AMOUNT"
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
        sign = -1 if document.kind == "credit_note" and document.type != "prepayment" else 1
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
        if document.kind == "credit_note" and document.type == "prepayment":
            vague = books.setup(document.where).taxes_prepayments
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
            paid.setdefault(f"invoice/{one.invoice}", []).append(one.where)
    parts = {one.where: one for one in (*books.invoices, *books.notes, *books.payments)}
    for group in _sharing(books):
        left = stands = NIL
        for where in group:
            mine = [where, *paid.get(where, [])]
            left += _left(books, parts[where]) if where in parts else NIL
            left -= sum((books.unused(books.fb.rests[w]) for w in mine if w in books.fb.rests), NIL)
            rows = [row for w in mine for row in books.nav.family.get(w, [])]
            stands += plus(rows, "Remaining_Amount")
        figures.freshbooks += left
        figures.nav += stands
        if left != stands:
            invoice = min(
                (parts[where] for where in group if where.startswith("invoice/")),
                key=lambda one: one.id,
            )
            place = books.account(invoice.client, invoice.currency)
            same = owed.get(place) == books.balances.get(place)
            figures.differs("UNAPPLIED" if same else "OPEN_AMOUNT", invoice.where, left, stands)
    return figures


def _left(books: Books, one: Document) -> Decimal:
    """What is open of an invoice (plus), of a credit or of money without an invoice (minus)."""
    if one.kind == "invoice":
        return one.outstanding
    return -one.amount if one.kind == "payment" else -books.unused(one)


def _sharing(books: Books) -> list[set[str]]:
    """Invoices one by one. Of one that was cut below what credits paid, NAV has the rest on these credits: all that are tied so are one group."""
    live = {one.where for one in books.invoices}
    stands_with = {note.id: where for where, note in books.fb.rests.items()}
    invoice_of = {one.where: f"invoice/{one.invoice}" for one in books.fb.payments}
    groups = [{where} for where in sorted(live)]
    cut = {one.where for one in books.invoices if one.outstanding < 0}
    for use in books.uses:
        where = f"invoice/{use.invoice}"
        if where not in cut or use.credit in books.deferred:
            continue
        receipt = stands_with.get(use.credit, "")
        other = invoice_of.get(receipt, "")
        credit = f"credit_note/{use.credit}" if not receipt else other if other in live else receipt
        tied = [group for group in groups if group & {where, credit}]
        groups = [group for group in groups if group not in tied]
        groups.append(set().union({where, credit}, *tied))
    return groups


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
    ours = [row for rows in books.nav.family.values() for row in rows if not row["Reversed"]]
    for row in books.strange:
        same = [one for one in ours if all(one[name] == row[name] for name in ALIKE)]
        twin = any(abs(day(one) - day(row)).days <= 10 for one in same)
        kind = "DUPLICATE" if twin else "NAV_ONLY"
        figures.differs(kind, f"customer {row['Customer_No']}", NIL, of(row["Amount"]))
    return figures


def unapplied(books: Books) -> Figures:
    """Invoices of which something is paid."""
    paid = [one for one in books.invoices if max(one.outstanding, NIL) < one.amount]
    lies = summed(
        ((row["Customer_No"], row["Currency_Code"]), -min(of(row["Remaining_Amount"]), NIL))
        for row in books.nav.customer
    )
    may_use = _may_use(books)
    beside = {place for place, amount in lies.items() if amount > may_use.get(place, NIL)}
    figures = Figures("I14", len(paid), NIL, NIL)
    for invoice in paid:
        rows = [r for r in books.nav.family.get(invoice.where, []) if of(r["Remaining_Amount"]) > 0]
        left = plus(rows, "Remaining_Amount")
        there = {(row["Customer_No"], row["Currency_Code"]) for row in rows}
        if left > max(invoice.outstanding, NIL) and there & beside:
            figures.freshbooks += invoice.outstanding
            figures.nav += left
            figures.differs("UNAPPLIED", invoice.where, invoice.outstanding, left)
    return figures


def _may_use(books: Books) -> dict[tuple[str, str], Decimal]:
    """What FreshBooks has in favour of each customer."""
    parts = [(one, books.unused(one)) for one in books.notes]
    parts += [
        (one, one.amount)
        for one in books.payments
        if one.invoice not in books.listed and not one.from_credit
    ]
    parts += [(one, max(-one.outstanding, NIL)) for one in books.invoices]
    return summed((books.account(one.client, one.currency), amount) for one, amount in parts)


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
    """The payments that are made from each credit, of whatever day."""
    found: dict[str, list[Document]] = {}
    for one in books.fb.payments:
        if one.credit and not one.deleted:
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
