"""The whole journey through the real command line: a sandbox in a process of its own, each command another one.

What a script relies on is checked of every command: its exit code, JSON alone on standard output under ``--json``, words instead of a
traceback, and no secret and nobody's name anywhere.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx2
from tests.acceptance.command_line import TIEOUT, CommandLine, sandbox
from tests.acceptance.stories import line

from tieout_sandboxes.people import FreshbooksPerson, browser

SECRETS = ("client_secret", "access_token", "refresh_token", "key")


async def test_the_whole_journey(tieout: CommandLine) -> None:
    with sandbox(tieout) as connection:
        await add_and_check(tieout, connection)
        await settle_and_tie_out(tieout)
        async with browser() as http:
            person = FreshbooksPerson(connection["freshbooks"], http)
            await hold_and_go_on(tieout, person)
        serve(tieout)
    await without_the_systems(tieout)
    nothing_private(tieout, connection)


async def add_and_check(tieout: CommandLine, connection: dict[str, Any]) -> None:
    wrong = {**connection, "nav": {**connection["nav"], "key": "wrong"}}
    assert "web service access key" in tieout(
        "pair", "add", "main", "--from", "-", given=json.dumps(wrong), ends=2
    )
    tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection))
    taken = tieout("pair", "add", "main", "--from", "-", given=json.dumps(connection), ends=64)
    assert "choose another name" in taken
    listed, checked = await asyncio.gather(
        asyncio.to_thread(tieout.json, "pair", "list"),
        asyncio.to_thread(tieout.json, "pair", "check", "main"),
    )
    assert [pair["name"] for pair in listed] == ["main"]
    assert all(result["ok"] for result in checked)


async def settle_and_tie_out(tieout: CommandLine) -> None:
    settled = tieout.json("sync", "main")
    assert (settled["seen"], settled["agreed"]) == (5, 5)
    held, result, early = await asyncio.gather(
        asyncio.to_thread(tieout.json, "held", "main"),
        asyncio.to_thread(tieout.json, "reconcile", "main"),
        asyncio.to_thread(tieout.json, "reconcile", "main", "--as-of", "2020-01-31"),
    )
    assert held == []
    assert (result["pair"], result["as_of"], result["agrees"]) == ("main", None, True)
    assert [c["invariant"] for c in result["checks"]] == [
        "I1",
        "I2",
        "I3",
        "I4",
        "I5",
        "I6",
        "I7",
        "I12",
        "I13",
        "I14",
        "I16",
        "I18",
        "I19",
        "I20",
        "I21",
        "I22",
        "I23",
        "I24",
        "I25",
        "I27",
        "I28",
        "I26",
    ]
    assert [c["invariant"] for c in result["checks"] if c["not_compared"]] == []
    assert (early["as_of"], early["agrees"]) == ("2020-01-31", True)
    dated = [c for c in early["checks"] if c["invariant"] not in ("I12", "I28")]
    assert {check["freshbooks"] for check in dated} == {"0"}
    assert "2026-10-31" in tieout("reconcile", "main", "--as-of", "2020", ends=64)


async def hold_and_go_on(tieout: CommandLine, person: FreshbooksPerson) -> None:
    client = await person.create(
        "client", organization="Quill Ltd", email="q@example.com", p_country="United Kingdom"
    )
    invoice = await person.create(
        "invoice",
        customerid=client["id"],
        create_date="2026-03-10",
        currency_code="GBP",
        status=2,
        lines=[line("Odd", "1", "100.00", "17.5")],
    )
    ref = f"invoice/{invoice['id']}"
    assert tieout.json("sync", "main", ends=1)["held"] == 1
    (waiting,) = tieout.json("held", "main", ends=1)
    assert waiting["ref"] == ref
    assert waiting["reason"].startswith("TAX_NOT_MAPPED")
    tied = tieout.json("reconcile", "main", ends=1)
    assert not tied["agrees"]
    assert (tied["differences"][0]["kind"], tied["differences"][0]["subject"]) == (
        "MISSING_IN_NAV",
        ref,
    )
    await retry(tieout, ref)
    await person.update("invoice", invoice["id"], lines=[line("Even", "1", "100.00")])
    assert tieout.json("sync", "main")["agreed"] == 6


async def retry(tieout: CommandLine, ref: str) -> None:
    assert "1 to be looked at again" in tieout("retry", "main", ref)
    assert tieout.json("status", "main", ends=1)["pending"] == 1
    unknown, nonsense = await asyncio.gather(
        asyncio.to_thread(tieout, "retry", "main", "invoice/1", ends=64),
        asyncio.to_thread(tieout, "retry", "main", "nonsense", ends=64),
    )
    assert "not held or dead" in unknown
    assert "kind/id" in nonsense
    setup = tieout("pair", "setup", "main")
    other = json.dumps({**json.loads(setup), "lcy": "CAD"})
    assert "is for CAD" in tieout("pair", "setup", "main", "--from", "-", given=other, ends=64)
    assert "Version 2" in tieout("pair", "setup", "main", "--from", "-", given=setup)


def serve(tieout: CommandLine) -> None:
    """A server says nothing to strangers, keeps its port to itself, and ends 0 when asked to."""
    with subprocess.Popen(
        (*TIEOUT, "serve", "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=tieout.environment,
    ) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().split()[-1]
            assert httpx2.get(f"{url}/health").json() == {"ok": True}
            answers = {given: webhook(url, name, form) for given, (name, form) in STRANGE.items()}
            assert answers == {
                "unsigned": 401,
                "verifier": 400,
                "pair": 404,
                "zero": 404,
                "size": 413,
            }
            busy = tieout("serve", "--port", url.rpartition(":")[2], ends=64)
            assert "already in use" in busy
        finally:
            process.send_signal(signal.SIGTERM)
            out, log = process.communicate(timeout=20)
    tieout.keep(out, log)
    assert process.returncode == 0, log


STRANGE = {
    "unsigned": ("main", "name=invoice.create&object_id=1"),
    "verifier": ("main", "name=callback.verify&object_id=../x&verifier=guessed"),
    "pair": ("nobody", "name=invoice.create&object_id=1"),
    "zero": ("main%00", "name=invoice.create&object_id=1"),
    "size": ("main", "x" * 100_000),
}


def webhook(url: str, name: str, form: str) -> int:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return httpx2.post(
        f"{url}/webhooks/freshbooks/{name}", content=form, headers=headers
    ).status_code


async def without_the_systems(tieout: CommandLine) -> None:
    """With both systems gone, what only Tieout knows is still told, and nothing is claimed about the rest."""
    settled, tied, checks = await asyncio.gather(
        asyncio.to_thread(tieout, "sync", "main", ends=2),
        asyncio.to_thread(tieout, "reconcile", "main", ends=2),
        asyncio.to_thread(tieout.json, "pair", "check", "main", ends=2),
    )
    assert "then try again" in settled
    assert "then try again" in tied
    assert [check["unreachable"] for check in checks] == [True, True]
    assert tieout.json("status", "main")["agreed"] == 6


def nothing_private(tieout: CommandLine, connection: dict[str, Any]) -> None:
    values = {**connection["freshbooks"], **connection["nav"]}
    everything, logs = "\n".join(tieout.written), "\n".join(tieout.logged)
    assert not [name for name in SECRETS if values[name] in everything]
    assert "@" not in everything
    assert "Quill" not in logs
    for folder, _, names in os.walk(tieout.home):
        for log in (Path(folder) / name for name in names if name.endswith(".log")):
            text = log.read_text(encoding="utf-8")
            assert not [value for value in ("Quill", "@example.com") if value in text]


def test_what_cannot_be_used_ends_with_64_and_says_why(tmp_path: Path) -> None:
    """None of these gets as far as the database."""
    tieout = CommandLine(tmp_path / "home")
    assert "No such file" in tieout("pair", "add", "a", "--from", str(tmp_path / "no"), ends=64)
    assert "See: tieout --help" in tieout("nonsense", ends=64)
    (tmp_path / "home").write_text("a file", encoding="utf-8")
    assert "TIEOUT_HOME" in tieout("pair", "list", ends=64)
