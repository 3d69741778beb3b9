"""Which FreshBooks client is which NAV customer: learned from documents that surely are the same, and from names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from tieout.core.matching.cards import Freshbooks, Nav
from tieout.core.matching.words import name_key, names_fit

# An equal name weighs as much as so many documents, a similar one as this.
EQUAL_NAME, SIMILAR_NAME = 3, 1
# A NAV customer that stands for so many clients is a collective one: walk-in sales, sundry debtors.
COLLECTIVE = 3


class Same(Enum):
    """Whether an entry is on the customer that the client is."""

    YES = "yes"
    BY_NAME = "by name"
    UNKNOWN = "unknown"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Links:
    """What was learned: each client's customer (``main``), the documents behind it, and the clients of each customer."""

    main: dict[str, str] = field(default_factory=dict)
    documents: Counter[tuple[str, str]] = field(default_factory=Counter)
    clients: dict[str, set[str]] = field(default_factory=dict)

    def same(self, f: Freshbooks, n: Nav) -> Same:
        main, no = self.main.get(f.document.client), n.document.customer_no
        if main is not None:
            return Same.YES if main == no else Same.NO
        if names_fit(name_key(f.document.client_name), name_key(n.document.customer_name)):
            return Same.BY_NAME
        return Same.UNKNOWN if self.is_open(no) else Same.NO

    def is_proved(self, client: str) -> bool:
        """Whether a client's customer rests on a document, and not on a name alone."""
        return (client, self.main.get(client, "")) in self.documents

    def is_open(self, customer_no: str) -> bool:
        """Whether a customer may be that of a further client: nobody's so far, or a collective one."""
        return not self.clients.get(customer_no) or self.is_collective(customer_no)

    def is_collective(self, customer_no: str) -> bool:
        """Whether a customer stands for many clients."""
        return len(self.clients.get(customer_no, ())) >= COLLECTIVE


def learn(
    pairs: Iterable[tuple[Freshbooks, Nav]],
    freshbooks: Sequence[Freshbooks],
    nav: Sequence[Nav],
) -> Links:
    """The links that the pairs and the names speak for. A client whose best two customers are equally likely is left open."""
    documents = Counter((f.document.client, n.document.customer_no) for f, n in pairs)
    weights: dict[str, Counter[str]] = defaultdict(Counter)
    for (client, no), count in documents.items():
        weights[client][no] += count
    for client, no, weight in _by_name(freshbooks, nav):
        weights[client][no] += weight
    main = {client: no for client, found in weights.items() if (no := _best(found))}
    sure = {no for client, no in main.items() if weights[client][no] > SIMILAR_NAME}
    for client in [c for c, no in main.items() if weights[c][no] == SIMILAR_NAME and no in sure]:
        # A like name alone, and the customer is another client's already.
        if (client, main[client]) not in documents:
            del main[client]
    clients: dict[str, set[str]] = defaultdict(set)
    for client, no in main.items():
        clients[no].add(client)
    return Links(main, documents, dict(clients))


def _best(found: Counter[str]) -> str:
    (no, weight), *others = found.most_common(2)
    return "" if others and others[0][1] == weight else no


def _by_name(
    freshbooks: Sequence[Freshbooks], nav: Sequence[Nav]
) -> Iterable[tuple[str, str, int]]:
    names = {n.document.customer_no: name_key(n.document.customer_name) for n in nav}
    holders: dict[str, set[str]] = defaultdict(set)
    for no, words in names.items():
        for word in words:
            holders[word].add(no)
    clients = {f.document.client: name_key(f.document.client_name) for f in freshbooks}
    for client, words in clients.items():
        near = {no for word in words for no in holders.get(word, ())}
        for no in near:
            if names[no] == words:
                yield client, no, EQUAL_NAME
            elif names_fit(names[no], words):
                yield client, no, SIMILAR_NAME
