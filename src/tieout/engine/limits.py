"""How much may be written to NAV in a day: a limit that a person sets, against whatever goes wrong on a large scale."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from tieout.core.decision.plan import Command, Role
from tieout.engine.ports import Pair, Store, Volume

COUNTED = (Role.POST, Role.REVERSE)
CAUSE = "VOLUME_LIMIT"


async def over_limit(store: Store, pair: Pair, commands: Sequence[Command], now: datetime) -> str:
    """Why these commands may not be written today (UTC); empty if they may, as always without the settings ``daily_documents`` and ``daily_amounts``."""
    documents, amounts = limits_of(pair)
    if documents is None and not amounts:
        return ""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    done = await store.intended_since(pair, midnight)
    return exceeded([*done, *volumes_of(commands)], documents, amounts)


def limits_of(pair: Pair) -> tuple[int | None, Mapping[str, Decimal]]:
    """The settings of a pair."""
    documents = pair.settings.get("daily_documents")
    amounts = pair.settings.get("daily_amounts") or {}
    return (
        None if documents is None else int(documents),
        {code: Decimal(str(amount)) for code, amount in amounts.items()},
    )


def exceeded(
    volumes: Sequence[Volume], documents: int | None, amounts: Mapping[str, Decimal]
) -> str:
    """Which limit these volumes exceed, in words; empty if none.

    >>> exceeded([Volume(currency="EUR", documents=3, amount=Decimal("70"))], 2, {})
    '3 documents would be written today, and daily_documents is 2'
    """
    count = sum(volume.documents for volume in volumes)
    if documents is not None and count > documents:
        return f"{count} documents would be written today, and daily_documents is {documents}"
    sums: Counter[str] = Counter()
    for volume in volumes:
        sums[volume.currency or "LCY"] += volume.amount  # type: ignore[assignment]
    for currency, limit in amounts.items():
        if sums[currency] > limit:
            return (
                f"{sums[currency]} {currency} would be written today, and daily_amounts"
                f" has {limit} for {currency}"
            )
    return ""


def volumes_of(commands: Sequence[Command]) -> Sequence[Volume]:
    """What these commands would write."""
    return [
        Volume(
            currency=str(command.payload.get("currency_code", "")),
            documents=1,
            amount=_amount(command.payload.get("lines", ())),
        )
        for command in commands
        if command.role in COUNTED
    ]


def _amount(lines: Sequence[Mapping[str, Any]]) -> Decimal:
    """What the customer is debited or credited with."""
    amounts = [Decimal(ln["amount"]) for ln in lines if ln.get("account_type") == "Customer"]
    return sum(map(abs, amounts), Decimal(0))
