"""Which fault applies at which step and for what, and how often each such cell was met."""

from __future__ import annotations

from collections.abc import Iterator

from tieout_simulator.coverage import Cell, Coverage
from tieout_simulator.faults import FRESHBOOKS, NAV, NOT_AT, PEOPLE, REQUEST
from tieout_simulator.meddling import ASKS, READS, WORKS
from tieout_simulator.mischief import HOOKS
from tieout_simulator.worker import UNGUARDED

ENOUGH = 100
DOCUMENTS = ("invoice", "payment", "credit_note")
PAGES = (
    "AccountingPeriods",
    "BankAccountLedgerEntries",
    "CurrencyExchangeRates",
    "Customer",
    "CustomerLedgerEntries",
    "GeneralLedgerSetup",
    "UserSetup",
    "VATEntries",
)
# Where no gateway is installed.
JOURNALS = ("GeneralJournal", "CashReceiptJournal")
DRAFTING = (
    *(("nav read", page) for page in (*JOURNALS, "GeneralLedgerEntries", "PaymentTerms")),
    *(("nav write", page) for page in (*JOURNALS, "Customer", "CustomerLedgerEntries")),
)
# Every request that the product sends while it works, and what each is about. Every request fault applies at each of them.
STEPS: tuple[tuple[str, str], ...] = (
    *(("poll and read", kind) for kind in (*DOCUMENTS, "customer")),
    *(("read by id", kind) for kind in DOCUMENTS),
    ("token refresh", ""),
    ("callbacks list", ""),
    ("callbacks register", ""),
    ("callbacks verify", ""),
    ("callbacks delete", ""),
    ("webhook", ""),
    *(("nav read", page) for page in PAGES),
    *DRAFTING,
    ("gateway Ping", ""),
    ("gateway Claim", ""),
    ("gateway LastEntry", ""),
    ("gateway CreateCustomers", "customer"),
    *(("gateway Post", kind) for kind in DOCUMENTS),
    ("gateway Reverse", "payment"),
    ("gateway Reverse", "credit_note"),
    ("gateway Apply", "payment"),
    ("gateway Unapply", "payment"),
    ("gateway SetDueDate", "invoice"),
    *(("gateway Find", kind) for kind in (*DOCUMENTS, "customer")),
)
# What a worker stores in transactions of its own.
STORES = ("accept", "claim", "intend", "record")
AT_COMMIT = {"before": "disk_full", "after": "commit_unknown"}
# What one might look for in the table, and why it is not there.
DOES_NOT_APPLY: dict[tuple[str, str], str] = {
    ("read by id", "customer"): "clients are read many at once, from the list; only one that no list shows is asked for, once in hundreds of seeds",
    ("gateway Reverse", "invoice"): "an invoice is undone by the opposite document, which Post posts; Reverse takes money back",
    ("gateway Apply", "invoice"): "it is the payment's or the credit's application that is made and undone, under its key",
    ("gateway SetOnHold", "invoice"): "order to cash puts no entry on hold",
    ("read taxes", ""): "taxes come with the lines of a document; no list of them is read",
    ("stale_etag", "gateway"): "no call of the gateway changes a record that was read before; it looks for the record itself, under NAV's lock",
    ("stale_etag", "nav write GeneralJournal"): "lines of journals are made and deleted, however they stand, and never changed",
    ("twice", "nav write"): "a page knows no key: what is there twice is reported (CONFLICT) and never mended silently",
    ("zombie_fenced", "nav write"): "nothing in NAV keeps an epoch where no gateway is; the lease is renewed before each write instead (docs/decisions/0021)",
    ("pause", "nav write"): "a worker that sleeps between the renewal of its lease and the write itself could not be kept out by anybody",
}  # fmt: skip


def cells() -> Iterator[Cell]:
    """All cells that apply."""
    for step, about in STEPS:
        for fault in REQUEST:
            if fault not in NOT_AT.get(step, ()):
                yield fault, step, about
        if step in WORKS | ASKS:
            yield "deadlock", step, about
        if step in READS:
            yield "dirty_read", step, about
        if step in WORKS:
            yield "zombie_fenced", step, about
    yield from _of_workers()
    yield "stale_etag", "nav write", "CustomerLedgerEntries"
    for kind in DOCUMENTS:
        yield "page_shift", "poll and read", kind
    for fault in (*NAV, *FRESHBOOKS, *PEOPLE):
        yield fault, "webhook" if fault in HOOKS else "world", ""


def _of_workers() -> Iterator[Cell]:
    """A worker's own faults: around each call of the gateway and each write by pages, which is between the write and its receipt, and around what it stores."""
    writes = ((step, about) for step, about in STEPS if "gateway" in step or step == "nav write")
    around = (*writes, *((step, "") for step in STORES))
    for side in ("before", "after"):
        for step, about in around:
            yield "crash", f"{side} {step}", about
            if ("pause", f"{side} {step}") != UNGUARDED:
                yield "pause", f"{side} {step}", about
        for step in STORES:
            yield f"crash_{side}_commit", f"{step}.{side}_commit", ""
            yield AT_COMMIT[side], f"{step}.{side}_commit", ""
    yield "clock_skew", "life", ""


def missing(coverage: Coverage) -> list[Cell]:
    """The cells that were met too seldom."""
    return [cell for cell in cells() if coverage.met[cell] < ENOUGH]


def counted(coverage: Coverage, seeds: int, command: str) -> str:
    """Which fault was met how often at each step where it applies, as a page for people."""
    lines = [
        "# What the simulation meets",
        "",
        f"Each fault at each step where it applies and for each kind of document, with how often it was met in {seeds} seeds: `{command}`.",
        "",
        "| fault | step | about | met |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {fault} | {step} | {about} | {coverage.met[fault, step, about]} |"
        for fault, step, about in cells()
    ]
    lines += ["", "## What does not apply", ""]
    lines += [f"- {first}, {second or 'anything'}: {why}" for (first, second), why in DOES_NOT_APPLY.items()]  # fmt: skip
    return "\n".join(lines)
