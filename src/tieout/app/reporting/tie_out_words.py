"""What the report of a tie-out calls things, in an accountant's words."""

from __future__ import annotations

from tieout.core.reconciliation.bridge import Reason, Topic
from tieout.core.reconciliation.difference import Break

# The title of each kind of difference, and what it means.
BREAKS: dict[Break, tuple[str, str]] = {
    Break.MISSING_IN_NAV: (
        "Missing in NAV",
        "FreshBooks has the document, NAV has nothing under its key.",
    ),
    Break.MISSING_IN_FB: (
        "Missing in FreshBooks",
        "NAV has an amount under a key whose document FreshBooks does not show.",
    ),
    Break.NAV_REVERSED: (
        "Reversed in NAV",
        "Somebody reversed in NAV what Tieout had posted; FreshBooks still has the document.",
    ),
    Break.DUPLICATE: (
        "Posted twice",
        "NAV has the document more than once, or somebody keyed it in once more.",
    ),
    Break.AMOUNT: ("Different amount", "Both books have it, with different amounts."),
    Break.ACCOUNT_MAPPING: (
        "Other account",
        "It stands on another account than the posting setup gives it.",
    ),
    Break.TAX: ("Different tax", "The same document has another tax."),
    Break.LINE_ATTRIBUTES: (
        "Other posting groups",
        "The right amount, under other posting groups or dimensions.",
    ),
    Break.VAT_GROUP: ("Other VAT group", "The same base and tax, declared in another VAT group."),
    Break.VAT_PERIOD: ("Outside the VAT return", "Open in a period whose VAT is settled."),
    Break.ROUNDING: (
        "Rounding of tax",
        "The same, by the cents that stand on the rounding account.",
    ),
    Break.CURRENCY: ("Different currency", "It stands in another currency."),
    Break.RATE: ("Different rate", "A foreign entry does not stand at the rate of NAV's table."),
    Break.CUSTOMER_MISMATCH: ("Different customer", "It stands on another customer."),
    Break.OPEN_AMOUNT: ("Different open amount", "The document is open by different amounts."),
    Break.UNAPPLIED: (
        "Not applied",
        "The customer owes the same; in NAV it is applied to another item, or not at all.",
    ),
    Break.DUE_DATE: ("Different due date", "It is due on another day in NAV."),
    Break.BALANCE: ("Different balance", "The customer owes different amounts."),
    Break.CONTROL: ("Control account", "An account does not fit its sub-ledger."),
    Break.ROLL_FORWARD: ("Balance without entries", "NAV's balance is not what its entries give."),
    Break.NAV_ONLY: ("Only in NAV", "Posted in NAV by others, with no document in FreshBooks."),
    Break.POPULATION: ("Population", "A document is in one list and not in the other."),
    Break.PROVENANCE: (
        "Provenance",
        "An entry without its command, or a command without its entry.",
    ),
    Break.REFUND: (
        "Refund on a later day",
        "The amounts agree; part went back, or came again, later.",
    ),
    Break.BANK_CHARGE: ("Kept by the bank", "The bank kept part of the money."),
    Break.CUT_OFF: ("Draft at cut-off", "Dated up to the day and not sent."),
    Break.IN_FLIGHT: ("In flight", "Exactly what is on its way to NAV."),
    Break.FROZEN_PAST: ("Changed past", "What was tied out before has changed since."),
    Break.BACKDATED: ("Dated back", "Posted since into a time that was tied out before."),
    Break.SETUP: ("Changed set-up", "Set-up that the figures hang on has changed since."),
    Break.NOT_EXPLAINED: (
        "Beyond what explains it",
        "An explained item that its rule does not give, or that is beyond a limit.",
    ),
    Break.DATE_PERIOD: ("Other day", "The right amounts on another day."),
    Break.PRIOR_PERIOD_CHANGE: (
        "Changed after the day",
        "What NAV had by the day was corrected after it.",
    ),
}

REASONS: dict[Reason, str] = {
    Reason.OPEN_AMOUNTS: "FreshBooks' open amounts that do not follow from its documents",
    Reason.APPLIED_ACROSS: "NAV: applied to another customer or currency",
    Reason.OTHER_CUSTOMERS: "Customers that are not of FreshBooks",
    Reason.FOREIGN_AT_HOME: "Foreign entries of the same customers, in local currency",
    Reason.WITHIN_CENTS: "Rounding by rows, within a cent for each",
    Reason.ADOPTED: "Keyed by people and adopted: under no key of the pair",
    Reason.NO_AMOUNT_OF_TAX: "Documents of which FreshBooks states no amount of tax",
    Reason.TAX_OF_RECEIPTS: "Tax on receipts: prepayments and write-offs",
    Reason.NOT_EXPLAINED: "Not explained",
}

# Of each topic: its title, and both ends of its bridge.
TOPICS: dict[Topic, tuple[str, str, str]] = {
    Topic.RECEIVABLES: (
        "Receivables",
        "FreshBooks: open invoices less unused credits",
        "NAV: open entries of the same customers",
    ),
    Topic.CONTROL: (
        "From the customer ledger to the general ledger",
        "NAV: entries of the customers of FreshBooks in local currency",
        "NAV: receivables accounts of the general ledger",
    ),
    Topic.REVENUE: (
        "Revenue",
        "FreshBooks: net sales less credits",
        "NAV: accounts of revenue under the pair's keys",
    ),
    Topic.TAX: (
        "VAT and sales tax",
        "FreshBooks: tax in the totals of documents",
        "NAV: accounts of taxes under the pair's keys",
    ),
    Topic.MONEY: (
        "Money received",
        "FreshBooks: payments",
        "NAV: bank and clearing accounts under the pair's keys",
    ),
}

# Which invariants a bridge stands for.
INVARIANTS: dict[Topic, tuple[str, ...]] = {
    Topic.RECEIVABLES: ("I1", "I3", "I4", "I27"),
    Topic.CONTROL: ("I5",),
    Topic.REVENUE: ("I6",),
    Topic.TAX: ("I2", "I18"),
    Topic.MONEY: ("I7",),
}


def step_title(name: str) -> str:
    """What a step of a bridge is called: by the kind of its differences, or by its reason."""
    if name in set(map(str, Reason)):
        return REASONS[Reason(name)]
    return BREAKS[Break(name)][0]


def title(kind: Break) -> str:
    """A kind of difference as a heading."""
    return BREAKS[kind][0]


def meaning(kind: Break) -> str:
    """A kind of difference in one sentence."""
    return BREAKS[kind][1]
