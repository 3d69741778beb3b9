"""What cannot describe a pair is refused at once, with what, where and what to do."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tieout.app.pair_document import check_connections, read_document, settings_of
from tieout.app.running import InputError

GOOD: dict[str, Any] = {
    "freshbooks": {"url": "https://api.example.com", "business_id": 12, "expires_at": None},
    "nav": {"odata_url": "http://127.0.0.1:1/ODataV4", "soap_url": "http://127.0.0.1:2/WS"},
}


def test_a_complete_document_passes_and_its_amounts_stay_exact(tmp_path: Path) -> None:
    check_connections(GOOD)
    assert settings_of(GOOD) == {}
    given = {"prefix": "FB", "poll_interval_s": 5, "webhook_url": "https://example.com/x"}
    assert settings_of({"settings": given}) == given
    file = tmp_path / "setup.json"
    file.write_text('{"percent": 17.50}', encoding="utf-8")
    assert read_document(str(file)) == {"percent": Decimal("17.50")}


@pytest.mark.parametrize(
    ("side", "change", "said"),
    [
        ("nav", 3, 'must have an object "nav"'),
        ("nav", {"soap_url": "nonsense"}, "nav.soap_url is 'nonsense'"),
        ("nav", {"odata_url": "ftp://x/"}, "nav.odata_url is 'ftp://x/'"),
        ("nav", {"odata_url": "http://x:port/"}, "nav.odata_url"),
        ("nav", {"user": {}}, "nav.user must be a text"),
        ("freshbooks", {"url": "http://"}, "freshbooks.url"),
        ("freshbooks", {"business_id": True}, "freshbooks.business_id must be a text"),
        ("freshbooks", {"expires_at": "soon"}, "freshbooks.expires_at is 'soon'"),
    ],
)
def test_connections_of_no_use(side: str, change: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        check_connections({**GOOD, side: change})


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("text", "must be an object"),
        ({"poll_intervall_s": 5}, "unknown names: poll_intervall_s"),
        ({"poll_interval_s": "abc"}, "poll_interval_s is 'abc'"),
        ({"poll_interval_s": 0}, "from 1 to 86400"),
        ({"poll_interval_s": True}, "poll_interval_s is True"),
        ({"webhook_url": "example.com"}, "settings.webhook_url is 'example.com'"),
        ({"prefix": 5}, "settings.prefix must be a text"),
        ({"posting_setup": "gb"}, "posting_setup must be an object"),
    ],
)
def test_settings_of_no_use(settings: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        settings_of({"settings": settings})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"nav": ', "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[1]", "must hold one JSON object"),
        (json.dumps({"nav": "a\0b"}).encode(), "which nothing may contain"),
    ],
)
def test_a_file_of_no_use(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "pair.json"
    file.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_document(str(file))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_document(str(tmp_path / "none.json"))
