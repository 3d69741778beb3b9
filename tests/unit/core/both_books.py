"""Two books that agree, made up from a seed, row by row, without any code that posts; a test may then change them behind Tieout's back."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from tests.unit.core.books import SETUP, customer

from tieout.core.reconciliation.accounts import Accounts, Stands
from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks
from tieout.core.reconciliation.evidence import Evidence
from tieout.core.reconciliation.frozen import Frozen
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.limits import limits_of
from tieout.core.reconciliation.rate_table import Rate, RateTable
from tieout.core.reconciliation.recorded import Known, Recorded, Sent
from tieout.core.reconciliation.rules import Rules, Setup
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.tieout import Tieout, compare, sides_of
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.document import Line, LineTax, Visibility
from tieout.core.records.identity import KEY_TYPES, Kind, Ref
from tieout.core.records.invoice import Invoice
from tieout.core.records.ledger import (
    BankEntry,
    CustomerEntry,
    DetailedEntry,
    GLEntry,
    VatEntry,
)
from tieout.core.records.money import Money
from tieout.core.records.payment import Payment

CENT, ZERO = Decimal("0.01"), Decimal(0)
WORTH = {"GBP": Decimal(1), "EUR": Decimal("0.85")}
FACTOR, LATER = Decimal("1.176470588235294"), Decimal("1.098901098901099")
RATES = ("20", "5", "0")
BANKS = {"GBP": "BANK-GBP", "EUR": "BANK-EUR"}
RECEIVABLES, VAT, REVENUE, CREDITS, DISCOUNT, BANK_GL = (
    "1200",
    "2200",
    "4000",
    "6500",
    "4050",
    "1100",
)
CLOSED_BEFORE = date(2026, 3, 1)
Row = tuple[str, Decimal]


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _bank_entry(row: GLEntry, account: str) -> BankEntry:
    """The bank ledger's side of an entry, under the same number."""
    return BankEntry(
        entry_no=row.entry_no,
        bank_account_no=account,
        document_type=row.document_type,
        document_no=row.document_no,
        posting_date=row.posting_date,
        amount=row.amount,
        amount_lcy=row.amount,
        reconciled=False,
        reversed=False,
    )


def _stands(amounts: Iterable[tuple[str, Decimal]]) -> Stands:
    """Balances that were read twice, with nothing posted in between."""
    sums: dict[str, Decimal] = {}
    for no, amount in amounts:
        sums[no] = sums.get(no, ZERO) + amount
    return {no: (amount, amount) for no, amount in sums.items()}


def _by_product_group(taxes: dict[str, Decimal]) -> dict[str, Decimal]:
    """What is sold at 0 % at home is goods, by the posting setup; everything else is services."""
    groups = {"SERVICES": ZERO, "PRODUCTS": ZERO}
    for rate, net in taxes.items():
        groups["PRODUCTS" if rate == "0" else "SERVICES"] += net
    return groups


class BothBooks:
    """A business with a few clients, half a year of invoices, credits and money, and the NAV company that has it all."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.invoices: list[Invoice] = []
        self.notes: list[CreditNote] = []
        self.payments: list[Payment] = []
        self.entries: list[CustomerEntry] = []
        self.details: list[DetailedEntry] = []
        self.gl: list[GLEntry] = []
        self.bank: list[BankEntry] = []
        self.vat: list[VatEntry] = []
        self.by_others: list[GLEntry] = []
        self.bank_by_others: list[BankEntry] = []
        self.rates: dict[str, list[Rate]] = {
            "EUR": [(date(2025, 1, 1), FACTOR), (date(2026, 11, 1), LATER)]
        }
        self.limits = limits_of({})
        self.today = date(2026, 12, 31)
        self.frozen: Frozen | None = None
        self.nav_setup = {"customer posting group DOMESTIC": "receivables 1200"}
        # Numbers of G/L entries that NAV has, with their bank entries, and that no reading shows.
        self.unread: set[int] = set()
        # The department that every rule of lines gives, if any.
        self.department = "SALES" if seed % 2 else ""
        self.documents: dict[Ref, Known] = {}
        self.sent: list[Sent] = []
        self.clients = {str(7000 + n): f"C000{n}0" for n in range(1, self.dice.randint(2, 4) + 1)}
        self._number = 100
        for client in self.clients:
            for _ in range(self.dice.randint(2, 4)):
                self._deal(client)
        self._others(random.Random(f"others {seed}"))

    # ------------------------------------------------------------ what happens

    def _deal(self, client: str) -> None:
        """An invoice and what becomes of it."""
        currency = self.dice.choice(["GBP", "GBP", "EUR"])
        day = date(2026, 1, 5) + timedelta(days=self.dice.randint(0, 170))
        draft = self.dice.random() < 0.1
        bill = self._invoice(client, currency, day, draft=draft)
        if draft:
            return
        fate = self.dice.choice(["open", "paid", "paid", "part", "over", "credited"])
        later = day + timedelta(days=self.dice.randint(1, 60))
        if fate in ("paid", "part", "over"):
            self._pay(bill, fate, later)
        elif fate == "credited":
            self._credit(bill, later)

    def _invoice(self, client: str, currency: str, day: date, *, draft: bool) -> Invoice:
        lines, taxes = self._lines(currency)
        base = sum((line.amount.amount for line in lines), ZERO)
        percent = self.dice.choice([0, 0, 10])
        discount = cents(base * percent / 100)
        vat = {
            rate: cents(net * (100 - percent) / 100 * Decimal(rate) / 100)
            for rate, net in taxes.items()
        }
        amount = base - discount + sum(vat.values(), ZERO)
        ref = self._ref(Kind.INVOICE)
        bill = Invoice(
            ref=ref,
            number=ref.key.zfill(7),
            customer=Ref(Kind.CUSTOMER, client),
            issued_on=day,
            due_on=day + timedelta(days=30),
            amount=Money(amount, currency),
            outstanding=Money(amount, currency),
            discount=Money(discount, currency),
            draft=draft,
            visibility=Visibility.ACTIVE,
            lines=lines,
        )
        self.invoices.append(bill)
        if not draft:
            rows = [
                (f"{account}/{prod}", sign * cents(net * part / 100))
                for prod, net in _by_product_group(taxes).items()
                for account, sign, part in ((REVENUE, -1, 100), (DISCOUNT, 1, percent))
            ]
            bases = {rate: net * (100 - percent) / 100 for rate, net in taxes.items()}
            self._post(
                ref,
                "Invoice",
                client,
                currency,
                day,
                amount,
                rows,
                vat,
                due=bill.due_on,
                bases=bases,
            )
        return bill

    def _lines(self, currency: str) -> tuple[tuple[Line, ...], dict[str, Decimal]]:
        lines: list[Line] = []
        taxes: dict[str, Decimal] = {}
        for n in range(self.dice.randint(1, 3)):
            rate = self.dice.choice(RATES)
            amount = Decimal(self.dice.randint(2, 4000)) * 5 / 100 * 4
            lines.append(
                Line(
                    name=f"Work {n}",
                    description="",
                    quantity=Decimal(1),
                    unit_cost=Money(amount, currency),
                    amount=Money(amount, currency),
                    taxes=(LineTax(name="VAT", percent=Decimal(rate)),),
                )
            )
            taxes[rate] = taxes.get(rate, ZERO) + amount
        return tuple(lines), taxes

    def _pay(self, bill: Invoice, fate: str, day: date) -> None:
        amount, currency = bill.amount.amount, bill.currency
        part = cents(amount / 2) if fate == "part" else amount
        over = Decimal("7.50") if fate == "over" else ZERO
        ref, rest = self._ref(Kind.PAYMENT), None
        if over:
            rest = self._note(bill, "overpayment", over, (), day)
        self.payments.append(self._payment(ref, bill, part, day, rest.ref if rest else None))
        whole = part + over
        rows = [(BANKS[currency], whole)]
        self._post(ref, "Payment", bill.customer.key, currency, day, -whole, rows, {})
        self.apply(ref, bill.ref, day, part)
        self._outstanding(bill, amount - part)

    def _credit(self, bill: Invoice, day: date) -> None:
        """A goodwill credit, used for its invoice, all or half."""
        amount = cents(bill.amount.amount / 3 / Decimal("1.2")) * Decimal("1.2")
        amount = cents(amount)
        tax = cents(amount / 6)
        net = amount - tax
        line = Line(
            name="Goodwill",
            description="",
            quantity=Decimal(1),
            unit_cost=Money(net, bill.currency),
            amount=Money(net, bill.currency),
            taxes=(LineTax(name="VAT", percent=Decimal(20)),),
        )
        note = self._note(bill, "goodwill", amount, (line,), day)
        self._post(
            note.ref,
            "Credit Memo",
            bill.customer.key,
            bill.currency,
            day,
            -amount,
            [(f"{CREDITS}/SERVICES", net)],
            {"20": -tax},
            bases={"20": -net},
        )
        used = amount if self.dice.random() < 0.5 else cents(amount / 2)
        use = self._ref(Kind.PAYMENT)
        made = self._payment(use, bill, used, day, None)
        self.payments.append(replace(made, from_credit=True, credit=note.ref, method="Credit"))
        self.notes[self.notes.index(note)] = replace(note, used=Money(used, bill.currency))
        self.apply(note.ref, bill.ref, day, used)
        self._outstanding(bill, bill.amount.amount - used)

    def _others(self, dice: random.Random) -> None:
        """What others post on the same accounts without a key of ours: before we began, beside us, and at the end of the year."""
        for account, day, user, source in (
            (REVENUE, date(2025, 12, 31), "ANN", "GENJNL"),
            (BANK_GL, date(2025, 12, 31), "ANN", "GENJNL"),
            (REVENUE, date(2026, 4, 1), "ANN", "SALES"),
            (VAT, date(2026, 4, 1), "BEN", "VATSTMT"),
            (BANK_GL, date(2026, 5, 2), "BEN", "PAYMENTJNL"),
            (REVENUE, date(2026, 12, 31), "ANN", "CLSINCOME"),
        ):
            if dice.random() < 0.7:
                self.post_beside(
                    account, day, cents(Decimal(dice.randint(-90000, 90000)) / 100), user, source
                )

    def post_beside(
        self,
        account: str,
        day: date,
        amount: Decimal,
        user: str,
        source: str = "GENJNL",
        *,
        bank: bool = True,
    ) -> GLEntry:
        """One side of what somebody posts without our key; what is on the bank's account is in the bank ledger too, unless told otherwise."""
        number = 50000 + len(self.by_others)
        row = GLEntry(
            entry_no=number,
            gl_account_no=account,
            document_type="",
            document_no=f"GJ-{number}",
            external_document_no="",
            posting_date=day,
            amount=amount,
            user=user,
            source=source,
        )
        self.by_others.append(row)
        if account == BANK_GL and bank:
            self.bank_by_others.append(_bank_entry(row, "BANK-GBP"))
        return row

    # ------------------------------------------------------------ FreshBooks' records

    def _ref(self, kind: Kind) -> Ref:
        self._number += 1
        ref = Ref(kind, str(self._number))
        self.documents[ref] = Known(state="agreed")
        return ref

    def _note(
        self, bill: Invoice, kind: str, amount: Decimal, lines: tuple[Line, ...], day: date
    ) -> CreditNote:
        ref = self._ref(Kind.CREDIT_NOTE)
        note = CreditNote(
            ref=ref,
            number=ref.key,
            customer=bill.customer,
            credit_type=kind,
            issued_on=day,
            amount=Money(amount, bill.currency),
            used=Money(ZERO, bill.currency),
            draft=False,
            visibility=Visibility.ACTIVE,
            lines=lines,
        )
        self.notes.append(note)
        return note

    def _payment(
        self, ref: Ref, bill: Invoice, amount: Decimal, day: date, rest: Ref | None
    ) -> Payment:
        return Payment(
            ref=ref,
            invoice=bill.ref,
            customer=bill.customer,
            amount=Money(amount, bill.currency),
            paid_on=day,
            method="Bank Transfer",
            from_credit=False,
            credit=None,
            overpayment=rest,
            visibility=Visibility.ACTIVE,
        )

    def _outstanding(self, bill: Invoice, left: Decimal) -> None:
        at = next(n for n, one in enumerate(self.invoices) if one.ref == bill.ref)
        self.invoices[at] = replace(self.invoices[at], outstanding=Money(left, bill.currency))

    # ------------------------------------------------------------ NAV's ledgers

    def _post(
        self,
        ref: Ref,
        kind: str,
        client: str,
        currency: str,
        day: date,
        amount: Decimal,
        rows: Sequence[Row],
        vat: dict[str, Decimal],
        *,
        due: date | None = None,
        bases: dict[str, Decimal] | None = None,
    ) -> None:
        """One document under its key, ``amount`` what the customer owes more; ``rows`` net, ``vat`` positive for sales."""
        key, no = f"FB-{KEY_TYPES[ref.kind]}-{ref.key}-1", f"FB{ref.kind[0].upper()}{ref.key}"
        factor = None if currency == "GBP" else FACTOR
        self.sent.append(
            Sent(
                ref=ref,
                key=key,
                role="post",
                state="done",
                setup_version=1,
                factor=factor,
                at=datetime.combine(day, time(12), UTC),
            )
        )
        self.post_entries(
            key, kind, no, self.clients[client], currency, day, amount, rows, vat, due, bases=bases
        )

    def post_entries(
        self,
        key: str,
        kind: str,
        no: str,
        customer_no: str,
        currency: str,
        day: date,
        amount: Decimal,
        rows: Sequence[Row] = (),
        vat: dict[str, Decimal] | None = None,
        due: date | None = None,
        user: str = "TIEOUT",
        bases: dict[str, Decimal] | None = None,
    ) -> None:
        """What anybody posts in NAV; an account may be told with its product group."""
        code = "" if currency == "GBP" else currency
        worth = WORTH[currency]
        entry = CustomerEntry(
            # As in NAV: the number of its entry on receivables (codeunit 12).
            entry_no=len(self.gl) + 1,
            document_type=kind,
            document_no=no,
            customer_no=customer_no,
            currency_code=code,
            posting_date=day,
            amount=amount,
            remaining=amount,
            open=True,
            reversed=False,
            due_on=due,
        )
        self.entries.append(entry)
        self._detail(entry, "Initial Entry", day, amount)
        left = -cents(amount * worth)
        others = [*rows, *((VAT, -tax) for tax in (vat or {}).values())]
        local = [(account, cents(each * worth)) for account, each in others if each]
        if local:
            off = left - sum((each for _, each in local), ZERO)
            local[0] = (local[0][0], local[0][1] + off)
        for account, each in [(RECEIVABLES, -left), *local]:
            self._gl(key, kind, no, account, day, each, user)
        for rate, tax in (vat or {}).items():
            self.vat.append(
                VatEntry(
                    entry_no=len(self.vat) + 1,
                    document_type=kind,
                    document_no=no,
                    posting_date=day,
                    base=-cents((bases or {}).get(rate, ZERO) * worth),
                    amount=-cents(tax * worth),
                    calculation="Normal VAT",
                    vat_bus="DOMESTIC",
                    vat_prod=f"VAT{rate}",
                    gen_bus="DOMESTIC",
                    gen_prod="PRODUCTS" if rate == "0" else "SERVICES",
                    closed=day < CLOSED_BEFORE,
                )
            )

    def _gl(
        self, key: str, kind: str, no: str, account: str, day: date, amount: Decimal, user: str
    ) -> None:
        account, _, prod = account.partition("/")
        bank = account in BANKS.values()
        row = GLEntry(
            entry_no=len(self.gl) + 1,
            gl_account_no=BANK_GL if bank else account,
            document_type=kind,
            document_no=no,
            external_document_no=key,
            posting_date=day,
            amount=amount,
            user=user,
            gen_bus="DOMESTIC" if prod else "",
            gen_prod=prod,
            dimensions=(self.department, "") if prod else ("", ""),
        )
        self.gl.append(row)
        if bank:
            self.bank.append(_bank_entry(row, account))

    def apply(self, source: Ref, target: Ref, day: date, amount: Decimal) -> None:
        """Settle ``amount`` of the target by the source."""
        for ref, change in ((source, amount), (target, -amount)):
            no = f"FB{ref.kind[0].upper()}{ref.key}"
            at = next(n for n, one in enumerate(self.entries) if one.document_no == no)
            entry = self.entries[at]
            left = entry.remaining + change
            self.entries[at] = replace(entry, remaining=left, open=bool(left))
            self._detail(entry, "Application", day, change)

    def _detail(self, entry: CustomerEntry, kind: str, day: date, amount: Decimal) -> None:
        worth = WORTH[entry.currency_code or "GBP"]
        self.details.append(
            DetailedEntry(
                entry_no=len(self.details) + 1,
                customer_entry_no=entry.entry_no,
                entry_type=kind,
                document_type=entry.document_type,
                document_no=entry.document_no,
                customer_no=entry.customer_no,
                currency_code=entry.currency_code,
                posting_date=day,
                amount=amount,
                amount_lcy=cents(amount * worth),
                user="TIEOUT",
            )
        )

    def close(self, day: date, *numbers: str) -> None:
        """Settle these documents with each other; together they come to nothing."""
        for n, entry in enumerate(self.entries):
            if entry.document_no in numbers and entry.remaining:
                self.entries[n] = replace(entry, remaining=ZERO, open=False)
                self._detail(entry, "Application", day, -entry.remaining)

    # ------------------------------------------------------------ comparing

    def accounts(self, as_of: date | None) -> Accounts:
        """All entries, but for those that no reading shows; NAV's own balances know them all."""
        entries, bank = [*self.gl, *self.by_others], [*self.bank, *self.bank_by_others]
        return Accounts(
            prefix="FB",
            entries=[e for e in entries if e.entry_no not in self.unread],
            bank_entries=[e for e in bank if e.entry_no not in self.unread],
            accounts=_stands((e.gl_account_no, e.amount) for e in entries),
            banks=_stands((e.bank_account_no, e.amount_lcy) for e in bank),
            customers=_stands((d.customer_no, d.amount_lcy) for d in self.details),
            as_of=as_of,
        )

    @property
    def _dimensions(self) -> tuple[tuple[str, str], ...]:
        return (("DEPARTMENT", self.department),) if self.department else ()

    def tie(self, as_of: date | None = None, accounts: Accounts | None = None) -> Tieout:
        return compare(self.sides(as_of, accounts))

    def sides(self, as_of: date | None = None, accounts: Accounts | None = None) -> Sides:
        keyed = [one for one in self.gl if one.external_document_no.startswith("FB-")]
        lines = [replace(rule, dimensions=self._dimensions) for rule in SETUP.lines]
        setup = Setup(content=asdict(replace(SETUP, lines=tuple(lines))))
        nav = NavBooks(
            customer_entries=self.entries,
            detailed_entries=self.details,
            receivable_entries=[one for one in self.gl if one.gl_account_no == RECEIVABLES],
            tax_entries=[one for one in self.gl if one.gl_account_no == VAT],
            prefix="FB",
            as_of=as_of,
        )
        general = GeneralLedger(
            entries=keyed,
            prefix="FB",
            bank_entries=self.bank,
            vat_entries=self.vat,
            receivables=frozenset({RECEIVABLES}),
            taxes=frozenset({VAT}),
            rounding=frozenset({"7100"}),
            as_of=as_of,
        )
        recorded = Recorded(documents=self.documents, commands=self.sent, user="TIEOUT")
        clients = {c: replace(customer(), ref=Ref(Kind.CUSTOMER, c)) for c in self.clients}
        return sides_of(
            FreshbooksBooks(
                invoices=self.invoices,
                credit_notes=self.notes,
                payments=self.payments,
                as_of=as_of,
            ),
            nav,
            self.clients,
            "GBP",
            evidence=Evidence(
                general=general,
                rules=Rules(setups={1: setup}, clients=clients, versions=recorded.versions),
                recorded=recorded,
                dimensions=("DEPARTMENT", "PROJECT"),
                rates=RateTable(rates={code: sorted(known) for code, known in self.rates.items()}),
                accounts=accounts or self.accounts(as_of),
                first_open=CLOSED_BEFORE,
                first_open_vat=CLOSED_BEFORE,
                limits=self.limits,
                today=self.today,
                frozen=self.frozen,
                nav_setup=self.nav_setup,
            ),
        )
