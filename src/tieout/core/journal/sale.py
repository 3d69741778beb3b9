"""The G/L side that invoices and credit notes share: every line finds its account and tax, and the parts are added up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tieout.core.journal.buyer import Buyer
from tieout.core.journal.lines import AccountType, JournalLine, PostingGroups
from tieout.core.journal.rules import currency_finding, line_rule, tax_rule
from tieout.core.journal.setup import PostingSetup
from tieout.core.journal.tax import Part, Taxed, included_taxes_of, taxes_of
from tieout.core.records.document import Line
from tieout.core.records.finding import Finding
from tieout.core.records.identity import Kind
from tieout.core.records.money import Money, decimals, round_half_away, total


def sale_lines(
    setup: PostingSetup,
    buyer: Buyer,
    kind: Kind,
    lines: Sequence[Line],
    amount: Money,
    discount: Decimal,
    *,
    tax_included: bool,
) -> tuple[tuple[Taxed, ...], tuple[Finding, ...]]:
    """The parts of a document with their tax; they add up to ``amount``, or findings say why not."""
    findings = list(currency_finding(setup, amount.currency))
    parts: list[Part] = []
    for line in lines:
        part = _part(setup, buyer, kind, line)
        if isinstance(part, Finding):
            findings.append(part)
        else:
            parts.append(part)
    if findings:
        return (), tuple(dict.fromkeys(findings))
    parts += _discount_parts(setup, parts, discount, decimals(amount.currency))
    return _with_tax(setup, parts, amount, tax_included=tax_included)


def gl_lines(buyer: Buyer, taxed: Sequence[Taxed], sign: int) -> tuple[JournalLine, ...]:
    """Gross G/L lines; ``sign`` is -1 for an invoice (credit revenue), 1 for a credit note. Zero parts are left out: NAV refuses them."""
    return tuple(
        JournalLine(
            account_type=AccountType.GL_ACCOUNT,
            account_no=row.part.gl_account,
            amount=sign * row.gross,
            groups=PostingGroups(
                gen_posting_type="Sale",
                gen_bus=buyer.gen_bus,
                gen_prod=row.part.gen_prod,
                vat_bus=buyer.vat_bus,
                vat_prod=row.part.vat_prod,
            ),
            vat_amount=sign * row.tax,
        )
        for row in taxed
        if row.gross
    )


def _part(setup: PostingSetup, buyer: Buyer, kind: Kind, line: Line) -> Part | Finding:
    tax = tax_rule(setup, line, buyer.vat_bus)
    if isinstance(tax, Finding):
        return tax
    account = line_rule(setup, kind, line, buyer.vat_bus, tax.vat_prod)
    if isinstance(account, Finding):
        return account
    return Part(
        gl_account=account.gl_account,
        gen_prod=account.gen_prod,
        vat_prod=tax.vat_prod,
        percent=tax.percent,
        net=line.amount.amount,
    )


def _discount_parts(
    setup: PostingSetup, parts: Sequence[Part], discount: Decimal, places: int
) -> list[Part]:
    """A whole-invoice discount, spread over the parts by amount, each share with the tax of its part."""
    base = total(part.net for part in parts)
    if not discount or not base:
        return []
    shares = [round_half_away(part.net * discount / base, places) for part in parts]
    largest = max(range(len(parts)), key=lambda i: abs(parts[i].net))
    shares[largest] += discount - total(shares)
    return [
        Part(
            gl_account=setup.discount_account,
            gen_prod=part.gen_prod,
            vat_prod=part.vat_prod,
            percent=part.percent,
            net=-share,
            taxed_lines=0,
        )
        for part, share in zip(parts, shares, strict=True)
        if share
    ]


def _with_tax(
    setup: PostingSetup, parts: Sequence[Part], amount: Money, *, tax_included: bool
) -> tuple[tuple[Taxed, ...], tuple[Finding, ...]]:
    places = decimals(amount.currency)
    net = total(part.net for part in parts)
    if not tax_included:
        return taxes_of(parts, amount.amount - net, places, setup.tax_difference_per_pair)
    if net != amount.amount:
        text = f"The lines with tax included add up to {net}, the total is {amount.amount}."
        return (), (Finding(rule="TOTAL_NOT_EXPLAINED", text=text, remedy="Check the document."),)
    return included_taxes_of(parts, places), ()
