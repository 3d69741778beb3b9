"""What rounding did to a journal, in sentences: cents that one line carries for all, and tax that is not what NAV would compute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from tieout.core.explanation.choice import by_place
from tieout.core.journal.lines import Journal, JournalLine
from tieout.core.journal.setup import PostingSetup
from tieout.core.records.money import decimals, round_half_away


def remarks_on(journal: Journal, taxes: Sequence[str], setup: PostingSetup) -> tuple[str, ...]:
    """What is to be said of each line, counted from 1; ``taxes`` are the rules that gave the lines their tax, empty where that is not known."""
    return tuple(
        remark
        for place, (line, tax) in enumerate(zip(journal.lines, taxes, strict=True), start=1)
        for remark in _remarks(place, line, tax, journal, setup)
    )


def _remarks(
    place: int, line: JournalLine, tax: str, journal: Journal, setup: PostingSetup
) -> Iterator[str]:
    if line.amount_lcy is not None and journal.currency_factor:
        alone = round_half_away(line.amount / journal.currency_factor, decimals(setup.lcy))
        yield (
            f"Line {place} is told to be {setup.lcy} {line.amount_lcy} ({alone} by its rate),"
            " so that all local amounts add up to zero."
        )
    if setup.rounding_account == line.account_no and line.groups is None:
        yield f"Line {place} is what FreshBooks' tax has more or less than NAV's ({line.amount})."
    computed = _vat_of_nav(line, tax, journal, setup)
    if computed is not None and computed != line.vat_amount:
        yield f"The VAT of line {place} is FreshBooks' own: {line.vat_amount}, where NAV computes {computed}."


def _vat_of_nav(
    line: JournalLine, tax: str, journal: Journal, setup: PostingSetup
) -> Decimal | None:
    """The VAT in the gross amount of a line by its percentage (table 81); None where NAV is not told any, or the percentage is not known."""
    rule = by_place(setup, "taxes").get(tax)
    if line.vat_amount is None or rule is None:
        return None
    percent: Decimal = rule.percent
    places = decimals(journal.currency_code or setup.lcy)
    return round_half_away(line.amount * percent / (100 + percent), places)
