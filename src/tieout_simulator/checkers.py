"""What must be true when everything has come to rest, judged by the two servers' own state and not by the product's word."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieout.app.systems import by_pages
from tieout.core.decision.plan import AWAITING_POSTING, Role, State
from tieout.engine.ports import Pair
from tieout_sandboxes.audit import FreshbooksSide, NavSide, compare
from tieout_sandboxes.audit.compare import KINDS
from tieout_sandboxes.audit.nav_side import family_of
from tieout_sandboxes.people import Fields, FreshbooksPerson, NavReader
from tieout_simulator.sandboxes import FreshBooks, Nav

Records = defaultdict[str, list[Fields]]
DOCUMENTS = ("invoice", "payment", "credit_note")
REVISION = re.compile(r"(?P<document>.*-(?:INV|CRN|PMT)-\d+)-\d+")
PASSES = re.compile(r"locked by another user|deadlock|answered (429|5\d\d)|Timeout|ConnectError")

# The finding that somebody else has posted the same money.
STRANGER = re.compile(r"NAV has (\S+) of \S+ with the same amount .* it is not ours")


@dataclass(frozen=True, slots=True)
class Violation:
    """A law that does not hold: which, and how it shows."""

    law: str
    text: str

    def __str__(self) -> str:
        return f"{self.law}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where the checkers look. ``touched`` are customers in whose entries somebody meddled in NAV itself; ``said`` is all that the product logged;
    ``unlisted`` are documents that no list of FreshBooks has shown (a switch of its sandbox); ``unpostable``: in the journals there is something that NAV
    refuses to post, so that what is in them waits for a person.
    """

    person: FreshbooksPerson
    reader: NavReader
    freshbooks: FreshBooks
    nav: Nav
    store: Any
    pair: Pair
    said: list[str]
    touched: frozenset[str]
    unlisted: frozenset[str] = frozenset()
    unpostable: bool = False


async def violations(company: Sequence[Evidence]) -> list[Violation]:
    """Every law that does not hold for the pairs that feed one NAV company."""
    found, records, held = [], Records(list), dict[str, Any]()
    for evidence in company:
        its = {kind: await evidence.person.every(kind) for kind in DOCUMENTS}
        waiting = {str(w.ref): w for w in await evidence.store.held(evidence.pair)}
        drafted = await _drafted(evidence)
        found += await _of_pair(evidence, its, waiting, len(drafted))
        held |= waiting | drafted
        for kind, listed in its.items():
            records[kind] += listed
    return [*await _agreed(company, records, held), *_journals_balance(company[0]), *found]


async def _drafted(evidence: Evidence) -> dict[str, Any]:
    """What waits in NAV's journals and cannot be posted."""
    if not evidence.unpostable:
        return {}
    pending = await evidence.store.held(evidence.pair, (State.PENDING,))
    return {str(w.ref): w for w in pending if w.reason == AWAITING_POSTING}


async def _of_pair(
    evidence: Evidence, records: Mapping[str, list[Fields]], held: dict[str, Any], drafted: int
) -> list[Violation]:
    return [
        *await _nothing_lost(evidence, records),
        *_no_key_twice(evidence),
        *_no_document_twice(evidence),
        *await _conserved(evidence, drafted),
        *await _receipts(evidence),
        *_reasons(held),
        *_no_secret(evidence),
        *_no_defect(evidence),
        *await _no_token_lost(evidence),
    ]


async def listed(person: FreshbooksPerson) -> set[str]:
    """The documents that FreshBooks' lists show."""
    return {f"{kind}/{one['id']}" for kind in DOCUMENTS for one in await person.every(kind)}


async def _nothing_lost(evidence: Evidence, records: Mapping[str, list[Fields]]) -> list[Violation]:
    """Every document that FreshBooks shows was seen."""
    seen = {str(ref) for ref in evidence.store.every_document(evidence.pair)}
    return [
        Violation("nothing lost", f"{kind}/{one['id']} was never seen")
        for kind, listed in records.items()
        for one in listed
        if f"{kind}/{one['id']}" not in seen | evidence.unlisted
    ]


async def _agreed(
    company: Sequence[Evidence], records: Mapping[str, list[Fields]], held: dict[str, Any]
) -> list[Violation]:
    """Both books agree; where they do not, the document is held and says why."""
    theirs = FreshbooksSide.of(
        invoices=records["invoice"],
        payments=records["payment"],
        credit_notes=records["credit_note"],
    )
    nav = await NavSide.read(company[0].reader)
    touched = {no for evidence in company for no in evidence.touched}
    waits = _concerned(records, {*held, *(name for e in company for name in e.unlisted)})
    waits |= _settled_with(company[0].nav, waits)
    customers = _customers_of(waits, nav)
    of_client = {f"{kind}/{one['id']}": _client(one) for kind in records for one in records[kind]}
    clients = set(of_client.values())
    meddled = await _clients_of(company, touched, clients)
    standing = await _clients_of(company, customers, clients)
    clients = {client for name, client in of_client.items() if name in waits} | meddled | standing
    waits |= {name for name, client in of_client.items() if client in meddled}
    waits |= {f"client {client}" for client in clients}
    waits |= {f"NAV customer {no}" for no in touched | customers}
    # A stranger's entries are found and named; they are no mistake of Tieout's.
    waits |= {"NAV"} if touched else set()
    return [
        Violation("books agree", str(difference))
        for difference in compare(theirs, nav)
        if difference.where not in waits
    ]


def _settled_with(nav: Nav, waits: set[str]) -> set[str]:
    """What NAV has applied to the entries of held documents: money that was taken to another invoice settles the former one until somebody decides."""
    database = nav.state.company.database
    names = {
        (row["Document Type"], row["Document No."]): f"{KINDS[family[0]]}/{family[1]}"
        for row in database.all("G/L Entry")
        if (family := family_of(row["External Document No."]))
    }
    entries = {
        row["Entry No."]: names.get((row["Document Type"], row["Document No."]), "")
        for row in database.all("Cust. Ledger Entry")
    }
    applied = [
        {entries[row["Cust. Ledger Entry No."]], entries[row["Applied Cust. Ledger Entry No."]]}
        for row in database.all("Detailed Cust. Ledg. Entry")
        if row["Entry Type"] == "Application" and not row["Unapplied"]
    ]
    return {name for pair in applied if pair & waits for name in pair}


def _customers_of(waits: set[str], nav: NavSide) -> set[str]:
    """Where the entries of held documents stand: one that was given to another client stands with the former one until somebody decides."""
    return {
        no
        for (family, number), booked in nav.documents.items()
        if f"{KINDS[family]}/{number}" in waits
        for no in booked.customers
    }


async def _clients_of(
    company: Sequence[Evidence], customers: Set[str], clients: set[int]
) -> set[int]:
    """The clients whose customers these are."""
    names, found = [str(client) for client in clients], set[int]()
    for evidence in company:
        linked = await evidence.store.customers(evidence.pair, names)
        found |= {int(client) for client, no in linked.items() if no in customers}
    return found


def _concerned(records: Mapping[str, list[Fields]], held: set[str]) -> set[str]:
    """The held documents, and those that are settled with them: an invoice is open where its payment is held."""
    names = set(held)
    # FreshBooks may name the rest of an overpayment by its payment (of no invoice) instead of by its credit note.
    rests = {one["id"]: one.get("creditid") for one in records["payment"] if not one["invoiceid"]}
    for one in records["payment"]:
        mine, rest = f"payment/{one['id']}", one.get("overpaymentid")
        others = {f"invoice/{one['invoiceid']}", f"credit_note/{one.get('creditid')}", f"credit_note/{rests.get(rest, rest)}"}  # fmt: skip
        if mine in held:
            names |= others
        elif others & set(held):
            names |= {mine, *others}
    return names


def _client(one: Fields) -> int:
    return int(one.get("customerid") or one.get("clientid") or 0)


def _no_key_twice(evidence: Evidence) -> Iterator[Violation]:
    """No key of ours stands in more than one transaction of NAV's ledger."""
    ledger = evidence.nav.state.company.database.all("G/L Entry")
    once: dict[str, set[int]] = {}
    for row in ledger:
        key = row["External Document No."]
        if key.startswith(f"{evidence.pair.prefix}-") and not row["Reversed Entry No."]:
            once.setdefault(key, set()).add(row["Transaction No."])
    for key, transactions in once.items():
        if len(transactions) > 1:
            yield Violation("nothing twice", f"{key} stands in {len(transactions)} transactions")


def _no_document_twice(evidence: Evidence) -> Iterator[Violation]:
    """No document stands in NAV's ledger under two revisions, held or not: the one before is undone first.

    Who reverses in NAV what undid it lets it stand again; the tie-out names that, and it is no mistake of Tieout's.
    """
    ledger = evidence.nav.state.company.database.all("G/L Entry")
    rows = [row for row in ledger if not row["Reversed"]]
    undone = {
        row["External Document No."].removesuffix("X")
        for row in ledger
        if row["External Document No."].endswith("X")
    }
    # What is paid back is a revision of its own beside the receipt.
    keys = {row["External Document No."] for row in rows if row["Document Type"] != "Refund"}
    found = (REVISION.fullmatch(key) for key in keys - undone)
    mine = [one for one in found if one and one["document"].startswith(f"{evidence.pair.prefix}-")]
    standing = Counter(one["document"] for one in mine)
    for document, number in sorted(standing.items()):
        if number > 1:
            yield Violation("nothing twice", f"{document} stands under {number} revisions")


def _journals_balance(evidence: Evidence) -> Iterator[Violation]:
    """Every transaction adds up to nothing."""
    sums: Counter[int] = Counter()
    for row in evidence.nav.state.company.database.all("G/L Entry"):
        sums[row["Transaction No."]] += row["Amount"]
    for number, amount in sums.items():
        if Decimal(amount):
            yield Violation("journals balance", f"transaction {number} is off by {amount}")


async def _conserved(evidence: Evidence, drafted: int) -> AsyncViolations:
    """Seen = agreed + pending + held + dead + excluded; and at rest nothing is pending, and nothing is dead."""
    status = await evidence.store.status(evidence.pair)
    found = []
    if status.pending > drafted:
        pending = status.pending - drafted
        found.append(Violation("comes to rest", f"{pending} documents are still pending"))
    if status.dead:
        found.append(Violation("no defect", f"{status.dead} documents are dead"))
    parts = status.pending + status.agreed + status.held + status.dead + status.excluded
    if status.seen != parts:
        found.append(Violation("conservation", f"{status.seen} seen, {parts} in a state"))
    return found


async def _receipts(evidence: Evidence) -> AsyncViolations:
    """Whatever NAV has under a key of ours, we know that it has, and we know of nothing else."""
    database, mine = evidence.nav.state.company.database, f"{evidence.pair.prefix}-"
    roles = evidence.store.every_receipt(evidence.pair)
    keys, done = {row["Key"] for row in database.all("Tieout Key")}, set(roles)
    if by_pages(evidence.pair):
        keys = {row["External Document No."] for row in database.all("G/L Entry")}
        done = {key for key, role in roles.items() if role in (Role.POST, Role.REVERSE)}
    keys = {key for key in keys if key.startswith(mine)}
    return [
        *(Violation("receipts", f"NAV has {key}, no receipt is stored") for key in sorted(keys - done)),
        *(Violation("receipts", f"a receipt is stored for {key}, NAV has none") for key in sorted(done - keys)),
    ]  # fmt: skip


def _reasons(held: dict[str, Any]) -> Iterator[Violation]:
    for name, waiting in held.items():
        if not waiting.reason or not all(f.text and f.remedy for f in waiting.findings):
            yield Violation("says why", f"{name} is held and does not say why or what to do")


def untrue_reasons(held: Iterable[Any], nav: Nav, pair: Pair) -> list[Violation]:
    """What passes by itself (a lock, a proxy, a server that is away) is tried again; it is no reason to ask a person. Nor is what Tieout posted itself.

    A document that has failed alone as often as the limit says has a reason: that it did not pass.
    """
    ours = {
        row["Document No."]
        for row in nav.state.company.database.all("G/L Entry")
        if row["External Document No."].startswith(f"{pair.prefix}-")
    }
    return [
        Violation("held for no reason of its own", f"{waiting.ref}: {waiting.reason[:120]}")
        for waiting in held
        if (PASSES.search(waiting.reason) and not waiting.reason.startswith("GIVEN_UP"))
        or any(number in ours for number in STRANGER.findall(waiting.reason))
    ]


def _no_secret(evidence: Evidence) -> Iterator[Violation]:
    """No secret, and nothing of a person, in any line that was logged."""
    grants, credentials = evidence.freshbooks.books.grants, evidence.nav.state.credentials
    secrets = {grants.client_secret, credentials.key, credentials.password, "@example.test"}
    secrets |= set(grants._access) | set(grants._refresh)
    for line in evidence.said:
        if any(secret in line for secret in secrets):
            yield Violation("no secret logged", line[:120])


def _no_defect(evidence: Evidence) -> Iterator[Violation]:
    """Whatever the outside world does, the product never calls it a defect of its own."""
    for line in evidence.said:
        if json.loads(line).get("event") == "defect":
            yield Violation("no defect", line)


async def _no_token_lost(evidence: Evidence) -> AsyncViolations:
    """The stored refresh token is one that FreshBooks takes, or the owner has been asked for a new consent."""
    connection = await evidence.store.freshbooks_connection(evidence.pair)
    tokens = evidence.store.tokens(connection.id, "checker", lambda: None)
    _, refresh, _ = await tokens.read()
    if refresh in evidence.freshbooks.books.grants._refresh or connection.needs_consent:
        return []
    return [
        Violation("no token lost", "the stored refresh token is not good, and nobody was asked")
    ]


AsyncViolations = list[Violation]
