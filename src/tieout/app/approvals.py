"""``tieout approve`` and ``tieout link``: what only a person may decide."""

from __future__ import annotations

import getpass
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from tieout.app.console import say
from tieout.app.host import utc_now
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Name
from tieout.app.reports import parse_ref
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Pair

# What may be agreed to, and what value it wants: none, or a word for it.
RULES = {
    "BANK_CHARGE": "the amount that the bank kept",
    "CUSTOMER_MOVED": "",
    "DRAFT_REMOVED": "",
    "DUPLICATE_SUSPECTED": "",
    "MATCH_AMBIGUOUS": "",
    "NAV_REVERSED": "the number of the document that was reversed",
    "NEEDS_GATEWAY": "",
    "PERIOD_CLOSED": "",
    "PREPAYMENT_VAT": "a VAT product group",
    "PRIOR_PERIOD": "",
    "PRIOR_PERIOD_MATERIAL": "",
    "RECOVERY": "",
    "VAT_PERIOD_OPEN": "",
    "WRITE_OFF": "",
}

Which = Annotated[str, typer.Argument(help="Which record, for example payment/10301.")]


def approve(
    name: Name,
    ref: Which,
    rule: Annotated[str, typer.Argument(help=f"Which finding: {', '.join(RULES)}.")],
    value: Annotated[
        str, typer.Argument(help="What BANK_CHARGE, NAV_REVERSED and PREPAYMENT_VAT want.")
    ] = "",
    by: Annotated[str, typer.Option(help="Who decides (this user if not given).")] = "",
) -> None:
    """Agree to what a document is held for; the next sync or worker looks at it again.

    An approval without a value holds for the document as it is now: if it is changed in FreshBooks, it asks again.
    """

    async def work() -> None:
        _check(rule, value)
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            count = await installation.store.approve(
                pair, parse_ref(ref), rule, value, by=by or getpass.getuser(), now=utc_now()
            )
        say(f"{rule} of {ref} is approved; {count} to be looked at again")

    run(work())


def _check(rule: str, value: str) -> None:
    if rule not in RULES:
        raise InputError(f"{rule} cannot be approved; these can: {', '.join(RULES)}.")
    if bool(RULES[rule]) != bool(value):
        wants = f"wants {RULES[rule]}" if RULES[rule] else "wants no value"
        raise InputError(f"{rule} {wants}.")
    if rule == "BANK_CHARGE" and not _is_amount(value):
        raise InputError(f"{value!r} is not an amount; write it as 15.00.")


def _is_amount(text: str) -> bool:
    try:
        return Decimal(text).is_finite() and Decimal(text) > 0
    except InvalidOperation:
        return False


def link(
    name: Name,
    ref: Which,
    number: Annotated[str, typer.Argument(help="The customer's number in NAV, like C00010.")],
) -> None:
    """Say which NAV customer a FreshBooks client is; its held documents are looked at again."""

    async def work() -> None:
        client = parse_ref(ref)
        if client.kind is not Kind.CUSTOMER:
            raise InputError(f"{ref} is not a client; write customer/id.")
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            count = await link_customer(installation, pair, client, number)
        say(f"{ref} is {number} in NAV; {count} to be looked at again")

    run(work())


async def link_customer(installation: Installation, pair: Pair, client: Ref, number: str) -> int:
    """Link a client to a customer that NAV has; how many documents are due now. Raises InputError if NAV does not have it."""
    target = await installation.target(pair)
    if not await target.nav_customers([number]):
        raise InputError(f"NAV has no customer {number}.")
    return await installation.store.link_customer(pair, client, number, now=utc_now())


COMMANDS = (approve, link)
