"""The vendor's own JavaScript client, unmodified, against the sandbox; what it does is in ``node/contract.cjs``.

It is installed as locked, once, beside this Python's packages. Without Node, or without a way to a package registry, these tests are skipped and say so.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tieout_sandboxes.freshbooks import FreshBooksServer

NODE = Path(__file__).with_name("node")
CONTRACT = NODE / "contract.cjs"
OLDEST = 18
SCENARIOS = re.findall(r"^  async (\w+)\(\) \{$", CONTRACT.read_text(encoding="utf-8"), re.M)
# How npm says that no registry can be reached or may be used, as opposed to a lock that is wrong.
NO_WAY = re.compile(
    r"E(?:AI_AGAIN|CONNREFUSED|CONNRESET|HOSTUNREACH|NETUNREACH|NOTFOUND|TIMEDOUT|SOCKET|NEEDAUTH|40[137]|5\d\d)\b"
    r"|CERT|network",
)


@pytest.fixture(scope="session")
def modules() -> Path:
    """The folder of the installed client."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are not in the path")
    version = subprocess.check_output(("node", "--version"), text=True).strip()
    if int(version.lstrip("v").partition(".")[0]) < OLDEST:
        pytest.skip(f"node is {version}; {OLDEST} or newer is needed")
    lock = (NODE / "package-lock.json").read_bytes()
    place = Path(sys.prefix) / "node" / hashlib.sha256(lock).hexdigest()[:12]
    try:
        place.mkdir(parents=True, exist_ok=True)
        with (place / "lock").open("w") as one_at_a_time:
            fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
            if not (place / "installed").exists():
                install(place)
    except OSError as error:
        pytest.skip(f"{place} cannot be written: {error.strerror}")
    return place / "node_modules"


def install(place: Path) -> None:
    """Exactly what is locked, each package checked against its hash; no script of a package is run."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(NODE / name, place)
    command = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
    options = ("--fetch-retries=1", "--fetch-timeout=20000")
    done = subprocess.run(
        (*command, *options), cwd=place, capture_output=True, text=True, timeout=90, check=False
    )
    if done.returncode and NO_WAY.search(done.stderr):
        pytest.skip(f"npm reaches no registry: {done.stderr.strip().splitlines()[0]}")
    assert done.returncode == 0, done.stderr
    (place / "installed").touch()


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_the_vendors_client(server: FreshBooksServer, modules: Path, scenario: str) -> None:
    known = ("client_id", "client_secret", "access_token", "refresh_token", "account_id")
    knowledge = {name: getattr(server, name) for name in (*known, "business_id")}
    process = await asyncio.create_subprocess_exec(
        "node",
        str(CONTRACT),
        scenario,
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "NODE_PATH": str(modules),
            "FRESHBOOKS_API_URL": server.url,
            "FRESHBOOKS_AUTH_URL": server.url,
            "SANDBOX": json.dumps(knowledge),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 60)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, said.decode()


def test_all_of_the_contract_is_run() -> None:
    assert set(SCENARIOS) == {
        "consent",
        "refresh",
        "identity",
        "records",
        "items",
        "payables",
        "tasks",
        "ledger",
        "lists",
        "callbacks",
        "refusals",
        "faults",
    }
