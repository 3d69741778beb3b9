"""``./dev simulate bugs``: deliberate bugs, planted one at a time in a copy of the product; each must be caught by the simulation.

An instrument that never says no proves nothing. A bug that is not caught means that a checker, a fault or a deed is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
FIRST_SEED = 1


@dataclass(frozen=True)
class Bug:
    """A mistake somebody could make: in ``file`` (below src), ``right`` becomes ``wrong``. ``route``: the way into NAV that it is about."""

    name: str
    file: str
    right: str
    wrong: str
    route: str = ""


BUGS: tuple[Bug, ...] = (
    Bug(
        "outcome never asked for",
        "tieout/engine/settle.py",
        "            found = await self._found(world, [stored.command for stored in some])\n"
        "            await record_found(self._store, world.pair, lease, some, found)",
        "            found: dict[str, Receipt] = {}",
    ),
    Bug(
        "unknown outcome taken for a refusal",
        "tieout/engine/settle.py",
        "        except Refused as refusal:",
        "        except (Refused, OutcomeUnknown) as refusal:",
    ),
    Bug(
        "idempotency key new at each attempt",
        "tieout/core/decision/draft.py",
        "        key = command_key(self.facts.prefix, ref, suffix, word)\n        return self._put",
        "        key = command_key(self.facts.prefix, ref, suffix + str(len(self.facts.cases)), word)\n        return self._put",
    ),
    Bug(
        "acknowledged before stored",
        "tieout/engine/webhooks.py",
        "    await notify(pair, [notification.ref], store, now)\n",
        "",
    ),
    Bug(
        "cursor moved before commit",
        "tieout/engine/inbox.py",
        "        noted += await accept_page(",
        "        await store.accept(pair, now=now(), cursor=page.cursor)\n        noted += await accept_page(",
    ),
    Bug(
        "inbox version not compared",
        "tieout/engine/settle.py",
        "                settled={ref: v for ref, v in reading.claimed.items() if ref in final},",
        "                settled={ref: v + 99 for ref, v in reading.claimed.items() if ref in final},",
    ),
    Bug(
        "rounding to float",
        "tieout/connectors/freshbooks/wire/common.py",
        "        return Money(self.amount, self.code)",
        "        return Money(Decimal(int(float(self.amount) * 100)) / 100, self.code)",
    ),
    Bug(
        "refresh token stored after use",
        "tieout/connectors/freshbooks/oauth.py",
        "            await self._store.write(*tokens)\n            return tokens",
        "            self._unsaved = getattr(self, '_unsaved', None)\n"
        "            if self._unsaved:\n                await self._store.write(*tokens)\n            self._unsaved = tokens\n            return tokens",
    ),
    Bug(
        "missing answer taken for done",
        "tieout/core/decision/outcome.py",
        "        if receipt is None or receipt.status in (Status.NOT_TRIED, Status.INCOMPLETE):",
        "        if receipt is None:\n            continue\n        if receipt.status in (Status.NOT_TRIED, Status.INCOMPLETE):",
    ),
    Bug(
        "not tried taken for done",
        "tieout/core/decision/outcome.py",
        "receipt.status in (Status.NOT_TRIED, Status.INCOMPLETE):",
        "receipt.status is Status.INCOMPLETE:",
    ),
    Bug(
        "skipped taken for done",
        "tieout/core/decision/outcome.py",
        "        if receipt.status is Status.SKIPPED:",
        "        if receipt.status is Status.SKIPPED and not receipt.text:",
    ),
    Bug(
        "dependences forgotten",
        "tieout/core/decision/draft.py",
        "            depends_on=tuple(dict.fromkeys(after)),",
        "            depends_on=(),",
    ),
    Bug(
        "epoch not told to NAV",
        "tieout/engine/settle.py",
        "            self._seen_epoch = await target.claim(lease.epoch, partial(self._renew, lease))",
        "            self._seen_epoch = lease.epoch",
    ),
    Bug(
        "lease not renewed before a write by pages",
        "tieout/connectors/nav/pages/leased.py",
        '        if method != "GET" and self.keep is not None:',
        '        if method == "" and self.keep is not None:',
        route="pages",
    ),
    Bug(
        "deleted records not asked for",
        "tieout/connectors/freshbooks/changes.py",
        "        for params in (changed_since(resource, since), DELETED):",
        "        for params in (changed_since(resource, since),):",
    ),
    Bug(
        "polls without overlap",
        "tieout/connectors/freshbooks/changes.py",
        "OVERLAP = timedelta(days=1)",
        "OVERLAP = timedelta(days=-1)",
    ),
    Bug(
        "failure swallowed",
        "tieout/engine/settle.py",
        "        await self._store.record(world.pair, lease, Settlement(retry=retry, failed=failed))",
        "        settled = {row.ref: row.version for row in claimed}\n        await self._store.record(world.pair, lease, Settlement(settled=settled))",
    ),
    Bug(
        "token in the log",
        "tieout/connectors/freshbooks/oauth.py",
        "            self._tokens = tokens\n        return tokens.access_token",
        "            self._tokens = tokens\n            import structlog\n"
        "            structlog.get_logger().info('renewed', token=tokens.access_token)\n        return tokens.access_token",
    ),
    Bug(
        "content of an earlier round kept",
        "tieout/engine/gather.py",
        "            known = self._records.get((ref, observation.hash))",
        "            known = next((r for (known_ref, _), r in self._records.items() if known_ref == ref), None)",
    ),
    Bug(
        "a change of the amount is not a change",
        "tieout/connectors/freshbooks/wire/payment.py",
        'VOLATILE = frozenset({"updated", "send_client_notification"})',
        'VOLATILE = frozenset({"updated", "send_client_notification", "amount"})',
    ),
    Bug(
        "one page of a list only",
        "tieout/connectors/freshbooks/listing.py",
        "        while number < pages:",
        "        while number < 1:",
    ),
    Bug(
        "applications not undone",
        "tieout/core/decision/applications.py",
        "    undone = _undone(draft, standing, wanted)\n",
        "    undone: set[Applied] = set()\n",
    ),
    Bug(
        "lock timeout taken for a refusal",
        "tieout/connectors/nav/errors.py",
        '    (re.compile(r"locked by another user|deadlock", re.IGNORECASE), Unreachable),\n',
        "",
    ),
    Bug(
        "deadlock of a command taken for a refusal",
        "tieout/connectors/nav/wire/gateway.py",
        'MET = ("locked by another user", "deadlock")',
        'MET = ("locked by another user",)',
    ),
    Bug(
        "dirty rows taken for done",
        "tieout_sandboxes/nav/gateway.py",
        "    rows = (company.database.committed(KEYS, key) for key in keys)\n"
        '    return [replace(_first_result(row), text=row["Payload Hash"]) for row in rows if row]\n\n\n'
        "async def claim(company: Company, epoch: int) -> int:\n"
        '    """Stores the epoch if it is higher; waits until the command that is worked now is done."""\n'
        "    async with company.lock:\n"
        "        _raise_epoch(company, epoch)\n",
        "    rows = (company.database.get(KEYS, key) for key in keys)\n"
        '    return [replace(_first_result(row), text=row["Payload Hash"]) for row in rows if row]\n\n\n'
        "async def claim(company: Company, epoch: int) -> int:\n"
        "    _raise_epoch(company, epoch)\n",
    ),
    Bug(
        "a reversal read dirty is believed",
        "tieout/engine/deciding.py",
        "        if not _rests_on_others(facts, plan):\n            return plan, reading\n",
        "        if _rests_on_others or facts:\n            return plan, reading\n",
    ),
    Bug(
        "a list that changes is read once",
        "tieout/connectors/freshbooks/listing.py",
        "        if totals == {len(round_ids)} or len(seen) == before:",
        "        if totals or len(seen) == before:",
    ),
    Bug(
        "stale version overwritten",
        "tieout/connectors/nav/odata.py",
        'headers={"if-match": etag}',
        'headers={"if-match": "*"}',
    ),
    Bug(
        "what comes along is forgotten if it was not tried",
        "tieout/engine/settle.py",
        "            retry = {ref: (now, why) for ref, why in waiting.items() if ref not in reading.claimed}\n",
        "            retry = {}\n",
    ),
    Bug(
        "a doubled notification is dropped for ever",
        "tieout/engine/webhooks.py",
        "    await notify(pair, [notification.ref], store, now)\n",
        "    heard = take_notification.__dict__.setdefault('heard', set())\n"
        "    if (id(store), notification.ref) not in heard:\n"
        "        await notify(pair, [notification.ref], store, now)\n"
        "    heard.add((id(store), notification.ref))\n",
    ),
    Bug(
        "proxy page taken for an answer",
        "tieout/connectors/nav/gateway.py",
        "        kind = no_answer(call)\n        raise kind(",
        "        kind = Refused\n        raise kind(",
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev simulate bugs", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many seeds to try at most")
    parser.add_argument("--only", default="", help="bugs whose name has this text")
    given = parser.parse_args()
    chosen = [bug for bug in BUGS if given.only in bug.name]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for line in pool.map(lambda bug: hunt(bug, given.seeds), chosen):
            print(line, flush=True)


def hunt(bug: Bug, seeds: int) -> str:
    """Plant the bug in a copy and play seeds until one breaks a law."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        planted = Path(folder) / "src"
        shutil.copytree(SOURCE, planted, ignore=shutil.ignore_patterns("__pycache__"))
        plant(bug, planted)
        environment = {**os.environ, "PYTHONPATH": str(planted)}
        command = [sys.executable, "-m", "tieout_simulator", "--seed", str(FIRST_SEED), "--seeds", str(seeds), "--until-failure", "--json"]  # fmt: skip
        command += ["--route", bug.route] if bug.route else []
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)  # fmt: skip
    took_s = time.monotonic() - begun
    try:
        found = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return f"{bug.name:<40} BROKEN {done.stderr.strip().splitlines()[-1:]}"
    if not found["failed"]:
        return f"{bug.name:<40} NOT CAUGHT in {found['seeds']} seeds ({took_s:.0f} s)"
    return (
        f"{bug.name:<40} caught after {found['seeds']:>4} seeds ({took_s:.0f} s): {found['first']}"
    )


def plant(bug: Bug, source: Path) -> None:
    """Raises ValueError if the place is not there, or is not one."""
    path = source / bug.file
    text = path.read_text()
    if text.count(bug.right) != 1:
        raise ValueError(f"{bug.name}: {bug.file} has the place {text.count(bug.right)} times")
    path.write_text(text.replace(bug.right, bug.wrong))


if __name__ == "__main__":
    main()
