"""I6: the revenue of each document, net of tax, stands on the account that the posting setup gives it, on the document's day.

FreshBooks' side are its lines; which account each belongs to is read anew from the version of the posting setup that the document was posted by. NAV's side
is all that the general ledger has under the document's key but for receivables, taxes and rounding. Documents that one book lacks are I1's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from tieout.core.reconciliation.cells import CLOSED, Cell, Placed, summed
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.evidence import NOT_GIVEN
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.moved import MOVED, Entered, moved_out
from tieout.core.reconciliation.rules import Rules, Setup
from tieout.core.reconciliation.sales import GOODWILL, Sale, net
from tieout.core.reconciliation.sides import CENT, Sides
from tieout.core.records.document import Line
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.ledger import GLEntry
from tieout.core.records.money import total

REGROUPED = "its client had another VAT group when it was posted"


def revenue(sides: Sides) -> Check:
    """Revenue by account and day, document by document."""
    general, rules = sides.evidence.general, sides.evidence.rules
    if general is None or rules is None:
        return _check(not_compared=NOT_GIVEN)
    live = sides.sales
    stand = [sale for sale in live.values() if stands(sides, general, sale)]
    both = [placed_sale(sides, general, rules, sale) for sale in stand]
    compared = [placed for placed, _ in both]
    looked_at = [*both, *((placed, False) for placed in _undone(sides, general, live))]
    return replace(
        _check(),
        compared=len(compared),
        freshbooks=total(a for placed in compared for a in placed.wanted.values()),
        nav=total(a for placed in compared for a in placed.found.values()),
        found=tuple(d for placed, _ in looked_at for d in _broken(sides, general, placed)),
        explained=tuple(d for one in looked_at for d in _explained(sides, general, *one)),
    )


def stands(sides: Sides, general: GeneralLedger, sale: Sale) -> bool:
    """Whether NAV has the document; one that comes to nothing is on no customer's account, and may have revenue against discount."""
    home = sale.currency == sides.lcy and not sale.amount
    return sides.nav.under_key(sale.ref) or (home and sale.ref in general.by_document)


def _undone(sides: Sides, general: GeneralLedger, live: Mapping[Ref, Sale]) -> Iterator[Placed]:
    """What FreshBooks does not have any more and no customer owes: it must have left nothing on any account."""
    books = sides.freshbooks
    receipts = {n.ref for n in books.credit_notes if n.credit_type != GOODWILL} | books.deferred
    for ref, rows in general.by_document.items():
        if ref.kind is Kind.PAYMENT or ref in live or ref in receipts:
            continue
        if not total(entry.amount for entry in sides.nav.families.get(ref, ())):
            yield Placed(
                ref=ref,
                day=min(row.posting_date for row in rows),
                wanted={},
                found=revenue_in_nav(general, ref),
            )


def _explained(
    sides: Sides,
    general: GeneralLedger,
    placed: Placed,
    regrouped: bool,  # noqa: FBT001 - it comes with it
) -> Iterator[Difference]:
    if regrouped:
        yield placed.difference("I6", Break.ACCOUNT_MAPPING, REGROUPED)
    elif why := _why_late(sides, general, placed):
        yield placed.difference("I6", Break.DATE_PERIOD, why)


def _broken(sides: Sides, general: GeneralLedger, placed: Placed) -> Iterator[Difference]:
    if not placed.agrees and not _why_late(sides, general, placed):
        moving = sides.flight.explains(placed.ref)
        yield placed.difference("I6", Break.IN_FLIGHT if moving else placed.kind())


def _why_late(sides: Sides, general: GeneralLedger, placed: Placed) -> str:
    """What explains that all is right but the day; empty if nothing does."""
    late = not placed.agrees and placed.kind() is Break.DATE_PERIOD
    if not late or sides.flight.explains(placed.ref):
        return ""
    first = sides.evidence.first_open_vat
    if moved_out(placed, _entered(general, placed), first):
        return MOVED
    return CLOSED if placed.day < first else ""


def _entered(general: GeneralLedger, placed: Placed) -> Iterator[Entered]:
    """The entries that are compared; not those that were taken for sales tax."""
    compared = {account for account, _ in placed.found}
    taxes = {account for account, _ in revenue_in_nav(general, placed.ref)} - compared
    for row in _revenue_rows(general, placed.ref):
        if row.gl_account_no not in taxes:
            yield Entered(
                key=row.external_document_no,
                day=row.posting_date,
                cell=(row.gl_account_no, row.posting_date),
                amount=-row.amount,
            )


def placed_sale(
    sides: Sides, general: GeneralLedger, rules: Rules, sale: Sale
) -> tuple[Placed, bool]:
    """Both sides of one document; and whether it only agrees with the VAT group that NAV shows for it."""
    setup, rows = rules.of(sale.ref), general.by_document.get(sale.ref, ())
    since = sides.nav.families_since.get(sale.ref, ())
    placed = Placed(
        ref=sale.ref,
        day=sale.day,
        wanted={},
        found=_without_sales_tax(general, setup, sale),
        cents=_cents(sides, setup, sale, len(rows)),
        later=len(since) > len(sides.nav.families.get(sale.ref, ())),
    )
    now = rules.vat_bus(sale.ref, sale.client)
    groups = dict.fromkeys([now, *_groups_in_nav(general, sale.ref)])
    tried = [
        replace(placed, wanted=_wanted(sides, setup, sale, g)) for g in groups if g is not None
    ]
    fits = next((n for n, one in enumerate(tried) if one.agrees), 0)
    return (tried[fits], fits > 0) if tried else (placed, False)


def revenue_in_nav(general: GeneralLedger, ref: Ref) -> Mapping[Cell, Decimal]:
    """What the general ledger has of a document but for receivables, taxes and rounding, by account and day."""
    rows = _revenue_rows(general, ref)
    return summed((row.gl_account_no, row.posting_date, -row.amount) for row in rows)


def _revenue_rows(general: GeneralLedger, ref: Ref) -> Iterator[GLEntry]:
    aside = general.receivables | general.taxes | general.rounding
    rows = general.by_document.get(ref, ())
    return (row for row in rows if row.gl_account_no not in aside)


def _groups_in_nav(general: GeneralLedger, ref: Ref) -> list[str]:
    return sorted({entry.vat_bus for entry in general.vat_of.get(ref, ())})


def _without_sales_tax(general: GeneralLedger, setup: Setup, sale: Sale) -> Mapping[Cell, Decimal]:
    """Sales tax stands on accounts of its jurisdictions, which no page tells of: what is on no account of the setup is taken for it, as far as it is tax."""
    found = revenue_in_nav(general, sale.ref)
    if not setup.sales_tax:
        return found
    named = {str(rule["gl_account"]) for rule in setup.content["lines"]} | {setup.discount_account}
    others = {cell: amount for cell, amount in found.items() if cell[0] not in named}
    tax = -total(entry.amount for entry in general.vat_of.get(sale.ref, ()))
    if total(others.values()) != tax:
        return found
    return {cell: amount for cell, amount in found.items() if cell not in others}


def _cents(sides: Sides, setup: Setup, sale: Sale, rows: int) -> Decimal:
    """Nothing, where FreshBooks says what is net to the cent and NAV posts it as it is told."""
    netted = bool(sale.discount) and not setup.discount_account
    vague = sale.tax_included or setup.sales_tax or netted or sale.share != 1
    exact = sale.currency == sides.lcy and not vague
    return ZERO if exact else CENT * max(1, rows, sale.rows)


def _wanted(sides: Sides, setup: Setup, sale: Sale, vat_bus: str) -> Mapping[Cell, Decimal]:
    """The net amounts by account, discount apart or taken off; an account that no rule gives has no name."""
    rate = sale.discount / sale.base if sale.base else ZERO
    keeps = 1 if setup.discount_account else 1 - rate
    amounts = [
        (_account(sides, setup, sale, line, vat_bus), net(line, sale) * keeps)
        for line in sale.lines
        if line.amount
    ]
    if setup.discount_account and sale.discount:
        amounts.append((setup.discount_account, -_net_discount(sale, rate)))
    return summed(
        (account, sale.day, sides.at_home(sale.ref, sale.currency, amount * sale.share * sale.sign))
        for account, amount in _added(amounts)
    )


def _added(amounts: Sequence[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    sums: dict[str, Decimal] = {}
    for account, amount in amounts:
        sums[account] = sums.get(account, ZERO) + amount
    return list(sums.items())


def _net_discount(sale: Sale, rate: Decimal) -> Decimal:
    if not sale.tax_included:
        return sale.discount
    return total(net(line, sale) for line in sale.lines) * rate


def _account(sides: Sides, setup: Setup, sale: Sale, line: Line, vat_bus: str) -> str:
    sign = -1 if sale.amount < 0 else 1
    return (
        setup.account(
            str(sale.kind),
            line,
            lowers=line.amount.amount * sign < 0,
            vat_bus=vat_bus,
            customer_no=sides.customer_nos.get(sale.client.key, ""),
        )
        or "of no rule"
    )


def _check(not_compared: str = "") -> Check:
    return Check(
        invariant="I6",
        name="revenue by account",
        compared=0,
        freshbooks=ZERO,
        nav=ZERO,
        not_compared=not_compared,
    )
