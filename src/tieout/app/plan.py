"""``tieout plan``: what would be posted, before anything is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import typer

from tieout.app.console import end, plain, say, say_json, table
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Json, Name
from tieout.app.plan_check import refusals
from tieout.app.progress import shown
from tieout.app.reports import parse_day, parse_document
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.nav.setup import NavSetup, VatSetup
from tieout.core.decision import forecast as marks
from tieout.core.decision.effect import GL, Chart, Effect, Vat, effects
from tieout.core.decision.forecast import AccountLine, Foreseen, accounts, forecast, within
from tieout.core.decision.plan import Command, Role
from tieout.core.journal.lines import AccountType
from tieout.core.records.identity import Ref
from tieout.core.records.money import total
from tieout.engine.foresee import Foresight, foresee, provisional
from tieout.engine.limits import over_limit
from tieout.engine.ports import Pair
from tieout.engine.world import World

COUNTED = {
    marks.NEW: "would be posted",
    marks.CHANGED: "would be reversed and posted again",
    marks.TAKEN_OUT: "would be taken out",
    marks.SETTLED: "would only be applied or dated otherwise",
    marks.STAYS: "stay as they are",
    marks.STOPPED: "stop",
    marks.LEFT_OUT: "are left out",
}


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What would be done: documents, accounts, customers to make, and which limit of the day it would exceed (empty: none)."""

    documents: tuple[Foreseen, ...]
    accounts: tuple[AccountLine, ...]
    customers: tuple[Command, ...]
    names: Mapping[str, str]
    limit: str
    lcy: str

    @property
    def stopped(self) -> tuple[Foreseen, ...]:
        return tuple(d for d in self.documents if d.mark == marks.STOPPED)

    @property
    def is_green(self) -> bool:
        """Whether everything would go through: nothing stops, nothing would be refused."""
        return not self.stopped and not self.limit


def plan(
    name: Name,
    refs: Annotated[
        list[str] | None,
        typer.Argument(help="Only these documents, for example invoice/34101. [default: all]"),
    ] = None,
    first: Annotated[
        str, typer.Option("--from", help="Only documents dated from this day on.")
    ] = "",
    last: Annotated[str, typer.Option("--to", help="Only documents dated up to this day.")] = "",
    lines: Annotated[bool, typer.Option("--lines", help="Show each document's entries.")] = False,
    as_json: Json = False,
) -> None:
    """Show what would be posted, by account and by document, against what NAV holds; nothing is written anywhere.

    Ends 0 if all of it would go through, 1 if something stops: held, dead, not known yet, or refused by NAV's set-up.
    """
    since, until = parse_day(first), parse_day(last)
    chosen = [parse_document(ref) for ref in refs or ()]
    if since and until and since > until:
        raise InputError(f"--from {since} is after --to {until}.")

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)

            async def so_far() -> str:
                answers = installation.calls
                return f"reading: {answers['freshbooks GET']} calls to FreshBooks, {answers['nav GET']} to NAV"

            async with shown(so_far):
                found = await plan_of(installation, pair, since, until, chosen)
        if as_json:
            say_json(_document(name, found))
        else:
            say(plan_text(found, lines=lines))
        end(true=found.is_green)

    run(work())


async def plan_of(
    installation: Installation,
    pair: Pair,
    first: date | None = None,
    last: date | None = None,
    refs: Collection[Ref] = (),
) -> Planned:
    """Gather, decide and foresee what NAV's ledgers would show: of all documents or of these, dated in between."""
    world, target = await installation.world(pair), await installation.target(pair)
    sight = await foresee(world, installation.store, installation.host.now(), refs)
    nav = await target.setup()
    commands = sight.plan.commands
    chart = await chart_of(sight, target, nav)
    records = {ref: case.record for ref, case in sight.facts.cases.items() if case.record}
    documents = forecast(
        sight.plan,
        sight.unforeseen,
        records,
        {command.key: effects(command, chart) for command in commands},
        refusals(commands, nav),
    )
    chosen = within(documents, first, last)
    return Planned(
        documents=chosen,
        accounts=accounts(chosen, await _now(world, target)),
        customers=tuple(c for c in commands if c.role is Role.CREATE_CUSTOMER),
        names={no: account.name for no, account in nav.accounts.items()}
        | {no: bank.name for no, bank in nav.banks.items()},
        limit=await over_limit(installation.store, pair, commands, installation.host.now()),
        lcy=nav.lcy,
    )


async def chart_of(sight: Foresight, target: NavTarget, nav: NavSetup) -> Chart:
    """Where NAV's set-up leads what is planned; customers that are still to be made have the group that they will have."""
    commands = sight.plan.commands
    new = {
        provisional(c.ref): c.payload["customer_posting_group"]
        for c in commands
        if c.role is Role.CREATE_CUSTOMER
    }
    lines = [line for c in commands for line in c.payload.get("lines", ())]
    buyers = {ln["account_no"] for ln in lines if ln["account_type"] == AccountType.CUSTOMER}
    banks = {ln["account_no"] for ln in lines if ln["account_type"] == AccountType.BANK_ACCOUNT}
    return Chart(
        lcy=nav.lcy,
        receivables=nav.customer_groups,
        groups={**await target.customer_groups(buyers - set(new)), **new},
        vat={groups: _vat(vat) for groups, vat in nav.vat.items()},
        banks=await target.bank_accounts(banks),
    )


def _vat(vat: VatSetup) -> Vat:
    return Vat(
        percent=vat.percent,
        calculation=vat.calculation,
        account=vat.sales_account,
        waiting=vat.unrealised_account if vat.waits else "",
    )


async def _now(world: World, target: NavTarget) -> Mapping[tuple[str, str], Decimal]:
    """What stands in the general ledger under keys of the pair, by account."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    async for entry in target.keyed_entries(world.pair.prefix):
        sums[GL, entry.gl_account_no] += entry.amount
    return sums


def _document(name: str, found: Planned) -> dict[str, Any]:
    return {
        "pair": name,
        "green": found.is_green,
        "lcy": found.lcy,
        "limit": found.limit,
        "customers": [
            {"client": c.ref.key, "name": c.payload["name"], "key": c.key} for c in found.customers
        ],
        "accounts": [
            {**plain(line), "name": found.names.get(line.account, ""), "then": line.then}
            for line in found.accounts
        ],
        "documents": [plain(document) for document in found.documents],
    }


def plan_text(found: Planned, *, lines: bool = False) -> str:
    """The accounts, every document that would not stay as it is, and the counts."""
    moving = [d for d in found.documents if d.mark not in (marks.STAYS, marks.LEFT_OUT)]
    parts = ["Nothing was written."]
    if found.accounts:
        parts.append(_accounts_text(found))
    if moving:
        parts.append(_documents_text(moving, lines=lines))
    if found.customers:
        named = ", ".join(f"{c.payload['name']} ({c.ref.key})" for c in found.customers)
        parts.append(f"Customers that would be made in NAV, {len(found.customers)}: {named}")
    counts = Counter(document.mark for document in found.documents)
    told = [f"{counts[mark]:>7,}  {text}" for mark, text in COUNTED.items() if counts[mark]]
    if told:
        parts.append("\n".join(told))
    if found.limit:
        parts.append(f"The line would stop: {found.limit}.")
    parts.append(_verdict(found, moving))
    return "\n\n".join(parts)


def _accounts_text(found: Planned) -> str:
    rows = [
        [_account(line), found.names.get(line.account, ""), line.now, line.change, line.then]
        for line in found.accounts
    ]
    sums = [total(values) for values in zip(*(row[2:] for row in rows), strict=True)]
    headings = [f"account ({found.lcy})", "", "now", "change", "then"]
    return table(headings, [*rows, ["all", "", *sums]])


def _account(line: AccountLine) -> str:
    return line.account if line.kind == GL else f"{line.kind} {line.account}"


def _documents_text(documents: Sequence[Foreseen], *, lines: bool) -> str:
    rows: list[list[object]] = []
    for d in documents:
        numbers = " ".join(d.document_nos)
        rows.append([d.mark, str(d.ref), d.number, d.client, d.day or "", d.amount, d.currency, numbers, d.reason])  # fmt: skip
        if lines:
            rows += [["", "", "", "", e.day, e.amount, "", e.account, _of(e)] for e in d.effects]
    headings = ["", "document", "number", "client", "day", "amount", "", "NAV", ""]
    return table(headings, rows)


def _of(effect: Effect) -> str:
    return f"{effect.key}, with sales tax that NAV splits off" if effect.taxed else effect.key


def _verdict(found: Planned, moving: Sequence[Foreseen]) -> str:
    if not found.is_green:
        return "Not all of it would go through."
    return "All of it would go through." if moving else "There is nothing to post."
