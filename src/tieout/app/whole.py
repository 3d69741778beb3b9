"""What all parts of both books have in common: how both systems are set up, who is whose customer, what both say of themselves as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from tieout.app.ledgers import Stood
from tieout.app.lists import Lists
from tieout.app.overview import Overview
from tieout.connectors.nav.setup import NavSetup
from tieout.core.decision.credit import GOODWILL
from tieout.core.journal.setup import PostingSetup
from tieout.core.reconciliation.accounts import Accounts, Stands
from tieout.core.reconciliation.adopted import Adopted
from tieout.core.reconciliation.belonging import is_deleted
from tieout.core.reconciliation.books import FreshbooksBooks, NavBooks, ref_of_key
from tieout.core.reconciliation.evidence import Evidence
from tieout.core.reconciliation.general import GeneralLedger
from tieout.core.reconciliation.recorded import Recorded
from tieout.core.reconciliation.rules import Rules
from tieout.core.reconciliation.sides import Sides
from tieout.core.reconciliation.tieout import sides_of
from tieout.core.records.identity import Ref
from tieout.core.records.ledger import GLEntry
from tieout.store.spill import Part

# NAV's word for American and Canadian taxes.
SALES_TAX = "Sales Tax"
ON_APPLICATION = "on_application"


@dataclass(frozen=True, kw_only=True)
class Whole:
    """Both books but for their records. ``posting`` is the posting setup in force, ``rules`` are all versions of it as plain data.

    ``evidence`` is what a tie-out is given besides, without ledgers and record, ``user`` who posts (empty where persons do).
    """

    prefix: str
    as_of: date | None
    setup: NavSetup
    posting: PostingSetup
    rules: Rules
    evidence: Evidence
    user: str
    overview: Overview
    lists: Lists
    stood: Stood
    adopted: Adopted
    customers: Mapping[str, str]

    def sides(self, part: Part, unheard: Collection[Ref] = ()) -> Sides:
        """Both sides of a part; ``unheard`` are documents of which Tieout need not have heard yet."""
        recorded = Recorded(
            documents={one.ref: one.known for one in part.known},
            commands=part.sent,
            user=self.user,
        )
        general = sorted(part.general, key=lambda entry: entry.entry_no)
        nav = self._nav(part, general)
        return sides_of(
            self._freshbooks(part, general, nav),
            nav,
            self.customers,
            self.setup.lcy,
            {one.ref for one in part.unsettled} | set(unheard),
            self.posting.max_rounding,
            self._evidence(part, general, recorded),
        )

    def _nav(self, part: Part, general: Sequence[GLEntry]) -> NavBooks:
        """The customer ledger, and what the general ledger has on the accounts that belong to it."""
        return NavBooks(
            customer_entries=part.customer,
            detailed_entries=part.detailed,
            receivable_entries=_on(general, frozenset(self.setup.customer_groups.values())),
            tax_entries=_on(general, self.setup.tax_accounts),
            rounding_entries=_on(general, {self.posting.rounding_account}),
            sales_taxes=[entry for entry in part.vat if entry.calculation == SALES_TAX],
            prefix=self.prefix,
            as_of=self.as_of,
            adopted=self.adopted,
        )

    def _freshbooks(self, part: Part, general: Sequence[GLEntry], nav: NavBooks) -> FreshbooksBooks:
        later = self.posting.goodwill_recognition == ON_APPLICATION
        return FreshbooksBooks(
            invoices=part.invoices,
            credit_notes=part.credit_notes,
            payments=part.payments,
            as_of=self.as_of,
            deferred=_deferred(part, nav) if later else frozenset(),
            recovered=self._recovered(general),
            ledger_lines=part.feed if self.lists.has_ledger else None,
            own_balances=self.lists.balances,
        )

    def _evidence(self, part: Part, general: Sequence[GLEntry], recorded: Recorded) -> Evidence:
        evidence, frozen = self.evidence, self.evidence.frozen
        return replace(
            evidence,
            general=GeneralLedger(
                entries=[
                    e for e in general if e.external_document_no.startswith(f"{self.prefix}-")
                ],
                prefix=self.prefix,
                bank_entries=part.bank,
                vat_entries=part.vat,
                receivables=frozenset(self.setup.customer_groups.values()),
                taxes=self.setup.tax_accounts,
                rounding=self.rules.rounding,
                as_of=self.as_of,
                settled_of_all=self.overview.settled,
            ),
            accounts=Accounts(
                prefix=self.prefix,
                entries=general,
                bank_entries=part.bank,
                accounts=self._stands[0],
                banks=self._stands[1],
                customers=self._stands[2],
                as_of=self.as_of,
                first_of_all=self.overview.first_day or date.min,
            ),
            rules=replace(self.rules, versions=recorded.versions),
            recorded=recorded,
            frozen=frozen
            and replace(frozen, documents={one.ref: one.document for one in part.frozen}),
        )

    @cached_property
    def _stands(self) -> tuple[Stands, Stands, Stands]:
        """NAV's own balances of G/L accounts, bank accounts and customers, before reading and after it."""
        before, after = self.stood
        return (
            _both(before.accounts, after.accounts),
            _both(before.banks, after.banks),
            _both(before.customers, after.customers),
        )

    def _recovered(self, general: Sequence[GLEntry]) -> Mapping[Ref, Decimal]:
        """What came in for claims that were written off, by payment."""
        rule = self.posting.write_off
        accounts = {rule.bad_debt_account, rule.repay_account} - {""} if rule else set()
        found: dict[Ref, Decimal] = defaultdict(Decimal)
        for entry in _on(general, accounts):
            ref = ref_of_key(self.prefix, entry.external_document_no)
            if ref is not None and (self.as_of is None or entry.posting_date <= self.as_of):
                found[ref] -= entry.amount
        return found


def _on(general: Sequence[GLEntry], accounts: Collection[str]) -> list[GLEntry]:
    """The general ledger of these accounts."""
    return [entry for entry in general if entry.gl_account_no in accounts]


def _deferred(part: Part, nav: NavBooks) -> frozenset[Ref]:
    """The goodwill credits that count when they are used: those that are not in NAV themselves, or that are deleted and whose uses are there."""
    notes = {note.ref for note in part.credit_notes}
    uses = (p for p in part.payments if p.from_credit and p.credit and not is_deleted(p))
    deleted = {use.credit for use in uses if use.credit not in notes and nav.families.get(use.ref)}
    waiting = {
        note.ref
        for note in part.credit_notes
        if note.credit_type == GOODWILL and note.amount.amount > 0
        if not nav.families.get(note.ref)
    }
    return frozenset(ref for ref in waiting | deleted if ref is not None)


def _both(
    before: Mapping[str, Decimal], after: Mapping[str, Decimal]
) -> Mapping[str, tuple[Decimal, ...]]:
    """NAV's own balances, as they were before reading and after it."""
    return {no: (before.get(no, Decimal(0)), amount) for no, amount in after.items()}
