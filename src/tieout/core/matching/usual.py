"""What is usual in these books: which accounts a kind of work is posted to, whether entries carry the document's number. What is not usual is worth a look."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tieout.core.matching.cards import freshbooks_card, nav_card
from tieout.core.matching.result import Match
from tieout.core.records.identity import Kind

# A habit needs so many documents, and nine of ten must keep it.
LEAST, PARTS = 5, 10
# For numbers four of five will do; payments come with whatever the bank says.
NUMBERED = (Kind.INVOICE, Kind.CREDIT_NOTE)

# Whether it is money, and what it is called: sales and their credits go to the same accounts.
Category = tuple[bool, str]


@dataclass(frozen=True, slots=True)
class Usual:
    """``accounts`` by category; ``numbered`` the kinds whose entries carry the document's number."""

    accounts: Mapping[Category, frozenset[str]]
    numbered: frozenset[Kind]

    def accounts_of(self, match: Match) -> frozenset[str]:
        """The accounts that a match should be on; empty if there is no habit for one of its categories."""
        marks = _marks(match)
        if any(mark not in self.accounts for mark in marks):
            return frozenset()
        return frozenset(account for mark in marks for account in self.accounts[mark])


def _marks(match: Match) -> set[Category]:
    return {(f.kind is Kind.PAYMENT, c) for f in match.freshbooks for c in f.categories}


def habits(matches: Sequence[Match]) -> Usual:
    """The habits that the matched documents show."""
    seen: dict[Category, Counter[frozenset[str]]] = defaultdict(Counter)
    for match in matches:
        marks = _marks(match)
        accounts = frozenset(account for n in match.nav for account in n.accounts)
        if len(marks) == 1 and accounts:
            seen[next(iter(marks))][accounts] += 1
    return Usual(
        {mark: accounts for mark, found in seen.items() if (accounts := _habit(found))},
        frozenset(kind for kind in NUMBERED if _is_numbered(kind, matches)),
    )


def _habit(found: Counter[frozenset[str]]) -> frozenset[str]:
    accounts, count = found.most_common(1)[0]
    whole = found.total()
    return accounts if whole >= LEAST and count * PARTS >= whole * (PARTS - 1) else frozenset()


def _is_numbered(kind: Kind, matches: Iterable[Match]) -> bool:
    """Whether four of five entries of one document carry its number."""
    told = []
    for match in matches:
        if len(match.freshbooks) == len(match.nav) == 1 and match.freshbooks[0].kind is kind:
            f, n = freshbooks_card(match.freshbooks[0]), nav_card(match.nav[0])
            told.append(bool(f.numbers & (n.keyed | n.told)))
    return len(told) >= LEAST and sum(told) * 5 >= len(told) * 4
