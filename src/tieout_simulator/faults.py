"""What can go wrong: every fault by name, how likely it is, and the random part of them that a seed has switched on.

Faults of requests are told apart by what the server has done and what the caller learns of it; that is all that matters to a caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random

# Of one request, by the caller's chance of meeting it. The text is for people who read a story.
REQUEST: dict[str, str] = {
    "refused": "the connection is refused; nothing was sent",
    "lost": "the request is lost on its way; the caller waits in vain",
    "late": "the request arrives only after the caller has given up",
    "slow": "the answer takes its time",
    "twice": "the request arrives twice",
    "answer_lost": "the work is done and the answer is lost",
    "cut": "the work is done and the connection breaks in the middle of the answer",
    "throttled": "429, with Retry-After",
    "throttled_mute": "429, without a word about when",
    "unavailable": "503 before anything is done",
    "proxy_page": "502 with the page of a proxy before anything is done",
    "proxy_page_after": "the work is done and a proxy answers 502 with a page of its own",
}
# Of one request too, by what others do in that system meanwhile; each where it applies (``meddling.py``).
MEDDLING: dict[str, str] = {
    "deadlock": "NAV picks the request as the victim of a deadlock and rolls it back",
    "stale_etag": "another user changes the record between the reading and the change of it",
    "dirty_read": "the request reads what somebody else has posted and not committed; it is rolled back, and its numbers are used again",
    "page_shift": "people make and delete documents between two pages of a list",
}
# Of the product itself.
WORKER: dict[str, str] = {
    "crash": "the worker is killed between two awaits",
    "crash_before_commit": "the worker is killed before the database commits",
    "crash_after_commit": "the worker is killed after the database has committed",
    "pause": "the worker stands still for longer than its lease, and wakes up",
    "disk_full": "the database has no room left for a commit",
    "commit_unknown": "the database commits and the connection breaks",
    "clock_skew": "the worker's clock is wrong",
}
# Of NAV.
NAV: dict[str, str] = {
    "gateway_crash": "NAV's service stops at a commit point of the gateway; what was not committed is rolled back and its numbers are used again",
    "stuck_call": "NAV stands still before it commits a command, perhaps for longer than the caller waits, and rolls it back",
    "locked": "somebody else holds NAV's ledger lock for longer than NAV waits",
    "nav_slow": "NAV takes seconds for every document",
    "period_closed": "the accountant closes the books up to a day, and opens them again",
    "customer_blocked": "a customer is blocked, and released",
    "account_blocked": "direct posting is switched off for a revenue account, and on again",
    "batch_renamed": "the journal batch of Tieout is gone, and comes back",
    "leftover_lines": "lines that nobody posted stand in the batch",
}
# Of FreshBooks.
FRESHBOOKS: dict[str, str] = {
    "revoked": "the owner revokes the consent, and gives it anew when asked",
    "expired": "access tokens live for minutes instead of hours",
    "forged": "somebody sends notifications that FreshBooks has not sent",
    "hooks_off": "notifications are not delivered",
    "hooks_twice": "notifications are delivered twice",
    "hooks_reordered": "notifications are delivered in another order",
    "hooks_late": "notifications are delivered hours late",
}
PEOPLE: dict[str, str] = {
    "nav_receipt": "somebody keys a receipt into NAV by hand",
    "nav_unapply": "somebody undoes an application in NAV",
    "nav_reverse": "somebody reverses a posting of Tieout in NAV",
}
CATALOGUE: dict[str, dict[str, str]] = {
    "request": REQUEST,
    "meddling": MEDDLING,
    "worker": WORKER,
    "nav": NAV,
    "freshbooks": FRESHBOOKS,
    "people": PEOPLE,
}
ALL: tuple[str, ...] = tuple(name for family in CATALOGUE.values() for name in family)


# Where requests are few, more of them meet a fault; but many get through.
FEW = {
    "nav write Customer": 6.0, "nav write CustomerLedgerEntries": 8.0, "nav write CashReceiptJournal": 5.0, "nav write": 1.5,
    "gateway Post": 2.5, "gateway Reverse": 16.0, "gateway SetDueDate": 16.0, "gateway Ping": 6.0, "gateway LastEntry": 8.0,
    "gateway Unapply": 4.0, "gateway Apply": 10.0, "gateway Find": 1.5, "gateway CreateCustomers": 2.0,
    "callbacks register": 1.5, "callbacks verify": 2.0, "callbacks delete": 8.0, "read by id": 3.0,
}  # fmt: skip
MOST = 0.8
# Whoever is throttled at each reading never comes to write.
LESS = {"nav read": 0.3, "poll and read": 0.3, "gateway Claim": 0.3}
TURNED_AWAY = frozenset({"throttled", "throttled_mute"})
# A page of NAV knows no key by which it could tell a doubled write from two: there the product only reports what is there twice (CONFLICT).
NOT_AT = {"nav write": frozenset({"twice"})}


@dataclass(frozen=True)
class Swarm:
    """The faults that a seed has on, each with its probability per occasion; all others never happen.

    A run in which everything goes wrong at once reaches few places; random subsets reach more (swarm testing).
    """

    likely: Mapping[str, float] = field(default_factory=dict)
    _requests: dict[str, list[tuple[str, float]]] = field(default_factory=dict, compare=False)

    def __contains__(self, name: object) -> bool:
        return name in self.likely

    def of_request(self, step: str, rolls: Mapping[str, float]) -> str:
        """The fault that a request meets at a step (perhaps with what it is about); the empty text for none.

        ``rolls`` are dice from 0 to 1, one for each fault of requests.
        """
        likely = self._requests.get(step) or self._at(step)
        met = [(rolls[name] / chance, name) for name, chance in likely if rolls[name] < chance]
        return min(met)[1] if met else ""

    def _at(self, step: str) -> list[tuple[str, float]]:
        applies = [
            n for n in REQUEST if n in self and n not in NOT_AT.get(" ".join(step.split()[:2]), ())
        ]
        less = LESS.get(step, 1.0)
        likely = {n: self.likely[n] * (less if n in TURNED_AWAY else 1.0) for n in applies}
        most = max(1.0, MOST / sum(likely.values())) if likely else 1.0
        factor = FEW.get(step) or FEW.get(step.rpartition(" ")[0], 1.0)
        more = min(factor, most)
        self._requests[step] = [(name, chance * more) for name, chance in likely.items()]
        return self._requests[step]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.likely)


def swarm(dice: Random, only: Iterable[str] | None = None) -> Swarm:
    """A random subset of the faults, each somewhere between rare and frequent; or ``only`` these, as frequent as they would be among others.

    The dice are thrown for every fault, so that a story keeps its course when faults are taken away that had no part in it.
    """
    drawn = {name: (dice.random() < 0.5, 10 ** dice.uniform(-2.3, -0.8)) for name in ALL}
    chosen = [n for n, (on, _) in drawn.items() if on] if only is None else [*only]
    return Swarm({name: drawn[name][1] for name in chosen})


CALM = Swarm()
