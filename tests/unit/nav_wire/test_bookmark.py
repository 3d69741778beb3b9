from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout_sandboxes.nav.bookmark import bookmark_key, read_key
from tieout_sandboxes.nav.errors import NavError

part = st.one_of(
    st.integers(-(2**31), 2**31),
    st.dates(),
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=20),
)


@given(st.integers(1, 60000), st.lists(part, min_size=1, max_size=3), st.integers(0, 10**9))
def test_a_key_can_be_read_back(table: int, key: list[Any], version: int) -> None:
    assert read_key(bookmark_key(table, tuple(key), version)) == (table, tuple(key), version)


@pytest.mark.parametrize("text", ["", "x", "4;AAAA", "8;AAAAAAAA1;10;", "24;!!!!1;10;"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(NavError) as refused:
        read_key(text)[1][0]
    assert refused.value.kind == "evaluate"
