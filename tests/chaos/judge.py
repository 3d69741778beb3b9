"""The judge. It looks at the two servers, not at what the product remembers: nothing is lost, nothing stands twice, and the books agree."""

from __future__ import annotations

from collections import Counter

from chaos.arena import Arena, Company
from tieout.app.installation import Installation
from tieout.app.reconcile import reconcile
from tieout.app.reports import STATES, status_of
from tieout.core.records.identity import DOCUMENTS
from tieout.engine.ports import Pair
from tieout_sandboxes.audit import audit_books
from tieout_sandboxes.people import FreshbooksPerson, NavReader


async def judge(place: Arena) -> list[str]:
    """All that is wrong."""
    problems = list(place.watch.problems)
    for company in place.companies:
        problems += [f"company {company.id}: {text}" for text in await _company(company)]
        for business in company.businesses:
            found = await unsettled(place.installation, business.pair, business.person)
            problems += [f"{business.pair.name}: {text}" for text in found]
    return problems


async def _company(company: Company) -> list[str]:
    first, *others = [business.person for business in company.businesses]
    found = [str(one) for one in await audit_books(first, company.nav, *others)]
    return found + await twice(company.nav) + await epochs(company.nav)


async def unsettled(installation: Installation, pair: Pair, person: FreshbooksPerson) -> list[str]:
    """What is not settled of a pair: documents not seen, not counted, not agreed, and differences of the product's own tie-out."""
    status = await status_of(installation, pair)
    problems = [f"{status[s]} documents are {s}" for s in ("pending", "held", "dead") if status[s]]
    stuck = await installation.store.held(pair)
    problems += [f"{waiting.ref}: {waiting.reason}" for waiting in stuck]
    if status["seen"] != sum(status[state] for state in STATES):
        problems.append(f"seen {status['seen']} is not the sum of its states: {status}")
    for kind in DOCUMENTS:
        listed = len(await person.every(str(kind)))
        seen = status["by_kind"].get(str(kind), {"seen": 0})["seen"]
        if listed != seen:
            problems.append(f"FreshBooks lists {listed} of {kind}, {seen} were seen")
    result = await reconcile(installation, pair, None)
    return problems + [
        f"{d.invariant} {d.kind} {d.subject} {d.freshbooks} {d.nav}" for d in result.differences
    ]


async def twice(nav: NavReader) -> list[str]:
    """Keys that stand in NAV's customer side more than once. What NAV has reversed stands there once more, with the other sign."""
    receivables = {r["Receivables_Account"] for r in await nav.rows("CustomerPostingGroups")}
    keys = Counter(
        (row["External_Document_No"], row["Amount"] > 0)
        for row in await nav.rows("GeneralLedgerEntries")
        if row["G_L_Account_No"] in receivables
    )
    return [f"{key} stands {count} times" for (key, _), count in keys.items() if count > 1]


async def epochs(nav: NavReader) -> list[str]:
    """Whether in the order in which NAV carried things out an epoch ever came after a higher one."""
    highest, problems = 0, []
    for row in (await nav.gateway())["keys"]:
        if row["epoch"] < highest:
            problems.append(f"{row['key']} of epoch {row['epoch']} came after epoch {highest}")
        highest = max(highest, row["epoch"])
    return problems
