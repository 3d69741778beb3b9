"""What a person may mean by a word."""

from __future__ import annotations

import pytest

from tieout.core.explanation.asked import understand
from tieout.core.records.identity import Kind, Ref


@pytest.mark.parametrize(
    ("word", "ref", "key", "entry_no", "number"),
    [
        ("invoice/34101", Ref(Kind.INVOICE, "34101"), "", 0, ""),
        ("customer/7001", Ref(Kind.CUSTOMER, "7001"), "", 0, ""),
        (" fb-pmt-11-a1 ", Ref(Kind.PAYMENT, "11"), "FB-PMT-11-A1", 0, ""),
        ("FB-CB-11002-1X", Ref(Kind.PAYMENT, "11002"), "FB-CB-11002-1X", 0, ""),
        ("4711", None, "", 4711, "4711"),
        ("entry/4711", None, "", 4711, ""),
        ("0000201", None, "", 0, "0000201"),
        ("INV-0042", None, "", 0, "INV-0042"),
        ("2026/17", None, "", 0, "2026/17"),
        ("FBX-INV-1-1", None, "", 0, "FBX-INV-1-1"),
        ("2147483647", None, "", 2147483647, "2147483647"),
        ("2147483648", None, "", 0, "2147483648"),
        ("٣", None, "", 0, "٣"),
    ],
)
def test_what_a_word_may_mean(
    word: str, ref: Ref | None, key: str, entry_no: int, number: str
) -> None:
    asked = understand(word, "FB")
    assert (asked.ref, asked.key, asked.entry_no, asked.number) == (ref, key, entry_no, number)
    assert asked.text == word.strip()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("invoice/INV-1", "write kind/id"),
        ("entry/0", "write it as entry/4711"),
        ("entry/x", "write it as entry/4711"),
        ("entry/2147483648", "write it as entry/4711"),
        ("  ", "Name a document"),
    ],
)
def test_what_means_nothing_is_told(word: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        understand(word, "FB")
