"""What can go wrong outside, what is said of it, and what a person can do: the table of the guide is made from here.

Each row names the test that provokes it, so that nothing is promised that nobody has seen. A new kind of bad input is a new row.
"""

from __future__ import annotations

from typing import NamedTuple

from tieout.app.running import ADVICE
from tieout.core.failures import Forbidden, Unauthorized, Unreachable

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
        "an answer of FreshBooks breaks off in the middle",
        "that FreshBooks cannot be reached; exit code 2, looked at again",
        "Nothing, if it was once; else look at the network between.",
        "acceptance/test_bad_answers.py::test_an_answer_that_breaks_off_is_read_again",
    ),
    Trouble(
        "fields in FreshBooks' answer that nobody knows",
        "nothing: they say nothing about the books",
        "nothing",
        "acceptance/test_bad_answers.py::test_fields_that_nobody_knows_do_no_harm",
    ),
    Trouble(
        "a value of the wrong type in FreshBooks' answer",
        "that document is dead: `does not have the documented shape`, with the field; `tieout held`",
        "Report it if FreshBooks changed its answers; tieout retry NAME REF once it is well.",
        "acceptance/test_bad_answers.py::test_a_value_of_the_wrong_type_stops_its_document_alone",
    ),
    Trouble(
        "the consent lacks a scope",
        "`answered 403`; exit code 2, and no token is used up",
        ADVICE[Forbidden, "freshbooks"],
        "acceptance/test_bad_answers.py::test_a_scope_that_is_missing_is_told_and_no_token_is_used_up",
    ),
    Trouble(
        "a tax that the posting setup does not know",
        "the document is held: `TAX_NOT_MAPPED`",
        "Correct it in FreshBooks, or add a rule: tieout pair setup.",
        "acceptance/test_bad_answers.py::test_a_tax_that_is_not_mapped_is_held",
    ),
    Trouble(
        "a currency that the posting setup does not know",
        "the document is held: `CURRENCY_NOT_MAPPED`",
        "Add it to currencies, if NAV has it and its rates: tieout pair setup.",
        "acceptance/test_bad_answers.py::test_a_currency_that_is_not_mapped_is_held",
    ),
    Trouble(
        "no exchange rate in NAV",
        "the document is held: `RATE_MISSING`",
        "Enter it in NAV, or tieout rates NAME; then retry.",
        "acceptance/test_bad_answers.py::test_a_day_without_an_exchange_rate_is_held",
    ),
    Trouble(
        "a G/L account that NAV does not have",
        "`tieout pair check` before, else the document is held: `REFUSED_BY_NAV`",
        "Correct the posting setup: tieout pair setup.",
        "acceptance/test_bad_answers.py::test_an_account_that_nav_does_not_have_is_refused_with_its_words",
    ),
    Trouble(
        "a tax area, tax group, reason code, currency or dimension value that NAV does not have",
        "`tieout pair check` before (`NO`, with the code), else the document is held: `REFUSED_BY_NAV`, for a currency `RATE_MISSING`",
        "Add it in NAV, or correct the posting setup: tieout pair setup.",
        "acceptance/test_bad_answers.py::test_a_dimension_value_that_nav_does_not_have_is_told_before_and_refused_after",
    ),
    Trouble(
        "a page that only the check of a pair reads is not published",
        "`tieout pair check` shows `--` and `could not be checked`; that line fails nothing",
        "Publish it (nav/guide.md), or look in NAV yourself.",
        "contract/connectors/test_pair_codes.py::test_a_page_that_is_not_published_is_told_and_fails_nothing",
    ),
    Trouble(
        "a webhook signed with another secret",
        "401 to its sender; `webhook_refused` in the log",
        "Nothing: polling finds what changed.",
        "acceptance/test_bad_answers.py::test_a_webhook_with_the_signature_of_another_secret_is_refused",
    ),
    Trouble(
        "the disk of the database is full",
        "`No room is left on the disk`; exit code 2",
        "Make room there; what was to be done is done then.",
        "acceptance/test_full_disk.py::test_a_full_disk_is_told_and_loses_nothing",
    ),
    Trouble(
        "no room for what a tie-out reads",
        "`what is read for a tie-out finds no room`; exit code 2",
        "Make room in SQLite's temporary folder (SQLITE_TMPDIR, else TMPDIR, /var/tmp, /tmp), or name another: some 5 KB for each document, while it runs.",
        "acceptance/test_full_disk.py::test_a_tie_out_without_room_is_told_and_loses_nothing",
    ),
    Trouble(
        "a webhook that is malformed, unsigned, wrongly signed or too large",
        "400, 401 or 413 to its sender; `webhook_refused` in the log",
        "Nothing: polling finds what changed.",
        "acceptance/test_bad_input.py::test_webhooks_that_are_none_change_nothing",
    ),
    Trouble(
        "NAV refuses user or key",
        "`Could not tell: nav`; exit code 2, and everything waits",
        ADVICE[Unauthorized, "nav"],
        "acceptance/test_bad_answers.py::test_a_key_that_nav_refuses_stops_the_line_with_words_and_loses_nothing",
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
