"""What happens and breaks nothing: a tie-out must explain it, to the cent, and find no difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from breaks.accountant import GL
from breaks.in_freshbooks import at_bill, out_of_a_closed_month, restated_month
from breaks.ways import FRESHBOOKS, NAV, Hands, Planted, at, explained, invoice, payment
from tieout.core.reconciliation.difference import Break


@explained(Break.REFUND, "I7", FRESHBOOKS)
async def paid_back(hands: Hands) -> Planted:
    """a part of what a card paid is given back on a later day"""
    bill = hands.firm.dice.choice([b for b in hands.firm.unpaid if b.currency == "GBP"])
    made = await hands.office.person.control("charge", {"invoice": bill.number})
    number = int(made["payment"]["id"])
    await hands.office.sync()
    await hands.office.until(hands.office.today + timedelta(days=hands.firm.dice.randrange(1, 9)))
    share = Decimal(hands.firm.dice.randrange(10, 90)) / 100
    amount = f"{bill.amount * share:.2f}"
    await hands.office.person.control("refund", {"payment": number, "amount": amount})
    await hands.office.sync()
    return at(payment(number))


@explained(Break.CUT_OFF, "I27", FRESHBOOKS)
async def draft_at_the_end(hands: Hands) -> Planted:
    """an invoice is written and not sent"""
    bill = await hands.firm.bill(hands.firm.dice.choice(list(hands.firm.clients)), status=1)
    await hands.office.sync()
    return at(invoice(bill.number))


@explained(Break.DATE_PERIOD, "I6", FRESHBOOKS)
async def late_for_its_month(hands: Hands) -> Planted:
    """an invoice of a month that is closed in NAV is edited: today its correction stands on a later day"""
    return replace(await restated_month(hands), as_of=None)


@explained(Break.DATE_PERIOD, "I6", FRESHBOOKS)
async def moved_out_of_its_month(hands: Hands) -> Planted:
    """an invoice of a month that is closed in NAV gets a date in an open one: what was posted first stays in its month"""
    planted = await out_of_a_closed_month(hands)
    await hands.office.sync()
    return planted


@explained(Break.RATE, "I20", NAV)
async def changed_table(hands: Hands) -> Planted:
    """the accountant corrects a rate in NAV's table after documents were posted at it"""
    bill = [b for b in hands.firm.unpaid if b.currency == "EUR"][-1]
    rate = f"{Decimal(hands.firm.dice.randrange(8_300, 8_600)) / 10_000}"
    values = {"Exchange Rate Amount": "1", "Relational Exch. Rate Amount": rate}
    await hands.accountant.change("Currency Exchange Rate", ["EUR", "2026-04-01"], **values)
    return at_bill(bill)


@explained(Break.NAV_ONLY, "I21", NAV)
async def posted_beside_us(hands: Hands) -> Planted:
    """somebody posts on an account on which Tieout posts, and on no customer of FreshBooks"""
    account = hands.firm.dice.choice(("4000", "1210", "2200"))
    amount = Decimal(hands.firm.dice.randrange(100, 90_000)) / 100
    await hands.accountant.post(
        {"document_no": hands.accountant.number(), "posting_date": "2026-04-20"},
        {**GL, "account_no": account, "amount": f"{amount}"},
        {**GL, "account_no": "4900", "amount": f"{-amount}"},
    )
    return Planted(subject=f"account {account}")
