"""What is different between documents that are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.matching.cards import TYPES, freshbooks_card, nav_card
from tieout.core.matching.customers import Links
from tieout.core.matching.result import Break, Difference, Match
from tieout.core.matching.slips import amount_slip, day_slip
from tieout.core.matching.usual import Usual
from tieout.core.matching.words import number_slip
from tieout.core.records.money import total

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruler:
    """What matches are measured against: the customers, the habits, and within how many days a date is the same."""

    links: Links
    usual: Usual
    days: int


def differences_of(match: Match, ruler: Ruler) -> list[Difference]:
    """Everything that is not the same in a match."""
    return [each for rule in RULES for each in rule(match, ruler)]


def difference(match: Match, kind: Break, at_risk: Decimal, text: str) -> Difference:
    """A difference about all of a match, in the currency of FreshBooks."""
    return Difference(
        kind=kind,
        freshbooks=match.freshbooks,
        nav=match.nav,
        at_risk=abs(at_risk),
        currency=match.freshbooks[0].currency,
        text=text,
    )


def sums(match: Match) -> tuple[Decimal, Decimal]:
    """Both sides' amounts."""
    return total(f.amount for f in match.freshbooks), total(n.amount for n in match.nav)


def _amount(match: Match, ruler: Ruler) -> Iterator[Difference]:
    del ruler
    ours, theirs = sums(match)
    if ours != theirs:
        tax = match.freshbooks[0].tax if len(match.freshbooks) == 1 else None
        slip = amount_slip(ours, theirs, tax)
        text = f"{theirs:,} instead of {ours:,}" + (f": {slip}" if slip else "")
        yield difference(match, Break.AMOUNT, theirs - ours, text)


def _tax(match: Match, ruler: Ruler) -> Iterator[Difference]:
    """Only where the totals agree; else the amount is what is wrong."""
    del ruler
    ours, theirs = [f.tax for f in match.freshbooks], [n.tax for n in match.nav]
    if None in (*ours, *theirs) or len(set(sums(match))) > 1:
        return
    due, posted = total(t for t in ours if t), total(t for t in theirs if t)
    if due != posted:
        yield difference(match, Break.TAX, posted - due, f"tax {posted:,} instead of {due:,}")


def _dates(match: Match, ruler: Ruler) -> Iterator[Difference]:
    """Another month is another period, be it by a day; within the month a few days are forgiven."""
    pairs = [(f.day, n.posting_date) for f in match.freshbooks for n in match.nav]
    ours, theirs = max(pairs, key=lambda pair: abs((pair[1] - pair[0]).days))
    slip = day_slip(ours, theirs)
    text = f"posted {theirs.isoformat()}, dated {ours.isoformat()}" + (f": {slip}" if slip else "")
    if any((a.year, a.month) != (b.year, b.month) for a, b in pairs):
        yield difference(match, Break.PERIOD, sums(match)[0], text)
    elif abs((theirs - ours).days) > ruler.days:
        yield difference(match, Break.DATE, ZERO, text)


def _customer(match: Match, ruler: Ruler) -> Iterator[Difference]:
    for no in sorted({n.customer_no for n in match.nav}):
        right = {ruler.links.main.get(f.client, no) for f in match.freshbooks}
        if no not in right and not ruler.links.is_collective(no):
            text = f"on {no}; {match.freshbooks[0].client_name} is {', '.join(sorted(right))}"
            yield difference(match, Break.CUSTOMER, sums(match)[0], text)


def _currency(match: Match, ruler: Ruler) -> Iterator[Difference]:
    del ruler
    right = match.freshbooks[0].currency
    wrong = sorted({n.currency for n in match.nav} - {right})
    if wrong:
        text = f"in {', '.join(wrong)} instead of {right}"
        yield difference(match, Break.CURRENCY, sums(match)[0], text)


def _account(match: Match, ruler: Ruler) -> Iterator[Difference]:
    usual = ruler.usual.accounts_of(match)
    accounts = frozenset(account for n in match.nav for account in n.accounts)
    if usual and accounts and usual != accounts:
        what = ", ".join(sorted({c for f in match.freshbooks for c in f.categories}))
        text = f"on {', '.join(sorted(accounts))}; {what} is usually on {', '.join(sorted(usual))}"
        yield difference(match, Break.ACCOUNT, sums(match)[0], text)


def _type(match: Match, ruler: Ruler) -> Iterator[Difference]:
    del ruler
    kinds = {f.kind for f in match.freshbooks}
    wrong = sorted({n.type for n in match.nav if n.type and TYPES.get(n.type) not in kinds})
    if wrong:
        text = f"a {', '.join(wrong)} in NAV"
        yield difference(match, Break.TYPE, ZERO, text)


def _number(match: Match, ruler: Ruler) -> Iterator[Difference]:
    """One document, whose number NAV has otherwise, or not at all where it usually has it."""
    if len(match.freshbooks) > 1 or len(match.nav) > 1:
        return
    f, n = match.freshbooks[0], match.nav[0]
    right, typed = freshbooks_card(f).numbers, nav_card(n)
    if not right or right & (typed.keyed | typed.told) or ruler.links.is_collective(n.customer_no):
        return
    ours = freshbooks_card(f).written
    slip = next((s for right in ours if (s := number_slip(right, typed.written))), "")
    if slip or f.kind in ruler.usual.numbered:
        shown = n.external_no or n.description or "nothing"
        text = f"number {shown} instead of {f.number or ', '.join(f.named)}"
        yield difference(match, Break.NUMBER, ZERO, text + (f": {slip}" if slip else ""))


RULES: tuple[Callable[[Match, Ruler], Iterator[Difference]], ...] = (
    _amount,
    _tax,
    _dates,
    _customer,
    _currency,
    _account,
    _type,
    _number,
)
