"""The bridges of a tie-out: receivables, revenue, tax and money, from FreshBooks' figure to NAV's, currency by currency.

Nothing is judged here: what a document's difference is called was said by the invariants. What neither they nor a reason accounts for stays as *not explained*.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from tieout.core.reconciliation.bridge import Bridge, Item, Reason, Topic, named
from tieout.core.reconciliation.cash import Receipt, moved, receipts
from tieout.core.reconciliation.difference import Break
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.revenue import placed_sale, revenue_in_nav, stands
from tieout.core.reconciliation.rules import Rules
from tieout.core.reconciliation.sales import GOODWILL, Sale
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.taxes import compared_taxes, residuals
from tieout.core.reconciliation.tieout import Tieout
from tieout.core.records.identity import Kind, Ref
from tieout.core.records.money import total

# What differences are called, by invariant and subject.
Names = Mapping[tuple[str, str], str]
Items = dict[str, list[Item]]


def bridges(sides: Sides, result: Tieout) -> tuple[Bridge, ...]:
    """All bridges in the order of their topics, the local currency first; revenue and money only where NAV's general ledger was read."""
    names = names_of(result)
    general, rules = sides.evidence.general, sides.evidence.rules
    found = [*_receivables(sides, names), _control(sides), *_taxes(sides, names)]
    if general is not None and rules is not None:
        found += _revenue(sides, names, general, rules)
        found += _money(sides, names, general, rules)
    order = list(Topic)
    home = sides.lcy
    return tuple(
        sorted(found, key=lambda b: (order.index(b.topic), b.currency != home, b.currency))
    )


def names_of(result: Tieout) -> Names:
    """What each difference is called; where one subject has several, the first that was found, and what breaks nothing last."""
    found: dict[tuple[str, str], str] = {}
    for one in (*result.differences, *result.explained):
        found.setdefault((one.invariant, one.subject), str(one.kind))
    return found


def _names(names: Names, subject: str, *invariants: str) -> Iterator[str]:
    for invariant in invariants:
        if name := names.get((invariant, subject)):
            yield name


def _adopted(sides: Sides, ref: Ref) -> Iterator[str]:
    """What people keyed stands in NAV, but not under a key of ours."""
    if ref in sides.nav.adopted.refs:
        yield Reason.ADOPTED


def _currency(sides: Sides, ref: Ref) -> str:
    """The currency of a document: FreshBooks' word, or for one that FreshBooks does not have that of its entries in NAV."""
    amount = sides.freshbooks.amounts.get(ref)
    if amount is not None:
        return amount.currency
    family = sides.nav.families.get(ref, ())
    return next((e.currency_code for e in family if e.currency_code), "") or sides.lcy


# ---------------------------------------------------------------- receivables


def _receivables(sides: Sides, names: Names) -> Iterator[Bridge]:
    """What FreshBooks says is owed, and what NAV's customer ledger says; document by document, and what is not from FreshBooks."""
    items = _claims(sides, names)
    for item, code in (*_by_others(sides), *_applied_across(sides), *_open_amounts(sides)):
        items[code].append(item)
    owed, stand = _by_currency(sides.owed_by_account), _by_currency(sides.balances)
    for code in sorted({*items, *owed, *stand}):
        yield Bridge(
            topic=Topic.RECEIVABLES,
            currency=code or sides.lcy,
            freshbooks=owed.get(code, ZERO),
            nav=stand.get(code, ZERO),
            items=tuple(items.get(code, ())),
        )


def _claims(sides: Sides, names: Names) -> Items:
    """Each document as it should be on customers' accounts and as it is, by NAV's code of the currency."""
    both: dict[tuple[Ref, str], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for each in sides.expected:
        if each.amount:
            both[each.ref, each.currency_code][0] += each.amount
    for ref, family in sides.nav.families.items():
        for entry in family:
            if entry.customer_no in sides.clients:
                both[ref, entry.currency_code][1] += entry.amount
    items: Items = defaultdict(list)
    for (ref, code), (freshbooks, nav) in both.items():
        item = Item(subject=str(ref), freshbooks=freshbooks, nav=nav)
        items[code].append(named(item, _names(names, str(ref), "I1")))
    return items


def _by_others(sides: Sides) -> Iterator[tuple[Item, str]]:
    """What stands on the same customers in NAV and is not from FreshBooks; of what was reversed, both sides come to nothing unless a day lies between them."""
    ours = {entry.entry_no for family in sides.nav.families.values() for entry in family}
    for entry in sides.nav.entries:
        counts = not entry.reversed or sides.nav.as_of is not None
        if entry.customer_no in sides.managed and entry.entry_no not in ours and counts:
            yield (
                Item(
                    subject=f"entry {entry.entry_no}",
                    freshbooks=ZERO,
                    nav=entry.amount,
                    name=str(Break.NAV_ONLY),
                ),
                entry.currency_code,
            )


def _applied_across(sides: Sides) -> Iterator[tuple[Item, str]]:
    """What is open of a customer's entries is what they come to, unless something is applied to another customer's, or in another currency."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in sides.nav.entries:
        if entry.customer_no in sides.clients:
            sums[entry.customer_no, entry.currency_code] += entry.amount
    for place in sorted(sums):
        left = sides.balances.get(place, ZERO)
        if left != sums[place]:
            name = Reason.APPLIED_ACROSS
            subject = f"customer {place[0]}"
            yield Item(subject=subject, freshbooks=sums[place], nav=left, name=name), place[1]


def _open_amounts(sides: Sides) -> Iterator[tuple[Item, str]]:
    """Where FreshBooks' own open amounts do not follow from its documents."""
    follows: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in sides.expected:
        follows[each.account, each.currency_code] += each.amount
    for place in sorted({*follows, *sides.owed_by_account}):
        owed, sums = sides.owed_by_account.get(place, ZERO), follows.get(place, ZERO)
        if owed != sums:
            name = Reason.OPEN_AMOUNTS
            subject = f"customer {place[0]}"
            yield Item(subject=subject, freshbooks=owed, nav=sums, name=name), place[1]


def _by_currency(amounts: Mapping[tuple[str, str], Decimal]) -> Mapping[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for (_, code), amount in amounts.items():
        sums[code] += amount
    return sums


def _control(sides: Sides) -> Bridge:
    """From the customers of FreshBooks in NAV's customer ledger to its receivables accounts: what is not ours, and what is foreign, in local currency."""
    ours, sums = sides.managed, dict[tuple[str, str], Decimal]()
    for detail in sides.nav.details:
        name = Reason.FOREIGN_AT_HOME if detail.currency_code else ""
        place = detail.customer_no, name if detail.customer_no in ours else Reason.OTHER_CUSTOMERS
        sums[place] = sums.get(place, ZERO) + detail.amount_lcy
    start = total(amount for (_, name), amount in sums.items() if not name)
    items = [
        Item(subject=f"customer {no}", freshbooks=ZERO, nav=amount, name=name)
        for (no, name), amount in sorted(sums.items())
        if name and amount
    ]
    left = sides.nav.control - total(sums.values())
    if left:
        name = str(Break.CONTROL)
        items.append(Item(subject="receivables", freshbooks=ZERO, nav=left, name=name))
    return Bridge(
        topic=Topic.CONTROL,
        currency=sides.lcy,
        freshbooks=start,
        nav=sides.nav.control,
        items=tuple(items),
        local=True,
    )


# ---------------------------------------------------------------- tax


def _taxes(sides: Sides, names: Names) -> Iterator[Bridge]:
    """The tax that FreshBooks states by what its totals have beyond their lines, and what stands under our keys on NAV's accounts of taxes."""
    compared = {tax.ref: tax for tax in compared_taxes(sides)}
    items: Items = defaultdict(list)
    for tax in compared.values():
        item = Item(subject=str(tax.ref), freshbooks=tax.freshbooks, nav=tax.nav)
        within = (Reason.WITHIN_CENTS,) if tax.agrees else ()
        found = (*_names(names, str(tax.ref), "I2"), *within)
        items[_currency(sides, tax.ref)].append(named(item, found))
    for ref, amount, currency in residuals(sides):
        # What a foreign document would be at home nobody knows before NAV has it.
        if ref not in compared and currency == sides.lcy:
            item = Item(subject=str(ref), freshbooks=amount, nav=ZERO)
            found = (*_adopted(sides, ref), *_names(names, str(ref), "I1"))
            items[currency].append(named(item, found))
    for ref, rows in sides.nav.taxes.items():
        if ref not in compared:
            item = Item(subject=str(ref), freshbooks=ZERO, nav=total(rows))
            items[_currency(sides, ref)].append(named(item, _only_in_nav(sides, names, ref)))
    stands_in_nav = _sums(
        (_currency(sides, ref), total(rows)) for ref, rows in sides.nav.taxes.items()
    )
    yield from _in_local(Topic.TAX, items, stands_in_nav)


def _only_in_nav(sides: Sides, names: Names, ref: Ref) -> Iterator[str]:
    yield from _names(names, str(ref), "I1")
    receipt = ref.kind is Kind.PAYMENT or ref in _receipts_by_credit(sides)
    yield Reason.TAX_OF_RECEIPTS if receipt else Reason.NO_AMOUNT_OF_TAX


def _receipts_by_credit(sides: Sides) -> frozenset[Ref]:
    """Credits that are money which came in, and goodwill that counts only when it is used: no sale of their own."""
    books = sides.freshbooks
    return (
        frozenset({n.ref for n in books.credit_notes if n.credit_type != GOODWILL}) | books.deferred
    )


# ---------------------------------------------------------------- revenue


def _revenue(sides: Sides, names: Names, general: GeneralLedger, rules: Rules) -> Iterator[Bridge]:
    """Net sales, and what stands under our keys on the accounts of the general ledger that are neither receivables nor taxes nor rounding."""
    live = sides.sales
    items: Items = defaultdict(list)
    for sale in live.values():
        if item := _sold(sides, names, general, rules, sale):
            items[sale.currency].append(item)
    apart = _receipts_by_credit(sides)
    for ref in general.by_document:
        if ref.kind is not Kind.PAYMENT and ref not in live and ref not in apart:
            nav = total(revenue_in_nav(general, ref).values())
            item = Item(subject=str(ref), freshbooks=ZERO, nav=nav)
            items[_currency(sides, ref)].append(named(item, _names(names, str(ref), "I6", "I1")))
    yield from _in_local(Topic.REVENUE, items)


def _sold(
    sides: Sides, names: Names, general: GeneralLedger, rules: Rules, sale: Sale
) -> Item | None:
    """A sale in local currency; none for a foreign one that NAV does not have, at whose rate nobody can know."""
    subject = str(sale.ref)
    if stands(sides, general, sale):
        placed, _ = placed_sale(sides, general, rules, sale)
        item = Item(
            subject=subject,
            freshbooks=total(placed.wanted.values()),
            nav=total(placed.found.values()),
        )
        within = (Reason.WITHIN_CENTS,) if placed.agrees else ()
        return named(item, (*_names(names, subject, "I6"), *within))
    if sale.currency != sides.lcy:
        return None
    wanted = total(placed_sale(sides, general, rules, sale)[0].wanted.values())
    item = Item(subject=subject, freshbooks=wanted, nav=ZERO)
    return named(item, (*_adopted(sides, sale.ref), *_names(names, subject, "I1")))


# ---------------------------------------------------------------- money


def _money(sides: Sides, names: Names, general: GeneralLedger, rules: Rules) -> Iterator[Bridge]:
    """The money that came in, in its own currency, and what stands under our keys on bank and clearing accounts."""
    items: Items = defaultdict(list)
    known = {receipt.ref: receipt for receipt in receipts(sides, rules)}
    gone = {*sides.nav.families, *general.bank_of} - known.keys()
    for receipt in (*known.values(), *(_gone(sides, ref) for ref in sorted(gone))):
        nav = total(
            amount
            for account, _, amount in moved(sides, general, rules, receipt)
            if account not in rules.charges
        )
        if receipt.ref in known or nav:
            item = Item(subject=str(receipt.ref), freshbooks=receipt.amount, nav=nav)
            found = (*_adopted(sides, receipt.ref), *_names(names, str(receipt.ref), "I7", "I1"))
            within = () if receipt.currency == sides.lcy else (Reason.WITHIN_CENTS,)
            items[receipt.currency].append(named(item, (*found, *within)))
    for currency, some in items.items():
        yield _bridge(Topic.MONEY, currency, some)


def _gone(sides: Sides, ref: Ref) -> Receipt:
    """What is no money in FreshBooks, or not any more, though NAV may have it as such."""
    family = sides.nav.families.get(ref, ())
    day = min((e.posting_date for e in family), default=sides.evidence.first_open)
    return Receipt(ref=ref, day=day, currency=_currency(sides, ref), amount=ZERO, account="")


# ---------------------------------------------------------------- sums


def _in_local(
    topic: Topic, items: Items, stand: Mapping[str, Decimal] | None = None
) -> Iterator[Bridge]:
    """A bridge for each currency of documents, in local currency."""
    for currency, some in items.items():
        nav = None if stand is None else stand.get(currency, ZERO)
        yield _bridge(topic, currency, some, nav=nav, local=True)


def _bridge(
    topic: Topic,
    currency: str,
    items: Iterable[Item],
    *,
    nav: Decimal | None = None,
    local: bool = False,
) -> Bridge:
    some = tuple(items)
    return Bridge(
        topic=topic,
        currency=currency,
        freshbooks=total(item.freshbooks for item in some),
        nav=total(item.nav for item in some) if nav is None else nav,
        items=some,
        local=local,
    )


def _sums(pairs: Iterable[tuple[str, Decimal]]) -> Mapping[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for key, amount in pairs:
        sums[key] += amount
    return sums
