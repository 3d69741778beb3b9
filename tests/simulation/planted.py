"""The bugs that are planted: mistakes somebody could make, one for each thing that the product relies on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Bug:
    """A mistake somebody could make: in ``file`` (below src), ``right`` becomes ``wrong``; ``also`` are more files and places.

    ``route``: the way into NAV that it is about. ``faults``: those it needs, alone, where a random part of all seldom has them together with long lists.
    """

    name: str
    file: str
    right: str
    wrong: str
    also: tuple[tuple[str, str, str], ...] = ()
    route: str = ""
    faults: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[tuple[str, str, str], ...]:
        return ((self.file, self.right, self.wrong), *self.also)


def plant(bug: Bug, source: Path) -> None:
    """Raises ValueError if a place is not there, or is not one."""
    for file, right, wrong in bug.places:
        text = (source / file).read_text()
        if text.count(right) != 1:
            raise ValueError(f"{bug.name}: {file} has the place {text.count(right)} times")
        (source / file).write_text(text.replace(right, wrong))


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
        "    async for page in _ahead(world.source.changes(await store.cursor(pair))):\n",
        "    pages = [page async for page in world.source.changes(await store.cursor(pair))]\n"
        "    await store.accept(pair, now=now(), cursor=pages[-1].cursor)\n"
        "    for page in pages:\n",
        also=(("tieout/engine/inbox.py", "            cursor=page.cursor,\n", ""),),
    ),
    Bug(
        "cursor moved before the end of a list",
        "tieout/connectors/freshbooks/changes.py",
        "            seen = _seen(resource, rows)\n            yield ChangePage",
        "            seen = _seen(resource, rows)\n            reached[resource.plural] = latest\n            yield ChangePage",
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
        "            if await self._store.write(*tokens, spent=old.refresh_token):\n                return tokens\n        elif",
        "            async def after_use() -> None:\n                await asyncio.sleep(60)\n"
        "                await self._store.write(*tokens, spent=old.refresh_token)\n\n"
        "            self._writing = asyncio.ensure_future(after_use())\n            return tokens\n        elif",
    ),
    Bug(
        "lock missing at the renewal of tokens",
        "tieout/connectors/freshbooks/oauth.py",
        "        async with self._store.refreshing():\n",
        "        if True:\n",
    ),
    Bug(
        "lock missing at a NAV company",
        "tieout_simulator/memory/commands.py",
        "            if row.owner not in (None, owner) and row.until > now:\n                return None\n"
        "            epoch = max(row.epoch, above) + 1\n",
        "            epoch = max(row.epoch, above, 1)\n",
    ),
    Bug(
        "missing answer taken for done",
        "tieout/core/decision/outcome.py",
        "        if receipt is None or receipt.status in (Status.NOT_TRIED, Status.INCOMPLETE):",
        "        if receipt is None:\n            continue\n        if receipt.status in (Status.NOT_TRIED, Status.INCOMPLETE):",
        also=(
            (
                "tieout/core/decision/outcome.py",
                "[receipts[key].status for key in verdict.after]",
                "[receipts[key].status for key in verdict.after if key in receipts]",
            ),
        ),
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
        "            told = await target.claim(_epoch_of(lease, 0), partial(self._renew, lease))\n",
        "            told = _epoch_of(lease, 0)\n",
    ),
    Bug(
        "lease not renewed before a write by pages",
        "tieout/connectors/nav/pages/leased.py",
        "        await keep()\n",
        "",
        route="pages",
    ),
    Bug(
        "epoch ignored by the gateway",
        "tieout_sandboxes/nav/gateway.py",
        "            if stored >= self.epoch:\n",
        "            if stored < 0:\n",
        also=(
            (
                "tieout_sandboxes/nav/gateway.py",
                "        if stored_epoch(self.company) > self.epoch:\n",
                "        if stored_epoch(self.company) < 0:\n",
            ),
        ),
    ),
    # Nothing is sent before what it waits for, and a call has an epoch of its own: either is enough in what is played here, so both are gone.
    Bug(
        "late copy of a skipped command is carried out",
        "tieout/core/decision/decide.py",
        "    return tuple(ordered.values())\n",
        "    return tuple(sorted(commands.values(), key=_stage))\n",
        also=(
            (
                "tieout_sandboxes/nav/gateway.py",
                "            if stored >= self.epoch:\n",
                "            if stored // 1_000_000 > self.epoch // 1_000_000:\n",
            ),
            (
                "tieout_sandboxes/nav/gateway.py",
                "        if stored_epoch(self.company) > self.epoch:\n",
                "        if stored_epoch(self.company) // 1_000_000 > self.epoch // 1_000_000:\n",
            ),
        ),
        faults=("late", "twice", "dirty_read"),
    ),
    Bug(
        "echo not recognised",
        "tieout/engine/surroundings.py",
        '        return re.fullmatch(rf"{prefix}[PCRWX].+", document_no) is not None\n',
        '        return re.fullmatch(rf"{prefix}[PCRWX]", document_no) is not None\n',
    ),
    Bug(
        "deleted records not asked for",
        "tieout/connectors/freshbooks/changes.py",
        "            for params, ids in ((self._params, shown), (DELETED, deleted)):",
        "            for params, ids in ((self._params, shown),):",
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
    # What the count of a list shows, the record that is met twice mostly shows too: both are gone.
    Bug(
        "a list that changes is read once",
        "tieout/connectors/freshbooks/listing.py",
        "        if totals == {len(round_ids)} or len(seen) == before:",
        "        if totals or len(seen) == before:",
        also=(
            (
                "tieout/connectors/freshbooks/changes.py",
                "            self.steady = not shown & deleted\n",
                "            self.steady = shown is not deleted\n",
            ),
        ),
        faults=("page_shift",),
    ),
    Bug(
        "a deletion between two pages is not noticed",
        "tieout/connectors/freshbooks/changes.py",
        "            self.steady = not shown & deleted\n",
        "            self.steady = shown is not deleted\n",
        faults=("page_shift",),
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
        "        from tieout.core.failures import Refused\n\n        raise Refused(",
    ),
)
