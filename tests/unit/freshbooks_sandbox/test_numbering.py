"""Document numbers follow the one before."""

from __future__ import annotations

import pytest

from tieout_sandboxes.freshbooks.numbering import Numbering, following


@pytest.mark.parametrize(
    ("number", "next_one"),
    [
        ("0005", "0006"),
        ("000D", "000E"),
        ("0000009", "0000010"),
        ("INV-099", "INV-100"),
        ("INV-9", "INV-10"),
        ("9", "10"),
        ("A9", "B0"),
        ("AZ", "BA"),
        ("Z9", "AA0"),
        ("x-", "x-1"),
        ("", "1"),
    ],
)
def test_the_last_letter_or_digit_goes_up(number: str, next_one: str) -> None:
    assert following(number) == next_one


def test_numbers_in_use_are_passed_over() -> None:
    numbering = Numbering()
    assert numbering.next(lambda _number: False) == "0000001"
    numbering.note("INV-41")
    assert numbering.next({"INV-42"}.__contains__) == "INV-43"
