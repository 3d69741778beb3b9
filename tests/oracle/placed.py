"""Revenue, money and VAT where they stand: I6, I7, I18 and I19."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.oracle.books import Books, Figures, Sale
from tests.oracle.freshbooks import Document
from tests.oracle.money import CENT, NIL, near, of, rounded, summed
from tests.oracle.moved import Mark, mark, moved
from tests.oracle.nav import Row, day, number, plus
from tests.oracle.setup import Rule, Setup

Cells = dict[tuple[str, date], Decimal]


@dataclass
class Sheet:
    """One document by place and day, as it should be and as it is; a place may be off by ``cents``; ``later``: NAV has more of it after the day."""

    where: str
    day: date
    wanted: Cells
    found: Cells
    cents: Decimal = NIL
    elsewhere: bool = False
    later: bool = False

    @property
    def agrees(self) -> bool:
        return near(self.wanted, self.found, self.cents)

    @property
    def kind(self) -> str:
        """What is wrong, if anything: what was corrected since, the day only, the place only, or the amount."""
        if self.later:
            return "PRIOR_PERIOD_CHANGE" if self.found else "DATE_PERIOD"
        wanted, found = _whenever(self.wanted), _whenever(self.found)
        if near(wanted, found, self.cents):
            return "DATE_PERIOD"
        left = abs(sum(wanted.values(), NIL) - sum(found.values(), NIL))
        same = left <= self.cents * max(1, len(self.found))
        return "ACCOUNT_MAPPING" if same or self.elsewhere else "AMOUNT"

    @property
    def figures(self) -> tuple[Decimal, Decimal]:
        return sum(self.wanted.values(), NIL), sum(self.found.values(), NIL)


def _whenever(cells: Cells) -> dict[str, Decimal]:
    return summed((place, amount) for (place, _), amount in cells.items())


def _first_that_fits(sheets: list[Sheet]) -> tuple[Sheet, bool]:
    """Of several, the first that agrees, and whether that is not the first of all."""
    fits = next((place for place, one in enumerate(sheets) if one.agrees), 0)
    return sheets[fits], fits > 0


# ------------------------------------------------------------ revenue


def revenue(books: Books) -> Figures:
    figures, closed = Figures("I6", 0, NIL, NIL), books.nav.first_open(books.login, vat=True)
    sales = {sale.where: sale for sale in books.sales()}
    sheets: list[tuple[Sheet, bool]] = []
    for sale in sales.values():
        nothing = sale.document.currency == books.nav.lcy and not sale.document.amount
        if sale.where in books.nav.family or (nothing and sale.where in books.nav.general):
            sheets.append(_revenue_of(books, sale))
    figures.compared = len(sheets)
    figures.freshbooks = sum((one.figures[0] for one, _ in sheets), NIL)
    figures.nav = sum((one.figures[1] for one, _ in sheets), NIL)
    for where, rows in books.gone(set(sales), books.nav.general):
        sheets.append((Sheet(where, min(map(day, rows)), {}, _on_accounts(books, where)), False))
    for sheet, regrouped in sheets:
        if regrouped or (not sheet.agrees and _is_late(sheet, _sold(books, sheet), closed)):
            kind = "ACCOUNT_MAPPING" if regrouped else "DATE_PERIOD"
            figures.explains(kind, sheet.where, *sheet.figures)
        elif not sheet.agrees:
            figures.differs(sheet.kind, sheet.where, *sheet.figures)
    return figures


def _is_late(sheet: Sheet, marks: list[Mark], closed: date) -> bool:
    """Whether only the day is wrong, and nobody could help it: the right one is closed, or the first was."""
    day_only = sheet.kind == "DATE_PERIOD"
    left = moved(marks, sheet.wanted, sheet.cents, closed) is not None
    return day_only and (left or sheet.day < closed)


def _on_accounts(books: Books, where: str) -> Cells:
    """All that the general ledger has, but for receivables, taxes and rounding."""
    return summed((one.cell, one.amount) for one in _marked(books, where))


def _marked(books: Books, where: str) -> list[Mark]:
    rounding = {setup.rounding for setup in books.setups.values()}
    aside = books.nav.receivables | books.nav.tax_accounts | rounding
    return [
        mark(books.nav, row, (row["G_L_Account_No"], day(row)), -of(row["Amount"]))
        for row in books.nav.general.get(where, [])
        if row["G_L_Account_No"] not in aside
    ]


def _sold(books: Books, sheet: Sheet) -> list[Mark]:
    """Without what was taken for sales tax, which is on no account of the sheet."""
    taxes = {account for account, _ in _on_accounts(books, sheet.where)}
    taxes -= {account for account, _ in sheet.found}
    return [one for one in _marked(books, sheet.where) if one.cell[0] not in taxes]


def _revenue_of(books: Books, sale: Sale) -> tuple[Sheet, bool]:
    setup = books.setup(sale.where)
    found = _on_accounts(books, sale.where)
    if setup.sales_tax:
        found = _without_sales_tax(books, setup, sale, found)
    groups = books.groups_tried(sale)
    vague, later = _vague(books, setup, sale), books.nav.comes_later(sale.where)
    sheets = [
        Sheet(sale.where, sale.day, wanted, found, vague, later=later)
        for wanted in ([_net_by_account(books, setup, sale, group) for group in groups] or [{}])
    ]
    return _first_that_fits(sheets)


def _net_by_account(books: Books, setup: Setup, sale: Sale, vat_bus: str) -> Cells:
    parts: list[tuple[str, Decimal]] = []
    apart = setup.discount_account
    for item in sale.items:
        if item.amount:
            rule = _line_rule(books, setup, sale, item, vat_bus)
            account = str(rule["gl_account"]) if rule else "of no rule"
            parts.append((account, sale.net(item) * (1 if apart else 1 - sale.off)))
    if apart and sale.discount:
        whole = sum(map(sale.net, sale.items), NIL) * sale.off
        parts.append((apart, -whole if sale.document.inclusive else -sale.discount))
    return _at_home(books, sale, parts, sale.day)


def _at_home(books: Books, sale: Sale, parts: Iterable[tuple[str, Decimal]], on: date) -> Cells:
    """Sums by place in local money, each rounded as one."""
    factor, currency = sale.share * sale.sign, sale.document.currency
    return {
        (place, on): local
        for place, amount in summed(parts).items()
        if (local := books.nav.home(sale.where, currency, amount * factor))
    }


def _line_rule(books: Books, setup: Setup, sale: Sale, item: object, vat_bus: str) -> Rule | None:
    customer = books.customer.get(sale.document.client, "")
    return setup.line_rule(sale.kind, item, vat_bus, customer, lowers=sale.lowers(item))  # type: ignore[arg-type]


def _without_sales_tax(books: Books, setup: Setup, sale: Sale, found: Cells) -> Cells:
    """Accounts that the setup does not name are taken for those of sales tax, if they add up to it."""
    named = {str(rule["gl_account"]) for rule in setup.content["lines"]} | {setup.discount_account}
    others = {cell: amount for cell, amount in found.items() if cell[0] not in named}
    tax = -plus(books.nav.taxed.get(sale.where, []))
    if sum(others.values(), NIL) != tax:
        return found
    return {cell: amount for cell, amount in found.items() if cell not in others}


def _vague(books: Books, setup: Setup, sale: Sale) -> Decimal:
    """A cent for each row where FreshBooks does not say the net to the cent."""
    netted = sale.discount and not setup.discount_account
    vague = sale.document.inclusive or setup.sales_tax or netted or sale.share != 1
    if sale.document.currency == books.nav.lcy and not vague:
        return NIL
    return CENT * max(1, len(books.nav.general.get(sale.where, [])), len(sale.items))


# ------------------------------------------------------------ money


def money(books: Books) -> Figures:
    figures, closed = Figures("I7", 0, NIL, NIL), books.nav.first_open(books.login, vat=False)
    for document, amount, account in _receipts(books):
        marks = _money_marks(books, document, account)
        sheet = _money_of(books, document, amount, account, marks)
        figures.compared += 1
        figures.freshbooks += sheet.figures[0]
        figures.nav += sheet.figures[1]
        _judge_money(books, figures, sheet, marks, closed)
    return figures


def _receipts(books: Books) -> list[tuple[Document, Decimal, str]]:
    """FreshBooks' cash that stands in NAV; a write-off is none."""
    found: list[tuple[Document, Decimal, str]] = []
    for one in books.fb.payments:
        setup, recovered = books.setup(one.where), books.recovered.get(one.where)
        if one.from_credit or (one.where not in books.expected and not recovered):
            continue
        amount = recovered.amount if recovered else -books.expected[one.where][1]
        home = one.currency == books.nav.lcy
        income = home and one.where in books.nav.general
        if income if recovered else one.where in books.nav.family:
            nothing = setup.writes_off(one)
            found.append((one, NIL if nothing else amount, setup.money_account(one)))
    prepaid = [n for n in books.notes if n.type == "prepayment" and n.where in books.nav.family]
    found += [(n, n.amount, books.setup(n.where).prepayment_account) for n in prepaid]
    return found


def _money_marks(books: Books, document: Document, account: str) -> list[Mark]:
    where, nav = document.where, books.nav
    rows, family = nav.general.get(where, []), nav.family.get(where, [])
    charges = {setup.charges for setup in books.setups.values()} - {""}
    money_accounts = {a for s in books.setups.values() for a in s.money_accounts("G/L Account")}
    rates = {
        number(row): of(row["Amount"]) / nav.local[row["Entry_No"]]
        for row in family
        if row["Currency_Code"] and nav.local.get(row["Entry_No"])
    }

    def of_money(row: Row, on: str, column: str) -> Mark:
        own = of(row[column]) * rates.get(number(row), Decimal(1))
        cell = (account if on in charges else on, day(row))
        return mark(nav, row, cell, rounded(own, document.currency))

    found = [of_money(r, r["Bank_Account_No"], "Amount_LCY") for r in nav.banked.get(where, [])]
    found += [
        of_money(r, r["G_L_Account_No"], "Amount")
        for r in rows
        if r["G_L_Account_No"] in money_accounts | charges
    ]
    return found


def _money_of(
    books: Books, document: Document, amount: Decimal, account: str, marks: list[Mark]
) -> Sheet:
    where, nav = document.where, books.nav
    rows, family = nav.general.get(where, []), nav.family.get(where, [])
    cents = NIL if document.currency == nav.lcy else CENT * max(1, len(rows))
    wanted = summed([((account, document.day), amount)])
    right = bool(amount) and plus(family) == -amount
    later = nav.comes_later(where)
    found = summed((one.cell, one.amount) for one in marks)
    return Sheet(where, document.day, wanted, found, cents, right, later)


def _judge_money(
    books: Books, figures: Figures, sheet: Sheet, marks: list[Mark], closed: date
) -> None:
    rows = books.nav.general.get(sheet.where, [])
    charges = {setup.charges for setup in books.setups.values()} - {""}
    if plus([row for row in rows if row["G_L_Account_No"] in charges]):
        figures.explains("BANK_CHARGE", sheet.where, *sheet.figures)
    if sheet.agrees:
        return
    back = any(
        row["Document_Type"].strip() == "Refund" or "-CB-" in row["External_Document_No"]
        for row in rows
    )
    if (back and sheet.kind == "DATE_PERIOD") or _is_late(sheet, marks, closed):
        figures.explains("REFUND" if back else "DATE_PERIOD", sheet.where, *sheet.figures)
    else:
        figures.differs(sheet.kind, sheet.where, *sheet.figures)


# ------------------------------------------------------------ VAT


@dataclass
class Return:
    """Bases and taxes of one document."""

    base: Sheet
    tax: Sheet
    cells: set[tuple[str, date]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for one in (self.base, self.tax):
            self.cells |= {*one.wanted, *one.found}

    @property
    def agrees(self) -> bool:
        return self.base.agrees and self.tax.agrees

    @property
    def figures(self) -> tuple[Decimal, Decimal]:
        (a, b), (c, d) = self.base.figures, self.tax.figures
        return a + c, b + d

    @property
    def kind(self) -> str:
        kinds = {one.kind for one in (self.base, self.tax) if not one.agrees}
        if "PRIOR_PERIOD_CHANGE" in kinds:
            return "PRIOR_PERIOD_CHANGE"
        if kinds == {"DATE_PERIOD"}:
            return "DATE_PERIOD"
        return "TAX" if "AMOUNT" in kinds else "VAT_GROUP"


def vat_return(books: Books) -> Figures:
    figures, closed = Figures("I18", 0, NIL, NIL), books.nav.first_open(books.login, vat=True)
    sales = {sale.where: sale for sale in books.sales()}
    returns = [one for sale in sales.values() if (one := _return_of(books, sale)) is not None]
    figures.compared = len({cell for one, _ in returns for cell in one.cells})
    figures.freshbooks = sum((one.figures[0] for one, _ in returns), NIL)
    figures.nav = sum((one.figures[1] for one, _ in returns), NIL)
    for where, rows in books.gone(set(sales), books.nav.taxed):
        on = min(map(day, rows))
        base = Sheet(where, on, {}, _declared(rows, "Base"))
        returns.append((Return(base, Sheet(where, on, {}, _declared(rows, "Amount"))), False))
    for one, regrouped in returns:
        if regrouped:
            figures.explains("VAT_GROUP", one.base.where, *one.figures)
        elif not one.agrees and _declared_late(books, one, closed):
            figures.explains("DATE_PERIOD", one.base.where, *one.figures)
        elif not one.agrees:
            figures.differs(one.kind, one.base.where, *one.figures)
    _left_open(books, figures)
    return figures


def _declared_late(books: Books, one: Return, closed: date) -> bool:
    rows = books.nav.taxed.get(one.base.where, [])
    together = "all" if ("all" in {group for group, _ in one.cells}) else ""
    parts = ((one.base, "Base"), (one.tax, "Amount"))
    return one.kind == "DATE_PERIOD" and all(
        part.agrees or _is_late(part, _declared_marks(books, rows, column, together), closed)
        for part, column in parts
    )


def _declared_marks(books: Books, rows: list[Row], column: str, together: str) -> list[Mark]:
    return [
        mark(
            books.nav, row, (together or _vat_group(row), day(row).replace(day=1)), -of(row[column])
        )
        for row in rows
    ]


def _declared(rows: list[Row], column: str, together: str = "") -> Cells:
    return summed(
        ((together or _vat_group(row), day(row).replace(day=1)), -of(row[column])) for row in rows
    )


def _vat_group(row: Row) -> str:
    return f"{row['VAT_Bus_Posting_Group']} {row['VAT_Prod_Posting_Group']}"


def _return_of(books: Books, sale: Sale) -> tuple[Return, bool] | None:
    groups = books.groups_tried(sale)
    waiting = {group for setup in books.setups.values() for group in setup.cash_groups}
    if sale.where not in books.nav.family or waiting & set(groups) or not groups:
        return None
    tried = [_declared_and_due(books, sale, group) for group in groups]
    fits = next((place for place, one in enumerate(tried) if one.agrees), 0)
    return tried[fits], fits > 0


def _declared_and_due(books: Books, sale: Sale, vat_bus: str) -> Return:
    setup, rows = books.setup(sale.where), books.nav.taxed.get(sale.where, [])
    month = sale.day.replace(day=1)
    bases: list[tuple[str, Decimal]] = []
    taxes: list[tuple[str, Decimal]] = []
    for item in () if setup.sales_tax else sale.items:
        group = f"{vat_bus} {setup.tax_group(item, vat_bus) or 'of no rule'}"
        net = sale.net(item) * (1 - sale.off)
        bases.append((group, net))
        taxes.append((group, net * sum((percent for _, percent in item.taxes), NIL) / 100))
    if setup.sales_tax:
        document = sale.document
        taxes = [("all", document.amount - document.lines_come_to + sale.discount)]
    together = "all" if setup.sales_tax else ""
    cents, exact = _tax_cents(books, setup, sale, len(rows))
    later = books.nav.comes_later(sale.where)

    def sheet(due: list[tuple[str, Decimal]], found: Cells, may_be_off: Decimal) -> Sheet:
        wanted = _at_home(books, sale, due, month)
        return Sheet(sale.where, sale.day, wanted, found, may_be_off, later=later)

    return Return(
        sheet(bases, {} if setup.sales_tax else _declared(rows, "Base"), NIL if exact else cents),
        sheet(taxes, _declared(rows, "Amount", together), cents),
    )


def _tax_cents(books: Books, setup: Setup, sale: Sale, rows: int) -> tuple[Decimal, bool]:
    apart = abs(books.rounded.get(sale.where, NIL))
    vague = sale.document.inclusive or sale.share != 1 or apart or sale.discount
    told = setup.content.get("vat_difference", True) and sale.document.currency == books.nav.lcy
    most = min(apart, books.now.most_rounding)
    return CENT * max(1, rows, len(sale.items)) + most, bool(told and not vague)


def _left_open(books: Books, figures: Figures) -> None:
    """Entries of ours that are open on a day up to which VAT of their group is settled."""
    settled: dict[str, date] = {}
    for row in books.nav.vat_ever:
        if row["Closed"]:
            group = _vat_group(row)
            settled[group] = max(day(row), settled.get(group, date.min))
    waiting = {group for setup in books.setups.values() for group in setup.cash_groups}
    for where, rows in books.nav.taxed.items():
        for row in rows:
            counts = row["VAT_Bus_Posting_Group"] not in waiting and (
                of(row["Base"]) or of(row["Amount"])
            )
            if counts and not row["Closed"] and day(row) <= settled.get(_vat_group(row), date.min):
                figures.differs("VAT_PERIOD", where, NIL, -of(row["Amount"]))


# ------------------------------------------------------------ attributes

Marks = dict[tuple[str, str], Decimal]


@dataclass
class Attributes:
    """A document by place (an account, a VAT group) and what it stands under there."""

    where: str
    wanted: Marks
    found: Marks
    cents: Decimal

    @property
    def off(self) -> set[tuple[str, str]]:
        """Marks that differ, on places whose amount is right as such."""
        places = {place for place, _ in (*self.wanted, *self.found)}
        right = {place for place in places if abs(self._on(place)) <= self.cents}
        return {
            mark
            for mark in {*self.wanted, *self.found}
            if mark[0] in right
            and abs(self.wanted.get(mark, NIL) - self.found.get(mark, NIL)) > self.cents
        }

    def _on(self, place: str) -> Decimal:
        wanted = sum((a for (one, _), a in self.wanted.items() if one == place), NIL)
        return wanted - sum((a for (one, _), a in self.found.items() if one == place), NIL)

    def figures(self, counts: Callable[[tuple[str, str]], bool]) -> tuple[Decimal, Decimal]:
        wanted = sum((a for mark, a in self.wanted.items() if counts(mark)), NIL)
        return wanted, sum((a for mark, a in self.found.items() if counts(mark)), NIL)


def attributes(books: Books) -> Figures:
    figures = Figures("I19", 0, NIL, NIL)
    for sale in books.sales():
        rules = books.rules_tried(sale) if sale.document.client in books.fb.clients else []
        if sale.where not in books.nav.family or not rules:
            continue
        tried = [_attributes_by(books, sale, rule) for rule in rules]
        fits = next((place for place, one in enumerate(tried) if not one.off), 0)
        one = tried[fits]
        wanted, found = one.figures(lambda mark: mark[0].startswith("account"))
        figures.compared += 1
        figures.freshbooks += wanted
        figures.nav += found
        if one.off or fits:
            told = one.figures(one.off.__contains__)
            write = figures.differs if one.off else figures.explains
            write("LINE_ATTRIBUTES", sale.where, *told)
    return figures


def _attributes_by(books: Books, sale: Sale, client: Rule) -> Attributes:
    setup, nav = books.setup(sale.where), books.nav
    marks: list[tuple[tuple[str, str], Decimal]] = []
    for item in sale.items:
        rule = _line_rule(books, setup, sale, item, client["vat_bus"])
        if rule is not None and item.amount:
            marks += _marks_of(books, setup, sale, client, rule, item)
    waits = client["vat_bus"] in setup.cash_groups or setup.sales_tax
    kept = [(m, a) for m, a in marks if not (waits and m[0].startswith("VAT"))]
    sums: Marks = dict.fromkeys((mark for mark, _ in kept), NIL) | summed(kept)
    factor, currency = sale.share * sale.sign, sale.document.currency
    wanted = {mark: nav.home(sale.where, currency, a * factor) for mark, a in sums.items()}
    most = min(abs(books.rounded.get(sale.where, NIL)), books.now.most_rounding)
    rows = len(nav.general.get(sale.where, []))
    cents = CENT * max(1, rows, len(sale.items)) + most
    return Attributes(sale.where, wanted, _marks_in_nav(books, sale.where, wanted), cents)


def _marks_of(
    books: Books, setup: Setup, sale: Sale, client: Rule, rule: Rule, item: object
) -> list[tuple[tuple[str, str], Decimal]]:
    groups = f"{client['gen_bus']} {rule['gen_prod']}"
    given = {code.upper(): value.upper() for code, value in (rule.get("dimensions") or {}).items()}
    named = [f" {code}={given[code]}" for code in books.nav.dimensions if given.get(code)]
    under, net = groups + "".join(named), sale.net(item)  # type: ignore[arg-type]
    vat = f"VAT group {client['vat_bus']} {setup.tax_group(item, client['vat_bus'])}"  # type: ignore[arg-type]
    marks = [((vat, groups), net * (1 - sale.off))]
    if not setup.discount_account:
        return [*marks, ((f"account {rule['gl_account']}", under), net * (1 - sale.off))]
    if sale.off:
        marks.append(((f"account {setup.discount_account}", under), -net * sale.off))
    return [*marks, ((f"account {rule['gl_account']}", under), net)]


def _marks_in_nav(books: Books, where: str, wanted: Marks) -> Marks:
    places = {place for place, _ in wanted}
    asked = {word for _, under in wanted for word in under.split() if "=" in word}
    marks: list[tuple[tuple[str, str], Decimal]] = []
    for row in books.nav.general.get(where, []):
        columns = ("Global_Dimension_1_Code", "Global_Dimension_2_Code")
        codes = [
            f"{code}={row.get(column)}"
            for code, column in zip(books.nav.dimensions, columns, strict=True)
        ]
        under = f"{row['Gen_Bus_Posting_Group']} {row['Gen_Prod_Posting_Group']}"
        under += "".join(f" {code}" for code in codes if code in asked)
        marks.append(((f"account {row['G_L_Account_No']}", under), -of(row["Amount"])))
    for row in books.nav.taxed.get(where, []):
        under = f"{row['Gen_Bus_Posting_Group']} {row['Gen_Prod_Posting_Group']}"
        marks.append(((f"VAT group {_vat_group(row)}", under), -of(row["Base"])))
    kept = [(mark, amount) for mark, amount in marks if mark[0] in places]
    return dict.fromkeys((mark for mark, _ in kept), NIL) | summed(kept)
