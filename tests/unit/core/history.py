"""A NAV into which people keyed before Tieout came, for the tests of the core."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.unit.core.books import Bench
from tests.unit.core.ledger import Item, Place

from tieout.core.decision.decide import decide
from tieout.core.decision.facts import DocumentRecord, Facts
from tieout.core.decision.plan import Plan
from tieout.core.records.adoption import AdoptedDocument, AdoptedEntry, Adoption, substance
from tieout.core.records.identity import Ref

KEYED_ON = date(2026, 3, 12)


class History(Bench):
    """A NAV into which people keyed before Tieout came, and what was adopted of it."""

    def __init__(self) -> None:
        super().__init__()
        self.adoptions: dict[Ref, Adoption] = {}

    def key(
        self, place: Place, amount: str, remaining: str | None = None, customer: str = "C00010"
    ) -> None:
        left = Decimal(remaining or amount)
        self.ledger.items[place] = Item(
            place, customer, "", KEYED_ON, Decimal(amount), left, key=""
        )

    def adopt(self, *records: DocumentRecord, places: tuple[Place, ...]) -> None:
        self.show(*records)
        adoption = Adoption(
            documents=tuple(document(record) for record in records),
            entries=tuple(self.entry(place) for place in places),
            tier="EXACT",
            score=100,
            reasons=("same number", "same amount"),
            by="Ann",
            at=datetime(2026, 4, 1, tzinfo=UTC),
        )
        self.adoptions |= {record.ref: adoption for record in records}

    def entry(self, place: Place) -> AdoptedEntry:
        shown = self.items[place]
        return AdoptedEntry(
            entry_no=shown.entry_no,
            document_type=place[0],
            document_no=place[1],
            customer_no=shown.customer_no,
            amount=shown.amount,
            currency="GBP",
            posting_date=shown.posting_date,
        )

    def facts(self) -> Facts:
        facts = super().facts()
        items = facts.adopted_items or tuple(self.items.values())
        return replace(facts, adoptions=self.adoptions, adopted_items=items)

    def decide(self) -> Plan:
        return decide(self.facts())

    def settle(self) -> Plan:
        plan = self.decide()
        self.do(plan)
        return plan


def document(record: DocumentRecord) -> AdoptedDocument:
    return AdoptedDocument(
        ref=record.ref, substance=substance(record), amount=record.amount.amount, currency="GBP"
    )
