"""What nobody could verify about FreshBooks and NAV, as faults: every switch of both sandboxes with the other values that the real systems could have.

A switch that knows its values (``choices``, or on and off) takes each of them but its default. For the others VALUES has some that a real system could have.
NOT_PLAYED names the few switches that are no assumption. A test compares both tables with the sandboxes' switches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from random import Random
from typing import Any

from tieout_sandboxes.freshbooks.ledger.switches import LedgerSwitches
from tieout_sandboxes.freshbooks.switches import Switches as FreshBooksSwitches
from tieout_sandboxes.nav.switches import SWITCHES as NAV_SWITCHES
from tieout_simulator.world import Options

FRESHBOOKS, NAV = "freshbooks", "nav"
Name = tuple[str, str]
FEW = 2

# Switches that take a number or a text: some values that the real system could have, and why those.
VALUES: dict[Name, tuple[tuple[Any, ...], str]] = {
    (FRESHBOOKS, "limit_general"): ((12, 60), "so few that our small businesses meet a 429; the recorded 600 may be one plan's"),
    (FRESHBOOKS, "limit_accounting_post"): ((3,), "as above; people alone post here"),
    (FRESHBOOKS, "text_limit"): ((255, 60), "lengths that databases give to names and addresses"),
    (FRESHBOOKS, "lists_lack"): ((3,), "one list in thirty slips, as complaints about paging have it"),
    (FRESHBOOKS, "webhook_tries"): ((1, 10), "no second try, or a patient sender"),
    (FRESHBOOKS, "webhook_retry_seconds"): ((60.0,), "a minute between tries is usual"),
    (FRESHBOOKS, "webhook_delay_seconds"): ((45.0, 7_200.0), "a slow queue; a queue after an outage"),
    (NAV, "page_size"): ((7, 20_000), "pages shorter than any answer of ours; the size of later versions"),
    (NAV, "public_odata_base_url"): (("http://nav.public.test:7048/DynamicsNAV110/ODataV4",), "the address outside, which is not reached from inside"),
    (NAV, "public_soap_base_url"): (("http://nav.public.test:7047/DynamicsNAV110/WS",), "as above"),
    (NAV, "challenge"): (('Basic realm="Microsoft Dynamics NAV"',), "a realm as servers have one"),
    (NAV, "lock_timeout_ms"): ((1_000, 60_000), "a database that gives up soon, or late"),
    (NAV, "journal_template"): (("DEFAULT",), "another template than the product's batch stands in"),
    (NAV, "cash_receipt_template"): (("DEFAULT",), "as above"),
    (NAV, "posting_ms"): ((700, 2_000), "a real company posts half a document to three a second"),
}  # fmt: skip

# Switches that are no assumption about the real systems, or whose other values are another way to run them: with the reason.
NOT_PLAYED: dict[Name, str] = {
    (NAV, "credential_type"): "documented: NAV signs in in one way, and the guide asks for NavUserPassword; NTLM has contract tests of its own",
    (NAV, "account"): "documented: a user who is not let in; it is a mistake of set-up that tests order",
    (NAV, "unpublished"): "documented: a service that is not published is 404; the doctor's tests order it",
    (NAV, "v4_endpoint"): "documented: without OData V4 nothing can be read; the guide asks for it",
    **{(FRESHBOOKS, one.name): "only a tie-out reads FreshBooks' own ledger, and posts nothing by it" for one in fields(LedgerSwitches)},
}  # fmt: skip

# Other switches of the same system without which a value could not show.
NEEDS: dict[Name, Mapping[str, Any]] = {
    (FRESHBOOKS, "limit_general"): {"limits": "real"},
    (FRESHBOOKS, "limit_accounting_post"): {"limits": "real"},
    (FRESHBOOKS, "limit_scope"): {"limits": "real", "limit_general": 12},
    (FRESHBOOKS, "limit_body"): {"limits": "real", "limit_general": 12},
    (FRESHBOOKS, "webhook_after_tries"): {"webhook_tries": 1},
    (NAV, "default_company_status"): {"default_company": "none"},
    (NAV, "endpoint_off_status"): {"v3_endpoint": False},
    (NAV, "skiptoken"): {"page_size": 7},
    (NAV, "public_odata_base_url"): {"page_size": 7},
}  # fmt: skip
# The simulation goes without limits unless a value needs them: a virtual minute in which a month is read is no minute of real life.
DEFAULTS: dict[Name, Any] = {(FRESHBOOKS, "limits"): "off"}


class UnknownFlip(ValueError):
    """A switch or value that is not played; the text says what is."""


@dataclass(frozen=True, slots=True)
class Flip:
    """A switch at another value than its default."""

    system: str
    switch: str
    value: Any

    def __str__(self) -> str:
        return f"{self.system}.{self.switch}={self.value}"


def every_switch() -> dict[Name, tuple[Any, tuple[Any, ...]]]:
    """All switches of both sandboxes: the default, and the values if there are few."""
    found: dict[Name, tuple[Any, tuple[Any, ...]]] = {}
    for one in fields(FreshBooksSwitches):
        found[FRESHBOOKS, one.name] = one.default, tuple(one.metadata["choices"])
    for name, switch in NAV_SWITCHES.items():
        found[NAV, name] = switch.default, switch.choices
    return {n: (DEFAULTS.get(n, default), choices) for n, (default, choices) in found.items()}


def flips() -> tuple[Flip, ...]:
    """Every other value of every switch that is played."""
    return tuple(
        Flip(*name, value)
        for name, (default, choices) in every_switch().items()
        if name not in NOT_PLAYED
        for value in _values(name, default, choices)
        if value != default
    )


def _values(name: Name, default: Any, choices: tuple[Any, ...]) -> tuple[Any, ...]:
    if isinstance(default, bool):
        return (not default,)
    return choices or VALUES[name][0]


def combination(seed: int) -> tuple[Flip, ...]:
    """A random part of all flips, at most one of each switch; the seed decides how many too."""
    dice = Random(f"assumptions {seed}")  # noqa: S311 - it shall be foreseen
    by_switch: dict[Name, list[Flip]] = {}
    for flip in flips():
        by_switch.setdefault((flip.system, flip.switch), []).append(flip)
    likely = 10 ** dice.uniform(-1.6, -0.1)
    chosen = {name for name in by_switch if dice.random() < likely}
    while len(chosen) < FEW:
        chosen.add(dice.choice(list(by_switch)))
    return tuple(dice.choice(some) for name, some in by_switch.items() if name in chosen)


def assuming(options: Options, some: Iterable[Flip]) -> Options:
    """The options with these flips, and with what they need where nothing else is flipped there."""
    asked: dict[str, dict[str, Any]] = {FRESHBOOKS: {}, NAV: {}}
    flipped = list(some)
    for flip in flipped:
        asked[flip.system] |= NEEDS.get((flip.system, flip.switch), {})
    for flip in flipped:
        asked[flip.system][flip.switch] = flip.value
    return replace(options, freshbooks_switches=asked[FRESHBOOKS], nav_switches=asked[NAV])


def named(text: str) -> tuple[Flip, ...]:
    """The flips of ``system.switch=value`` with commas between. Raises UnknownFlip."""
    known = {str(flip): flip for flip in flips()}
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    if unknown := [one for one in wanted if one not in known]:
        raise UnknownFlip(f"no switch with such a value: {', '.join(unknown)}; there are: {', '.join(known)}")  # fmt: skip
    return tuple(known[one] for one in wanted)
