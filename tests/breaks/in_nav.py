"""What people do in NAV past Tieout."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from breaks.accountant import BANK, CUSTOMER, GL
from breaks.firm import Bill
from breaks.in_freshbooks import at_bill
from breaks.ways import NAV, Hands, Planted, at, credit_note, invoice, payment, way
from tieout.core.reconciliation.difference import Break

CENT = Decimal("0.01")


def _some(hands: Hands, least: int = 100, most: int = 90_000) -> Decimal:
    """An amount."""
    return Decimal(hands.firm.dice.randrange(least, most)) / 100


def _home(hands: Hands) -> Bill:
    return hands.firm.dice.choice([b for b in hands.firm.unpaid if b.currency == "GBP"])


def _abroad(hands: Hands) -> Bill:
    return hands.firm.dice.choice([b for b in hands.firm.unpaid if b.currency == "EUR"])


# ------------------------------------------------------------ reversed


@way(Break.NAV_REVERSED, "I1", NAV)
async def reversed_invoice(hands: Hands) -> Planted:
    """the accountant reverses an invoice"""
    bill = hands.firm.dice.choice(hands.firm.unpaid)
    await hands.accountant.reverse(await hands.accountant.entry("invoice", bill.number))
    return at_bill(bill)


@way(Break.NAV_REVERSED, "I1", NAV)
async def reversed_receipt(hands: Hands) -> Planted:
    """the accountant takes a receipt off its invoice and reverses it"""
    bill = hands.firm.dice.choice([b for b in hands.firm.part_paid if b.currency == "GBP"])
    receipt = await hands.accountant.entry("payment", bill.payments[0])
    await hands.accountant.unapply(receipt, await hands.accountant.entry("invoice", bill.number))
    await hands.accountant.reverse(receipt)
    return at(payment(bill.payments[0]), invoice(bill.number))


@way(Break.NAV_REVERSED, "I1", NAV)
async def reversed_credit(hands: Hands) -> Planted:
    """the accountant reverses a credit memo"""
    note = hands.firm.dice.choice(hands.firm.goodwill)
    await hands.accountant.reverse(await hands.accountant.entry("credit_note", note.number))
    return at(credit_note(note.number))


# ------------------------------------------------------------ twins and strangers


@way(Break.MISSING_IN_FB, "I1", NAV)
async def key_of_nobody(hands: Hands) -> Planted:
    """somebody posts under a key of ours whose document FreshBooks never had"""
    number = hands.firm.dice.randrange(900_000, 999_999)
    entry = await hands.accountant.entry("invoice", _home(hands).number)
    amount = _some(hands)
    head = {
        "document_type": "Invoice",
        "document_no": hands.accountant.number(),
        "external_document_no": f"FB-INV-{number}-1",
        "posting_date": entry.day,
    }
    await hands.accountant.post(
        head,
        {**CUSTOMER, "account_no": entry.customer, "amount": f"{amount}"},
        {**GL, "account_no": "4900", "amount": f"{-amount}"},
    )
    return at(invoice(number))


@way(Break.DUPLICATE, "I1", NAV)
async def posted_twice(hands: Hands) -> Planted:
    """an invoice is keyed in once more under its key"""
    bill = _home(hands)
    entry = await hands.accountant.entry("invoice", bill.number)
    await hands.accountant.sell(entry, entry.amount)
    return at_bill(bill)


async def _twin(hands: Hands, kind: str, number: int, other: dict[str, str]) -> Planted:
    """The same once more without a key, some days later, or earlier."""
    entry = await hands.accountant.entry(kind, number)
    day = date.fromisoformat(entry.day) + timedelta(days=hands.firm.dice.randrange(-3, 8))
    head = {
        "document_type": entry.kind,
        "document_no": hands.accountant.number(),
        "posting_date": day.isoformat(),
        **({"currency_code": entry.currency} if entry.currency else {}),
    }
    await hands.accountant.post(
        head,
        {**CUSTOMER, "account_no": entry.customer, "amount": f"{entry.amount}"},
        {**other, "amount": f"{-entry.amount}"},
    )
    return Planted(subject=f"customer {entry.customer}")


@way(Break.DUPLICATE, "I13", NAV)
async def twin_receipt(hands: Hands) -> Planted:
    """a receipt is keyed in by hand that Tieout has posted"""
    bill = hands.firm.dice.choice([*hands.firm.paid, *hands.firm.part_paid])
    account = "BANK-EUR" if bill.currency == "EUR" else "BANK-GBP"
    return await _twin(hands, "payment", bill.payments[0], {**BANK, "account_no": account})


@way(Break.DUPLICATE, "I13", NAV)
async def twin_invoice(hands: Hands) -> Planted:
    """an invoice is keyed in by hand that Tieout has posted"""
    bill = hands.firm.dice.choice([*hands.firm.unpaid, *hands.firm.paid])
    return await _twin(hands, "invoice", bill.number, {**GL, "account_no": "4900"})


@way(Break.DUPLICATE, "I13", NAV)
async def twin_credit(hands: Hands) -> Planted:
    """a credit memo is keyed in by hand that Tieout has posted"""
    note = hands.firm.dice.choice(hands.firm.goodwill)
    return await _twin(hands, "credit_note", note.number, {**GL, "account_no": "6500"})


@way(Break.NAV_ONLY, "I13", NAV)
async def stranger(hands: Hands) -> Planted:
    """somebody posts on a customer that FreshBooks manages: an invoice, a receipt, a credit memo, or of no type"""
    entry = await hands.accountant.entry("invoice", _home(hands).number)
    kind = hands.firm.dice.choice(("Invoice", "Payment", "Credit Memo", ""))
    amount = _some(hands) * (-1 if kind in ("Payment", "Credit Memo") else 1)
    other = (
        {**BANK, "account_no": "BANK-GBP"} if kind == "Payment" else {**GL, "account_no": "4900"}
    )
    head = {"document_type": kind, "document_no": hands.accountant.number()}
    await hands.accountant.post(
        {**head, "posting_date": entry.day},
        {**CUSTOMER, "account_no": entry.customer, "amount": f"{amount}"},
        {**other, "amount": f"{-amount}"},
    )
    return Planted(subject=f"customer {entry.customer}")


@way(Break.OPEN_AMOUNT, "I3", NAV)
async def settled_by_a_stranger(hands: Hands) -> Planted:
    """a part of an invoice is written off by hand, with a credit memo that is applied to it"""
    bill = _home(hands)
    entry = await hands.accountant.entry("invoice", bill.number)
    part = (entry.amount * Decimal(hands.firm.dice.randrange(5, 95)) / 100).quantize(CENT)
    head = {"document_type": "Credit Memo", "document_no": hands.accountant.number()}
    applied = {"applies_to_doc_type": entry.kind, "applies_to_doc_no": entry.document}
    await hands.accountant.post(
        {**head, "posting_date": entry.day},
        {**CUSTOMER, "account_no": entry.customer, "amount": f"{-part}", **applied},
        {**GL, "account_no": "6400", "amount": f"{part}"},
    )
    return at_bill(bill)


# ------------------------------------------------------------ under our keys


@way(Break.AMOUNT, "I1", NAV)
async def more_under_a_key(hands: Hands) -> Planted:
    """the accountant raises an invoice, or lowers it, under its key"""
    bill = _home(hands)
    entry = await hands.accountant.entry("invoice", bill.number)
    amount = (entry.amount * Decimal(hands.firm.dice.randrange(1, 90)) / 100).quantize(CENT)
    head = {
        "document_type": "Invoice",
        "document_no": f"{entry.document}-9",
        "external_document_no": entry.key,
        "posting_date": entry.day,
    }
    await hands.accountant.post(
        head,
        {**CUSTOMER, "account_no": entry.customer, "amount": f"{amount}"},
        {**GL, "account_no": "4000", "amount": f"{-amount}"},
    )
    return at_bill(bill)


@way(Break.TAX, "I2", NAV)
async def cents_of_tax(hands: Hands) -> Planted:
    """a cent of tax, or a few, is moved to the revenue under an invoice's key"""
    bill = _home(hands)
    entry = await hands.accountant.entry("invoice", bill.number)
    amount = _some(hands, 1, 40)
    await hands.accountant.move(
        entry, {**GL, "account_no": "4000"}, {**GL, "account_no": "2200"}, amount
    )
    return at_bill(bill)


@way(Break.ACCOUNT_MAPPING, "I6", NAV)
async def moved_revenue(hands: Hands) -> Planted:
    """revenue is moved to another account under an invoice's key"""
    bill = hands.firm.dice.choice([*hands.firm.unpaid, *hands.firm.paid])
    entry = await hands.accountant.entry("invoice", bill.number)
    account = hands.firm.dice.choice(("4020", "4900", "4050"))
    await hands.accountant.move(
        entry, {**GL, "account_no": account}, {**GL, "account_no": "4000"}, _some(hands, 100, 2_000)
    )
    return at_bill(bill)


@way(Break.ACCOUNT_MAPPING, "I7", NAV)
async def moved_money(hands: Hands) -> Planted:
    """money is moved to another account under a receipt's key"""
    bill = hands.firm.dice.choice([b for b in hands.firm.paid if b.currency == "GBP"])
    entry = await hands.accountant.entry("payment", bill.payments[0])
    await hands.accountant.move(
        entry,
        {**BANK, "account_no": "BANK-GBP"},
        {**GL, "account_no": "1210"},
        -entry.amount,
        document_type="Payment",
    )
    return at(payment(bill.payments[0]), invoice(bill.number))


@way(Break.LINE_ATTRIBUTES, "I19", NAV)
async def moved_between_groups(hands: Hands) -> Planted:
    """revenue is moved to another general posting group of its account under an invoice's key"""
    bill = _home(hands)
    entry = await hands.accountant.entry("invoice", bill.number)
    groups = {"gen_bus_posting_group": "DOMESTIC", "gen_prod_posting_group": "SERVICES"}
    here = {**GL, "account_no": "4000", "gen_posting_type": "Sale", **groups}
    vat = {"vat_bus_posting_group": "DOMESTIC", "vat_prod_posting_group": "VAT0"}
    await hands.accountant.move(
        entry,
        {**here, **vat, "gen_prod_posting_group": "PRODUCTS"},
        {**here, **vat},
        _some(hands, 100, 2_000),
    )
    return at_bill(bill)


@way(Break.VAT_GROUP, "I18", NAV)
async def keyed_in_another_vat_group(hands: Hands) -> Planted:
    """an invoice abroad is keyed in again in another VAT group of 0 %"""
    bill = _abroad(hands)
    entry = await hands.accountant.entry("invoice", bill.number)
    await hands.accountant.key_anew(entry, {"vat_prod_posting_group": "VAT5"})
    return at_bill(bill)


@way(Break.VAT_PERIOD, "I18", NAV)
async def vat_in_a_settled_month(hands: Hands) -> Planted:
    """VAT is declared; then something of the month is keyed in under an invoice's key, and taken back by a credit memo"""
    bill = next(b for b in hands.firm.unpaid if b.currency == "GBP")
    entry = await hands.accountant.entry("invoice", bill.number)
    await hands.accountant.settle_vat("2026-03-31")
    amount = _some(hands, 1_000, 90_000)
    for kind, sign in (("Invoice", 1), ("Credit Memo", -1)):
        await hands.accountant.sell(entry, sign * amount, document_type=kind)
    return at_bill(bill)


@way(Break.CURRENCY, "I1", NAV)
async def keyed_in_another_currency(hands: Hands) -> Planted:
    """an invoice is reversed and keyed in again in another currency"""
    bill = _home(hands)
    entry = await hands.accountant.entry("invoice", bill.number)
    await hands.accountant.key_anew(entry, currency_code="EUR")
    return at_bill(bill)


@way(Break.CUSTOMER_MISMATCH, "I1", NAV)
async def keyed_on_another_customer(hands: Hands) -> Planted:
    """an invoice is reversed and keyed in again on another customer"""
    bill = _home(hands)
    entry = await hands.accountant.entry("invoice", bill.number)
    others = {
        (await hands.accountant.entry("invoice", one.number)).customer
        for one in hands.firm.unpaid
        if one.currency == "GBP" and one.client != bill.client
    }
    other = hands.firm.dice.choice(sorted(others))
    await hands.accountant.key_anew(entry, customer=other)
    return at_bill(bill)


@way(Break.RATE, "I20", NAV)
async def keyed_at_another_rate(hands: Hands) -> Planted:
    """a foreign invoice is reversed and keyed in again at another rate"""
    bill = _abroad(hands)
    entry = await hands.accountant.entry("invoice", bill.number)
    factor = Decimal(hands.firm.dice.randrange(11_000, 13_000)) / 10_000
    await hands.accountant.key_anew(entry, currency_factor=f"{factor}")
    return at_bill(bill)


@way(Break.DATE_PERIOD, "I6", NAV)
async def keyed_on_another_day(hands: Hands) -> Planted:
    """an invoice is reversed and keyed in again on another day"""
    bill = _home(hands)
    entry = await hands.accountant.entry("invoice", bill.number)
    moved = date.fromisoformat(entry.day) + timedelta(days=hands.firm.dice.choice((-31, -4, 3, 31)))
    await hands.accountant.key_anew(entry, posting_date=moved.isoformat())
    return at_bill(bill)


@way(Break.PROVENANCE, "I28", NAV)
async def key_that_nobody_asked_for(hands: Hands) -> Planted:
    """something is posted under a key like ours that no command asked for"""
    entry = await hands.accountant.entry("invoice", _home(hands).number)
    key = f"{entry.key.rpartition('-')[0]}-A{hands.firm.dice.randrange(5, 99)}"
    await hands.accountant.move(
        entry,
        {**GL, "account_no": "6310"},
        {**GL, "account_no": "4900"},
        _some(hands),
        external_document_no=key,
    )
    return Planted(subject=key)


@way(Break.PROVENANCE, "I28", NAV)
async def added_under_a_key(hands: Hands) -> Planted:
    """another user adds to what Tieout has posted under a key"""
    bill = _home(hands)
    entry = await hands.accountant.entry("invoice", bill.number)
    await hands.accountant.move(
        entry, {**GL, "account_no": "4900"}, {**GL, "account_no": "4000"}, _some(hands, 1, 500)
    )
    return Planted(subject=entry.key, related=at_bill(bill).related)


# ------------------------------------------------------------ applications and dates


@way(Break.UNAPPLIED, "I14", NAV)
async def unapplied_receipt(hands: Hands) -> Planted:
    """a receipt is taken off its invoice, which was paid, in full or in part"""
    bill = hands.firm.dice.choice([*hands.firm.paid, *hands.firm.part_paid])
    receipt = await hands.accountant.entry("payment", bill.payments[0])
    await hands.accountant.unapply(receipt, await hands.accountant.entry("invoice", bill.number))
    return at_bill(bill)


@way(Break.UNAPPLIED, "I14", NAV)
async def unapplied_credit(hands: Hands) -> Planted:
    """a credit memo is taken off the invoice that it pays"""
    note, bill = hands.firm.dice.choice(hands.firm.used)
    credit = await hands.accountant.entry("credit_note", note.number)
    await hands.accountant.unapply(credit, await hands.accountant.entry("invoice", bill.number))
    return at(invoice(bill.number), *at_bill(bill).related, credit_note(note.number))


@way(Break.UNAPPLIED, "I3", NAV)
async def applied_to_another_invoice(hands: Hands) -> Planted:
    """a receipt is applied to another invoice of the customer than FreshBooks has it for"""
    bill = hands.firm.dice.choice([*hands.firm.paid, *hands.firm.part_paid])
    other = hands.firm.dice.choice([b for b in hands.firm.unpaid if b.client == bill.client])
    receipt = await hands.accountant.entry("payment", bill.payments[0])
    await hands.accountant.unapply(receipt, await hands.accountant.entry("invoice", bill.number))
    await hands.accountant.apply(receipt, await hands.accountant.entry("invoice", other.number))
    return at(invoice(bill.number), *at_bill(bill).related, invoice(other.number))


@way(Break.DATE_PERIOD, "I24", NAV)
async def applied_in_another_month(hands: Hands) -> Planted:
    """a receipt is taken off its invoice and applied again in a later month"""
    bill = hands.firm.dice.choice([*hands.firm.paid, *hands.firm.part_paid])
    receipt = await hands.accountant.entry("payment", bill.payments[0])
    entry = await hands.accountant.entry("invoice", bill.number)
    await hands.accountant.unapply(receipt, entry)
    later = date.fromisoformat(receipt.day) + timedelta(days=hands.firm.dice.randrange(31, 45))
    await hands.accountant.apply(replace(receipt), entry, later.isoformat())
    return at(payment(bill.payments[0]), invoice(bill.number))


@way(Break.DUE_DATE, "I23", NAV)
async def due_another_day(hands: Hands) -> Planted:
    """the due date of an open invoice is changed in NAV"""
    bill = hands.firm.dice.choice([*hands.firm.unpaid, *hands.firm.part_paid])
    entry = await hands.accountant.entry("invoice", bill.number)
    day = date.fromisoformat(entry.day) + timedelta(days=hands.firm.dice.choice((0, 10, 61, 90)))
    await hands.accountant.due(entry, day.isoformat())
    return at_bill(bill)


# ------------------------------------------------------------ accounts


async def _by_hand(hands: Hands, account: str) -> None:
    """Post to an account directly, which NAV only takes where it is allowed."""
    await hands.accountant.change("G/L Account", [account], **{"Direct Posting": True})
    amount = _some(hands)
    await hands.accountant.post(
        {
            "document_type": "",
            "document_no": hands.accountant.number(),
            "posting_date": "2026-04-20",
        },
        {**GL, "account_no": account, "amount": f"{amount}"},
        {**GL, "account_no": "4900", "amount": f"{-amount}"},
    )


@way(Break.CONTROL, "I5", NAV)
async def past_the_customer_ledger(hands: Hands) -> Planted:
    """somebody posts to the receivables account directly"""
    await _by_hand(hands, "1200")
    return Planted(subject="receivables")


@way(Break.CONTROL, "I21", NAV)
async def past_the_bank_ledger(hands: Hands) -> Planted:
    """somebody posts to the account of a bank directly"""
    await _by_hand(hands, "1100")
    return Planted(subject="account 1100")


@way(Break.ROLL_FORWARD, "I21", NAV)
async def entry_that_is_kept_from_us(hands: Hands) -> Planted:
    """somebody posts to an account of ours, and a filter in NAV keeps his entry from Tieout's user"""
    account = hands.firm.dice.choice(("4000", "2200", "1210"))
    before = await hands.office.nav.last_entry()
    await _by_hand(hands, account)
    hands.office.hide(before + 1)
    return Planted(subject=f"account {account}")


@way(Break.BALANCE, "I4", NAV)
async def balance_of_a_customer(hands: Hands) -> Planted:
    """an invoice is raised in NAV under its key: its customer owes more"""
    planted = await more_under_a_key(hands)
    number = int(planted.subject.partition("/")[2])
    bill = next(b for b in hands.firm.unpaid if b.number == number)
    subject = await hands.office.balance_of(bill.client, bill.currency)
    return Planted(subject=subject, related=planted.related)
