"""What stands before a case is played: exchange rates, clients, documents, and what the case says of NAV."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.acceptance.cases.clerk import Clerk
from tests.acceptance.cases.events import Player
from tests.acceptance.cases.library import Case, case
from tests.acceptance.cases.words import told
from tests.acceptance.world import World

# The exchange rates of all cases: pounds for one euro, from a day.
RATES = {"2026-03-10": "0.85", "2026-04-09": "0.87"}
HOME = {"GB": "United Kingdom", "CA": "Canada"}
# Clients and the NAV customer that each becomes; the foreign one has what a zero rate asks for.
CUSTOMERS = {
    "7001": "C00010",
    "7002": "C00010",
    "7003": "C00012",
    "7011": "C00011",
    "7020": "C00020",
}
ABROAD = {"p_country": "Germany", "vat_number": "DE811569869"}


async def set_the_stage(world: World, what: Case) -> Player:
    """Bring everything into the state that the case starts from."""
    clerk, player = Clerk(world.nav_server), Player(world)
    for day, rate in RATES.items():
        clerk.rate("EUR", day, rate)
    if what.before:
        await _earlier(world, case(what.before), player)
    await _clients(world, what, clerk, player.made)
    await player.play(told(list(what.given.get("posted", ()))))
    _nav_side(clerk, what.given)
    return player


async def _earlier(world: World, what: Case, player: Player) -> None:
    """The case that stands before, and the one before that."""
    if what.before:
        await _earlier(world, case(what.before), player)
    clerk = Clerk(world.nav_server)
    await _clients(world, what, clerk, player.made)
    await player.play(told(list(what.given.get("posted", ()))))
    _nav_side(clerk, what.given)
    await player.play(what.events)


async def _clients(world: World, what: Case, clerk: Clerk, made: set[str]) -> None:
    """The clients that the events name, each to become the customer that the cases count on."""
    wanted = {str(e[name]) for e in what.events for name in ("customerid", "clientid") if name in e}
    if what.given.get("posted"):
        wanted.add("7001")
    for client in sorted(wanted & set(CUSTOMERS)):
        if f"client:{client}" in made:
            continue
        made.add(f"client:{client}")
        clerk.next_customer(CUSTOMERS[client])
        place = ABROAD if client == "7020" else {"p_country": HOME[what.company]}
        await world.person.create(
            "client",
            int(client),
            organization=f"Acme {client} Ltd",
            email=f"ap@acme{client}.test",
            **place,
        )


def _nav_side(clerk: Clerk, given: Mapping[str, Any]) -> None:
    """What the case says of NAV; after the documents were posted, since it may forbid them."""
    for row in given.get("nav_customers", ()):
        clerk.customer(row["no"], **{"E-Mail": row["email"]})
    for row in given.get("nav_only_entries", ()):
        clerk.post(*_by_hand(row))
    for document_no in given.get("bank_reconciled", ()):
        clerk.reconcile_bank(document_no)
    if "rate_now" in given:
        clerk.rate("EUR", "2026-03-10", given["rate_now"])
    if "blocked" in given.get("customer", {}):
        clerk.block(given["customer"]["no"], given["customer"]["blocked"])
    if "vat_settled_to" in given:
        clerk.settle_vat(given["vat_settled_to"])
    if "allow_posting_from" in given:
        clerk.open_from(given["allow_posting_from"])


def _by_hand(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[dict[str, str]]]:
    """A receipt that somebody keyed into NAV: of a customer into the bank, or of the bank against an account."""
    amount = str(row["amount"])
    other = amount.removeprefix("-") if amount.startswith("-") else f"-{amount}"
    if "customer" in row:
        return row, [
            {"account_type": "Customer", "account_no": row["customer"], "amount": amount},
            {"account_type": "Bank Account", "account_no": "BANK-GBP", "amount": other},
        ]
    account = row["balancing"].removeprefix("G/L ")
    return row, [
        {"account_type": "Bank Account", "account_no": row["account"], "amount": amount},
        {"account_type": "G/L Account", "account_no": account, "amount": other},
    ]
