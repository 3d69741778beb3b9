"""What stands before a case is played: exchange rates, clients, documents, and what the case says of NAV."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.acceptance.cases.choices import ABROAD, APPROVALS, CUSTOMERS, HOME, RATES, chosen
from tests.acceptance.cases.clerk import BANK, GL, Clerk
from tests.acceptance.cases.events import Player
from tests.acceptance.cases.library import Case, case
from tests.acceptance.cases.words import told
from tests.acceptance.world import World


async def set_the_stage(world: World, what: Case) -> Player:
    """Bring everything into the state that the case starts from."""
    clerk, player = Clerk(world.nav), Player(world)
    if what.switches:
        await world.person.control("switches", what.switches)
    player.switches = what.switches
    for day, rate in RATES.items():
        await clerk.rate("EUR", day, rate)
    if what.before:
        await _earlier(world, case(what.before), player)
    await _prepare(world, what, player)
    return player


async def _earlier(world: World, what: Case, player: Player) -> None:
    """The case that stands before, and the one before that."""
    if what.before:
        await _earlier(world, case(what.before), player)
    await _prepare(world, what, player)
    await player.play(what.events)


async def _prepare(world: World, what: Case, player: Player) -> None:
    await _clients(world, what, player.made)
    await player.play(told(list(what.given.get("posted", ()))))
    player.approvals += chosen(APPROVALS, what.id, ())
    await _nav_side(Clerk(world.nav), what.given)


async def _clients(world: World, what: Case, made: set[str]) -> None:
    """The clients that the events name."""
    wanted = {str(e[name]) for e in what.events for name in ("customerid", "clientid") if name in e}
    if what.given.get("posted"):
        wanted.add("7001")
    for client in sorted(wanted & set(CUSTOMERS)):
        if f"client:{client}" in made:
            continue
        made.add(f"client:{client}")
        place = ABROAD if client == "7020" else {"p_country": HOME[what.company]}
        await world.person.create(
            "client",
            int(client),
            organization=f"Acme {client} Ltd",
            email=f"ap@acme{client}.test",
            **place,
        )


async def _nav_side(clerk: Clerk, given: Mapping[str, Any]) -> None:
    """What the case says of NAV; after the documents were posted, since it may forbid them."""
    for row in given.get("nav_customers", ()):
        await clerk.customer(row["no"], **{"E-Mail": row["email"]})
    for row in given.get("nav_only_entries", ()):
        await clerk.post(*_by_hand(row))
    for document_no in given.get("bank_reconciled", ()):
        await clerk.reconcile_bank(document_no)
    if "rate_now" in given:
        await clerk.rate("EUR", "2026-03-10", given["rate_now"])
    if "blocked" in given.get("customer", {}):
        await clerk.customer(given["customer"]["no"], Blocked=given["customer"]["blocked"])
    if "vat_settled_to" in given:
        await clerk.settle_vat(given["vat_settled_to"])
    if "fiscal_year_closed_to" in given:
        await clerk.close_year(given["fiscal_year_closed_to"])
    if "allow_posting_from" in given:
        await clerk.open_from(given["allow_posting_from"])


def _by_hand(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[dict[str, str]]]:
    """A receipt that somebody keyed into NAV: of a customer into the bank, or of the bank against an account."""
    amount = str(row["amount"])
    other = amount.removeprefix("-") if amount.startswith("-") else f"-{amount}"
    if "customer" in row:
        return row, [
            {"account_type": "Customer", "account_no": row["customer"], "amount": amount},
            {**BANK, "account_no": "BANK-GBP", "amount": other},
        ]
    account = row["balancing"].removeprefix("G/L ")
    return row, [
        {**BANK, "account_no": row["account"], "amount": amount},
        {**GL, "account_no": account, "amount": other},
    ]
