"""The books of the one business: every resource, each handed the others it needs.

A further resource gets a module of its own and one line here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tieout_sandboxes.freshbooks.balances import Balances
from tieout_sandboxes.freshbooks.bill_payments import BillPayments
from tieout_sandboxes.freshbooks.bill_vendors import BillVendors
from tieout_sandboxes.freshbooks.bills import Bills
from tieout_sandboxes.freshbooks.callbacks import Callbacks
from tieout_sandboxes.freshbooks.categories import Categories
from tieout_sandboxes.freshbooks.clients import Clients
from tieout_sandboxes.freshbooks.core import Core
from tieout_sandboxes.freshbooks.credit_notes import CreditNotes
from tieout_sandboxes.freshbooks.estimates import Estimates
from tieout_sandboxes.freshbooks.expenses import Expenses
from tieout_sandboxes.freshbooks.given import Given
from tieout_sandboxes.freshbooks.invoices import Invoices
from tieout_sandboxes.freshbooks.items import Items
from tieout_sandboxes.freshbooks.other_incomes import OtherIncomes
from tieout_sandboxes.freshbooks.payments import Payments
from tieout_sandboxes.freshbooks.profiles import Profiles
from tieout_sandboxes.freshbooks.projects import Projects
from tieout_sandboxes.freshbooks.resource import Resource
from tieout_sandboxes.freshbooks.services import Services
from tieout_sandboxes.freshbooks.tasks import Tasks
from tieout_sandboxes.freshbooks.taxes import Taxes
from tieout_sandboxes.freshbooks.time_entries import TimeEntries
from tieout_sandboxes.freshbooks.tokens import Grants


class Books:
    """All resources of one sandbox."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.grants = Grants(core.clock, core.switches)
        self.clients = Clients(core)
        self.items = Items(core)
        self.taxes = Taxes(core)
        self.invoices = Invoices(core, self.clients)
        self.credit_notes = CreditNotes(core, self.clients)
        self.payments = Payments(core, self.invoices, self.credit_notes)
        self.estimates = Estimates(core, self.clients, self.invoices)
        self.profiles = Profiles(core, self.clients, self.invoices)
        core.catch_up = self.profiles.run
        self.categories = Categories(core)
        self.expenses = Expenses(core, self.clients, self.categories)
        self.bill_vendors = BillVendors(core)
        self.bills = Bills(core, self.bill_vendors, self.categories)
        self.bill_payments = BillPayments(core, self.bills)
        self.other_incomes = OtherIncomes(core)
        self.tasks = Tasks(core)
        self.projects = Projects(core)
        self.time_entries = TimeEntries(core)
        self.services = Services(core)
        self.callbacks = Callbacks(core)
        balances = Balances(self.invoices, self.credit_notes)
        self.clients.includes.update(balances.includes())
        self.clients.more_keys.update(balances.keys())

    def accounting(self) -> Iterator[Resource[Any]]:
        """The resources of the accounting family."""
        yield self.clients
        yield self.items
        yield self.taxes
        yield self.invoices
        yield self.payments
        yield self.credit_notes
        yield self.estimates
        yield self.profiles
        yield self.categories
        yield self.expenses
        yield self.bill_vendors
        yield self.bills
        yield self.bill_payments
        yield self.other_incomes
        yield self.tasks

    def by_business(self) -> Iterator[tuple[str, Resource[Any]]]:
        """The resources that are addressed by business id, each with the name of its family."""
        yield "projects", self.projects
        yield "timetracking", self.time_entries
        yield "comments", self.services

    def all(self) -> Iterator[Resource[Any]]:
        """Every resource."""
        yield from self.accounting()
        yield from (resource for _family, resource in self.by_business())
        yield self.callbacks

    def seed(self) -> None:
        """What a business starts with beyond its owner: the usual tax."""
        self.taxes.add(Given("tax", {"name": "VAT", "amount": "20"}))
