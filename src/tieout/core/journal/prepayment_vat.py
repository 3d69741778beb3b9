"""VAT of a prepayment is due when the money comes in: declared over a suspense account, and taken back when the invoice declares it in full."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import (
    AccountType,
    DocumentType,
    Journal,
    JournalLine,
    PostingGroups,
)
from tieout.core.journal.policies import PrepaymentRule
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.terms import Terms
from tieout.core.records.money import Money, round_half_away


def prepayment_vat(
    amount: Money,
    day: date,
    rule: PrepaymentRule,
    setup: PostingSetup,
    buyer: Buyer,
    vat_prod: str,
    percent: Decimal,
    document_no: str,
    terms: Terms,
    *,
    back: bool = False,
) -> Journal:
    """The journal that declares the VAT in a prepayment, or with ``back`` takes it back; the customer has no part in it.

    Worked example: 600.00 at 20 % gives ``2320 600.00 / 2320 -600.00 (VAT -100.00)``: 100.00 stand on the suspense account and on output VAT.
    """
    sign = -1 if back else 1
    gross = sign * amount.amount
    vat = round_half_away(gross * percent / (100 + percent), 2)
    groups = PostingGroups(
        gen_posting_type="Sale",
        gen_bus=buyer.gen_bus,
        gen_prod=rule.gen_prod,
        vat_bus=buyer.vat_bus,
        vat_prod=vat_prod,
    )
    plain = JournalLine(
        account_type=AccountType.GL_ACCOUNT, account_no=rule.vat_account, amount=gross
    )
    taxed = JournalLine(
        account_type=AccountType.GL_ACCOUNT,
        account_no=rule.vat_account,
        amount=-gross,
        groups=groups,
        vat_amount=-vat,
    )
    return Journal(
        document_type=DocumentType.BLANK,
        document_no=document_no,
        posting_date=terms.posting_date,
        document_date=day,
        due_date=None,
        currency_code=setup.currency_code(amount.currency),
        currency_factor=terms.factor,
        reason_code=terms.reason_code,
        template=setup.template,
        batch=setup.batch,
        lines=(plain, taxed),
    )
