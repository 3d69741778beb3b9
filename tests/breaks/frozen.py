"""What people do to a month that was frozen, and what a person calls explained that is none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from breaks.accountant import GL
from breaks.ways import FRESHBOOKS, NAV, Hands, Planted, at, explained, payment, way
from tieout.app.freeze import frozen_by
from tieout.core.reconciliation.difference import Break

MARCH = date(2026, 3, 31)


async def _freeze(hands: Hands) -> None:
    office = hands.office
    _, frozen = await frozen_by(office.installation, office.pair, MARCH, "controller", accept=False)
    assert frozen is not None


async def _beside_us(hands: Hands) -> tuple[str, str]:
    """Somebody posts in March on two accounts and under no key of ours; his number, and the day."""
    number, day = hands.accountant.number(), f"2026-03-{hands.firm.dice.randrange(1, 32):02d}"
    amount = Decimal(hands.firm.dice.randrange(100, 90_000)) / 100
    await hands.accountant.post(
        {"document_no": number, "posting_date": day},
        {**GL, "account_no": "4000", "amount": f"{amount}"},
        {**GL, "account_no": "4900", "amount": f"{-amount}"},
    )
    return number, day


@way(Break.BACKDATED, "I25", NAV)
async def dated_back(hands: Hands) -> Planted:
    """somebody posts in a month that was frozen"""
    await _freeze(hands)
    number, day = await _beside_us(hands)
    return Planted(subject=f"{number} of {day}")


@way(Break.FROZEN_PAST, "I25", NAV)
async def gone_from_a_frozen_month(hands: Hands) -> Planted:
    """an entry of a month that was frozen is not shown any more"""
    before = await hands.office.nav.last_entry()
    await _beside_us(hands)
    await _freeze(hands)
    hands.office.hide(before + 1)
    return Planted(subject="account 4000")


@way(Break.SETUP, "I25", NAV)
async def other_set_up(hands: Hands) -> Planted:
    """a rate of VAT is changed in NAV's set-up after a month was frozen"""
    await _freeze(hands)
    group = hands.firm.dice.choice(("VAT5", "VAT20"))
    percent = str(hands.firm.dice.choice((6, 8, 17, 19)))
    await hands.accountant.change("VAT Posting Setup", ["DOMESTIC", group], **{"VAT %": percent})
    return Planted(subject=f"VAT posting setup DOMESTIC {group}")


async def _kept_by_the_bank(hands: Hands, share: Decimal) -> Planted:
    """A receipt, of which somebody says that the bank kept a share."""
    bill = hands.firm.dice.choice([b for b in hands.firm.unpaid if b.currency == "GBP"])
    number = 990_000 + hands.firm.dice.randrange(1_000)
    kept = f"{bill.amount * share:.2f}"
    office = hands.office
    await office.installation.store.approve(
        office.pair, payment(number), "BANK_CHARGE", kept, by="clerk", now=office.clock.now()
    )
    await hands.firm.pay(bill, bill.amount, number=number)
    await office.sync()
    return at(payment(number))


@way(Break.NOT_EXPLAINED, "I26", FRESHBOOKS)
async def bank_charge_that_is_none(hands: Hands) -> Planted:
    """somebody mistypes what the bank kept of a receipt: more than a quarter of it"""
    return await _kept_by_the_bank(hands, Decimal(hands.firm.dice.randrange(30, 90)) / 100)


@explained(Break.BANK_CHARGE, "I7", FRESHBOOKS)
async def bank_charge(hands: Hands) -> Planted:
    """the bank keeps a little of a receipt, and a person says how much"""
    return await _kept_by_the_bank(hands, Decimal(hands.firm.dice.randrange(1, 20)) / 100)
