"""What can go wrong outside, what is said of it, and what a person can do: the table of the guide is made from here.

Each row names the test that provokes it, so that nothing is promised that nobody has seen. A new kind of bad input is a new row.
"""

from __future__ import annotations

from typing import NamedTuple

from tieout.app.running import ADVICE
from tieout.core.failures import Unauthorized, Unreachable

HEAD = ("what is wrong", "what is said, and where", "what to do", "provoked by")
CONSENT = ADVICE[Unauthorized, "freshbooks"]


class Trouble(NamedTuple):
    """One kind of bad input; ``test`` is ``file::function`` under ``tests/``."""

    wrong: str
    said: str
    remedy: str
    test: str


TROUBLES = (
    Trouble(
        "FreshBooks' access token has ended",
        "nothing: it is renewed",
        "nothing",
        "contract/connectors/test_freshbooks.py::test_an_expired_token_is_renewed_and_the_old_one_is_used_up",
    ),
    Trouble(
        "the owner withdrew the consent",
        "`the consent has ended`; status, pair list, exit code 2",
        CONSENT,
        "acceptance/test_consent.py::test_a_refused_consent_is_renewed_and_nothing_is_lost",
    ),
    Trouble(
        "the answer to a renewal of the consent was lost",
        "first that FreshBooks cannot be reached, then as above",
        CONSENT,
        "acceptance/test_bad_input.py::test_a_lost_answer_to_a_renewal_is_told_and_loses_nothing",
    ),
    Trouble(
        "client id or secret is wrong",
        "`no new token: invalid_client`; exit code 2",
        "Give the right ones: tieout pair connect NAME --from FILE.",
        "acceptance/test_consent.py::test_a_new_secret_and_tokens_from_a_file",
    ),
    Trouble(
        "a consent for another business",
        "`The consent covers ...`; exit code 64, nothing stored",
        "Sign in to FreshBooks as the owner of the right business.",
        "acceptance/test_consent.py::test_a_consent_for_another_business_is_not_stored",
    ),
    Trouble(
        "FreshBooks cannot be reached",
        "`Could not tell`; exit code 2",
        ADVICE[Unreachable, "freshbooks"],
        "acceptance/test_command_line.py::test_the_whole_journey",
    ),
    Trouble(
        "an answer of FreshBooks is cut off or no JSON",
        "`the answer is no envelope`; exit code 2, looked at again",
        "Nothing, if it was once; else look for a proxy that answers instead.",
        "acceptance/test_bad_input.py::test_an_answer_that_is_no_json_is_told_and_loses_nothing",
    ),
    Trouble(
        "a webhook that is malformed, unsigned, wrongly signed or too large",
        "400, 401 or 413 to its sender; `webhook_refused` in the log",
        "Nothing: polling finds what changed.",
        "acceptance/test_bad_input.py::test_webhooks_that_are_none_change_nothing",
    ),
    Trouble(
        "NAV refuses user or key",
        "exit code 2",
        ADVICE[Unauthorized, "nav"],
        "acceptance/test_command_line.py::test_the_whole_journey",
    ),
)


def table() -> str:
    """The table as it stands in the guide.

    >>> table().splitlines()[0]
    '| what is wrong | what is said, and where | what to do | provoked by |'
    """
    rows = [HEAD, tuple("---" for _ in HEAD)]
    rows += [(t.wrong, t.said, t.remedy, f"`{t.test}`") for t in TROUBLES]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
