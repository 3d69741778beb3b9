"""The control API under `/_control/` (docs/protocols/sandbox-control.md)."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tieout_sandboxes.nav.accountant import ORDERS, carry_out
from tieout_sandboxes.nav.errors import NavError
from tieout_sandboxes.nav.gateway import KEYS, stored_epoch
from tieout_sandboxes.nav.lock import writing
from tieout_sandboxes.nav.state import State

CALLS = (
    "GET state",
    "GET gateway",
    "POST clock",
    "POST latency",
    "POST switches",
    "POST faults",
    "DELETE faults",
    "POST reset_counters",
    *(f"POST {name}" for name in ORDERS),
)


async def control(state: State, request: Request) -> Response:
    """Answers one control request; 422 with the names that exist where it is not understood."""
    name = request.url.path.rpartition("/")[2]
    call = f"{request.method} {name}"
    if call not in CALLS:
        return _wrong(f"unknown call {call!r}; there are: {', '.join(CALLS)}")
    try:
        body = _object(await request.body())
        if request.method == "POST" and name in ORDERS:
            async with writing(state.company.lock, "G/L Entry", state.switches):
                return JSONResponse(carry_out(state.company, name, body))
        return JSONResponse(_run(state, call, body))
    except NavError as refusal:
        return _wrong(refusal.text)
    except (ValueError, TypeError) as error:
        return _wrong(str(error))


def _object(raw: bytes) -> dict[str, Any]:
    body = json.loads(raw or b"{}")
    if isinstance(body, dict):
        return body
    raise ValueError("the body must be a JSON object")


def _wrong(text: str) -> Response:
    return JSONResponse({"error": text}, 422)


def _run(state: State, call: str, body: dict[str, Any]) -> dict[str, Any]:
    if call == "GET state":
        return _describe(state)
    if call == "GET gateway":
        return _gateway(state)
    if call == "POST clock":
        _set_clock(state, body)
        return {"clock": state.clock().isoformat()}
    if call == "POST latency":
        state.faults.latency_ms = _whole(body, "ms")
        return {"latency_ms": state.faults.latency_ms}
    if call == "POST switches":
        for name, value in body.items():
            state.switches.set(name, value)
        return {"switches": state.switches.values}
    if call == "POST faults":
        return {"id": state.faults.add(body)}
    if call == "DELETE faults":
        state.faults.clear()
    else:
        state.faults.reset_counters()
    return {}


def _describe(state: State) -> dict[str, Any]:
    return {
        "clock": state.clock().isoformat(),
        "latency_ms": state.faults.latency_ms,
        "faults": [asdict(fault) for fault in state.faults.active],
        "switches": state.switches.values,
        "requests": dict(state.faults.requests),
        "hits": dict(state.faults.hits),
    }


def _gateway(state: State) -> dict[str, Any]:
    """The gateway's epoch, and the keys it has carried out in their order, each with the epoch of the call."""
    database = state.company.database
    rows = [row for row in database.all(KEYS) if database.committed(KEYS, row["Key"])]
    rows.sort(key=lambda row: database.stamp(KEYS, row["Key"]))
    keys = [{"key": row["Key"], "kind": row["Kind"], "epoch": row["Epoch"]} for row in rows]
    return {"epoch": stored_epoch(state.company), "keys": keys}


def _set_clock(state: State, body: dict[str, Any]) -> None:
    if set(body) == {"now"}:
        state.clock.fixed = _moment(body["now"])
    elif set(body) == {"advance_s"}:
        step = dt.timedelta(seconds=_whole(body, "advance_s"))
        state.clock.fixed = state.clock() + step
    elif body == {"real": True}:
        state.clock.fixed = None
    else:
        raise ValueError("the clock takes one of: now, advance_s, real (true)")


def _moment(text: Any) -> dt.datetime:
    moment = dt.datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _whole(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if type(value) is not int or value < 0:
        raise ValueError(f"{name} must be a whole number, 0 or more")
    return value
