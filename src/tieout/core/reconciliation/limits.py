"""How much may be explained, and for how long: by class, with the values that hold unless the settings of a pair say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tieout.core.reconciliation.difference import Break


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """``share`` is how much of its document one item may be, ``total`` what all items of the class may come to, gross, and ``days`` how old one may be.

    What is None has no limit.
    """

    share: Decimal | None = None
    total: Decimal | None = None
    days: int | None = None


# Most of what is explained was posted and stays so for ever; a draft is not posted, and one that nobody sends for three years was forgotten.
LIMITS: Mapping[Break, Limit] = {
    Break.BANK_CHARGE: Limit(share=Decimal("0.25")),
    Break.RATE: Limit(share=Decimal("0.10")),
    Break.CUT_OFF: Limit(days=1096),
    Break.ROUNDING: Limit(),
    Break.REFUND: Limit(),
    Break.DATE_PERIOD: Limit(),
    Break.PRIOR_PERIOD_CHANGE: Limit(),
    Break.VAT_GROUP: Limit(),
    Break.ACCOUNT_MAPPING: Limit(),
    Break.LINE_ATTRIBUTES: Limit(),
    Break.NAV_ONLY: Limit(),
    Break.PROVENANCE: Limit(),
}


def limits_of(given: Mapping[str, Mapping[str, object]]) -> Mapping[Break, Limit]:
    """The limits by what the settings of a pair say; what they do not name stays.

    >>> limits_of({"ROUNDING": {"total": "5.00"}, "CUT_OFF": {"days": 31}})[Break.CUT_OFF]
    Limit(share=None, total=None, days=31)

    Raises ValueError in words for a class or a limit that there is not, or a value that is none.
    """
    found = dict(LIMITS)
    for name, values in given.items():
        if name not in map(str, LIMITS):
            raise ValueError(f"has no class {name!r}; there are {', '.join(sorted(LIMITS))}")
        found[Break(name)] = _limit(found[Break(name)], name, values)
    return found


def _limit(usual: Limit, name: str, values: object) -> Limit:
    if not isinstance(values, Mapping) or not set(values) <= {"share", "total", "days"}:
        raise ValueError(f"of {name} must be an object of share, total and days")
    numbers = {key: _number(name, key, value) for key, value in values.items()}
    days = numbers.pop("days", usual.days)
    return Limit(
        share=numbers.get("share", usual.share),
        total=numbers.get("total", usual.total),
        days=None if days is None else int(days),
    )


def _number(name: str, key: str, value: object) -> Decimal | None:
    try:
        number = None if value is None else Decimal(str(value))
    except ArithmeticError:
        number = Decimal(-1)
    if isinstance(value, bool) or (number is not None and not number >= 0):
        raise ValueError(f"of {name} has {key} {value!r}; give a number, or null for no limit")
    return number
