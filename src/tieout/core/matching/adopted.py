"""What a person has accepted is matched before anything else: he knows better than any score."""

from __future__ import annotations

from collections.abc import Iterable

from tieout.core.matching.pool import Pool
from tieout.core.matching.result import Tier
from tieout.core.records.adoption import Adoption


def match_adopted(pool: Pool, adoptions: Iterable[Adoption]) -> None:
    """Match what is adopted, on the evidence on which it was accepted.

    What is not there as a whole (reversed in NAV since, or of other days) is left to be found.
    """
    ours = {f.document.ref: f for f in pool.freshbooks}
    theirs = {n.document.entry_no: n for n in pool.nav}
    for each in adoptions:
        fs = [ours[str(ref)] for ref in each.refs if str(ref) in ours]
        ns = [theirs[no] for no in each.entry_nos if no in theirs]
        if len(fs) == len(each.refs) and len(ns) == len(each.entry_nos):
            pool.take(fs, ns, Tier(each.tier), each.score, *each.reasons)
