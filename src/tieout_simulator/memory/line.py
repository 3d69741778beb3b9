"""Lines that stand still, connections that are left alone, when to poll, and how much was written in a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from tieout.core.decision.breaker import Breaker, after_failure
from tieout.core.failures import Failure
from tieout.engine.ports import Pair, Volume
from tieout.store.line import PROBE_S, Stop, System
from tieout.store.polls import DEFAULT_S
from tieout_simulator.memory.tables import CommandRow, Memory, PollRow


class Lines(Memory):
    """See store.line and store.polls."""

    async def stop_line(self, pair: Pair, *, cause: str, reason: str, now: datetime) -> None:
        """Let nothing of this pair be worked until a person releases it; an earlier reason stays."""
        await self._turn()
        if pair.id not in self.stops:
            with self.transaction():
                self.stops.put(pair.id, Stop(cause=cause, reason=reason, since=now))

    async def stop_of(self, pair: Pair) -> Stop | None:
        """Why this pair's line stands still; None if it runs."""
        await self._turn()
        return self.stops.get(pair.id)

    async def release_line(self, pair: Pair) -> Stop | None:
        """Let the line run again; why it stood still, None if it did not."""
        await self._turn()
        with self.transaction():
            return self.stops.drop(pair.id)

    async def connection_id(self, pair: Pair, system: System) -> int:
        """What a breaker is kept for: the FreshBooks connection, or the NAV company."""
        await self._turn()
        return pair.company_id if system == "nav" else self.links_of_pairs[pair.id][0]

    async def may_call(self, system: System, connection_id: int, *, now: datetime) -> bool:
        """Whether a connection may be called: it works, or it is this caller's turn to see whether it does again."""
        await self._turn()
        breaker = self.breakers.get((system, connection_id))
        if breaker is None or breaker.open_until is None:
            return True
        if breaker.open_until > now:
            return False
        with self.transaction():
            until = now + timedelta(seconds=PROBE_S)
            self.breakers.put((system, connection_id), replace(breaker, open_until=until))
        return True

    async def call_failed(
        self, system: System, connection_id: int, failure: Failure, *, now: datetime, dice: float
    ) -> Breaker:
        """Note that a connection failed; how it stands now."""
        await self._turn()
        with self.transaction():
            after = after_failure(self.breakers.get((system, connection_id)), failure, now, dice)
            self.breakers.put((system, connection_id), after)
            return after

    async def call_succeeded(self, system: System, connection_id: int) -> bool:
        """Note that a connection works; whether it had failed before."""
        await self._turn()
        with self.transaction():
            return self.breakers.drop((system, connection_id)) is not None

    async def breaker_of(self, system: System, connection_id: int) -> Breaker | None:
        """How a connection has failed; None if it works."""
        await self._turn()
        return self.breakers.get((system, connection_id))

    async def intended_since(self, pair: Pair, since: datetime) -> Sequence[Volume]:
        """How many postings and reversals were intended since then, and their amounts, by currency."""
        await self._turn()
        amounts: dict[str, list[Decimal]] = {}
        for row in self.command_rows.values():
            counts = row.command.role in ("post", "reverse") and row.state not in ("abandoned", "refused")  # fmt: skip
            if row.pair == pair.id and counts and row.intended_at >= since:
                currency = row.command.payload.get("currency_code") or ""
                amounts.setdefault(currency, []).append(_owed(row))
        return [
            Volume(currency=currency, documents=len(found), amount=sum(found, Decimal(0)))
            for currency, found in amounts.items()
        ]

    # ------------------------------------------------------------ polls

    async def polls_due(self, *, now: datetime) -> Sequence[int]:
        """Pairs whose time to poll has come; each is given to one caller only, and its next time is set."""
        await self._turn()
        due = []
        with self.transaction():
            for pair in self.pairs_by_id.values():
                row = self.poll_rows.get(pair.id)
                if row is None or row.next_at <= now:
                    pause = float(pair.settings.get("poll_interval_s", DEFAULT_S))
                    self._poll_next(pair, now + timedelta(seconds=pause))
                    due.append(pair.id)
        return due

    async def swept_at(self, pair: Pair) -> datetime | None:
        """When the lists of this pair were last read whole."""
        await self._turn()
        row = self.poll_rows.get(pair.id)
        return row.swept_at if row else None

    async def swept(self, pair: Pair, *, now: datetime) -> None:
        """Note that the lists of this pair were read whole."""
        await self._turn()
        with self.transaction():
            row = self.poll_rows.get(pair.id, PollRow(now))
            self.poll_rows.put(pair.id, replace(row, swept_at=now))

    async def poll_at(self, pair: Pair, *, now: datetime) -> None:
        """Let this pair be polled next at this time."""
        await self._turn()
        with self.transaction():
            self._poll_next(pair, now)

    def _poll_next(self, pair: Pair, at: datetime) -> None:
        row = self.poll_rows.get(pair.id, PollRow(at))
        self.poll_rows.put(pair.id, replace(row, next_at=at))


def _owed(row: CommandRow) -> Decimal:
    lines = row.command.payload.get("lines", ())
    owed = [abs(Decimal(n["amount"])) for n in lines if n.get("account_type") == "Customer"]
    return sum(owed, Decimal(0))
