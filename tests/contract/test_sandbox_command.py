"""`tieout sandbox` runs both servers and says how to reach them; `tieout sandbox load` fills them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

ROOT = Path(__file__).parents[2]
TIEOUT = [sys.executable, "-m", "tieout.app.cli"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "src")}
ROWS = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536366,85123A,WHITE HEART,,2010-12-01 08:28:00,2.55,17850.0,United Kingdom
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Path]:
    """The file with the line that the command prints; the command ends 0 when asked to."""
    command = [*TIEOUT, "sandbox", "--limits", "off", "--control"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    assert running.stdout is not None
    saved = tmp_path / "connection.json"
    try:
        saved.write_text(running.stdout.readline(), encoding="utf-8")
        yield saved
    finally:
        running.send_signal(signal.SIGTERM)
        rest, _ = running.communicate(timeout=20)
    assert (running.returncode, rest) == (0, "")


def tieout(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [*TIEOUT, *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, env=ENVIRONMENT, timeout=60, check=False
    )


def listed(connection: dict[str, Any], path: str) -> list[dict[str, Any]]:
    freshbooks = connection["freshbooks"]
    answer = httpx2.get(
        f"{freshbooks['url']}/accounting/account/{freshbooks['account_id']}/{path}",
        headers={"Authorization": f"Bearer {freshbooks['access_token']}"},
    )
    found: list[dict[str, Any]] = answer.json()["response"]["result"][path.rpartition("/")[2]]
    return found


def test_the_line_reaches_both_servers_and_a_small_company(sandbox: Path) -> None:
    connection = json.loads(sandbox.read_text(encoding="utf-8"))
    assert sorted(connection) == ["freshbooks", "nav"]
    kinds = {"users/clients": 3, "items/items": 3, "taxes/taxes": 1, "invoices/invoices": 3}
    kinds |= {"payments/payments": 1, "credit_notes/credit_notes": 1}
    assert {path: len(listed(connection, path)) for path in kinds} == kinds
    invoices = listed(connection, "invoices/invoices")
    assert {one["display_status"] for one in invoices} == {"sent"}
    nav = connection["nav"]
    answer = httpx2.get(nav["odata_url"] + "/Company", auth=(nav["user"], nav["key"]))
    assert [company["Name"] for company in answer.json()["value"]] == [nav["company"]]


def test_loading_tells_what_it_made_and_what_it_could_not(sandbox: Path, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text(ROWS, encoding="utf-8")
    done = tieout("sandbox", "load", file, "--to", sandbox, "--json")
    assert done.returncode == 1
    summary = json.loads(done.stdout)
    assert (summary["invoices"], summary["lines"]) == (1, 1)
    assert summary["refused"] == [{"line": 3, "number": "536366", "text": "Quantity empty"}]
    assert f"refused: {file}, line 3 (536366): Quantity empty" in done.stderr
    numbers = {
        one["invoice_number"]
        for one in listed(json.loads(sandbox.read_text()), "invoices/invoices")
    }
    assert "536365" in numbers
    assert "536366" not in numbers


def test_new_tokens_are_kept_in_the_connection_file(sandbox: Path, tmp_path: Path) -> None:
    before = json.loads(sandbox.read_text(encoding="utf-8"))
    httpx2.post(f"{before['freshbooks']['url']}/_control/clock", json={"advance_s": 13 * 3600})
    file = tmp_path / "sales.csv"
    file.write_text("".join(ROWS.splitlines(keepends=True)[:2]), encoding="utf-8")
    assert tieout("sandbox", "load", file, "--to", sandbox).returncode == 0
    after = json.loads(sandbox.read_text(encoding="utf-8"))
    changed = {name for name in before["freshbooks"] if before["freshbooks"][name] != after["freshbooks"][name]}  # fmt: skip
    assert changed == {"access_token", "refresh_token"}
    assert after["nav"] == before["nav"]
    assert tieout("sandbox", "load", file, "--to", sandbox).returncode == 0


def test_what_cannot_be_used_ends_with_64_and_says_why(tmp_path: Path) -> None:
    file, connection = tmp_path / "other.csv", tmp_path / "connection.json"
    file.write_text("Invoice,StockCode\n", encoding="utf-8")
    names = ("url", "account_id", "client_id", "client_secret", "access_token", "refresh_token")
    part = dict.fromkeys(names, "http://127.0.0.1:9")
    connection.write_text(json.dumps({"freshbooks": part}), encoding="utf-8")
    wrong = tieout("sandbox", "load", file, "--to", connection)
    assert wrong.returncode == 64
    assert "missing; found: Invoice, StockCode" in wrong.stderr
    unusable = tieout("sandbox", "load", file, "--to", file)
    assert unusable.returncode == 64
    assert "is not what `tieout sandbox` prints" in unusable.stderr


def test_a_server_that_is_gone_ends_with_2(tmp_path: Path) -> None:
    file, connection = tmp_path / "sales.csv", tmp_path / "connection.json"
    file.write_text(ROWS, encoding="utf-8")
    names = ("account_id", "client_id", "client_secret", "access_token", "refresh_token")
    part = dict.fromkeys(names, "x") | {"url": "http://127.0.0.1:9"}
    connection.write_text(json.dumps({"freshbooks": part}), encoding="utf-8")
    gone = tieout("sandbox", "load", file, "--to", connection)
    assert gone.returncode == 2
    assert "Is it running?" in gone.stderr
