"""The locked box and its key."""

from __future__ import annotations

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tieout.store.errors import StoreError
from tieout.store.secrets import KEY_FILE, KEY_VARIABLE, Secrets, load_secrets

KEY = bytes(range(32))


def test_what_is_sealed_opens_in_its_place_only() -> None:
    secrets = Secrets(KEY)
    sealed = secrets.seal("p\u00e4ssword", "nav_connection", "access_key", 7)
    assert secrets.open(sealed, "nav_connection", "access_key", 7) == "p\u00e4ssword"
    assert b"ssword" not in sealed
    with pytest.raises(StoreError, match="changed or moved"):
        secrets.open(sealed, "nav_connection", "access_key", 8)
    with pytest.raises(StoreError, match="changed or moved"):
        secrets.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "nav_connection", "access_key", 7)


def test_the_same_text_never_looks_the_same() -> None:
    secrets = Secrets(KEY)
    assert secrets.seal("x", "t", "c", 1) != secrets.seal("x", "t", "c", 1)


def test_another_key_is_named_as_the_reason() -> None:
    sealed = Secrets(KEY).seal("x", "t", "c", 1)
    with pytest.raises(StoreError, match="another key"):
        Secrets(KEY[::-1]).open(sealed, "t", "c", 1)


def test_the_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    home = tmp_path / "home"
    sealed = load_secrets(home, {}).seal("x", "t", "c", 1)
    assert stat.S_IMODE((home / KEY_FILE).stat().st_mode) == 0o600
    assert load_secrets(home, {}).open(sealed, "t", "c", 1) == "x"
    assert [path.name for path in home.iterdir()] == [KEY_FILE]


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        boxes = list(pool.map(lambda _: load_secrets(tmp_path, {}), range(16)))
    sealed = boxes[0].seal("x", "t", "c", 1)
    assert {box.open(sealed, "t", "c", 1) for box in boxes} == {"x"}


def test_the_environment_comes_first(tmp_path: Path) -> None:
    given = {KEY_VARIABLE: base64.b64encode(KEY).decode()}
    sealed = load_secrets(tmp_path, given).seal("x", "t", "c", 1)
    assert Secrets(KEY).open(sealed, "t", "c", 1) == "x"
    assert not (tmp_path / KEY_FILE).exists()


@pytest.mark.parametrize(
    "text",
    ["not base64!", base64.b64encode(b"short").decode(), "Schlüssel" * 5, "\udcff" * 44, "“abc”"],
)
def test_a_key_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(StoreError, match="32"):
        load_secrets(tmp_path, {KEY_VARIABLE: text})
    (tmp_path / KEY_FILE).write_bytes(os.fsencode(text))
    (tmp_path / KEY_FILE).chmod(0o600)
    with pytest.raises(StoreError, match="32"):
        load_secrets(tmp_path, {})


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_secrets(tmp_path, {})
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        load_secrets(tmp_path, {})


def test_the_box_shows_nothing_of_its_key() -> None:
    assert repr(Secrets(KEY)) == "Secrets(...)"
