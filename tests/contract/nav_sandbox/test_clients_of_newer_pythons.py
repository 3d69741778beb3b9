"""Independent OData clients that need Python 3.12, unmodified: pybc365 writes, odyn reads at length,
pyodata reads the metadata of V3.

They run in a Python and an environment of their own, in .venv/clients, installed from requirements/clients.txt.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tieout_sandboxes.nav.server import NavServer
from tieout_sandboxes.nav.state import INSTANCE

ROOT = Path(__file__).resolve().parents[3]
LOCKED = ROOT / "requirements" / "clients.txt"
HOME = Path(sys.prefix) / "clients"
HERE = Path(__file__).parent / "clients"
FITS = "import sys; raise SystemExit(sys.version_info < (3, 12))"


def newer_python() -> str | None:
    """A Python of 3.12 or newer: this one, one of the path, or one that pyenv or uv has installed."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    uv = Path.home() / ".local/share/uv/python"
    kept = [path for folder in (pyenv, uv) for path in sorted(folder.glob("*3.1*/bin/python3"))]
    names = [shutil.which(f"python3.{minor}") for minor in (14, 13, 12)]
    for candidate in [sys.executable, *names, *kept]:
        if candidate is not None and run(str(candidate), "-c", FITS).returncode == 0:
            return str(candidate)
    return None


def run(*command: str, told: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, input=told, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def python() -> str:
    """The Python that has the clients; made once for each content of clients.txt."""
    newer = newer_python()
    if newer is None:
        pytest.skip("no Python 3.12 or newer is installed, which pybc365, odyn and pyodata need")
    stamp, wanted = HOME / "stamp", hashlib.sha256(LOCKED.read_bytes()).hexdigest()
    inside = str(HOME / "bin" / "python")
    if not stamp.is_file() or stamp.read_text() != wanted:
        uv = str(Path(sys.prefix) / "bin" / "uv")
        shutil.rmtree(HOME, ignore_errors=True)
        for command in (
            (uv, "venv", "--quiet", "--python", newer, str(HOME)),
            (uv, "pip", "sync", "--quiet", "--python", inside, "--require-hashes", str(LOCKED)),
        ):
            made = run(*command)
            if made.returncode:
                pytest.skip(
                    f"pybc365, odyn and pyodata could not be installed: {made.stderr.strip()}"
                )
        stamp.write_text(wanted)
    return inside


async def speak(python: str, script: str, nav: NavServer) -> None:
    """Runs one client to its end; what it says of a failure is the failure."""
    server = nav.odata_url.partition(f"/{INSTANCE}")[0]
    told = {"base": f"{server}/{INSTANCE}", "server": server, "instance": INSTANCE}
    told |= {"company": nav.company, "user": nav.user, "key": nav.key}
    done = await asyncio.to_thread(run, python, str(HERE / script), told=json.dumps(told))
    assert (done.returncode, done.stdout.strip()) == (0, "done"), done.stderr


@pytest.mark.parametrize("flavour", ["nav2018", "bc14"])
async def test_pybc365_lists_creates_changes_and_deletes(
    nav: NavServer, python: str, flavour: str
) -> None:
    nav.state.switches.set("flavour", flavour)
    await speak(python, "with_pybc365.py", nav)


async def test_odyn_reads_page_by_page(
    nav: NavServer, odata: httpx2.AsyncClient, control: httpx2.AsyncClient, python: str
) -> None:
    for name, city in (("Acme", "York"), ("Brown's", "Hull"), ("Clark", "York"), ("Dora", "Bath")):
        await odata.post("Customer", json={"Name": name, "City": city})
    await odata.post("Customer", json={"Name": "Zoë", "City": "York"})
    await control.post("switches", json={"page_size": 2})
    busy = {"kind": "status", "status": 429, "retry_after": 7, "path": "GLRegisters"}
    await control.post("faults", json=busy)
    await speak(python, "with_odyn.py", nav)


async def test_pyodata_reads_the_metadata_of_v3(nav: NavServer, python: str) -> None:
    await speak(python, "with_pyodata.py", nav)
