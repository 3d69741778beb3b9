"""I24: what is applied in NAV is applied in the month in which FreshBooks has the payment or the use of the credit.

On an application hang VAT that is due when it is paid, gains and losses of currencies, and what was open at a month's end. It cannot be earlier than either
entry, so the month is that of the latest: the payment's day in FreshBooks, and the posting dates of both entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tieout.core.reconciliation.cells import CLOSED
from tieout.core.reconciliation.difference import Break, Check, Difference
from tieout.core.reconciliation.expected import ZERO
from tieout.core.reconciliation.sides import Sides
from tieout.core.records.document import Visibility
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import CustomerEntry, DetailedEntry
from tieout.core.records.money import total
from tieout.core.records.payment import Payment

APPLICATION = "Application"
KEYED = "people applied what was adopted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """An application that stands, of an entry of a payment or credit, and the days on which it may lie: one for each thing that it can belong to."""

    ref: Ref
    detail: DetailedEntry
    days: frozenset[date]

    @property
    def in_time(self) -> bool:
        return any(_month(day) == _month(self.detail.posting_date) for day in self.days)

    def had_to_wait(self, first_open: date) -> bool:
        """Whether it is later than it may be, and all of those days are closed."""
        return max(self.days) < min(first_open, self.detail.posting_date)

    def difference(self, kind: Break, text: str) -> Difference:
        months = " or ".join(sorted({day.strftime("%Y-%m") for day in self.days}))
        day = self.detail.posting_date.isoformat()
        return Difference(
            invariant="I24",
            kind=kind,
            subject=str(self.ref),
            freshbooks=ZERO,
            nav=self.detail.amount,
            text=f"{text}: applied in NAV on {day} (detailed entry {self.detail.entry_no}), in FreshBooks in {months}",
            cause=f"detailed entry {self.detail.entry_no} of {day} was made by {self.detail.user or 'nobody'}",
        )


def timing(sides: Sides) -> Check:
    """Every application of what FreshBooks has as money or credit; the figures are what is applied in its month, and all that is applied."""
    compared = [one for one in _applied(sides) if one.days]
    late = [one for one in compared if not one.in_time]
    keyed = [one for one in late if _by_people(sides, one)]
    closed = [one for one in late if one.had_to_wait(sides.evidence.first_open)]
    return Check(
        invariant="I24",
        name="months of applications",
        compared=len(compared),
        freshbooks=total(abs(one.detail.amount) for one in compared if one.in_time),
        nav=total(abs(one.detail.amount) for one in compared),
        found=tuple(_difference(sides, one) for one in late if one not in (*closed, *keyed)),
        explained=(
            *(one.difference(Break.DATE_PERIOD, CLOSED) for one in closed),
            *(one.difference(Break.DATE_PERIOD, KEYED) for one in keyed if one not in closed),
        ),
    )


def _by_people(sides: Sides, applied: Applied) -> bool:
    """Whether it is of an adopted entry, and not made by Tieout: how people applied what they had keyed is accepted with it."""
    recorded = sides.evidence.recorded
    ours = recorded is not None and applied.detail.user.upper() == recorded.user.upper()
    return applied.ref in sides.nav.adopted.refs and not ours


def _difference(sides: Sides, applied: Applied) -> Difference:
    moving = sides.flight.explains(applied.ref)
    kind = Break.IN_FLIGHT if moving else Break.DATE_PERIOD
    return applied.difference(kind, "another month")


def _applied(sides: Sides) -> Iterator[Applied]:
    uses, families = _uses(sides), sides.nav.families
    sources = {
        entry.entry_no: (ref, entry)
        for ref in uses
        for entry in families.get(ref, ())
        if not entry.reversed
    }
    for detail in sides.nav.details:
        known = sources.get(detail.customer_entry_no)
        if known and detail.entry_type == APPLICATION and not detail.unapplied:
            ref, entry = known
            yield Applied(ref=ref, detail=detail, days=_days(sides, ref, entry, uses[ref]))


def _uses(sides: Sides) -> Mapping[Ref, Sequence[Payment]]:
    """What FreshBooks settles with each payment or credit: itself, and whatever is paid out of the credit that it left."""
    books = sides.freshbooks
    spent: dict[Ref, list[Payment]] = defaultdict(list)
    for payment in books.money:
        if payment.credit is not None and payment.visibility is not Visibility.DELETED:
            spent[payment.credit].append(payment)
    uses: dict[Ref, list[Payment]] = {note.ref: spent[note.ref] for note in books.credit_notes}
    for payment in books.money:
        rest = books.overpayments.get(payment.ref)
        own = [payment] if payment.visibility is not Visibility.DELETED else []
        uses[payment.ref] = [*own, *(spent[rest.ref] if rest else ())]
    return uses


def _days(sides: Sides, ref: Ref, entry: CustomerEntry, uses: Sequence[Payment]) -> frozenset[date]:
    """The latest of the payment's day and both posting dates, for each entry that it may settle; a refund or chargeback settles its own receipt."""
    families, mine = sides.nav.families, entry.posting_date
    days = {
        max(mine, payment.paid_on, other.posting_date)
        for payment in uses
        for other in families.get(payment.invoice, ())
    }
    own = (other for other in families.get(ref, ()) if other.entry_no != entry.entry_no)
    return frozenset(days | {max(mine, other.posting_date) for other in own})


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month
