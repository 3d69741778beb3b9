"""What NAV would refuse only when something is posted: tax areas, tax groups, reason codes, currencies and dimensions that it does not have.

Nothing but this check reads their pages, so an administrator need not publish them: what cannot be read is said, and fails nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass

from tieout.app.checks import CheckResult
from tieout.app.running import explained
from tieout.connectors.nav.codes import (
    CodePage,
    DimensionValue,
    codes_there,
    dimensions_there,
    values_there,
)
from tieout.connectors.nav.odata import NavOData
from tieout.core.failures import Failure, Refused, Unintelligible
from tieout.core.journal.setup import PostingSetup


@dataclass(frozen=True, slots=True)
class Named:
    """A kind of code (one of it, many of it), the page that lists it, and which of them a posting setup names."""

    kind: str
    kinds: str
    page: CodePage
    codes: frozenset[str]


def named_codes(setup: PostingSetup) -> tuple[Named, ...]:
    """The codes of each kind that a posting setup names, in capitals as NAV keeps them."""
    rules = setup.sales_taxes
    areas = [*(r.tax_area for r in rules), *(r.tax_area for r in setup.customers)]
    currencies = map(setup.currency_code, setup.currencies)
    return (
        Named("tax area", "tax areas", CodePage.TAX_AREAS, _capitals(areas)),
        Named(
            "tax group", "tax groups", CodePage.TAX_GROUPS, _capitals(r.tax_group for r in rules)
        ),
        Named("reason code", "reason codes", CodePage.REASON_CODES, _capitals(_reasons(setup))),
        Named("currency", "currencies", CodePage.CURRENCIES, _capitals(currencies)),
    )


def named_values(setup: PostingSetup) -> Mapping[str, frozenset[str]]:
    """The dimensions that lines get, and the values of each."""
    found: dict[str, set[str]] = defaultdict(set)
    for rule in setup.lines:
        for dimension, value in rule.dimensions:
            found[dimension.strip().upper()].add(value)
    return {dimension: _capitals(values) for dimension, values in found.items()}


def _capitals(codes: Iterable[str]) -> frozenset[str]:
    return frozenset(code.strip().upper() for code in codes) - {""}


def _reasons(setup: PostingSetup) -> Iterator[str]:
    yield setup.reason_prior_period
    yield setup.reason_refund
    if setup.chargeback:
        yield setup.reason_chargeback
    if setup.write_off:
        yield setup.reason_write_off


async def code_results(odata: NavOData, setup: PostingSetup) -> list[CheckResult]:
    """One result for each kind of code that the setup names."""
    results = [await _exist(odata, named) for named in named_codes(setup) if named.codes]
    if values := named_values(setup):
        results.append(await _tried("dimensions and their values", _wrong(odata, values)))
    return results


async def _exist(odata: NavOData, named: Named) -> CheckResult:
    async def missing() -> AsyncIterator[str]:
        there = await codes_there(odata, named.page, named.codes)
        for code in sorted(named.codes - there):
            yield f"{named.kind} {code} does not exist"

    return await _tried(named.kinds, missing())


async def _wrong(odata: NavOData, wanted: Mapping[str, frozenset[str]]) -> AsyncIterator[str]:
    blocked = await dimensions_there(odata, wanted.keys())
    for dimension in sorted(wanted):
        if dimension not in blocked:
            yield f"dimension {dimension} does not exist"
            continue
        if blocked[dimension]:
            yield f"dimension {dimension} is blocked"
        there = await values_there(odata, dimension, wanted[dimension])
        for complaint in _values(dimension, wanted[dimension], there):
            yield complaint


def _values(
    dimension: str, wanted: Iterable[str], there: Mapping[str, DimensionValue]
) -> Iterator[str]:
    for code in sorted(wanted):
        value = there.get(code)
        if value is None:
            yield f"dimension value {dimension} {code} does not exist"
        elif not value.postable:
            yield f"dimension value {dimension} {code} is blocked, a heading or a total"


async def _tried(kinds: str, wrong: AsyncIterator[str]) -> CheckResult:
    what = f"{kinds} exist"
    found: list[str] = []
    try:
        async for complaint in wrong:
            found.append(complaint)  # noqa: PERF401  what was found before a failure counts
    except (Refused, Unintelligible) as failure:
        text = "; ".join([*found, f"could not be checked: {explained(failure)}"])
        return CheckResult(what=what, ok=not found, found=text, checked=False)
    except Failure as failure:
        return CheckResult(what=what, ok=False, found=explained(failure), unreachable=True)
    return CheckResult(what=what, ok=not found, found="; ".join(found) or "yes")
