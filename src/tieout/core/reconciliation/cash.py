"""I7: money that came in stands on the account that the posting setup gives its method, on the day on which it came.

FreshBooks' cash is every payment that is not made from a credit, with what was paid too much, and every prepayment; less write-offs, which are no money.
NAV's is what the bank ledger, or the general ledger of clearing accounts, has under the document's key. Documents that one book lacks are I1's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from tieout.core.reconciliation.cells import CLOSED, Placed, summed
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.evidence import NOT_GIVEN
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.moved import MOVED, Entered, key_of, moved_out
from tieout.core.reconciliation.rules import Rules
from tieout.core.reconciliation.sides import CENT, Sides
from tieout.core.records.identity import CHARGEBACK, Ref, type_of_key
from tieout.core.records.ledger import BankEntry, GLEntry
from tieout.core.records.money import decimals, round_half_away, total

PREPAYMENT, REFUND = "prepayment", "Refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Money that came in: where it belongs, and how much of it in its own currency."""

    ref: Ref
    day: date
    currency: str
    amount: Decimal
    account: str


def cash(sides: Sides) -> Check:
    """Money by account and day, receipt by receipt."""
    general, rules = sides.evidence.general, sides.evidence.rules
    if general is None or rules is None:
        return _check((), not_compared=NOT_GIVEN)
    stand = [one for one in receipts(sides, rules) if _stands(sides, general, one)]
    compared = [_placed(sides, general, rules, receipt) for receipt in stand]
    late = {
        p.ref: why
        for receipt, p in zip(stand, compared, strict=True)
        if (why := _why_late(sides, general, rules, receipt, p))
    }
    found = [p for p in compared if not p.agrees and p.ref not in late]
    return replace(
        _check(compared),
        found=tuple(p.difference("I7", _kind(sides, p)) for p in found),
        explained=(
            *(d for p in compared for d in _charged(general, rules, p)),
            *(p.difference("I7", *late[p.ref]) for p in compared if p.ref in late),
        ),
    )


def receipts(sides: Sides, rules: Rules) -> Iterator[Receipt]:
    """FreshBooks' cash; a write-off is a receipt of nothing."""
    books = sides.freshbooks
    due = {each.ref: each for each in sides.expected}
    for payment in books.money:
        recovered = books.recoveries.get(payment.ref)
        if payment.from_credit or (payment.ref not in due and not recovered):
            continue
        setup = rules.of(payment.ref)
        amount = recovered.amount.amount if recovered else -due[payment.ref].amount
        yield Receipt(
            ref=payment.ref,
            day=payment.paid_on,
            currency=payment.currency,
            amount=ZERO if setup.is_write_off(payment) else amount,
            account=setup.money_account(payment) or "of no rule",
        )
    for note in books.live_credit_notes:
        if note.credit_type == PREPAYMENT:
            yield Receipt(
                ref=note.ref,
                day=note.issued_on,
                currency=note.currency,
                amount=note.amount.amount,
                account=rules.of(note.ref).prepayment_account or "of no rule",
            )


def _stands(sides: Sides, general: GeneralLedger, receipt: Receipt) -> bool:
    """Whether NAV has it; what was recovered of a write-off is no customer's, and cannot be had in another currency than at home."""
    if receipt.ref in sides.freshbooks.recoveries:
        return receipt.currency == sides.lcy and receipt.ref in general.by_document
    return sides.nav.under_key(receipt.ref)


def _placed(sides: Sides, general: GeneralLedger, rules: Rules, receipt: Receipt) -> Placed:
    home = receipt.currency == sides.lcy
    family = sides.nav.families.get(receipt.ref, ())
    rows = len(general.by_document.get(receipt.ref, ()))
    return Placed(
        ref=receipt.ref,
        day=receipt.day,
        wanted=summed([(receipt.account, receipt.day, receipt.amount)]),
        found=summed(
            (receipt.account if account in rules.charges else account, day, amount)
            for account, day, amount in moved(sides, general, rules, receipt)
        ),
        cents=ZERO if home else CENT * max(1, rows),
        later=len(sides.nav.families_since.get(receipt.ref, ())) > len(family),
        elsewhere=bool(receipt.amount)
        and total(entry.amount for entry in family) == -receipt.amount,
    )


def moved(
    sides: Sides, general: GeneralLedger, rules: Rules, receipt: Receipt
) -> Iterator[tuple[str, date, Decimal]]:
    """What NAV has of a receipt on bank accounts, on clearing accounts, and on those of bank charges, in the receipt's own currency."""
    for account, row, amount in _rows(sides, general, rules, receipt):
        yield account, row.posting_date, amount


def _rows(
    sides: Sides, general: GeneralLedger, rules: Rules, receipt: Receipt
) -> Iterator[tuple[str, BankEntry | GLEntry, Decimal]]:
    rates = _rates(sides, receipt)
    wanted = rules.money_gl_accounts | rules.charges
    rows: list[tuple[str, BankEntry | GLEntry, Decimal]] = [
        (row.bank_account_no, row, row.amount_lcy) for row in general.bank_of.get(receipt.ref, ())
    ]
    rows += [
        (row.gl_account_no, row, row.amount)
        for row in general.by_document.get(receipt.ref, ())
        if row.gl_account_no in wanted
    ]
    for account, row, amount in rows:
        rate = rates.get((row.document_type, row.document_no), Decimal(1))
        places = decimals(receipt.currency)
        yield account, row, round_half_away(amount * rate, places)


def _rates(sides: Sides, receipt: Receipt) -> Mapping[tuple[str, str], Decimal]:
    """How many units of the receipt's currency are one of the local one, by the number of each document: what went back did so at a rate of its own."""
    rates: dict[tuple[str, str], Decimal] = {}
    for entry in sides.nav.families.get(receipt.ref, ()):
        local = sides.nav.local.get(entry.entry_no, ZERO)
        if entry.currency_code and local:
            rates[entry.document_type, entry.document_no] = entry.amount / local
    return rates


def _kind(sides: Sides, placed: Placed) -> Break:
    return Break.IN_FLIGHT if sides.flight.explains(placed.ref) else placed.kind()


def _why_late(
    sides: Sides, general: GeneralLedger, rules: Rules, receipt: Receipt, placed: Placed
) -> tuple[Break, str] | None:
    """What explains that all is right but the day, if anything does."""
    if placed.agrees or _kind(sides, placed) is not Break.DATE_PERIOD:
        return None
    if _paid_back(general, placed.ref):
        return Break.REFUND, "part of it went back, or came again, on a later day"
    first = sides.evidence.first_open
    if moved_out(placed, _entered(sides, general, rules, receipt), first):
        return Break.DATE_PERIOD, MOVED
    return (Break.DATE_PERIOD, CLOSED) if placed.day < first else None


def _entered(
    sides: Sides, general: GeneralLedger, rules: Rules, receipt: Receipt
) -> Iterator[Entered]:
    """What is compared of a receipt; a bank entry stands under the key of its number."""
    rows = general.by_document.get(receipt.ref, ())
    for account, row, amount in _rows(sides, general, rules, receipt):
        place = receipt.account if account in rules.charges else account
        yield Entered(
            key=row.external_document_no if isinstance(row, GLEntry) else key_of(row, rows),
            day=row.posting_date,
            cell=(place, row.posting_date),
            amount=amount,
        )


def _charged(general: GeneralLedger, rules: Rules, placed: Placed) -> Iterator[Difference]:
    """What the bank kept of a receipt."""
    rows = general.by_document.get(placed.ref, ())
    charge = total(row.amount for row in rows if row.gl_account_no in rules.charges)
    if charge:
        yield placed.difference("I7", Break.BANK_CHARGE, f"the bank kept {charge} of it")


def _check(compared: Sequence[Placed], not_compared: str = "") -> Check:
    return Check(
        invariant="I7",
        name="money by account",
        compared=len(compared),
        freshbooks=total(a for placed in compared for a in placed.wanted.values()),
        nav=total(a for placed in compared for a in placed.found.values()),
        not_compared=not_compared,
    )


def _paid_back(general: GeneralLedger, ref: Ref) -> bool:
    """Whether NAV has a refund or a chargeback of it."""
    return any(
        row.document_type == REFUND or type_of_key(row.external_document_no) == CHARGEBACK
        for row in general.by_document.get(ref, ())
    )
