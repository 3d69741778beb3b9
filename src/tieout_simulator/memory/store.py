"""The store in memory: the same face as the PostgreSQL store, every transaction whole or not at all."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from tieout.core.decision.breaker import after_failure
from tieout.core.decision.plan import Receipt, Role, State, StoredCommand
from tieout.core.records.identity import DOCUMENTS, Kind, Ref
from tieout.engine.ports import (
    Claimed,
    Lease,
    Observation,
    Pair,
    Priority,
    Shelf,
    Stored,
    Volume,
)
from tieout.store.callbacks import Callback
from tieout.store.commands import _state_after
from tieout.store.connections import FreshbooksConnection, NavConnection
from tieout.store.database import to_json
from tieout.store.documents import Counts, Status, Waiting
from tieout.store.errors import StoreError
from tieout.store.lease import superseded
from tieout.store.line import PROBE_S, Stop
from tieout.store.tokens import LEASE_S, UNKNOWN_EXPIRY

_decode = msgspec.json.Decoder(float_hook=Decimal).decode


@dataclass(frozen=True)
class Row:
    version: int = 1
    settled: int = 0
    due_at: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    attempts: int = 0
    failures: int = 0
    reason: str = ""
    priority: Priority = Priority.LIVE


@dataclass(frozen=True)
class Doc:
    state: State
    since: datetime
    reason: str = ""
    findings: tuple = ()
    shelf: Shelf | None = None


@dataclass(frozen=True)
class Obs:
    observation: Observation
    version: int
    unlisted: bool = False


@dataclass(frozen=True)
class Cmd:
    command: Any
    pair: int
    state: str
    receipt: Receipt | None
    seq: int
    epoch: int
    at: datetime


def _place(ref: Ref):
    return (ref.kind, len(ref.key), ref.key)


class MemoryStore:
    def __init__(self, *, clock, checkpoint=lambda _: None):
        self.clock, self._checkpoint = clock, checkpoint
        self.t: dict[str, dict] = defaultdict(dict)
        self._undo: list | None = None
        self._seq = 0
        self.raised = 0

    # -- transactions
    @contextmanager
    def _tx(self, name=""):
        self._undo = []
        try:
            yield
            if name:
                self._checkpoint(f"{name}.before_commit")
        except BaseException:
            for table, key, old in reversed(self._undo):
                if old is None:
                    self.t[table].pop(key, None)
                else:
                    self.t[table][key] = old
            self._undo = None
            raise
        self._undo = None
        if name:
            self._checkpoint(f"{name}.after_commit")

    def _put(self, table, key, value):
        if self._undo is not None:
            self._undo.append((table, key, self.t[table].get(key)))
        if value is None:
            self.t[table].pop(key, None)
        else:
            self.t[table][key] = value

    # -- pairs
    async def add_pair(self, name, freshbooks, nav, settings, posting_setup):
        pair = Pair(
            id=1,
            name=name,
            company_id=1,
            prefix=settings.get("prefix", "FB"),
            settings=dict(settings),
        )
        self.t["pair"][1] = pair
        self.t["setup"][1] = _decode(to_json(posting_setup))
        self.t["fb"][1] = dict(freshbooks) | {
            "needs": False,
            "owner": None,
            "until": None,
            "expires_at": None,
        }
        self.t["nav"][1] = dict(nav)
        self.t["company"][1] = (0, None, None)
        return pair

    async def pair(self, name):
        for p in self.t["pair"].values():
            if p.name == name:
                return p
        raise StoreError("no such pair")

    async def all_pairs(self):
        return list(self.t["pair"].values())

    async def pairs(self, company_id):
        return list(self.t["pair"].values())

    async def posting_setups(self, pair):
        return {1: self.t["setup"][1]}

    async def freshbooks_connection(self, pair):
        f = self.t["fb"][1]
        return FreshbooksConnection(
            id=1,
            url=f["url"],
            client_id=f["client_id"],
            client_secret=f["client_secret"],
            account_id=f["account_id"],
            business_id=f["business_id"],
            needs_consent=f["needs"],
        )

    async def nav_connection(self, pair):
        return NavConnection(**self.t["nav"][1])

    async def connection_id(self, pair, system):
        return 1

    async def renew_consent(self, pair, connection_id, given, *, expires_at, redirect_uri, now):
        with self._tx():
            self._put(
                "fb", 1, self.t["fb"][1] | dict(given) | {"needs": False, "expires_at": expires_at}
            )
            self._put("breaker", ("freshbooks", 1), None)
            n = 0
            for key, row in list(self.t["inbox"].items()):
                if row.version > row.settled:
                    self._put("inbox", key, replace(row, due_at=min(row.due_at, now), attempts=0))
                    n += 1
            return n

    def tokens(self, connection_id, owner, clock):
        return _Tokens(self, owner, clock)

    # -- callbacks
    async def add_callback(self, pair, callback_id, *, event, uri):
        old = self.t["cb"].get(callback_id)
        self._put(
            "cb",
            callback_id,
            Callback(
                callback_id=callback_id,
                event=event,
                uri=uri,
                verifier=old.verifier if old else "",
                verified=old.verified if old else False,
            ),
        )

    async def set_verifier(self, pair, callback_id, verifier):
        old = self.t["cb"].get(callback_id) or Callback(
            callback_id=callback_id, event="", uri="", verifier="", verified=False
        )
        self._put("cb", callback_id, replace(old, verifier=verifier))

    async def callback_verified(self, pair, callback_id):
        self._put("cb", callback_id, replace(self.t["cb"][callback_id], verified=True))

    async def drop_callback(self, pair, callback_id):
        self._put("cb", callback_id, None)

    async def callbacks(self, pair):
        return [c for _, c in sorted(self.t["cb"].items())]

    # -- inbox
    def _stopped(self):
        return 1 in self.t["stop"]

    def _raise(self, refs, now, changed, priority=Priority.LIVE, since=None):
        n = 0
        self.raised += len(refs)
        for ref in sorted(refs):
            doc = self.t["doc"].get(ref)
            if doc is None:
                self._put("doc", ref, Doc(State.PENDING, now))
            elif changed and doc.state is not State.PENDING:
                self._put(
                    "doc", ref, replace(doc, state=State.PENDING, reason="", findings=(), since=now)
                )
            row = self.t["inbox"].get(ref)
            if row is None:
                row = Row(due_at=now, priority=priority)
            else:
                waits = row.version > row.settled
                row = replace(
                    row,
                    version=row.version + 1,
                    due_at=min(row.due_at, now) if waits else now,
                    priority=min(row.priority, priority) if waits else priority,
                    **(dict(attempts=0, failures=0, reason="") if changed else {}),
                )
            self._put("inbox", ref, row)
            n += 1
        return n

    async def accept(
        self,
        pair,
        *,
        now,
        observations=(),
        refs=(),
        cursor=None,
        cause="poll",
        priority=Priority.LIVE,
    ):
        with self._tx("accept"):
            latest = {o.ref: o for o in observations}
            fresh, doubtful = [], set()
            for ref in sorted(latest):
                new, old = latest[ref], self.t["obs"].get(ref)
                if old is not None and old.observation.hash == new.hash and ref in self.t["doc"]:
                    continue
                stale = (
                    old is not None
                    and old.observation.hash != new.hash
                    and new.updated_at is not None
                    and old.observation.updated_at is not None
                    and new.updated_at <= old.observation.updated_at
                )
                (doubtful.add(ref) if stale else fresh.append(new))
            known = {o.ref for o in fresh}
            due = self._raise(known | doubtful, now, True, priority)
            due += self._raise(set(refs) - known - doubtful, now, False, priority)
            for o in fresh:
                self._put("obs", o.ref, Obs(o, self.t["inbox"][o.ref].version))
            if cursor is not None:
                self._put("cursor", 1, _decode(to_json(cursor)))
            return due

    async def cursor(self, pair):
        return dict(self.t["cursor"].get(1, {}))

    def _claimed(self, ref, row):
        obs = self.t["obs"].get(ref)
        return Claimed(
            ref=ref,
            version=row.version,
            attempts=row.attempts,
            failures=row.failures,
            priority=row.priority,
            observation=obs.observation if obs and obs.version == row.version else None,
        )

    def _unsettled(self):
        return [(ref, row) for ref, row in self.t["inbox"].items() if row.version > row.settled]

    async def due(self, pair, *, now, limit):
        if self._stopped():
            return []
        found = sorted(
            (
                (
                    row.priority,
                    row.due_at,
                    ref.kind == "payment",
                    len(ref.key),
                    ref.key,
                    ref.kind,
                    ref,
                    row,
                )
                for ref, row in self._unsettled()
                if row.due_at <= now
            ),
            key=lambda x: x[:6],
        )[:limit]
        return [self._claimed(f[6], f[7]) for f in found if f[0] == found[0][0]]

    async def live_due(self, pairs, *, now):
        return (
            bool(pairs)
            and not self._stopped()
            and any(row.priority == 0 and row.due_at <= now for _, row in self._unsettled())
        )

    async def claimed(self, pair, refs):
        return [
            self._claimed(ref, self.t["inbox"][ref])
            for ref in sorted(refs)
            if ref in self.t["inbox"]
            and self.t["inbox"][ref].version > self.t["inbox"][ref].settled
        ]

    async def unsettled(self, pair):
        return frozenset(ref for ref, _ in self._unsettled())

    async def companies_due(self, *, now):
        return (
            [1]
            if not self._stopped() and any(row.due_at <= now for _, row in self._unsettled())
            else []
        )

    async def known(self, pair, kind):
        return frozenset(
            ref for ref, o in self.t["obs"].items() if ref.kind is kind and not o.unlisted
        )

    async def known_counts(self, pair):
        counts: dict = {}
        for ref, o in self.t["obs"].items():
            if not o.unlisted:
                counts[ref.kind] = counts.get(ref.kind, 0) + 1
        return counts

    async def mark_unlisted(self, pair, refs, *, unlisted):
        for ref in refs:
            if ref in self.t["obs"]:
                self._put("obs", ref, replace(self.t["obs"][ref], unlisted=unlisted))

    # -- lease
    async def claim(self, company_id, *, owner, now, lease_s, above=0):
        with self._tx("claim"):
            epoch, holder, until = self.t["company"][1]
            if holder is not None and holder != owner and until > now:
                return None
            epoch = max(epoch, above) + 1
            self._put("company", 1, (epoch, owner, now + timedelta(seconds=lease_s)))
            return Lease(company_id=company_id, epoch=epoch, owner=owner)

    async def renew(self, lease, *, now, lease_s):
        epoch, holder, _ = self.t["company"][1]
        if (epoch, holder) != (lease.epoch, lease.owner):
            raise superseded(lease)
        self._put("company", 1, (epoch, holder, now + timedelta(seconds=lease_s)))

    async def release(self, lease):
        epoch, holder, _ = self.t["company"][1]
        if (epoch, holder) == (lease.epoch, lease.owner):
            self._put("company", 1, (epoch, None, None))

    def _hold(self, lease):
        if self.t["company"][1][0] != lease.epoch:
            raise superseded(lease)

    # -- commands
    def _of(self, ref):
        return [
            c for c in sorted(self.t["cmd"].values(), key=lambda c: c.seq) if c.command.ref == ref
        ]

    def _stored(self, c):
        return StoredCommand(command=c.command, state=c.state, receipt=c.receipt, place=c.seq)

    async def commands(self, pair, refs):
        return {
            ref.key: tuple(map(self._stored, found)) for ref in refs if (found := self._of(ref))
        }

    async def intend(self, pair, lease, commands):
        with self._tx("intend"):
            self._hold(lease)
            taken = []
            for command in commands:
                old = self.t["cmd"].get(command.key)
                if old and (
                    old.state in ("done", "awaiting", "withdrawn", "removed")
                    or (
                        old.command.hash != command.hash
                        and old.state not in ("refused", "abandoned")
                    )
                ):
                    taken.append(command.key)
                    continue
                self._seq += 1
                kept = replace(command, payload=_decode(to_json(command.payload)))
                self._put(
                    "cmd",
                    command.key,
                    Cmd(kept, pair.id, "intended", None, self._seq, lease.epoch, self.clock()),
                )
            if taken:
                raise StoreError(
                    f"{', '.join(sorted(taken))} was used for another command or is done; a key is used once."
                )

    async def abandon(self, pair, lease, keys):
        with self._tx():
            self._hold(lease)
            for key in keys:
                c = self.t["cmd"].get(key)
                if c and c.state in ("intended", "unknown", "awaiting"):
                    self._put(
                        "cmd",
                        key,
                        replace(c, state="removed" if c.state == "awaiting" else "abandoned"),
                    )

    async def unfinished(self, pair):
        return [
            self._stored(c)
            for c in sorted(self.t["cmd"].values(), key=lambda c: c.seq)
            if c.state in ("intended", "unknown")
        ]

    async def awaiting(self, pair):
        return [
            self._stored(c)
            for c in sorted(self.t["cmd"].values(), key=lambda c: c.seq)
            if c.state == "awaiting"
        ]

    async def intended_since(self, pair, since):
        sums: dict = {}
        for c in self.t["cmd"].values():
            if (
                c.command.role in ("post", "reverse")
                and c.at >= since
                and c.state not in ("abandoned", "refused")
            ):
                cur = c.command.payload.get("currency_code") or ""
                amount = sum(
                    (
                        abs(Decimal(line["amount"]))
                        for line in c.command.payload.get("lines", ())
                        if line.get("account_type") == "Customer"
                    ),
                    Decimal(0),
                )
                n, a = sums.get(cur, (0, Decimal(0)))
                sums[cur] = (n + 1, a + amount)
        return [Volume(currency=k, documents=n, amount=a) for k, (n, a) in sorted(sums.items())]

    # -- documents
    async def seen(self, pair, refs):
        return frozenset(r for r in refs if r in self.t["doc"])

    async def documents(self, pair, refs):
        out = {}
        for ref in sorted(refs):
            doc = self.t["doc"].get(ref)
            if doc:
                o = self.t["obs"].get(ref)
                out[ref] = Stored(
                    ref=ref,
                    state=doc.state,
                    reason=doc.reason,
                    observation=o.observation if o else None,
                    commands=tuple(map(self._stored, self._of(ref))),
                )
        return out

    async def observations(self, pair, refs):
        return {r: self.t["obs"][r].observation for r in refs if r in self.t["obs"]}

    async def related(self, pair, refs):
        asked, found = set(refs), set()
        inv = {r.key for r in asked if r.kind is Kind.INVOICE}
        pay = {r.key for r in asked if r.kind is Kind.PAYMENT}
        cre = {r.key for r in asked if r.kind is Kind.CREDIT_NOTE}
        shelves = [(ref, d.shelf) for ref, d in self.t["doc"].items() if d.shelf]
        for ref, s in shelves:
            if ref.kind is Kind.PAYMENT:
                if s.invoice and s.invoice in inv:
                    found.add(ref)
                if ref.key in pay:
                    if s.invoice:
                        found.add(Ref(Kind.INVOICE, s.invoice))
                    if s.credit:
                        found.add(Ref(Kind.CREDIT_NOTE, s.credit))
            if s.credit and s.credit in cre:
                found.add(ref)

        def rest(p, n, nref):
            return nref.key == p.overpayment or (n.customer, n.currency, n.dated) == (
                p.customer,
                p.currency,
                p.dated,
            )

        for pref, p in shelves:
            if not p.overpayment:
                continue
            for nref, n in shelves:
                if nref.kind is Kind.CREDIT_NOTE and rest(p, n, nref):
                    if pref.key in pay and pref.kind is Kind.PAYMENT:
                        found.add(nref)
                    if nref.key in cre:
                        found.add(pref)
        return frozenset(found - asked)

    async def customers(self, pair, keys):
        return {k: self.t["link"][k] for k in sorted(keys) if k in self.t["link"]}

    async def linked_customers(self, pair):
        return frozenset(self.t["link"].values())

    async def approvals(self, pair, refs):
        return {}

    async def status(self, pair):
        def counts(docs):
            names = {s: sum(1 for d in docs if d.state is s) for s in State}
            return dict(
                seen=len(docs),
                pending=names[State.PENDING],
                agreed=names[State.AGREED],
                held=names[State.HELD],
                dead=names[State.DEAD],
                excluded=names[State.EXCLUDED],
                awaiting_posting=0,
            )

        docs = [d for r, d in self.t["doc"].items()]
        by = {
            k: Counts(**counts([d for r, d in self.t["doc"].items() if r.kind is k]))
            for k in {r.kind for r in self.t["doc"]}
        }
        return Status(**counts(docs), by_kind=by)

    async def held(self, pair, states=(State.HELD, State.DEAD)):
        return [
            Waiting(
                ref=r,
                state=d.state,
                number=d.shelf.number if d.shelf else "",
                reason=d.reason,
                findings=d.findings,
                since=d.since,
            )
            for r, d in sorted(self.t["doc"].items(), key=lambda x: (x[1].since, _place(x[0])))
            if d.state in states
        ]

    async def retry(self, pair, ref, *, now):
        with self._tx():
            stuck = {r for r, d in self.t["doc"].items() if d.state in (State.HELD, State.DEAD)}
            return self._raise(stuck if ref is None else stuck & {ref}, now, True)

    # -- record
    async def record(self, pair, lease, settlement):
        now = self.clock()
        with self._tx("record"):
            self._hold(lease)
            self._receive(settlement)
            for v in {v.ref: v for v in settlement.verdicts}.values():
                d = self.t["doc"].get(v.ref)
                since = d.since if d and d.state is v.state else now
                self._put(
                    "doc",
                    v.ref,
                    Doc(v.state, since, v.reason, tuple(v.findings), d.shelf if d else None),
                )
            for ref, version in settlement.settled.items():
                if ref not in settlement.retry and ref in self.t["inbox"]:
                    row = self.t["inbox"][ref]
                    self._put(
                        "inbox",
                        ref,
                        replace(
                            row,
                            settled=max(row.settled, version),
                            attempts=0,
                            failures=0,
                            reason="",
                        ),
                    )
            for ref, (due_at, reason) in sorted(settlement.retry.items()):
                if ref not in self.t["doc"]:
                    self._put("doc", ref, Doc(State.PENDING, now))
                failed = int(ref in settlement.failed)
                row = self.t["inbox"].get(ref)
                if row is None:
                    row = Row(due_at=due_at, attempts=1, failures=failed, reason=reason)
                else:
                    row = replace(
                        row,
                        version=max(row.version, row.settled + 1),
                        due_at=due_at,
                        attempts=row.attempts + 1,
                        failures=row.failures + failed,
                        reason=reason,
                    )
                self._put("inbox", ref, row)
            read = []
            for o in {o.ref: o for o in settlement.observations}.values():
                old, row = self.t["obs"].get(o.ref), self.t["inbox"].get(o.ref)
                if (old is None or old.observation.hash != o.hash) and not (
                    old and row and old.version > row.settled
                ):
                    read.append(o)
            for o in read:
                self._put("obs", o.ref, Obs(o, 0))
            judged = {v.ref for v in settlement.verdicts}
            looked = judged | set(settlement.settled) | set(settlement.retry)
            self._raise(
                {o.ref for o in read if o.ref.kind in DOCUMENTS and o.ref not in looked}, now, True
            )
            for s in settlement.shelves:
                d = self.t["doc"].get(s.ref)
                if d:
                    self._put("doc", s.ref, replace(d, shelf=s))
            for ref in judged - set(settlement.retry):
                d, o, row = self.t["doc"].get(ref), self.t["obs"].get(ref), self.t["inbox"].get(ref)
                if d and o and row and o.version > row.settled and d.state is not State.PENDING:
                    self._put(
                        "doc",
                        ref,
                        replace(d, state=State.PENDING, reason="", findings=(), since=now),
                    )

    def _receive(self, settlement):
        for key in settlement.unknown:
            c = self.t["cmd"].get(key)
            if c and c.state == "intended":
                self._put("cmd", key, replace(c, state="unknown"))
        for r in {r.key: r for r in settlement.receipts}.values():
            c = self.t["cmd"].get(r.key)
            assert c is not None, "a receipt for a command that was never intended"
            if c.state != "done":
                c = replace(c, state=_state_after(r.status), receipt=r)
                self._put("cmd", r.key, c)
            if c.command.role == Role.CREATE_CUSTOMER and c.state == "done":
                if c.command.ref.key not in self.t["link"]:
                    self._put("link", c.command.ref.key, c.receipt.no)

    # -- line
    async def stop_line(self, pair, *, cause, reason, now):
        if not self._stopped():
            self._put("stop", 1, Stop(cause=cause, reason=reason, since=now))

    async def stop_of(self, pair):
        return self.t["stop"].get(1)

    async def release_line(self, pair):
        return self.t["stop"].pop(1, None)

    async def may_call(self, system, connection_id, *, now):
        b = self.t["breaker"].get((system, connection_id))
        if b is None or b.open_until is None:
            return True
        if b.open_until <= now:
            self._put(
                "breaker",
                (system, connection_id),
                replace(b, open_until=now + timedelta(seconds=PROBE_S)),
            )
            return True
        return False

    async def call_failed(self, system, connection_id, failure, *, now, dice):
        key = (system, connection_id)
        after = after_failure(self.t["breaker"].get(key), failure, now, dice)
        self._put("breaker", key, after)
        return after

    async def call_succeeded(self, system, connection_id):
        return self.t["breaker"].pop((system, connection_id), None) is not None

    async def breaker_of(self, system, connection_id):
        return self.t["breaker"].get((system, connection_id))

    # -- polls
    async def polls_due(self, *, now):
        nxt = self.t["poll"].get("next")
        if nxt is not None and nxt > now:
            return []
        self._put(
            "poll",
            "next",
            now + timedelta(seconds=float(self.t["pair"][1].settings.get("poll_interval_s", 20))),
        )
        return [1]

    async def swept_at(self, pair):
        return self.t["poll"].get("swept")

    async def swept(self, pair, *, now):
        self._put("poll", "swept", now)

    async def poll_at(self, pair, *, now):
        self._put("poll", "next", now)

    async def derive_overdue(self, pair, *, today, now):
        return 0

    # -- for checkers
    def every_document(self, pair):
        return list(self.t["doc"])

    def every_receipt(self, pair):
        return {k for k, c in self.t["cmd"].items() if c.state == "done"}


class _Tokens:
    def __init__(self, store, owner, clock):
        self._s, self._owner, self._clock = store, owner, clock

    async def read(self):
        f = self._s.t["fb"][1]
        return f["access_token"], f["refresh_token"], f["expires_at"] or UNKNOWN_EXPIRY

    @asynccontextmanager
    async def refreshing(self):
        me = object()
        while True:
            f = self._s.t["fb"][1]
            if f["owner"] is None or f["until"] <= self._clock():
                self._s._put(
                    "fb", 1, f | {"owner": me, "until": self._clock() + timedelta(seconds=LEASE_S)}
                )
                break
            await asyncio.sleep(0.05)
        try:
            yield
        finally:
            f = self._s.t["fb"][1]
            if f["owner"] is me:
                self._s._put("fb", 1, f | {"owner": None, "until": None})

    async def write(self, access_token, refresh_token, expires_at):
        self._s._put(
            "fb",
            1,
            self._s.t["fb"][1]
            | {
                "access_token": access_token,
                "refresh_token": refresh_token,
                "expires_at": expires_at,
                "needs": False,
            },
        )

    async def refused(self):
        self._s._put("fb", 1, self._s.t["fb"][1] | {"needs": True})
