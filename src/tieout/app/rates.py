"""``tieout rates``: fill NAV's exchange rate table from the European Central Bank; what is in it already is never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Any

import typer

from tieout.app.console import end, say, say_json, table, warn
from tieout.app.host import utc_now
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Json, Name
from tieout.app.reports import parse_day
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.connectors.nav.client import NavTarget
from tieout.connectors.rates.ecb import HISTORY, EcbRates, ReferenceRate, fetched
from tieout.core.failures import Refused
from tieout.engine.ports import Pair

A_DAY = timedelta(days=1)
# How far a rate may be from the one before it before a person must look: a file of another currency, or a slip.
JUMP = 0.2


def rates(
    name: Name,
    since: Annotated[
        str, typer.Option("--from", help="First day; without it, after the last that NAV has.")
    ] = "",
    until: Annotated[str, typer.Option("--to", help="Last day (today if not given).")] = "",
    live: Annotated[
        bool,
        typer.Option(
            "--live", help="Fetch the file instead of using the one that came with Tieout."
        ),
    ] = False,
    address: Annotated[str, typer.Option(help="Where --live fetches it.")] = HISTORY,
    as_json: Json = False,
) -> None:
    """Enter reference rates of the European Central Bank into NAV, for the currencies of the posting setup.

    Only days that NAV has no rate for are entered. Documents that were held for want of a rate are looked at again. Ends 0 if NAV has a rate of every currency
    on the last working day of the period.
    """

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            source = await fetched(installation.http, address) if live else EcbRates()
            last = parse_day(until) or utc_now().date()
            found = await fill(installation, pair, source, parse_day(since), last)
        if as_json:
            say_json(found)
        else:
            rows = [
                [c, f["entered"], f["known"], f["last"]] for c, f in found["currencies"].items()
            ]
            say(table(["currency", "entered", "known before", "last day"], rows))
            for line in refusals(found["currencies"]):
                warn(line)
        end(true=found["complete"])

    run(work())


async def fill(
    installation: Installation, pair: Pair, source: EcbRates, since: date | None, last: date
) -> dict[str, Any]:
    """Enter what NAV lacks of a period; how many rates, by currency. Raises InputError for a rate that jumps."""
    setup, target = await installation.setup(pair), await installation.target(pair)
    currencies = sorted(set(setup.currencies) - {setup.lcy})
    known = await target.rates(currencies)
    told: dict[str, Any] = {}
    for currency in currencies:
        days = {day for day, _ in known.get(currency, ())}
        first = since or (max(days) + A_DAY if days else last - A_DAY * 7)
        given = list(source.between([currency], setup.lcy, first, last))
        new = [rate for rate in given if rate.day not in days]
        _check(new, setup.lcy)
        entered, refusal = await _enter(target, currency, new)
        youngest = max({*days, *(rate.day for rate in entered)}, default=None)
        told[currency] = {
            "entered": len(entered),
            "known": len(days),
            "last": youngest.isoformat() if youngest else "",
            "refused": refusal,
        }
    await installation.store.retry(pair, None, now=utc_now())
    reached = min(last, source.last_day).isoformat()
    return {
        "pair": pair.name,
        "source_until": source.last_day.isoformat(),
        "currencies": told,
        "complete": all(e["last"] >= reached and not e["refused"] for e in told.values()),
    }


async def _enter(
    target: NavTarget, currency: str, rates: Sequence[ReferenceRate]
) -> tuple[list[ReferenceRate], str]:
    """The rates that NAV took, and why it did not take the next one (it may allow nobody to enter rates by a service)."""
    entered: list[ReferenceRate] = []
    for rate in rates:
        try:
            await target.enter_rate(currency, rate.day, rate.amount, rate.local)
        except Refused as refusal:
            return entered, f"{rate.day.isoformat()}: {refusal.text}"
        entered.append(rate)
    return entered, ""


def refusals(told: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What to do where NAV takes no rate from us."""
    return [
        f"NAV refuses the rate of {currency} of {each['refused'].rstrip('.')}. Let somebody key it in (Currencies, Exch. Rates)"
        " or publish page 483 with Currency Code editable under the name CurrencyExchangeRates; then run this again."
        for currency, each in told.items()
        if each["refused"]
    ]


def _check(rates: Sequence[ReferenceRate], lcy: str) -> None:
    for one, other in pairwise(rates):
        change = abs((other.local / other.amount) / (one.local / one.amount) - 1)
        if change > JUMP:
            raise InputError(
                f"The rate of {other.currency} in {lcy} moves by {change:.0%} on {other.day.isoformat()}."
                " Look at the source; enter that day in NAV by hand if it is right."
            )


COMMANDS = (rates,)
