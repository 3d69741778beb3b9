"""I19: the lines of each document stand in NAV under the posting groups and dimensions that the posting setup gives them, account by account.

Amounts by account are I6's, bases by VAT group are I18's. Two lines on one account may still differ in their general posting groups and dimensions, and a
VAT group may have been declared under another product group. All is read anew from the version of the setup that the document was posted by. Of dimensions
NAV's pages show the two global ones; those that no rule names are NAV's own defaults, and are let be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.evidence import NOT_GIVEN
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.rules import Rule, Rules, Setup
from tieout.core.reconciliation.sales import Sale, net
from tieout.core.reconciliation.sides import CENT, Sides
from tieout.core.records.document import Line
from tieout.core.records.identity import Ref
from tieout.core.records.money import total

# Where an amount stands (an account, or a VAT group), and under which attributes.
Place = tuple[str, str]
Amounts = Mapping[Place, Decimal]
REGROUPED = "its client had another business group when it was posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributed:
    """What a document should have in each place, and what NAV has there; ``cents`` is how far a place may be off."""

    ref: Ref
    wanted: Amounts
    found: Amounts
    cents: Decimal
    regrouped: bool = False

    @property
    def off(self) -> tuple[Place, ...]:
        """The places that differ, where the amount as such is right; where it is not, another invariant says so."""
        wholes = {where: ZERO for where, _ in (*self.wanted, *self.found)}
        for cells, sign in ((self.wanted, 1), (self.found, -1)):
            for (where, _), amount in cells.items():
                wholes[where] += sign * amount
        return tuple(
            place
            for place in sorted({*self.wanted, *self.found})
            if abs(wholes[place[0]]) <= self.cents
            and abs(self.wanted.get(place, ZERO) - self.found.get(place, ZERO)) > self.cents
        )

    def difference(self, kind: Break, text: str = "") -> Difference:
        told = "; ".join(
            f"{where} under {under or 'nothing'}: {self.wanted.get((where, under), ZERO)} by the posting setup,"
            f" {self.found.get((where, under), ZERO)} in NAV"
            for where, under in self.off
        )
        return Difference(
            invariant="I19",
            kind=kind,
            subject=str(self.ref),
            freshbooks=total(self.wanted.get(place, ZERO) for place in self.off),
            nav=total(self.found.get(place, ZERO) for place in self.off),
            text=text or told,
        )


def line_attributes(sides: Sides) -> Check:
    """Document by document; the figures are the net amounts on the accounts of the setup."""
    general, rules = sides.evidence.general, sides.evidence.rules
    if general is None or rules is None:
        return _check((), not_compared=NOT_GIVEN)
    compared = [
        one for sale in sides.sales.values() for one in _attributed(sides, general, rules, sale)
    ]
    return replace(
        _check(compared),
        found=tuple(one.difference(_kind(sides, one)) for one in compared if one.off),
        explained=tuple(
            one.difference(Break.LINE_ATTRIBUTES, REGROUPED) for one in compared if one.regrouped
        ),
    )


def _kind(sides: Sides, one: Attributed) -> Break:
    return Break.IN_FLIGHT if sides.flight.explains(one.ref) else Break.LINE_ATTRIBUTES


def _attributed(
    sides: Sides, general: GeneralLedger, rules: Rules, sale: Sale
) -> Iterator[Attributed]:
    """Both sides by the rule of its client now, or else by one that gives the groups that NAV's VAT entries show."""
    client = rules.clients.get(sale.client.key)
    if not sides.nav.under_key(sale.ref) or client is None:
        return
    setup = rules.of(sale.ref)
    now, shown = (
        setup.customer_rule(client),
        {row.vat_bus for row in general.vat_of.get(sale.ref, ())},
    )
    others = [r for r in setup.content["customers"] if r["vat_bus"] in shown and r != now]
    tried = [_one(sides, general, setup, sale, rule) for rule in (now, *others) if rule is not None]
    fits = next((n for n, one in enumerate(tried) if not one.off), 0)
    if tried:
        yield replace(tried[fits], regrouped=True) if fits else tried[0]


def _one(
    sides: Sides, general: GeneralLedger, setup: Setup, sale: Sale, client: Rule
) -> Attributed:
    wanted: dict[Place, Decimal] = defaultdict(Decimal)
    for place, amount in _wanted(sides, setup, sale, client):
        wanted[place] += amount
    waits = client["vat_bus"] in (setup.content.get("cash_accounting") or ())
    if waits or setup.sales_tax:
        wanted = {place: a for place, a in wanted.items() if not place[0].startswith("VAT")}
    rows = len(general.by_document.get(sale.ref, ()))
    rounded = min(abs(sides.nav.rounded.get(sale.ref, ZERO)), sides.max_rounding)
    return Attributed(
        ref=sale.ref,
        wanted={p: sides.at_home(sale.ref, sale.currency, a) for p, a in wanted.items()},
        found=_found(sides, general, sale.ref, wanted),
        cents=CENT * max(1, rows, sale.rows) + rounded,
    )


def _wanted(
    sides: Sides, setup: Setup, sale: Sale, client: Rule
) -> Iterator[tuple[Place, Decimal]]:
    """Each line on its account and in its VAT group, and its part of the discount, in the document's currency."""
    rate = sale.discount / sale.base if sale.base else ZERO
    vat_bus, gen_bus = str(client["vat_bus"]), str(client["gen_bus"])
    for line in sale.lines:
        rule = _rule(sides, setup, sale, line, vat_bus)
        if rule is None or not line.amount:
            continue
        amount = net(line, sale) * sale.share * sale.sign
        groups, codes = f"{gen_bus} {rule['gen_prod']}", _named(sides, rule)
        apart = bool(setup.discount_account)
        yield (
            (f"account {rule['gl_account']}", f"{groups}{codes}"),
            amount * (1 if apart else 1 - rate),
        )
        if apart and rate:
            yield (f"account {setup.discount_account}", f"{groups}{codes}"), -amount * rate
        yield (f"VAT group {vat_bus} {setup.vat_prod(line, vat_bus)}", groups), amount * (1 - rate)


def _rule(sides: Sides, setup: Setup, sale: Sale, line: Line, vat_bus: str) -> Rule | None:
    sign = -1 if sale.amount < 0 else 1
    return setup.line_rule(
        str(sale.kind),
        line,
        lowers=line.amount.amount * sign < 0,
        vat_bus=vat_bus,
        customer_no=sides.customer_nos.get(sale.client.key, ""),
    )


def _named(sides: Sides, rule: Rule) -> str:
    """The global dimensions that a rule gives."""
    given = {str(code).upper(): str(value).upper() for code, value in _pairs(rule)}
    return "".join(_code(code, given.get(code, "")) for code in sides.evidence.dimensions)


def _pairs(rule: Rule) -> Iterable[tuple[str, str]]:
    given = rule.get("dimensions") or ()
    return given.items() if isinstance(given, Mapping) else given


def _code(code: str, value: str) -> str:
    return f" {code}={value}" if code and value else ""


def _found(
    sides: Sides, general: GeneralLedger, ref: Ref, wanted: Mapping[Place, Decimal]
) -> Amounts:
    """What NAV has in the places that are wanted, and beside them on the same accounts and in the same VAT groups."""
    found: dict[Place, Decimal] = defaultdict(Decimal)
    wheres = {where for where, _ in wanted}
    known = "".join(f"{under} " for _, under in wanted)
    for row in general.by_document.get(ref, ()):
        codes = [
            _code(code, value)
            for code, value in zip(sides.evidence.dimensions, row.dimensions, strict=False)
        ]
        under = f"{row.gen_bus} {row.gen_prod}" + "".join(c for c in codes if f"{c} " in known)
        found[f"account {row.gl_account_no}", under] -= row.amount
    for entry in general.vat_of.get(ref, ()):
        where = f"VAT group {entry.vat_bus} {entry.vat_prod}"
        found[where, f"{entry.gen_bus} {entry.gen_prod}"] -= entry.base
    return {place: amount for place, amount in found.items() if place[0] in wheres}


def _check(compared: Sequence[Attributed], not_compared: str = "") -> Check:
    def on_accounts(cells: Amounts) -> Decimal:
        return total(a for (where, _), a in cells.items() if where.startswith("account"))

    return Check(
        invariant="I19",
        name="attributes of lines",
        compared=len(compared),
        freshbooks=total(on_accounts(one.wanted) for one in compared),
        nav=total(on_accounts(one.found) for one in compared),
        not_compared=not_compared,
    )
