"""Adopting history: matches of a books check that a person accepts, listed and taken back. It lives in Tieout's store; neither system is written to."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from tieout.app.adoption_reviewed import reviewed_rows
from tieout.app.books_report import Report
from tieout.app.books_report_words import title
from tieout.app.console import end, plain, say, say_json, table
from tieout.app.host import utc_now
from tieout.app.installation import Installation, opened
from tieout.app.pairs import Name
from tieout.app.running import InputError, run
from tieout.app.settings import Settings
from tieout.core.decision.plan import Role
from tieout.core.matching.accept import Acceptance, Chosen, Known, accept
from tieout.core.matching.result import Match
from tieout.core.records.adoption import Adoption
from tieout.core.records.identity import Kind, Ref
from tieout.engine.ports import Pair, Stored

By = Annotated[str, typer.Option("--by", help="Who decides (this user if not given).")]
# What was refused by NAV, or given up before it was sent, stands nowhere.
WITHOUT_EFFECT = ("refused", "abandoned", "withdrawn", "removed")
SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Acceptances:
    """How the matches of a check are to be accepted: by whom, all above the automatic line or those marked in a file, asked first or not."""

    by: str
    reviewed: Path | None
    yes: bool
    as_json: bool

    @classmethod
    def asked_for(
        cls,
        wanted: bool,
        reviewed: str,
        by: str,
        *,
        yes: bool,
        as_json: bool,
    ) -> Acceptances | None:
        """None if nothing is to be accepted. Raises InputError if that is asked for in a way that cannot be."""
        if not wanted:
            if reviewed:
                raise InputError("--reviewed says what to accept: give --accept as well.")
            return None
        if not yes and (as_json or not sys.stdin.isatty()):
            raise InputError("Nobody can be asked here; look without --accept, then give --yes.")
        return cls(by=by, reviewed=Path(reviewed) if reviewed else None, yes=yes, as_json=as_json)

    async def of(self, installation: Installation, pair: Pair, report: Report) -> Mapping[str, Any]:
        """Show what would be adopted, ask, and adopt it; told for a program."""
        chosen = chosen_of(report, self.reviewed)
        found = await acceptance_of(installation, pair, report, chosen, self.by)
        if not self.as_json:
            say(acceptance_text(found, report))
        agreed = self.yes or (bool(found.adoptions) and typer.confirm("Adopt these?"))
        again = await adopt(installation, pair, found) if agreed else 0
        if not self.as_json:
            say(_done_text(found, again) if agreed else "Nothing was adopted.")
        return acceptance_told(found)


def chosen_of(report: Report, reviewed: Path | None) -> tuple[Chosen, ...]:
    """The matches that are accepted: all above the automatic line, or those that a person marked."""
    if reviewed:
        return reviewed_rows(reviewed, report)
    return tuple(Chosen(match=match) for match in report.found.matches)


async def acceptance_of(
    installation: Installation, pair: Pair, report: Report, chosen: Sequence[Chosen], by: str
) -> Acceptance:
    """What accepting these matches comes to; nothing is changed."""
    store = installation.store
    refs = {Ref.parse(f.ref) for one in chosen for f in one.match.freshbooks}
    clients = {f.client for one in chosen for f in one.match.freshbooks}
    stored = await store.documents(pair, refs)
    known = Known(
        standing=await store.all_adoptions(pair),
        ours={ref for ref, one in stored.items() if _is_ours(one)},
        clients=set(await store.customers(pair, clients)),
        customers=await store.linked_customers(pair),
    )
    return accept(chosen, report.found.customers, known, by=by, at=utc_now())


def _is_ours(stored: Stored) -> bool:
    posts = (s for s in stored.commands if s.command.role is Role.POST)
    return any(s.state not in WITHOUT_EFFECT for s in posts)


async def adopt(installation: Installation, pair: Pair, found: Acceptance) -> int:
    """Link the customers and store the adoptions; how many documents are looked at again."""
    now = utc_now()
    again = 0
    for client, no in found.customers.items():
        ref = Ref(Kind.CUSTOMER, client)
        again += await installation.store.link_customer(pair, ref, no, now=now)
    return again + await installation.store.adopt(pair, found.adoptions, now=now)


def acceptance_text(found: Acceptance, report: Report) -> str:
    """What would be adopted, for whoever is asked."""
    documents = sum(len(each.documents) for each in found.adoptions)
    entries = sum(len(each.entries) for each in found.adoptions)
    tiers = Counter(each.tier.lower() for each in found.adoptions)
    kinds = ", ".join(f"{count} {tier}" for tier, count in sorted(tiers.items())) or "none"
    parts = [
        f"To adopt: {len(found.adoptions)} matches ({kinds}), {documents} documents and {entries} entries. They are not posted again."
    ]
    differing = _differing(found.adoptions, report)
    if differing:
        named = ", ".join(f"{count} {title(kind).lower()}" for kind, count in differing.items())
        parts.append(f"Some are not the same in both books, and stay so until a person corrects it: {named}.")  # fmt: skip
    if found.customers:
        linked = ", ".join(f"{client} = {no}" for client, no in found.customers.items())
        parts.append(f"Clients to link to NAV customers, {len(found.customers)}: {linked}.")
    parts += _left(found.adopted, "are adopted already")
    parts += _left(found.clashing, "share a document or entry with another adoption")
    parts += _left(found.ours, "were posted by Tieout itself")
    return "\n".join(parts)


def _differing(adoptions: Sequence[Adoption], report: Report) -> Counter[Any]:
    refs = {str(ref) for each in adoptions for ref in each.refs}
    some = (d for d in report.found.differences if d.freshbooks and d.nav)
    return Counter(d.kind for d in some if any(f.ref in refs for f in d.freshbooks))


def _left(matches: Sequence[Match], why: str) -> list[str]:
    if not matches:
        return []
    named = ", ".join(f.ref for match in matches[:SHOWN] for f in match.freshbooks)
    more = f" and {len(matches) - SHOWN} more" if len(matches) > SHOWN else ""
    return [f"{len(matches)} {why}: {named}{more}."]


def _done_text(found: Acceptance, again: int) -> str:
    looked = f" {again} documents are looked at again." if again else ""
    return f"Adopted: {len(found.adoptions)}.{looked}"


def acceptance_told(found: Acceptance) -> dict[str, Any]:
    """The same for a program."""
    return {
        "adoptions": [adoption_told(each) for each in found.adoptions],
        "customers": found.customers,
        "adopted_before": _refs(found.adopted),
        "clashing": _refs(found.clashing),
        "posted_by_tieout": _refs(found.ours),
    }


def _refs(matches: Collection[Match]) -> list[list[str]]:
    return [[f.ref for f in match.freshbooks] for match in matches]


def adoption_told(each: Adoption) -> dict[str, Any]:
    """An adoption for a program: documents are named by their references, entries in full."""
    return {
        "documents": [{**plain(d), "ref": str(d.ref)} for d in each.documents],
        "entries": plain(each.entries),
        "tier": each.tier,
        "score": each.score,
        "reasons": each.reasons,
        "by": each.by,
        "at": each.at,
        "note": each.note,
    }


# ---------------------------------------------------------------- listed, and taken back


def list_adoptions(name: Name, *, as_json: bool) -> None:
    """``tieout check NAME --accepted``: all that stand."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            found = await installation.store.all_adoptions(pair)
        if as_json:
            say_json({"pair": name, "adoptions": [adoption_told(each) for each in found]})
        else:
            say(adoptions_text(found))

    run(work())


def adoptions_text(found: Sequence[Adoption]) -> str:
    """One line for each, with its evidence."""
    if not found:
        return "Nothing was adopted."
    rows = [
        [
            " ".join(map(str, each.refs)),
            " ".join(str(e.entry_no) for e in each.entries),
            " ".join(dict.fromkeys(e.document_no for e in each.entries)),
            sum(e.amount for e in each.entries),
            each.entries[0].currency,
            each.tier.lower(),
            each.score,
            each.by,
            f"{each.at:%Y-%m-%d}",
            "; ".join(filter(None, (", ".join(each.reasons), each.note))),
        ]
        for each in found
    ]
    headings = [
        "FreshBooks",
        "NAV entry",
        "document",
        "amount",
        "",
        "",
        "points",
        "by",
        "on",
        "why",
    ]
    return table(headings, rows)


def withdraw(name: Name, ref: Ref, by: str, *, as_json: bool) -> None:
    """``tieout check NAME --withdraw REF``: the document is posted as usual from now on, if the pair is connected for that."""

    async def work() -> None:
        async with opened(Settings.from_environment()) as installation:
            pair = await installation.store.pair(name)
            found = await installation.store.withdraw_adoption(pair, ref, by=by, now=utc_now())
        if as_json:
            say_json({"pair": name, "withdrawn": adoption_told(found) if found else None})
        elif found:
            say(f"Withdrawn: {', '.join(map(str, found.refs))}, {found.told()}")
        else:
            say(f"{ref} was not adopted.")
        end(true=found is not None)

    run(work())
