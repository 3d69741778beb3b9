"""Tax that FreshBooks states on a prepayment: declared with its receipt, or a person is asked. The receipt itself carries none.

Tax is due when money comes in if it is known what it is paid for, else when that is invoiced. Whoever puts a tax on a prepayment in FreshBooks says that it is
known; a receipt on account would leave it out of the return in silence.
"""

from __future__ import annotations

from decimal import Decimal

from tieout.core.decision.payload import payload_journal
from tieout.core.decision.plan import Command
from tieout.core.journal.policies import PrepaymentRule
from tieout.core.journal.rules import tax_rule
from tieout.core.journal.setup import PostingSetup
from tieout.core.records.credit_note import CreditNote
from tieout.core.records.finding import Finding
from tieout.core.records.money import total


def stated_tax(note: CreditNote) -> Decimal:
    """What the total has beyond its lines, as FreshBooks names no tax in money."""
    if not note.lines:
        return Decimal(0)
    return note.amount.amount - total(line.amount.amount for line in note.lines)


def tax_in_doubt(
    note: CreditNote, rule: PrepaymentRule | None, declared: Command | None, said: str
) -> Finding | None:
    """Why a prepayment cannot go on as FreshBooks shows it now. ``declared`` is what declared its VAT, ``said`` the VAT group that a rule or a person names."""
    tax = stated_tax(note)
    if declared is not None:
        gross, vat = declared_by(declared)
        same = tax == vat or (not tax and said)
        return None if same and note.amount.amount == gross else declared_before("changed")
    if tax and rule is not None and not rule.vat_at_receipt:
        return _not_declared(note, tax)
    return None


def declared_by(command: Command) -> tuple[Decimal, Decimal]:
    """The prepayment whose VAT a command declares, and that VAT."""
    plain, taxed = payload_journal(command.payload).lines
    return plain.amount, -(taxed.vat_amount or Decimal(0))


def other_tax(note: CreditNote, vat: Decimal, group: str) -> Finding | None:
    """A finding if the VAT that would be declared is not the tax that FreshBooks states."""
    tax = stated_tax(note)
    if tax in (0, vat):
        return None
    return Finding(
        rule="PREPAYMENT_TAXED",
        text=f"FreshBooks states {tax} {note.currency} of tax on prepayment {note.number}; in VAT group {group} it is {vat}.",
        remedy="Correct the taxes of its lines in FreshBooks (all of one rate), or the VAT group: prepayment.vat_prod in the posting setup, "
        "or what was approved.",
    )


def tax_group(note: CreditNote, setup: PostingSetup, vat_bus: str) -> str | Finding:
    """The VAT product group of its taxed lines; empty if they are of none or of several, a finding if a tax is not mapped."""
    rules = [tax_rule(setup, line, vat_bus) for line in note.lines if line.taxes]
    unknown = next((rule for rule in rules if isinstance(rule, Finding)), None)
    groups = {rule.vat_prod for rule in rules if not isinstance(rule, Finding)}
    return unknown or (groups.pop() if len(groups) == 1 else "")


def declared_before(what: str) -> Finding:
    """It is no longer what its VAT was declared of."""
    return Finding(
        rule="PREPAYMENT_VAT_DECLARED",
        text=f"It was {what} after the VAT of the prepayment was declared or taken back.",
        remedy="Correct the VAT in NAV with the accountant, then retry.",
    )


def _not_declared(note: CreditNote, tax: Decimal) -> Finding:
    return Finding(
        rule="PREPAYMENT_TAXED",
        text=f"FreshBooks states {tax} {note.currency} of tax on prepayment {note.number}, and a receipt on account declares none.",
        remedy="If the tax is due only with the invoice, take it off the lines in FreshBooks; it goes on by itself then. If it is due when the money comes in, "
        "let the posting setup declare it (prepayment.vat_at_receipt), then retry.",
    )
