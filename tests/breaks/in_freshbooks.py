"""What people do in FreshBooks without Tieout hearing of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from breaks.firm import Bill
from breaks.ways import FRESHBOOKS, Hands, Planted, at, credit_note, invoice, payment, way
from tieout.core.reconciliation.difference import Break
from tieout.core.records.identity import Kind, Ref

DELETED, ACTIVE = 1, 0


def paid_by(bill: Bill) -> list[Ref]:
    return [payment(number) for number in bill.payments]


def _pounds(amount: Decimal) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "code": "GBP"}


def at_bill(bill: Bill) -> Planted:
    return at(invoice(bill.number), *paid_by(bill))


# ------------------------------------------------------------ what NAV lacks


@way(Break.MISSING_IN_NAV, "I1", FRESHBOOKS)
async def new_invoice(hands: Hands) -> Planted:
    """an invoice that no poll and no notification told of"""
    bill = await hands.firm.bill(hands.firm.dice.choice(list(hands.firm.clients)))
    return at(invoice(bill.number))


@way(Break.MISSING_IN_NAV, "I1", FRESHBOOKS)
async def new_payment(hands: Hands) -> Planted:
    """a payment that no poll and no notification told of"""
    bill = hands.firm.dice.choice(hands.firm.unpaid)
    share = Decimal(hands.firm.dice.randrange(20, 101)) / 100
    number = await hands.firm.pay(bill, (bill.amount * share).quantize(Decimal("0.01")))
    return at(payment(number), invoice(bill.number))


@way(Break.MISSING_IN_NAV, "I1", FRESHBOOKS)
async def new_credit(hands: Hands) -> Planted:
    """a credit note that no poll told of"""
    note = await hands.firm.credit(hands.firm.dice.choice(hands.firm.goodwill).client, "goodwill")
    return at(credit_note(note.number))


@way(Break.MISSING_IN_NAV, "I1", FRESHBOOKS)
async def new_prepayment(hands: Hands) -> Planted:
    """money in advance that no poll told of"""
    note = await hands.firm.credit(hands.firm.dice.choice(hands.firm.prepaid).client, "prepayment")
    return at(credit_note(note.number))


@way(Break.MISSING_IN_NAV, "I1", FRESHBOOKS)
async def restored_invoice(hands: Hands) -> Planted:
    """a deleted invoice, taken out of the books by Tieout, is restored"""
    bill = hands.firm.dice.choice(hands.firm.unpaid)
    await hands.office.person.update("invoice", bill.number, vis_state=DELETED)
    await hands.office.sync()
    await hands.office.person.update("invoice", bill.number, vis_state=ACTIVE)
    return at_bill(bill)


# ------------------------------------------------------------ what FreshBooks lacks


@way(Break.MISSING_IN_FB, "I1", FRESHBOOKS)
async def deleted_invoice(hands: Hands) -> Planted:
    """an invoice is deleted"""
    bill = hands.firm.dice.choice(hands.firm.unpaid)
    await hands.office.person.update("invoice", bill.number, vis_state=DELETED)
    return at_bill(bill)


@way(Break.MISSING_IN_FB, "I1", FRESHBOOKS)
async def deleted_paid_invoice(hands: Hands) -> Planted:
    """an invoice is deleted whose payments stay active"""
    bill = hands.firm.dice.choice([*hands.firm.paid, *hands.firm.part_paid])
    await hands.office.person.update("invoice", bill.number, vis_state=DELETED)
    return at_bill(bill)


@way(Break.MISSING_IN_FB, "I1", FRESHBOOKS)
async def deleted_invoice_paid_by_credit(hands: Hands) -> Planted:
    """an invoice is deleted that a credit paid; FreshBooks still calls the credit used"""
    note, bill = hands.firm.dice.choice(hands.firm.used)
    await hands.office.person.update("invoice", bill.number, vis_state=DELETED)
    return at(invoice(bill.number), *paid_by(bill), credit_note(note.number))


@way(Break.MISSING_IN_FB, "I1", FRESHBOOKS)
async def deleted_payment(hands: Hands) -> Planted:
    """a payment is deleted, or lost"""
    bill = hands.firm.dice.choice([*hands.firm.paid, *hands.firm.part_paid])
    await hands.office.person.update("payment", bill.payments[0], vis_state=DELETED)
    return at(payment(bill.payments[0]), invoice(bill.number))


@way(Break.MISSING_IN_FB, "I1", FRESHBOOKS)
async def deleted_credit(hands: Hands) -> Planted:
    """a credit note is deleted"""
    note = hands.firm.dice.choice([*hands.firm.goodwill, *hands.firm.prepaid])
    await hands.office.person.update("credit_note", note.number, vis_state=DELETED)
    return at(credit_note(note.number))


# ------------------------------------------------------------ what was edited after posting


@way(Break.AMOUNT, "I1", FRESHBOOKS)
async def edited_lines(hands: Hands) -> Planted:
    """an invoice is edited after it was posted, paid or not"""
    firm = hands.firm
    bill = firm.dice.choice([*firm.unpaid, *firm.part_paid, *firm.paid])
    lines = [firm.line(bill.currency), firm.line(bill.currency)]
    await hands.office.person.update("invoice", bill.number, lines=lines)
    return at_bill(bill)


@way(Break.AMOUNT, "I1", FRESHBOOKS)
async def given_discount(hands: Hands) -> Planted:
    """a discount is given on an invoice that was posted"""
    bill = hands.firm.dice.choice(hands.firm.unpaid)
    percent = hands.firm.dice.choice(("2.5", "5", "10", "15"))
    await hands.office.person.update("invoice", bill.number, discount_value=percent)
    return at_bill(bill)


@way(Break.AMOUNT, "I1", FRESHBOOKS)
async def edited_credit(hands: Hands) -> Planted:
    """a credit note is edited after it was posted"""
    note = hands.firm.dice.choice(hands.firm.goodwill)
    await hands.office.person.update("credit_note", note.number, lines=[hands.firm.line("GBP")])
    return at(credit_note(note.number))


@way(Break.AMOUNT, "I1", FRESHBOOKS)
async def edited_payment(hands: Hands) -> Planted:
    """the amount of a payment is changed"""
    bill = hands.firm.dice.choice([*hands.firm.paid, *hands.firm.part_paid])
    less = bill.amount * Decimal(hands.firm.dice.randrange(3, 19)) / 100
    money = {"amount": f"{less:.2f}", "code": bill.currency}
    await hands.office.person.update("payment", bill.payments[0], amount=money)
    return at(payment(bill.payments[0]), invoice(bill.number))


@way(Break.AMOUNT, "I1", FRESHBOOKS)
async def deleted_overpayment(hands: Hands) -> Planted:
    """a payment is deleted with which too much was paid; what was too much stays a credit"""
    bill = hands.firm.dice.choice(hands.firm.overpaid)
    await hands.office.person.update("payment", bill.payments[0], vis_state=DELETED)
    return at(payment(bill.payments[0]), invoice(bill.number))


@way(Break.TAX, "I2", FRESHBOOKS)
async def other_tax_same_total(hands: Hands) -> Planted:
    """the tax of an invoice is changed, and its prices so that the total stays"""
    bill = hands.firm.dice.choice([b for b in hands.firm.unpaid if b.currency == "GBP"])
    one = hands.firm.line("GBP") | {
        "qty": "1",
        "unit_cost": {"amount": f"{bill.amount}", "code": "GBP"},
        "taxAmount1": "0",
    }
    await hands.office.person.update("invoice", bill.number, lines=[one])
    return at_bill(bill)


@way(Break.TAX, "I2", FRESHBOOKS)
async def taxed_prepayment(hands: Hands) -> Planted:
    """a tax is put on a part of a prepayment, whose total stays; its receipt declares none"""
    note = hands.firm.dice.choice(hands.firm.prepaid)
    taxed = Decimal(hands.firm.dice.randrange(5, 9)) / 2
    rest = {"name": "Deposit", "qty": "1"}
    lines = [
        rest | {"unit_cost": _pounds(taxed * 4), "taxName1": "VAT", "taxAmount1": "20"},
        rest | {"unit_cost": _pounds(note.amount - taxed * 4 * Decimal("1.2"))},
    ]
    await hands.office.person.update("credit_note", note.number, lines=lines)
    return at(credit_note(note.number))


@way(Break.DATE_PERIOD, "I6", FRESHBOOKS)
async def other_day(hands: Hands) -> Planted:
    """an invoice gets another date"""
    bill = hands.firm.dice.choice(hands.firm.unpaid)
    found = await hands.office.person.read("invoice", bill.number)
    day = date.fromisoformat(found["create_date"])
    moved = day + timedelta(days=hands.firm.dice.choice((-31, -9, -1, 1, 5, 12)))
    await hands.office.person.update("invoice", bill.number, create_date=moved.isoformat())
    return at_bill(bill)


@way(Break.DATE_PERIOD, "I6", FRESHBOOKS)
async def out_of_a_closed_month(hands: Hands) -> Planted:
    """an invoice of a month that is closed in NAV gets a date in an open one, and NAV has it where it was"""
    bill = hands.firm.dice.choice(hands.firm.unpaid[: len(hands.firm.clients)])
    await hands.accountant.change(
        "General Ledger Setup", [""], **{"Allow Posting From": "2026-04-01"}
    )
    day = f"2026-04-{hands.firm.dice.randrange(1, 16):02}"
    await hands.office.person.update("invoice", bill.number, create_date=day)
    return at_bill(bill)


@way(Break.DATE_PERIOD, "I7", FRESHBOOKS)
async def other_day_of_payment(hands: Hands) -> Planted:
    """a payment gets another date"""
    bill = hands.firm.dice.choice([*hands.firm.paid, *hands.firm.part_paid])
    found = await hands.office.person.read("payment", bill.payments[0])
    moved = date.fromisoformat(found["date"]) + timedelta(
        days=hands.firm.dice.choice((-9, -2, 1, 6))
    )
    await hands.office.person.update("payment", bill.payments[0], date=moved.isoformat())
    return at(payment(bill.payments[0]), invoice(bill.number))


@way(Break.CURRENCY, "I1", FRESHBOOKS)
async def other_currency(hands: Hands) -> Planted:
    """an invoice is changed to another currency"""
    bill = hands.firm.dice.choice([b for b in hands.firm.unpaid if b.currency == "GBP"])
    found = await hands.office.person.read("invoice", bill.number)
    amount = found["amount"]["amount"]
    line = {
        "type": 0,
        "name": "Consulting",
        "qty": "1",
        "unit_cost": {"amount": amount, "code": "EUR"},
    }
    tax = {"taxName1": "VAT", "taxAmount1": "0"}
    await hands.office.person.update(
        "invoice", bill.number, currency_code="EUR", lines=[line | tax]
    )
    return at_bill(bill)


@way(Break.CUSTOMER_MISMATCH, "I1", FRESHBOOKS)
async def other_client(hands: Hands) -> Planted:
    """an invoice is made another client's"""
    bill = hands.firm.dice.choice([b for b in hands.firm.unpaid if b.currency == "GBP"])
    others = [c for c, code in hands.firm.clients.items() if code == "GBP" and c != bill.client]
    await hands.office.person.update(
        "invoice", bill.number, customerid=hands.firm.dice.choice(others)
    )
    return at_bill(bill)


@way(Break.DUE_DATE, "I23", FRESHBOOKS)
async def other_terms(hands: Hands) -> Planted:
    """a client is given more time for an invoice, or less"""
    bill = hands.firm.dice.choice([*hands.firm.unpaid, *hands.firm.part_paid])
    days = hands.firm.dice.choice((7, 14, 45, 60))
    await hands.office.person.update("invoice", bill.number, due_offset_days=days)
    return at_bill(bill)


# ------------------------------------------------------------ what belongs elsewhere by the posting setup


async def _renamed(hands: Hands, name: str) -> Planted:
    usual = [b for b in hands.firm.unpaid if b.currency == "GBP"]
    bill = hands.firm.dice.choice(usual)
    lines = [
        one | {"name": "Support"} for one in await hands.office.lines_of("invoice", bill.number)
    ]
    await hands.office.person.update("invoice", bill.number, lines=lines)
    await hands.office.sync()
    await hands.office.unheard()
    await hands.office.person.update(
        "invoice", bill.number, lines=[one | {"name": name} for one in lines]
    )
    return at_bill(bill)


@way(Break.ACCOUNT_MAPPING, "I6", FRESHBOOKS)
async def other_item(hands: Hands) -> Planted:
    """a line is named after another service, whose revenue has another account"""
    return await _renamed(hands, "Rebilled")


@way(Break.LINE_ATTRIBUTES, "I19", FRESHBOOKS)
async def other_item_same_account(hands: Hands) -> Planted:
    """a line is named after another service, of the same account and another general posting group"""
    return await _renamed(hands, "Material")


@way(Break.VAT_GROUP, "I18", FRESHBOOKS)
async def other_tax_of_nothing(hands: Hands) -> Planted:
    """a line abroad gets another tax of 0 %, which is declared in another VAT group"""
    bill = hands.firm.dice.choice([b for b in hands.firm.unpaid if b.currency == "EUR"])
    lines = [
        one | {"taxName1": "Zero", "taxAmount1": "0"}
        for one in await hands.office.lines_of("invoice", bill.number)
    ]
    await hands.office.person.update("invoice", bill.number, lines=lines)
    return at_bill(bill)


@way(Break.ACCOUNT_MAPPING, "I7", FRESHBOOKS)
async def other_method(hands: Hands) -> Planted:
    """a payment turns out to have come in another way, and on another account"""
    bill = hands.firm.dice.choice([*hands.firm.paid, *hands.firm.part_paid])
    method = hands.firm.dice.choice(("Cash", "Credit Card"))
    await hands.office.person.update("payment", bill.payments[0], type=method)
    return at(payment(bill.payments[0]), invoice(bill.number))


# ------------------------------------------------------------ what is settled otherwise


@way(Break.UNAPPLIED, "I3", FRESHBOOKS)
async def new_use_of_a_credit(hands: Hands) -> Planted:
    """a credit is used for an invoice, and no poll told of it"""
    note = hands.firm.dice.choice([*hands.firm.goodwill, *hands.firm.prepaid])
    bill = next(b for b in hands.firm.unpaid if b.client == note.client)
    amount = min(bill.amount, note.amount)
    number = await hands.firm.pay(bill, amount, type="Credit", creditid=note.number)
    return at(invoice(bill.number), payment(number), credit_note(note.number))


@way(Break.UNAPPLIED, "I3", FRESHBOOKS)
async def deleted_use_of_a_credit(hands: Hands) -> Planted:
    """a credit is taken off an invoice again"""
    note, bill = hands.firm.dice.choice(hands.firm.used)
    await hands.office.person.update("payment", note.use, vis_state=DELETED)
    return at(invoice(bill.number), payment(note.use), credit_note(note.number))


# ------------------------------------------------------------ totals


@way(Break.BALANCE, "I4", FRESHBOOKS)
async def balance_of_a_client(hands: Hands) -> Planted:
    """an invoice that nobody told of: its client owes more"""
    bill = await hands.firm.bill(hands.firm.dice.choice(list(hands.firm.clients)))
    subject = await hands.office.balance_of(bill.client, bill.currency)
    return Planted(subject=subject, related=frozenset({invoice(bill.number)}))


@way(Break.CONTROL, "I5", FRESHBOOKS)
async def control_of_all(hands: Hands) -> Planted:
    """a payment is deleted: all clients owe more than the control account says"""
    bill = hands.firm.dice.choice([b for b in hands.firm.paid if b.currency == "GBP"])
    await hands.office.person.update("payment", bill.payments[0], vis_state=DELETED)
    related = frozenset({invoice(bill.number), *paid_by(bill)})
    return Planted(subject="receivables", related=related)


@way(Break.POPULATION, "I22", FRESHBOOKS)
async def list_that_lacks_one(hands: Hands) -> Planted:
    """FreshBooks' list lacks invoices that its own ledger has"""
    before = await hands.office.listed()
    await hands.office.person.control("switches", {"lists_lack": 1})
    missing = sorted(before - await hands.office.listed())
    first = next(ref for ref in missing if ref.kind is Kind.INVOICE)
    return at(first, *before)


@way(Break.POPULATION, "I16", FRESHBOOKS)
async def booked_on_receivables(hands: Hands) -> Planted:
    """somebody books on FreshBooks' own receivables by hand, past all invoices"""
    bill = hands.firm.dice.choice(hands.firm.unpaid)
    accounts = hands.firm.dice.sample(["Accounts Receivable", "Sales"], 2)
    amount = f"{hands.firm.dice.randrange(1, 50_000) / 100:.2f}"
    day = f"2026-03-{hands.firm.dice.randrange(10, 29)}"
    await hands.office.person.book(day, bill.currency, *accounts, amount)
    return Planted(subject=f"FreshBooks account 1200 {bill.currency}")


@way(Break.POPULATION, "I12", FRESHBOOKS)
async def never_seen(hands: Hands) -> Planted:
    """a draft that Tieout knows is deleted and another written of which it does not know: as many as before, and not the same"""
    client = hands.firm.dice.choice(list(hands.firm.clients))
    known = await hands.firm.bill(client, status=1)
    await hands.office.sync()
    await hands.office.person.update("invoice", known.number, vis_state=DELETED)
    bill = await hands.firm.bill(client, status=1)
    return at(invoice(bill.number), invoice(known.number))


# ------------------------------------------------------------ time


@way(Break.PRIOR_PERIOD_CHANGE, "I1", FRESHBOOKS)
async def restated_month(hands: Hands) -> Planted:
    """an invoice of a month that is closed in NAV is edited; the correction had to be dated later"""
    firm = hands.firm
    bill = firm.dice.choice(firm.unpaid[: len(firm.clients)])
    await hands.accountant.change(
        "General Ledger Setup", [""], **{"Allow Posting From": "2026-04-01"}
    )
    lines = [firm.line(bill.currency), firm.line(bill.currency)]
    await hands.office.person.update("invoice", bill.number, lines=lines)
    await hands.office.sync()
    planted = at_bill(bill)
    return Planted(subject=planted.subject, related=planted.related, as_of=date(2026, 3, 31))


@way(Break.IN_FLIGHT, "I1", FRESHBOOKS)
async def not_heard_of_yet(hands: Hands) -> Planted:
    """an invoice is edited a minute before the tie-out"""
    planted = await edited_lines(hands)
    return Planted(subject=planted.subject, related=planted.related, at_once=True)


@way(Break.IN_FLIGHT, "I1", FRESHBOOKS)
async def not_posted_yet(hands: Hands) -> Planted:
    """an invoice is written a minute before the tie-out"""
    planted = await new_invoice(hands)
    return Planted(subject=planted.subject, related=planted.related, at_once=True)
